"""Processes that are good as they stand: which phases, how long, from a first day. Their words are in `parvis/debates/blueprints.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from parvis.debates.core.processes.calendar import Dates, later
from parvis.debates.core.processes.rules import PhaseKind


@dataclass(frozen=True, slots=True)
class Planned:
    """One phase. after: days between the first day and its opening; lasts: its days, None for as long as the process says."""

    kind: PhaseKind
    after: int
    lasts: int | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """lasts: days proposed for the whole; phases without a length of their own last until its end."""

    name: str
    lasts: int
    phases: tuple[Planned, ...]

    def dates(self, opens: datetime, closes: datetime) -> tuple[Dates, ...]:
        """Each phase, from the first moment to the last. What would open after the end opens with the process."""
        made = []
        for one in self.phases:
            begins = later(opens, one.after)
            begins = begins if begins < closes else opens
            ends = min(later(begins, one.lasts), closes) if one.lasts else closes
            made.append(Dates(one.kind, begins, ends))
        return tuple(made)


QUESTION = Blueprint(
    "question-ouverte",
    42,
    (Planned(PhaseKind.INFORMATION, 0), Planned(PhaseKind.OPINIONS, 7), Planned(PhaseKind.DISCUSSION, 14)),
)
"""One broad question: read first, then give one's opinion, then discuss what comes out."""
OPINIONS = Blueprint("recueil-d-avis", 28, (Planned(PhaseKind.INFORMATION, 0), Planned(PhaseKind.OPINIONS, 0)))
"""What people think of something precise, quickly."""

BLUEPRINTS: Mapping[str, Blueprint] = {one.name: one for one in (QUESTION, OPINIONS)}

LEAST_STATEMENTS, MOST_SEEDS = 7, 40
"""Statements of the team when opinions open: fewer, and the first people have nothing to answer to; more, and theirs are drowned."""
