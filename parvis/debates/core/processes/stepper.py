"""Where a process stands: each phase done, current or to come, and how the whole is called in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Timed(Protocol):
    """A phase, whoever keeps it."""

    opens: datetime
    closes: datetime | None


class Step(StrEnum):
    DONE = "done"
    CURRENT = "current"
    TO_COME = "to-come"


class State(StrEnum):
    """Of the whole: at least one phase is open, one will be, none will."""

    OPEN = "open"
    TO_COME = "to-come"
    OVER = "over"


def step(phase: Timed, now: datetime) -> Step:
    if phase.closes is not None and phase.closes <= now:
        return Step.DONE
    return Step.CURRENT if phase.opens <= now else Step.TO_COME


def state(phases: Sequence[Timed], now: datetime) -> State:
    found = {step(phase, now) for phase in phases}
    if Step.CURRENT in found:
        return State.OPEN
    return State.TO_COME if Step.TO_COME in found else State.OVER
