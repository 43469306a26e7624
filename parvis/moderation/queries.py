"""The queue of moderators, and the public figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from parvis.moderation.models import Appeal, Case, Decision, KeptReason, Reason, Report, Verdict

SPAN = timedelta(days=365)


def queue() -> QuerySet[Case]:
    """What must be decided, the oldest first."""
    return Case.objects.filter(decided=None).annotate(n=Count("reports")).order_by("created", "pk")


def appeals() -> QuerySet[Appeal]:
    return Appeal.objects.filter(answer=None).select_related("decision__case", "decision__by")


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
