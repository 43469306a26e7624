"""The queue of moderators, and the public figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from parvis.moderation.models import Appeal, Case, Decision, Hit, KeptReason, Reason, Report, Verdict
from parvis.moderation.permissions import can_be_appealed

SPAN = timedelta(days=365)


def queue(origin: str = "", kind: str = "") -> QuerySet[Case]:
    """What must be decided, the oldest first; of one origin, of one kind of things."""
    found = Case.objects.filter(decided=None)
    if origin in Case.Origin.values:
        found = found.filter(origin=origin)
    if kind:
        found = found.filter(reference__startswith=f"{kind}:")
    return found.annotate(n=Count("reports")).prefetch_related("hits").order_by("created", "pk")


def appeals() -> QuerySet[Appeal]:
    return Appeal.objects.filter(answer=None).select_related("decision__case", "decision__by")


@dataclass(frozen=True)
class Standing:
    """The last decision on a thing, for the page of its author. appeal: on it, or the one that it answers."""

    decision: Decision
    appeal: Appeal | None
    may_be_appealed: bool


def decisions_on(references: Iterable[str]) -> dict[str, Standing]:
    """The last decision on each, where there is one; two queries, however many."""
    found = Decision.objects.filter(case__reference__in=list(references))
    lasts = {one.case.reference: one for one in found.select_related("case", "appeal", "answers").order_by("created", "pk")}
    return {
        reference: Standing(one, getattr(one, "appeal", None) or getattr(one, "answers", None), can_be_appealed(one))
        for reference, one in lasts.items()
    }


def seen_by_rules(references: Iterable[str]) -> dict[str, list[Hit]]:
    """What the rules saw in things that wait for a decision."""
    found: dict[str, list[Hit]] = {}
    for hit in Hit.objects.filter(case__reference__in=list(references), case__decided=None).select_related("case"):
        found.setdefault(hit.case.reference, []).append(hit)
    return found


def history() -> QuerySet[Decision]:
    return Decision.objects.select_related("case", "by").order_by("-created", "-pk")


def waiting() -> int:
    return Case.objects.filter(decided=None).count() + Appeal.objects.filter(answer=None).count()


@dataclass(frozen=True)
class Statistics:
    """The figures of a span of time; `median_hours` between the opening of a case and its decision, None without one."""

    since: datetime
    reports: int
    decisions: Counter[str]
    hidden: list[tuple[str, int]]
    median_hours: float | None
    appeals: int
    overturned: int
    waiting: int


def statistics(now: datetime | None = None) -> Statistics:
    since = (now or timezone.now()) - SPAN
    decisions = Decision.objects.filter(created__gt=since)
    first = decisions.filter(answers=None)
    hidden = Counter(first.filter(verdict=Verdict.HIDE).values_list("reason", flat=True))
    labels = dict(Reason.choices) | dict(KeptReason.choices)
    spans = [
        (decided - opened).total_seconds() / 3600
        for opened, decided in Case.objects.filter(decided__gt=since).values_list("created", "decided")
        if decided
    ]
    answered = decisions.exclude(answers=None)
    return Statistics(
        since=since,
        reports=Report.objects.filter(created__gt=since).count(),
        decisions=Counter(first.values_list("verdict", flat=True)),
        hidden=[(str(labels.get(reason, reason)), count) for reason, count in hidden.most_common()],
        median_hours=median(spans) if spans else None,
        appeals=Appeal.objects.filter(created__gt=since).count(),
        overturned=answered.filter(verdict=Verdict.RESTORE).count(),
        waiting=waiting(),
    )


def decision_lines() -> Iterator[tuple[Any, ...]]:
    """Every decision without what was written nor who: its day, the kind of thing, the verdict, the reason, and whether it answers an appeal."""
    found = Decision.objects.select_related("case", "answers").order_by("created", "pk")
    for one in found.iterator(chunk_size=1000):
        kind = one.case.reference.partition(":")[0]
        yield timezone.localdate(one.created), kind, one.case.origin, one.verdict, one.reason, hasattr(one, "answers")
