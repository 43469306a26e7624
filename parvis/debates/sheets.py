"""Reading what a mediator types: « 1d 2p 3j » says « d'accord » to the first, « pas d'accord » to the second, « je passe » to the third."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from parvis.debates.actions.sheets import SheetError
from parvis.debates.models import Process, Statement, Vote
from parvis.territories.models import Level, Territory
from parvis.territories.search import search

LETTERS = {"d": Vote.Value.AGREE, "p": Vote.Value.DISAGREE, "j": Vote.Value.PASS}
_TYPED = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE)


def typed(text: str) -> dict[int, int]:
    """Number → answer. Raises `SheetError` for what cannot be read, or for one statement answered in two ways."""
    rest = _TYPED.sub("", text).replace(",", " ").replace(";", " ").strip()
    found: dict[int, int] = {}
    for number, letter in _TYPED.findall(text):
        if letter.lower() not in LETTERS:
            raise SheetError(
                _("« %(typed)s » ne se lit pas : un numéro, puis d, p ou j.") % {"typed": f"{number}{letter}"[:20]}
            )
        value = int(LETTERS[letter.lower()])
        if found.setdefault(int(number), value) != value:
            raise SheetError(_("L'affirmation n° %(number)s a deux réponses différentes.") % {"number": number})
    if rest:
        raise SheetError(_("« %(typed)s » ne se lit pas : un numéro, puis d, p ou j.") % {"typed": rest[:20]})
    return found


def ticked(fields: Mapping[str, str]) -> dict[int, int]:
    """The same, from the boxes of the form (`a12=d`)."""
    found = {}
    for name, letter in fields.items():
        if name[:1] == "a" and name[1:].isdecimal() and len(name) < 8 and letter in LETTERS:
            found[int(name[1:])] = int(LETTERS[letter])
    return found


def commune_called(text: str) -> Territory | None:
    """The commune that a name or a postcode means, None where nothing was typed. Raises `SheetError` when it is not one and only one."""
    if not text.strip():
        return None
    found = search(text.strip()[:100], level=Level.COMMUNE, limit=6)
    same = [one for one in found if one.name.casefold() == text.strip().casefold() or one.code == text.strip()]
    if len(found) == 1 or len(same) == 1:
        return (same or found)[0]
    if not found:
        raise SheetError(_("Aucune commune ne s'appelle « %(name)s ».") % {"name": text.strip()[:60]})
    names = ", ".join(f"{one.name} ({one.code})" for one in found)
    raise SheetError(_("Plusieurs communes répondent à ce nom : %(names)s. Donnez le code de la bonne.") % {"names": names})


def shown(process: Process) -> list[Statement]:
    """Every statement submitted to answers, in the order of paper."""
    return list(Statement.objects.filter(process=process, state=Statement.State.SHOWN).order_by("number"))
