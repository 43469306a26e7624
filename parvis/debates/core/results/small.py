"""Small numbers: a cell of a few people says something of each of them. They are put together until nobody can be told.

Putting together, not hiding: a single hidden cell is found again by taking the others from the total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_PEOPLE = 50
"""Below, no breakdown at all."""
LEAST_CELL = 10
"""Below, a cell is put with others. A cell of nobody may be said: it is what shows who is missing."""


@dataclass(frozen=True, slots=True)
class Cells:
    """`shown`: cells that stand alone. `merged`: names of those put together, of `rest` people."""

    shown: dict[str, int]
    merged: tuple[str, ...]
    rest: int


def put_together(cells: Mapping[str, int], least: int = LEAST_CELL) -> Cells:
    """Cells of 1 to `least` − 1 together; while they make fewer than `least`, the smallest of the others joins them."""
    merged = [name for name, count in cells.items() if 0 < count < least]
    rest = sum(cells[name] for name in merged)
    others = sorted((name for name, count in cells.items() if count >= least), key=lambda name: cells[name])
    while 0 < rest < least and others:
        merged.append(others.pop(0))
        rest = sum(cells[name] for name in merged)
    shown = {name: count for name, count in cells.items() if name not in merged}
    return Cells(shown, tuple(name for name in cells if name in merged), rest)
