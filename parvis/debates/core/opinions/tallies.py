"""Votes counted, statement by statement, in each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions.votes import AGREE, DISAGREE, Numbers, Votes


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Shapes: (groups, statements). `seen` = agree + disagree + pass."""

    agree: Numbers
    disagree: Numbers
    seen: Numbers

    @property
    def passed(self) -> Numbers:
        return self.seen - self.agree - self.disagree

    def together(self) -> Tallies:
        """All groups as one. Shapes: (1, statements)."""
        return Tallies(*(counts.sum(axis=0, keepdims=True) for counts in (self.agree, self.disagree, self.seen)))


def tally(votes: Votes, group: Numbers, groups: int) -> Tallies:
    """Count by group; `group`: shape (persons,), −1 for who is in none."""
    width = len(votes.statements)
    mine = group[votes.person]
    inside = mine >= 0
    cells, value = mine[inside] * width + votes.statement[inside], votes.value[inside]

    def count(chosen: np.ndarray) -> Numbers:
        return np.bincount(cells[chosen], minlength=groups * width).reshape(groups, width)

    return Tallies(count(value == AGREE), count(value == DISAGREE), count(np.ones(len(value), dtype=bool)))
