"""Votes: who said what of which statement, as three parallel arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

AGREE, PASS, DISAGREE = 1, 0, -1
Identifier = int | str
Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """One vote at most per person and statement, sorted by person, then statement.

    `person`, `statement`: positions in `persons` and `statements`; `value`: +1 agree, 0 pass, −1 disagree. Shapes: (votes,).
    `out`: positions of the statements that moderation took out, whose votes count for nothing but that the person was there.
    `meta`: positions of the statements about the debate itself, a part of `out` in Polis's own files.
    """

    persons: tuple[Identifier, ...]
    statements: tuple[Identifier, ...]
    person: Numbers
    statement: Numbers
    value: NDArray[np.int8]
    out: frozenset[int] = frozenset()
    meta: frozenset[int] = field(default=frozenset())

    @property
    def count(self) -> int:
        return len(self.value)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Statements that count. Shape: (statements,)."""
        kept = np.ones(len(self.statements), dtype=bool)
        kept[list(self.out)] = False
        return kept

    def cast(self) -> Numbers:
        """How many statements each person voted on, those taken out included. Shape: (persons,)."""
        return np.bincount(self.person, minlength=len(self.persons))

    def of(self, rows: Numbers) -> Votes:
        """The same votes, of these persons only, in this order."""
        place = np.full(len(self.persons), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        mine = place[self.person] >= 0
        persons = tuple(self.persons[row] for row in rows)
        return gather(
            persons, self.statements, place[self.person[mine]], self.statement[mine], self.value[mine], self.out, self.meta
        )


def gather(
    persons: Sequence[Identifier],
    statements: Sequence[Identifier],
    person: Numbers,
    statement: Numbers,
    value: NDArray[np.int8],
    out: frozenset[int] = frozenset(),
    meta: frozenset[int] = frozenset(),
) -> Votes:
    """Votes in the order in which they were cast: the latest of a person on a statement counts.

    Raises `ValueError` for a vote that is neither −1, 0 nor +1.
    """
    if value.size and not np.isin(value, (AGREE, PASS, DISAGREE)).all():
        raise ValueError("A vote is 1 (agree), 0 (pass) or -1 (disagree).")
    key = person.astype(np.int64) * max(1, len(statements)) + statement
    order = np.argsort(key, kind="stable")
    key = key[order]
    latest = np.append(key[1:] != key[:-1], True) if key.size else np.zeros(0, dtype=bool)
    order = order[latest]
    return Votes(tuple(persons), tuple(statements), person[order], statement[order], value[order].astype(np.int8), out, meta)
