"""The public figures of requests: for each authority and for all, from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.core.requests.figures import Case, Figures, figures
from parvis.catalog.models import DataRequestAnswer
from parvis.catalog.requests.permissions import shown
from parvis.organisations.models import Organisation

GROUNDS = dict(DataRequestAnswer.GroundOf.choices)


@dataclass(frozen=True)
class Row:
    organisation: Organisation
    figures: Figures


def _cases(organisation: Organisation | None = None) -> Iterator[tuple[int, Case]]:
    """Every request that was received and is shown, with its first answer and the one that stands: one query."""
    standing = DataRequestAnswer.objects.filter(request=OuterRef("pk"), replaced=None)
    found = shown().filter(received__isnull=False)
    if organisation:
        found = found.filter(organisation=organisation)
    rows = found.order_by().values_list(
        "organisation_id",
        "received",
        Min("answers__created"),
        Subquery(standing.values("kind")[:1]),
        Subquery(standing.values("ground")[:1]),
        "passed_to__created",
    )
    for key, received, first, reply, ground, passed in rows.iterator(chunk_size=2000):
        day = timezone.localdate(first) if first else None
        if received:
            on = timezone.localdate(passed) if passed else None
            yield key, Case(received, day, Reply(reply) if reply else None, ground or "", on)


def of_all(today: date) -> Figures:
    return figures((case for _key, case in _cases()), today)


def of(organisation: Organisation, today: date) -> Figures:
    return figures((case for _key, case in _cases(organisation)), today)


def by_authority(today: date) -> list[Row]:
    """Those that were asked something, by name."""
    cases: dict[int, list[Case]] = {}
    for key, case in _cases():
        cases.setdefault(key, []).append(case)
    known = Organisation.objects.filter(pk__in=cases).order_by("name", "slug")
    return [Row(one, figures(cases[one.pk], today)) for one in known]


def ground_labels(found: Figures) -> list[tuple[str, int]]:
    return [(str(GROUNDS.get(name, name)), count) for name, count in found.grounds]


HEADER = ("organisation", "siren", "recues", "delai_en_cours", "repondues", "repondues_dans_le_mois", "sans_reponse", "donnees", "dates", "refus", "transmises", "jours_median", "motifs_de_refus")  # fmt: skip


def lines(today: date) -> Iterator[tuple[Any, ...]]:
    for row in by_authority(today):
        one = row.figures
        grounds = " ".join(f"{name}={count}" for name, count in one.grounds)
        yield (
            *(row.organisation.slug, row.organisation.siren, one.received, one.running, one.answered, one.in_time, one.silent),
            *(one.given, one.promised, one.refused, one.passed, one.median_days, grounds),
        )
