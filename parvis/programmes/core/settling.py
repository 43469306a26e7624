"""What is settled of a unit: by the evaluators when they agree, by an adjudication where they differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parvis.programmes.core.grid import Grid, Unit


@dataclass(frozen=True, slots=True)
class Settled:
    """`values`: criterion → value; `adjudicated`: those that a decision gave; `disputed`: criteria to be decided, in the order of the
    grid. What depends on a disputed criterion waits for it."""

    values: Mapping[str, str]
    adjudicated: frozenset[str]
    disputed: tuple[str, ...]


def settled(grid: Grid, unit: Unit, codings: Mapping[str, Mapping[str, str]], decided: Mapping[str, str]) -> Settled:
    """codings: evaluator → criterion → value. decided: criterion → value. A criterion that only one evaluator was asked (they differed on
    what leads to it) is to be decided: one reading is no agreement."""
    values: dict[str, str] = {}
    disputed: list[str] = []
    adjudicated: set[str] = set()
    for one in grid.of(unit):
        if one.only_if is not None and values.get(one.only_if.criterion) not in one.only_if.values:
            continue
        given = [coding[one.key] for coding in codings.values() if one.key in coding]
        if one.key in decided:
            values[one.key] = decided[one.key]
            adjudicated.add(one.key)
        elif len(given) == len(codings) > 0 and len(set(given)) == 1:
            values[one.key] = given[0]
        else:
            disputed.append(one.key)
    return Settled(values, frozenset(adjudicated), tuple(disputed))
