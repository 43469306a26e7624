"""How results are written: people, shares, letters of groups, parts of a territory."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.shared.templatetags.parvis import NARROW, number

LETTERS = "ABCDE"
PARTS = {
    "centre": gettext_lazy("centres"),
    "periphery": gettext_lazy("périphéries"),
    "rural": gettext_lazy("communes rurales"),
}
SIDES = (gettext_lazy("d'accord"), gettext_lazy("pas d'accord"))


def people(count: int) -> str:
    return ngettext("%(n)s personne", "%(n)s personnes", count) % {"n": number(count)}


def share_of(cell: list[int] | None, side: int = 0) -> float | None:
    """Of those who answered, passing included; None where nobody did."""
    return cell[side] / sum(cell) if cell and sum(cell) else None


def percent(share: float | None) -> str:
    """« 84 % »: rounded, but never to all or nobody when it is not."""
    if share is None:
        return "–"
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        rounded = 99
    if rounded == 0 and share > 0:
        rounded = 1
    return f"{number_format(rounded)}{NARROW}%"


def joined(names: list[str]) -> str:
    """« a, b et c »."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s et %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def part_name(classes: list[str]) -> str:
    """« centres », « périphéries et communes rurales »."""
    return joined([str(PARTS[one]) for one in classes])


def stratum_name(stratum: dict[str, Any]) -> str:
    return part_name(stratum["classes"])
