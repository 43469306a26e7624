"""Centre, periphery or rural: the class of a commune, by INSEE's grid of density where it is known, by a stated stand-in otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class TerritoryClass(StrEnum):
    CENTRE = "centre"
    PERIPHERY = "periphery"
    RURAL = "rural"


class Method(StrEnum):
    """How the class was decided, from the most exact."""

    GRID = "grid"  # the grid of density
    COLUMN = "column"  # a file that says rural or not
    POPULATION = "population"  # nothing but the number of inhabitants


CENTRE, PERIPHERY, RURAL = TerritoryClass

GRID: Mapping[int, TerritoryClass] = {
    1: CENTRE,  # grands centres urbains
    2: CENTRE,  # centres urbains intermédiaires
    3: PERIPHERY,  # ceintures urbaines
    4: PERIPHERY,  # petites villes
    5: RURAL,  # bourgs ruraux
    6: RURAL,  # rural à habitat dispersé
    7: RURAL,  # rural à habitat très dispersé
}
"""Level of INSEE's grid of density in seven levels (2022) → class. What INSEE calls rural is rural."""
RURAL_BELOW = 2000
"""Inhabitants: INSEE's threshold of a rural commune before the grid (2020). The stand-in where nothing else is known."""


def by_size(rural: bool | None, population: int | None, *, largest: bool) -> TerritoryClass:
    """Where there is no grid: rural as a file says (`rural`), else by the number of inhabitants; of the others, the most populous
    commune of each EPCI is a centre (`largest`)."""
    if rural is None:
        rural = (population or 0) < RURAL_BELOW
    if rural:
        return RURAL
    return CENTRE if largest else PERIPHERY
