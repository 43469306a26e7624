"""Days and hours of a process, as people of Paris say them, right across the two nights of the year when clocks change.

What is stored is an instant; what is typed and read is a day and an hour in `PARIS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from parvis.debates.core.processes.rules import PhaseKind

PARIS = ZoneInfo("Europe/Paris")


class NoSuchHourError(ValueError):
    """That night, clocks jump over this hour."""


def instant(day: date, hour: time) -> datetime:
    """The moment that a clock in Paris shows so. In autumn, 2:30 comes twice: the first one. Raises `NoSuchHourError` for an hour that
    spring skips."""
    shown = datetime.combine(day, hour.replace(tzinfo=None), PARIS)
    found = shown.astimezone(UTC)
    if found.astimezone(PARIS).replace(tzinfo=None) != shown.replace(tzinfo=None):
        raise NoSuchHourError(f"{shown:%Y-%m-%d %H:%M}")
    return found


def shown(moment: datetime) -> tuple[date, time]:
    """The day and the hour that a clock in Paris shows at that moment."""
    local = moment.astimezone(PARIS)
    return local.date(), local.time().replace(tzinfo=None)


def later(moment: datetime, days: int) -> datetime:
    """The same hour of a clock in Paris, so many days later: a day of 23 or of 25 hours counts for one. Where spring skips that hour,
    the next one that exists."""
    day, hour = shown(moment)
    return datetime.combine(day + timedelta(days=days), hour, PARIS).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """How long, as people count: whole days between the same hours of the clock, and the hours that remain."""

    days: int
    hours: int


def span(opens: datetime, closes: datetime) -> Span:
    """From `opens` to `closes`, which is not before it."""
    days = (shown(closes)[0] - shown(opens)[0]).days
    while days and later(opens, days) > closes:
        days -= 1
    return Span(days, int((closes - later(opens, days)) / timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Dates:
    """One phase in time. `closes` None: no end was set."""

    kind: PhaseKind
    opens: datetime
    closes: datetime | None


class Fault(StrEnum):
    """What is wrong in a calendar."""

    NO_PHASE = "no-phase"
    ENDS_FIRST = "ends-first"  # before it opens
    ORDER = "order"  # opens before the one before it does
    OVER = "over"  # already over when published
    TWICE = "twice"  # a kind that may come once only


ONCE = frozenset({PhaseKind.OPINIONS, PhaseKind.DISCUSSION})
"""Votes and statements belong to the whole process: two rounds of them would be mixed."""


def faults(phases: Sequence[Dates]) -> list[tuple[int | None, Fault]]:
    """What is wrong, with the place of the phase in the list (from 0), None for the whole. Phases may overlap, in order of opening."""
    if not phases:
        return [(None, Fault.NO_PHASE)]
    found: list[tuple[int | None, Fault]] = []
    for place, phase in enumerate(phases):
        before = phases[:place]
        if phase.closes is not None and phase.closes <= phase.opens:
            found.append((place, Fault.ENDS_FIRST))
        if before and phase.opens < before[-1].opens:
            found.append((place, Fault.ORDER))
        if phase.kind in ONCE and any(one.kind is phase.kind for one in before):
            found.append((place, Fault.TWICE))
    return found


def faults_at_publication(phases: Sequence[Dates], now: datetime) -> list[tuple[int | None, Fault]]:
    """The same, and phases that nobody could take part in any more."""
    over = [
        (place, Fault.OVER)
        for place, one in enumerate(phases)
        if one.kind in ONCE and one.closes is not None and one.closes <= now
    ]
    return [*faults(phases), *over]
