"""The public page of the Région's open-data policy: its words, and its figures day after day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import Consolidation, Dataset, ObligationSnapshot, Resource

FIGURES = {
    "datasets": _("jeux de données publiés"),
    "publishers": _("organisations qui publient"),
    "started": _("collectivités qui ont commencé à publier ce que la loi demande"),
    "done": _("publications demandées par la loi, en ligne"),
    "valid": _("tables contrôlées sans erreur"),
    "rows": _("lignes de données à lire"),
    "consolidated": _("collectivités rassemblées dans une consolidation"),
}
"""What is drawn, in the order of the page."""
SHOWN_DAYS = 400
WIDTH, HEIGHT = 640, 120
MONTH = timedelta(days=30)


def catalogue_figures() -> dict[str, int]:
    """The figures of the catalogue today, kept in the snapshot of the day beside those of the law."""
    found = Dataset.objects.filter(published__isnull=False).aggregate(
        datasets=Count("pk"), publishers=Count("organisation", distinct=True)
    )
    tables = Resource.objects.filter(dataset__published__isnull=False, consolidation=None).exclude(current=None)
    found |= tables.aggregate(
        tables=Count("pk"), valid=Count("pk", filter=Q(current__valid=True)), rows=Sum("current__rows", default=0)
    )
    counts = Consolidation.objects.values_list("counts", flat=True)
    return found | {"consolidated": max((one.get("organisations", 0) for one in counts), default=0)}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over time: its last value, what it gained in thirty days (None when it is younger), and its line to draw."""

    key: str
    words: str
    last: int
    gained: int | None
    first_day: date
    last_day: date
    highest: int
    points: str


def days(most: int = SHOWN_DAYS) -> list[tuple[date, Mapping[str, Any]]]:
    """The snapshots, newest first."""
    return list(ObligationSnapshot.objects.order_by("-day").values_list("day", "figures")[:most])


def lines(kept: list[tuple[date, Mapping[str, Any]]]) -> list[Line]:
    """A line for each figure that was ever measured."""
    found = []
    for key, words in FIGURES.items():
        measured = [(day, int(figures[key])) for day, figures in reversed(kept) if figures.get(key) is not None]
        if measured:
            found.append(_line(key, str(words), measured))
    return found


def _line(key: str, words: str, measured: list[tuple[date, int]]) -> Line:
    (first_day, _first), (last_day, last) = measured[0], measured[-1]
    before = [value for day, value in measured if day <= last_day - MONTH]
    highest = max(value for _day, value in measured)
    return Line(
        key, words, last, last - before[-1] if before else None, first_day, last_day, highest, _points(measured, highest)
    )


def _points(measured: list[tuple[date, int]], highest: int) -> str:
    """Zero at the foot, the highest value near the top. Nothing to draw of one day alone."""
    first, span = measured[0][0], (measured[-1][0] - measured[0][0]).days
    if not span:
        return ""
    return " ".join(
        f"{round((day - first).days / span * WIDTH)},{HEIGHT - round(value / (highest or 1) * (HEIGHT - 10))}"
        for day, value in measured
    )


HEADER = ("jour", *FIGURES, "demandes", "tables")


def rows() -> Iterator[tuple[Any, ...]]:
    """Every day, oldest first; empty where a figure was not measured yet."""
    kept = ObligationSnapshot.objects.order_by("day").values_list("day", "figures")
    for day, figures in kept.iterator():
        yield (day, *(figures.get(key) for key in FIGURES), figures.get("expected"), figures.get("tables"))
