"""How much one can do with a dataset, out of 100: from what is said of it and from what its files hold.

The score is the weighted mean of the criteria that apply; each is a share from 0 to 1. Criteria and weights are rows of
`CRITERIA`; they follow what data.gouv.fr asks of metadata (description, licence, frequency, freshness, open format), to which
what was read in the files is added (validity against the schema, documented columns, missing values, cells of another type).
Pure: `today` is an argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Freshness(StrEnum):
    """Against the rhythm that the publisher promised."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNPROMISED = "unpromised"


# Days between two versions, by promised rhythm; a rhythm that is not here promises no date.
DAYS = {"continuous": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "annual": 366}
# Rhythms that say that no date is promised, which is not the same as saying nothing.
FREE = frozenset({"irregular", "never"})
PATIENCE, LOST = 1.25, 2.0
"""How many rhythms may pass before a dataset is late, and before it is stale."""
GRACE = 3
"""Days that are always forgiven: a daily file waits for Monday."""


@dataclass(frozen=True, slots=True)
class Column:
    described: bool
    empty: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read now. valid: null without a schema. errors: cells and lines that its schema refuses."""

    rows: int
    columns: tuple[Column, ...]
    schema: str = ""
    valid: bool | None = None
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dataset. updated: day of its last version, null without one. contact: whether one can write to somebody."""

    description: str
    keywords: int
    licence: str
    frequency: str
    updated: date | None
    source: bool
    territory: bool
    contact: bool
    tables: tuple[Table, ...]
    remote: bool = False  # its files stand elsewhere: what they hold is not known, and is held against nobody


def freshness(frequency: str, updated: date | None, today: date) -> Freshness:
    """Whether the last version is as recent as the rhythm promised."""
    days = DAYS.get(frequency)
    if days is None or updated is None:
        return Freshness.UNPROMISED
    age = (today - updated).days
    if age <= max(days * PATIENCE, days + GRACE):
        return Freshness.FRESH
    return Freshness.LATE if age <= max(days * LOST, days + 2 * GRACE) else Freshness.STALE


Measure = Callable[[Facts, date], float | None]
"""A share from 0 to 1; None where the criterion does not apply."""


@dataclass(frozen=True, slots=True)
class Criterion:
    name: str
    weight: int
    measure: Measure


FULL_DESCRIPTION, ENOUGH_KEYWORDS = 200, 3


def _description(facts: Facts, _today: date) -> float:
    return min(len(facts.description.strip()) / FULL_DESCRIPTION, 1.0)


def _keywords(facts: Facts, _today: date) -> float:
    return min(facts.keywords / ENOUGH_KEYWORDS, 1.0)


def _frequency(facts: Facts, _today: date) -> float:
    return float(facts.frequency in DAYS or facts.frequency in FREE)


def _freshness(facts: Facts, today: date) -> float | None:
    shares = {Freshness.FRESH: 1.0, Freshness.LATE: 0.5, Freshness.STALE: 0.0}
    return shares.get(freshness(facts.frequency, facts.updated, today))


def _tables(facts: Facts, _today: date) -> float | None:
    return None if facts.remote else float(bool(facts.tables))


def _cells(facts: Facts) -> int:
    return sum(table.rows * len(table.columns) for table in facts.tables)


def _validity(facts: Facts, _today: date) -> float | None:
    """Of the tables that have a schema: 1 for a valid one, otherwise at most a half, less as errors become many."""
    checked = [table for table in facts.tables if table.schema and table.valid is not None]
    if not checked:
        return None
    return sum(1.0 if table.valid else 0.5 * max(0.0, 1 - table.errors / max(table.rows, 1)) for table in checked) / len(
        checked
    )


def _documented(facts: Facts, _today: date) -> float | None:
    columns = [column for table in facts.tables for column in table.columns]
    return sum(column.described for column in columns) / len(columns) if columns else None


TOLERATED_GAPS, TOLERATED_MIXTURE = 0.05, 0.0
WORST_GAPS, WORST_MIXTURE = 0.6, 0.05


def _between(share: float, best: float, worst: float) -> float:
    return min(max((worst - share) / (worst - best), 0.0), 1.0)


def _complete(facts: Facts, _today: date) -> float | None:
    cells = _cells(facts)
    if not cells:
        return None
    empty = sum(column.empty for table in facts.tables for column in table.columns)
    return _between(empty / cells, TOLERATED_GAPS, WORST_GAPS)


def _consistent(facts: Facts, _today: date) -> float | None:
    """Cells that are not of the type of their column ("n.c." among numbers)."""
    cells = _cells(facts)
    if not cells:
        return None
    mixed = sum(column.exceptions for table in facts.tables for column in table.columns)
    return _between(mixed / cells, TOLERATED_MIXTURE, WORST_MIXTURE)


CRITERIA: tuple[Criterion, ...] = (
    Criterion("table", 15, _tables),
    Criterion("description", 10, _description),
    Criterion("keywords", 5, _keywords),
    Criterion("licence", 10, lambda facts, _today: float(bool(facts.licence))),
    Criterion("territory", 5, lambda facts, _today: float(facts.territory)),
    Criterion("frequency", 5, _frequency),
    Criterion("freshness", 15, _freshness),
    Criterion("source", 3, lambda facts, _today: float(facts.source)),
    Criterion("contact", 2, lambda facts, _today: float(facts.contact)),
    Criterion("validity", 15, _validity),
    Criterion("columns", 8, _documented),
    Criterion("complete", 4, _complete),
    Criterion("consistent", 3, _consistent),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion, as it stands. share: null where it does not apply. gain: points that the score would win were it full."""

    name: str
    weight: int
    share: float | None
    gain: int

    def plain(self) -> dict[str, str | int | float | None]:
        """As it is kept; `Mark(**plain)` gives it again."""
        return {"name": self.name, "weight": self.weight, "share": self.share, "gain": self.gain}


@dataclass(frozen=True, slots=True)
class Quality:
    """score: from 0 to 100. marks: one a criterion, in the order of the table."""

    score: int
    marks: tuple[Mark, ...]

    @property
    def to_do(self) -> tuple[Mark, ...]:
        """What would raise the score, what raises it most first."""
        wanting = [mark for mark in self.marks if mark.share is not None and mark.share < 0.995]
        return tuple(sorted(wanting, key=lambda mark: (-mark.gain, -mark.weight)))


class Grade(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


GRADES = ((75, Grade.GOOD), (50, Grade.FAIR), (0, Grade.POOR))


def grade(score: int) -> Grade:
    return next(name for least, name in GRADES if score >= least)


def quality(facts: Facts, today: date, criteria: Sequence[Criterion] = CRITERIA) -> Quality:
    shares = [(one, one.measure(facts, today)) for one in criteria]
    total = sum(one.weight for one, share in shares if share is not None)
    reached = sum(one.weight * share for one, share in shares if share is not None)
    marks = tuple(
        Mark(one.name, one.weight, share, 0 if share is None or not total else round(100 * one.weight * (1 - share) / total))
        for one, share in shares
    )
    return Quality(round(100 * reached / total) if total else 0, marks)
