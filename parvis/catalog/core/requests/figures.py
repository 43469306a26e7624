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
    answered = [case for case in known if case.first_reply is not None]
    waiting = [case for case in known if case.first_reply is None]
    running = sum(today <= add_months(case.received, LAW["answer"].months) for case in waiting)
    replies = Counter(case.reply for case in answered)
    grounds = Counter(case.ground for case in answered if case.reply is Reply.REFUSAL and case.ground)
    days = [(case.first_reply - case.received).days for case in answered if case.first_reply]
    return Figures(
        received=len(known),
        running=running,
        answered=len(answered),
        in_time=sum(
            case.first_reply is not None and case.first_reply <= add_months(case.received, LAW["answer"].months)
            for case in answered
        ),
        silent=len(waiting) - running,
        given=replies[Reply.DATASET],
        promised=replies[Reply.DATE],
        refused=replies[Reply.REFUSAL],
        median_days=median(days) if days else None,
        grounds=tuple(sorted(grounds.items(), key=lambda one: (-one[1], one[0]))),
    )
