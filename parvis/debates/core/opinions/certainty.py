"""How sure the map is: the crowd drawn again, many times, and who changes group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions import clusters
from parvis.debates.core.opinions.mapping import OpinionMap
from parvis.debates.core.opinions.votes import Reals

DRAWS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """`of_person`: share of the draws in which each person stays in their group, shape (persons,), NaN for who is in none.

    `of_group`: its mean by group, shape (groups,). 1 is sure, 1/k is chance.
    """

    of_person: Reals
    of_group: Reals


def certainty(drawn: OpinionMap, *, seed: int = 0, draws: int = DRAWS) -> Certainty:
    """Bootstrap (Efron 1979) of the persons who count: each draw weighs the bases anew and lets the groups move from where they are."""
    k, bases = drawn.k, drawn.bases
    sure = np.full(len(drawn.votes.persons), np.nan)
    if k < 2:
        sure[bases.rows] = 1.0
        return Certainty(sure, np.ones(k))
    generator = np.random.default_rng(seed)
    total = int(bases.weights.sum())
    start = clusters.centroids(bases.points, bases.weights, drawn.base_group, k)
    stayed = np.zeros(len(bases.points))
    for _draw in range(draws):
        weights = generator.multinomial(total, bases.weights / total).astype(float)
        centres = start
        for _round in range(20):
            labels, _distances = clusters.nearest(bases.points, centres)
            moved = clusters.centroids(bases.points, weights, labels, k)
            centres = np.where(np.isnan(moved), centres, moved)
        stayed += clusters.nearest(bases.points, centres)[0] == drawn.base_group
    sure[bases.rows] = (stayed / draws)[bases.base]
    mine = [sure[drawn.group == one] for one in range(k)]
    return Certainty(sure, np.array([float(one.mean()) if one.size else 0.0 for one in mine]))
