"""The opinion map: votes in, groups and what defines each out. The same votes and seed always give the same map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions import clusters, representative
from parvis.debates.core.opinions.components import Components, components, counted, extremity, positions
from parvis.debates.core.opinions.priorities import priorities
from parvis.debates.core.opinions.representative import Representative, Shared
from parvis.debates.core.opinions.tallies import Tallies, tally
from parvis.debates.core.opinions.votes import Numbers, Reals, Votes

BASES = 100
"""Small clusters that stand for a crowd before it is cut into groups; fewer persons each stand for themselves."""
MOST_GROUPS = 5
SMALL = 5_000
"""Persons up to whom the small clusters are worth several starts: in a larger crowd one start settles as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Bases:
    """People who stand close, as one point: `rows` the persons who count, `base` the point of each, `points` (bases, 2), `weights`."""

    rows: Numbers
    base: Numbers
    points: Reals
    weights: Reals


@dataclass(frozen=True, slots=True, eq=False)
class OpinionMap:
    """Shapes: `positions` (persons, 2); `group` (persons,), −1 for who voted too little to count; `tallies` (groups, statements)."""

    votes: Votes
    components: Components
    positions: Reals
    extremity: Reals
    bases: Bases
    base_group: Numbers
    group: Numbers
    silhouette: float
    silhouettes: dict[int, float]
    tallies: Tallies
    everybody: Tallies
    representative: list[tuple[Representative, ...]]
    agreed: tuple[Shared, ...]
    refused: tuple[Shared, ...]
    group_aware: Reals
    priorities: Reals

    @property
    def k(self) -> int:
        return len(self.representative)


def draw(votes: Votes, *, seed: int = 0) -> OpinionMap:
    """The map of these votes. Under two persons apart, there are no groups (k = 0 or 1) and the rest still holds."""
    generator = np.random.default_rng(seed)
    found = components(votes)
    where = positions(votes, found)
    bases = gathered(where, counted(votes), generator)
    scores, base_group = parted(bases, generator)
    group = np.full(len(votes.persons), -1, dtype=np.int64)
    group[bases.rows] = base_group[bases.base]
    base_group, group = numbered(base_group, group)
    k = int(group.max(initial=-1)) + 1
    tallies, everybody = tally(votes, group, k), tally(votes, np.zeros(len(votes.persons), dtype=np.int64), 1)
    agreed, refused = representative.consensus(everybody, votes.out)
    divides = extremity(found)
    return OpinionMap(
        votes=votes, components=found, positions=where, extremity=divides, bases=bases, base_group=base_group, group=group,
        silhouette=scores.get(k, 0.0), silhouettes=scores, tallies=tallies, everybody=everybody,
        representative=representative.representative(tallies, votes.out), agreed=agreed, refused=refused,
        group_aware=representative.aware_consensus(tallies),
        priorities=priorities(everybody, divides, votes.meta),
    )  # fmt: skip


def gathered(where: Reals, rows: Numbers, generator: np.random.Generator) -> Bases:
    """Persons who count, in a hundred points at most."""
    points = where[rows]
    if not len(rows):
        return Bases(rows, np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0))
    starts = 10 if len(points) <= SMALL else 1
    found = clusters.kmeans(points, np.ones(len(points)), BASES, generator=generator, starts=starts)
    return Bases(rows, found.labels, found.centres, np.bincount(found.labels, minlength=found.count).astype(float))


def parted(bases: Bases, generator: np.random.Generator) -> tuple[dict[int, float], Numbers]:
    """(silhouette of each number of groups that was tried, group of each base): two to five groups, the clearest parting wins."""
    count = len(bases.points)
    if count < 2:
        return {}, np.zeros(count, dtype=np.int64)
    scores, found = {}, {}
    for k in range(2, min(MOST_GROUPS, 2 + count // 12) + 1):
        found[k] = clusters.kmeans(bases.points, bases.weights, k, generator=generator).labels
        scores[k] = clusters.silhouette(bases.points, found[k])
    best = max(scores, key=lambda k: (scores[k], -k))
    return scores, found[best]


def numbered(base_group: Numbers, group: Numbers) -> tuple[Numbers, Numbers]:
    """Groups from the largest to the smallest, in persons."""
    sizes = np.bincount(group[group >= 0], minlength=int(base_group.max(initial=-1)) + 1)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    if not len(sizes):
        return base_group, group
    return place[base_group], np.where(group >= 0, place[group], -1)
