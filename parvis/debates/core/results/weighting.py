"""What a crowd would say if it lived where the territory's people live: post-stratification.

Each stratum weighs its share of the population over its share of the participants, between two bounds so that a few people never
speak for a whole territory. Source: Holt and Smith, "Post stratification", JRSS A 142 (1979)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEAST_WEIGHT, MOST_WEIGHT = 0.25, 4.0


def weights(people: Mapping[str, int], population: Mapping[str, int]) -> dict[str, float]:
    """Of each stratum where somebody took part. Without any population, everybody weighs 1."""
    there = {name: count for name, count in people.items() if count}
    crowd, inhabitants = sum(there.values()), sum(population.get(name, 0) for name in there)
    if not crowd or not inhabitants:
        return dict.fromkeys(there, 1.0)
    exact = {name: (population.get(name, 0) / inhabitants) / (count / crowd) for name, count in there.items()}
    return {name: min(MOST_WEIGHT, max(LEAST_WEIGHT, weight)) for name, weight in exact.items()}


def weighted_share(strata: Sequence[tuple[float, int, int]], rest: tuple[int, int] = (0, 0)) -> float | None:
    """Share of success. strata: (weight, successes, votes seen) of each; rest: those of whom no stratum is known, each weighing 1.
    None where nobody voted."""
    seen = sum(weight * trials for weight, _successes, trials in strata) + rest[1]
    return (sum(weight * successes for weight, successes, _trials in strata) + rest[0]) / seen if seen else None
