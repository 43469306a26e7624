"""Points gathered: k-means with weights, and the silhouette that says how well they part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions.votes import Numbers, Reals

ROUNDS, STILL = 100, 1e-9
STARTS = 30
BLOCK = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """`labels`: shape (points,), from 0. `centres`: shape (clusters, 2). Largest first, by weight, then by centre."""

    labels: Numbers
    centres: Reals
    inertia: float

    @property
    def count(self) -> int:
        return len(self.centres)


def nearest(points: Reals, centres: Reals) -> tuple[Numbers, Reals]:
    """Of each point, the nearest centre and the squared distance to it. By blocks, so that memory does not grow with the crowd."""
    labels, distances = np.empty(len(points), dtype=np.int64), np.empty(len(points))
    squares = (centres**2).sum(axis=1)
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK]
        away = squares - 2 * block @ centres.T
        labels[start : start + BLOCK] = away.argmin(axis=1)
        found = away.min(axis=1) + (block**2).sum(axis=1)
        distances[start : start + BLOCK] = np.maximum(found, 0.0)
    return labels, distances


def kmeans(points: Reals, weights: Reals, k: int, *, generator: np.random.Generator, starts: int = STARTS) -> Clusters:
    """The best of several starts (k-means++, Arthur and Vassilvitskii 2007), each followed to its end. Never an empty cluster."""
    distinct = np.unique(points, axis=0)
    if len(distinct) <= k:
        return settle(points, weights, distinct)
    found = [settle(points, weights, seeds(points, weights, k, generator)) for _start in range(starts)]
    return min(found, key=lambda one: (one.inertia, -one.count))


def seeds(points: Reals, weights: Reals, k: int, generator: np.random.Generator) -> Reals:
    """First centres, each drawn among the points in proportion to its squared distance to those drawn before."""
    chosen = [points[generator.choice(len(points), p=weights / weights.sum())]]
    away = ((points - chosen[0]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chances = weights * away
        chosen.append(points[generator.choice(len(points), p=chances / chances.sum())])
        away = np.minimum(away, ((points - chosen[-1]) ** 2).sum(axis=1))
    return np.array(chosen)


def first_distinct(points: Reals, k: int) -> Reals:
    """Polis's own first centres: the first k points that differ."""
    _distinct, places = np.unique(points, axis=0, return_index=True)
    return points[np.sort(places)[:k]]


def settle(points: Reals, weights: Reals, centres: Reals, rounds: int = ROUNDS) -> Clusters:
    """Lloyd's steps from these centres until they stay."""
    for _round in range(rounds):
        labels, _distances = nearest(points, centres)
        moved = centroids(points, weights, labels, len(centres))
        moved = moved[~np.isnan(moved[:, 0])]
        still = len(moved) == len(centres) and float(np.abs(moved - centres).max()) < STILL
        centres = moved
        if still:
            break
    labels, distances = nearest(points, centres)
    return ranked(Clusters(labels, centres, float((weights * distances).sum())), weights)


def centroids(points: Reals, weights: Reals, labels: Numbers, k: int) -> Reals:
    """Weighted mean of each cluster, NaN for an empty one. Shape: (k, 2)."""
    mass = np.bincount(labels, weights=weights, minlength=k)
    sums = [np.bincount(labels, weights=weights * column, minlength=k) for column in points.T]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack(sums) / mass[:, None]


def ranked(found: Clusters, weights: Reals) -> Clusters:
    """The same, numbered from the heaviest, so that two runs give the same numbers."""
    mass = np.bincount(found.labels, weights=weights, minlength=found.count)
    order = np.lexsort((found.centres[:, 1], found.centres[:, 0], -mass))
    order = order[mass[order] > 0]
    place = np.full(found.count, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    return Clusters(place[found.labels], found.centres[order], found.inertia)


def silhouette(points: Reals, labels: Numbers) -> float:
    """Mean over the points of (b − a) / max(a, b): a to the others of one's cluster, b to the nearest other one. Alone: 0.

    Rousseeuw 1987. Each point weighs one, as in Polis where a point is a base cluster. Cost: points².
    """
    k = int(labels.max(initial=-1)) + 1
    if k < 2:
        return 0.0
    away = np.sqrt(np.maximum(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2), 0.0))
    sizes = np.bincount(labels, minlength=k)
    sums = np.column_stack([away[:, labels == one].sum(axis=1) for one in range(k)])
    rows = np.arange(len(points))
    own = sizes[labels]
    inside = sums[rows, labels] / np.maximum(own - 1, 1)
    others = sums / sizes
    others[rows, labels] = np.inf
    outside = others.min(axis=1)
    largest = np.maximum(inside, outside)
    scores = np.where((own > 1) & (largest > 0), (outside - inside) / np.where(largest > 0, largest, 1.0), 0.0)
    return float(scores.mean())
