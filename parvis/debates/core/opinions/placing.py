"""Where one more person stands on a map that is already drawn: no need to draw it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions.votes import Numbers, Reals


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What is kept of a map to place people. statements: their identifiers; kept: false for one taken out, whose votes say nothing;
    points: (bases, 2); base_group, base_certainty: (bases,)."""

    statements: Numbers
    kept: np.ndarray
    centre: Reals
    axes: Reals
    points: Reals
    base_group: Numbers
    base_certainty: Reals

    @property
    def least(self) -> int:
        """Votes from which somebody has a place in a group."""
        return min(7, len(self.statements))


@dataclass(frozen=True, slots=True)
class Place:
    """used: their votes that this map knows. group: −1 without groups. base: the nearest point of the crowd."""

    x: float
    y: float
    used: int
    group: int
    base: int
    certainty: float


def place(known: Places, votes: Mapping[int, int]) -> Place:
    """As `components.positions`, for one person. votes: value by identifier of statement; those that the map does not know are left."""
    rank = {int(one): at for at, one in enumerate(known.statements)}
    mine = np.array(sorted(rank[one] for one in votes if one in rank), dtype=np.int64)
    used = mine[known.kept[mine]]
    values = np.array([votes[int(known.statements[at])] for at in used], dtype=float)
    seen = max(1, len(used) + int((~known.kept).sum()))
    x, y = known.axes[:, used] @ (values - known.centre[used]) * np.sqrt(len(known.statements) / seen)
    if not len(known.points):
        return Place(float(x), float(y), len(mine), -1, -1, 0.0)
    base = int(((known.points - (x, y)) ** 2).sum(axis=1).argmin())
    return Place(float(x), float(y), len(mine), int(known.base_group[base]), base, float(known.base_certainty[base]))
