"""What the electoral code freezes before a vote, and when: dates from the days of the vote. Pure: `today` is an argument.

Sources: code électoral, articles L49, L52-1 and L52-8. The first day of the sixth month before the month of the vote is that of
L52-1; polling stations close at 20:00 at the latest in metropolitan France (R41), so the whole day of the vote is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from parvis.programmes.core.rules import Stage


class Freeze(StrEnum):
    PROMOTION = "promotion"
    AID = "aid"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included. `text`: the article."""

    freeze: Freeze
    first: date
    last: date
    text: str

    def holds(self, today: date) -> bool:
        return self.first <= today <= self.last


def months_before(day: date, months: int) -> date:
    """The first day of the month that is `months` before that of `day`."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def periods(first_round: date, second_round: date | None = None) -> list[Period]:
    """In the order of their first day."""
    last = second_round or first_round
    start = months_before(first_round, 6)
    found = [
        Period(Freeze.PROMOTION, start, last, "code électoral, L52-1"),
        Period(Freeze.AID, start, last, "code électoral, L52-8"),
    ]
    rounds = [first_round, *([second_round] if second_round else [])]
    return found + [Period(Freeze.SILENCE, day - timedelta(days=1), day, "code électoral, L49") for day in rounds]


def silent(first_round: date, second_round: date | None, today: date) -> bool:
    """Whether nothing new may be published today."""
    return any(one.holds(today) for one in periods(first_round, second_round) if one.freeze is Freeze.SILENCE)


def stage_of(state: str, first_round: date, second_round: date | None, today: date) -> Stage:
    """state: `draft`, `open` or `archived`. Silence comes over what is open."""
    stage = Stage(state)
    return Stage.SILENCE if stage is Stage.OPEN and silent(first_round, second_round, today) else stage
