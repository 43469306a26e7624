"""How often one person may do one thing. Counted in the cache, which every process shares."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.utils.translation import gettext as _

from parvis.shared.problems import Problem


class TooMany(Problem):
    """Too many times in too short a while. The API answers 429; a page shows the sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(429, detail)


def check_limit(key: str, count: int, seconds: int) -> None:
    """Use one of the `count` goes that `key` has in any `seconds`, or raise `TooMany`.

    A go is a slot that empties by itself. Taking one is a single atomic `add`, so that two requests at the same
    time never share it; made for small counts (a slot is a row of the cache).
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    slots = [f"limit:{digest}:{count}:{seconds}:{slot}" for slot in range(count)]
    taken = cache.get_many(slots)
    if any(cache.add(slot, 1, seconds) for slot in slots if slot not in taken):
        return
    raise TooMany(_("C'est beaucoup en peu de temps. Réessayez %(when)s.") % {"when": _in_words(seconds)})


def _in_words(seconds: int) -> str:
    if seconds <= 60:
        return _("dans une minute")
    if seconds <= 3600:
        return _("dans une heure")
    return _("demain")
