"""Which processes need a new map: looked at by the worker every few seconds, so that voting itself pays nothing for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, Value, When
from django.utils import timezone

from parvis.debates.models import OpinionMap, Process, Statement
from parvis.debates.results import computing

PAUSE = timedelta(minutes=1)
"""Between two maps of one process, at least."""
PATIENCE = timedelta(minutes=10)
"""After which a few votes are worth a map."""
AGAIN = timedelta(hours=1)
"""After a failure on the same votes."""
MORE_VOTES, MORE_SHARE = 20, 0.05


@dataclass(frozen=True)
class Seen:
    """What the counts of a process say of its votes: how many, and a signature that changes when one of them does."""

    process: int
    votes: int
    signature: str


def look() -> int:
    """Ask for the maps that are due; how many."""
    seen = [one for one in counts() if one.votes]
    last = _last_maps([one.process for one in seen])
    due = [one for one in seen if is_due(one, *last.get(one.process, (None, None)))]
    processes = Process.objects.in_bulk([one.process for one in due])
    for one in due:
        computing.ask(processes[one.process], one.signature)
    return len(due)


def counts() -> list[Seen]:
    """Of the published processes that are not archived, in one question: sums of the counts kept beside statements."""
    total = F("agrees") + F("disagrees") + F("passes")
    shown = Case(When(state=Statement.State.SHOWN, then=F("number")), default=Value(0))
    rows = (
        Statement.objects.filter(process__published__isnull=False, process__archived=None)
        .order_by()
        .values("process")
        .annotate(
            all=Sum(total, filter=Q(state=Statement.State.SHOWN)), a=Sum(F("agrees") * F("number")), d=Sum(F("disagrees") * F("number")), p=Sum(F("passes") * F("number")),
            of=Sum(shown), some=Count("pk", filter=Q(state=Statement.State.SHOWN)),
            squares=Sum((F("agrees") - F("disagrees")) * F("number") * F("number")),
        )
    )  # fmt: skip
    return [Seen(row["process"], row["all"] or 0, sha256(repr(sorted(row.items())).encode()).hexdigest()) for row in rows]


def _last_maps(processes: list[int]) -> dict[int, tuple[OpinionMap | None, OpinionMap | None]]:
    """(last map asked for, last good one) of each process, in one question."""
    newest = OpinionMap.objects.filter(process=OuterRef("process")).order_by("-number").values("pk")[:1]
    good = OpinionMap.objects.filter(process=OuterRef("process"), state="done").order_by("-number").values("pk")[:1]
    wanted = Q(pk=Subquery(newest)) | Q(pk=Subquery(good))
    found: dict[int, tuple[OpinionMap | None, OpinionMap | None]] = {}
    for one in OpinionMap.objects.filter(wanted, process__in=processes).defer("facts", "arrays").order_by("process", "number"):
        _asked, done = found.get(one.process_id, (None, None))
        found[one.process_id] = (one, one if one.state == OpinionMap.State.DONE else done)
    return found


def is_due(seen: Seen, asked: OpinionMap | None, good: OpinionMap | None) -> bool:
    """Votes changed, and enough or long enough ago. A failure on the same votes is tried again after an hour."""
    if asked is None:
        return True
    since = timezone.now() - asked.created
    if asked.state in computing.UNDER_WAY or since < PAUSE:
        return False
    if asked.signature == seen.signature:
        return asked.state == OpinionMap.State.FAILED and since >= AGAIN
    known = good.votes if good else 0
    return since >= PATIENCE or abs(seen.votes - known) >= max(MORE_VOTES, MORE_SHARE * known)
