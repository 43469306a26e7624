"""Citing a thing of this site: people paste the address of its page, or write its reference; what is kept is the reference."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from parvis.shared import kinds


class CitingError(ValueError):
    """A line names nothing that can be cited; the message is the sentence for the person."""


def read(text: str, *, most: int) -> list[str]:
    """The references that a text gives, one a line, each seen by everybody. Raises `CitingError`."""
    written = [line.strip() for line in text.splitlines() if line.strip()]
    named = {line: reference_of(line) for line in written}
    found = list(dict.fromkeys(named.values()))
    if len(found) > most:
        raise CitingError(_("C'est beaucoup : gardez les %(most)s plus utiles.") % {"most": most})
    cards = dict(zip(found, kinds.cards(found, None), strict=True))
    for line, reference in named.items():
        card = cards[reference]
        if card.state == "gone" or not kinds.get(card.kind).citable:
            said = {"line": line[:120]}
            raise CitingError(_("« %(line)s » n'est pas une page publique de ce site que l'on puisse citer.") % said)
    return found


def reference_of(line: str) -> str:
    """The reference that an address of this site names, or the line itself. A thing that has versions is cited as it is today; an
    address that names an argument of its page again after the question mark (an answer in a thread) is cited for that one."""
    path = urlsplit(line).path if re.match(r"https?://|/", line) else ""
    host = urlsplit(line).netloc
    if not path or (host and host != urlsplit(settings.SITE_URL).netloc):
        return line
    try:
        match = resolve(path)
    except Resolver404:
        return line
    for kind in kinds.all_kinds():
        if kind.page and kind.page == match.view_name:
            between, again = "@" if kind.versioned else ".", parse_qs(urlsplit(line).query)
            named = [again.get(name, [str(value)])[-1] for name, value in match.kwargs.items()]
            return kind.pin(f"{kind.name}:{between.join(named)}")
    return line
