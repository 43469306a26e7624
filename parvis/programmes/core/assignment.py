"""Who codes what: each unit given to so many evaluators, evenly, pairs mixed, by a published seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random


def assigned(units: Sequence[str], evaluators: Sequence[str], *, each: int, seed: str) -> dict[str, tuple[str, ...]]:
    """Unit → its evaluators. Loads differ by one at most over the whole; the same units, evaluators and seed give the same answer.

    Each unit goes to the `each` least loaded evaluators, those who met least first, chance deciding between equals."""
    if not 1 <= each <= len(evaluators):
        raise ValueError("Il faut au moins autant d'évaluateurs que de lectures de chaque mesure.")
    chance = Random(seed)  # noqa: S311 -- to be drawn again by anybody, not to be secret
    order = list(units)
    chance.shuffle(order)
    load: Counter[str] = Counter()
    met: Counter[tuple[str, str]] = Counter()
    found = {}
    for unit in order:
        chosen: list[str] = []
        for _place in range(each):
            rest = [one for one in evaluators if one not in chosen]
            drawn = {one: chance.random() for one in rest}
            chosen.append(min(rest, key=lambda one: (load[one], sum(met[pair(one, other)] for other in chosen), drawn[one])))
        for at, one in enumerate(chosen):
            load[one] += 1
            for other in chosen[:at]:
                met[pair(one, other)] += 1
        found[unit] = tuple(sorted(chosen))
    return {unit: found[unit] for unit in units}


def pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def drawn(names: Sequence[str], seed: str) -> list[str]:
    """An order by lot that anybody can draw again: names sorted, then shuffled with the seed."""
    order = sorted(names)
    Random(seed).shuffle(order)  # noqa: S311
    return order
