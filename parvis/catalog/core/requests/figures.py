"""What requests add up to, for one authority or for all: how many, answered within the month, after how many days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from parvis.catalog.core.requests.clocks import LAW, Reply, add_months


@dataclass(frozen=True)
class Case:
    """A request that was received. first_reply: the day of the first answer, whatever it was. reply: the answer that stands."""

    received: date
    first_reply: date | None = None
    reply: Reply | None = None
    ground: str = ""
    passed: date | None = None  # the day when it was passed on to who holds the data, which is what the law asks (L311-2)

    @property
    def settled(self) -> date | None:
        """When the authority first did something of it."""
        return min((day for day in (self.first_reply, self.passed) if day), default=None)


@dataclass(frozen=True)
class Figures:
    """running: the month is not over and nothing was answered: neither good nor bad. due: the others, so that the share answered
    in time is `in_time / due`. median_days is None without an answer."""

    received: int
    running: int
    answered: int
    in_time: int
    silent: int
    given: int
    promised: int
    refused: int
    passed: int
    median_days: float | None
    grounds: tuple[tuple[str, int], ...]

    @property
    def due(self) -> int:
        return self.received - self.running

    @property
    def percent_in_time(self) -> int | None:
        return round(100 * self.in_time / self.due) if self.due else None


def figures(cases: Iterable[Case], today: date) -> Figures:
    known = list(cases)
    answered = [case for case in known if case.settled is not None]
    waiting = [case for case in known if case.settled is None]
    running = sum(today <= add_months(case.received, LAW["answer"].months) for case in waiting)
    replies = Counter(case.reply for case in answered if case.passed is None)
    grounds = Counter(case.ground for case in answered if case.reply is Reply.REFUSAL and case.ground and not case.passed)
    days = [(case.settled - case.received).days for case in answered if case.settled]
    return Figures(
        received=len(known),
        running=running,
        answered=len(answered),
        in_time=sum(
            case.settled is not None and case.settled <= add_months(case.received, LAW["answer"].months) for case in answered
        ),
        silent=len(waiting) - running,
        given=replies[Reply.DATASET],
        promised=replies[Reply.DATE],
        refused=replies[Reply.REFUSAL],
        passed=sum(case.passed is not None for case in known),
        median_days=median(days) if days else None,
        grounds=tuple(sorted(grounds.items(), key=lambda one: (-one[1], one[0]))),
    )
