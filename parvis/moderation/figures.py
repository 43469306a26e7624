"""The public figures of moderation: twelve months, counted when they are asked for. No name and no text enters them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from parvis.moderation.models import Appeal, Case, Decision, Hit, Reason, Report, Rule, Verdict
from parvis.shared import kinds

SPAN = timedelta(days=365)
HEADER = ("jour", "nature", "origine", "regles", "attendait", "decision", "motif", "sur_recours", "heures")


@dataclass
class OfKind:
    """What happened to one kind of things."""

    name: str
    label: str
    reports: int = 0
    hits: int = 0
    kept: int = 0
    hidden: int = 0
    appeals: int = 0
    restored: int = 0


@dataclass(frozen=True)
class Count:
    """One line of a table: its name for programs, for people, and how many."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Rules:
    """What one rule saw, and what a person decided of it. held: it waited unseen."""

    name: str
    label: str
    hits: int
    held: int
    hidden: int


@dataclass(frozen=True)
class Appeals:
    received: int
    waiting: int
    changed: int
    confirmed: int
    median_hours: float | None


@dataclass(frozen=True)
class Figures:
    """median_hours: between the opening of a case and its decision; None without one. oldest: when the case that waits longest began."""

    since: datetime
    until: datetime
    reports: int
    decided: int
    kept: int
    hidden: int
    median_hours: float | None
    waiting: int
    oldest: datetime | None
    appeals: Appeals
    origins: list[Count] = field(default_factory=list)
    reported_for: list[Count] = field(default_factory=list)
    hidden_for: list[Count] = field(default_factory=list)
    rules: list[Rules] = field(default_factory=list)
    kinds: list[OfKind] = field(default_factory=list)


def figures(now: datetime | None = None) -> Figures:
    """A fixed number of queries."""
    until = now or timezone.now()
    since = until - SPAN
    first = Decision.objects.filter(created__gt=since, created__lte=until, answers=None)
    reports = Report.objects.filter(created__gt=since, created__lte=until)
    verdicts = Counter(first.order_by().values_list("verdict", flat=True))
    spans = [hours(opened, settled) for opened, settled in first.order_by().values_list("case__created", "created")]
    waiting = Case.objects.filter(decided=None).order_by("created")
    return Figures(
        since=since,
        until=until,
        reports=reports.count(),
        decided=sum(verdicts.values()),
        kept=verdicts[Verdict.KEEP] + verdicts[Verdict.RESTORE],
        hidden=verdicts[Verdict.HIDE],
        median_hours=median(spans) if spans else None,
        waiting=waiting.count(),
        oldest=waiting.values_list("created", flat=True).first(),
        appeals=_appeals(since, until),
        origins=_counted(first, "case__origin", Case.Origin.choices),
        reported_for=_counted(reports, "reason", Reason.choices),
        hidden_for=_counted(first.filter(verdict=Verdict.HIDE), "reason", Reason.choices),
        rules=_rules(since, until),
        kinds=_by_kind(first, reports, since, until),
    )


def hours(begun: datetime, ended: datetime) -> float:
    return (ended - begun).total_seconds() / 3600


def _counted(found: QuerySet[Any], name: str, choices: list[tuple[str, Any]]) -> list[Count]:
    """The most frequent first."""
    many = Counter(found.order_by().values_list(name, flat=True))
    labels = dict(choices)
    return [Count(value, str(labels.get(value, value)), count) for value, count in many.most_common()]


def _appeals(since: datetime, until: datetime) -> Appeals:
    found = Appeal.objects.filter(created__gt=since, created__lte=until)
    told = list(found.exclude(answer=None).values_list("created", "answer__created", "answer__verdict"))
    spans = [hours(asked, answered) for asked, answered, _verdict in told]
    changed = sum(verdict == Verdict.RESTORE for _asked, _answered, verdict in told)
    received = found.count()
    return Appeals(received, received - len(told), changed, len(told) - changed, median(spans) if spans else None)


def _rules(since: datetime, until: datetime) -> list[Rules]:
    """Those that are out of service and saw nothing are there too: what is looked for is public."""
    hits: Counter[str] = Counter()
    held: Counter[str] = Counter()
    found = Hit.objects.filter(created__gt=since, created__lte=until)
    for kind, waited in found.order_by().values_list("kind", "held"):
        hits[kind] += 1
        held[kind] += waited
    ended = found.filter(case__decisions__verdict=Verdict.HIDE, case__decisions__answers=None)
    hidden = Counter(ended.order_by().values_list("kind", flat=True))
    return [Rules(kind, str(label), hits[kind], held[kind], hidden[kind]) for kind, label in Rule.Kind.choices]


def _by_kind(first: QuerySet[Decision], reports: QuerySet[Report], since: datetime, until: datetime) -> list[OfKind]:
    labels = {kind.name: str(kind.plural) for kind in kinds.all_kinds()}
    found: dict[str, OfKind] = {}

    def of(reference: str) -> OfKind:
        name = reference.partition(":")[0]
        return found.setdefault(name, OfKind(name, labels.get(name, name)))

    for reference in reports.order_by().values_list("case__reference", flat=True):
        of(reference).reports += 1
    hits = Hit.objects.filter(created__gt=since, created__lte=until)
    for reference in hits.order_by().values_list("case__reference", flat=True):
        of(reference).hits += 1
    for reference, verdict in first.order_by().values_list("case__reference", "verdict"):
        line = of(reference)
        line.hidden += verdict == Verdict.HIDE
        line.kept += verdict != Verdict.HIDE
    appeals = Appeal.objects.filter(created__gt=since, created__lte=until).order_by()
    for reference, verdict in appeals.values_list("decision__case__reference", "answer__verdict"):
        line = of(reference)
        line.appeals += 1
        line.restored += verdict == Verdict.RESTORE
    return sorted(found.values(), key=lambda line: (-(line.kept + line.hidden), line.name))


# ----- Every decision, one line each -----


def decisions() -> QuerySet[Decision]:
    """All that was ever decided, the oldest first."""
    return Decision.objects.select_related("case", "answers").prefetch_related("case__hits").order_by("created", "pk")


def line(one: Decision) -> tuple[Any, ...]:
    """A decision without what was written nor who: see `HEADER`. hours: from the report, or from the appeal that it answers."""
    begun = one.answers.created if hasattr(one, "answers") else one.case.created
    return (
        timezone.localdate(one.created),
        one.case.reference.partition(":")[0],
        one.case.origin,
        " ".join(hit.kind for hit in one.case.hits.all()),
        one.case.held,
        one.verdict,
        one.reason,
        hasattr(one, "answers"),
        round(hours(begun, one.created), 1),
    )


def lines() -> Iterator[tuple[Any, ...]]:
    return (line(one) for one in decisions().iterator(chunk_size=1000))
