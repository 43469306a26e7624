"""A grid of coding as data: criteria, levels, definitions and examples. Read whole or refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What is coded: a list's presence on line, each of its measures, its vision as a whole."""

    PRESENCE = "presence"
    MEASURE = "measure"
    LIST = "list"


class Scale(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"


class BadGrid(ValueError):
    """One sentence: what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Level:
    """`value` is what is kept. Words by language (`fr`, `en`)."""

    value: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """A criterion that is asked only when another has one of these values."""

    criterion: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    unit: Unit
    scale: Scale
    label: Mapping[str, str]
    definition: Mapping[str, str]
    levels: tuple[Level, ...]
    only_if: Condition | None = None

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(level.value for level in self.levels)

    def level(self, value: str) -> Level | None:
        return next((level for level in self.levels if level.value == value), None)


@dataclass(frozen=True, slots=True)
class Grid:
    name: str
    version: int
    title: Mapping[str, str]
    guidelines: tuple[Mapping[str, str], ...]
    criteria: tuple[Criterion, ...]
    theme: str = ""
    """The criterion by which programmes are compared."""
    digital: str = ""
    """The criterion that says whether a measure counts, and the value that says so, as `criterion=value`."""
    by_key: Mapping[str, Criterion] = field(default_factory=dict)

    def of(self, unit: Unit) -> tuple[Criterion, ...]:
        return tuple(one for one in self.criteria if one.unit is unit)

    def asked(self, unit: Unit, given: Mapping[str, str]) -> tuple[Criterion, ...]:
        """The criteria of a unit that these values leave to be asked."""
        return tuple(
            one for one in self.of(unit) if one.only_if is None or given.get(one.only_if.criterion) in one.only_if.values
        )


def words(given: Any, where: str) -> Mapping[str, str]:
    if not isinstance(given, dict) or not str(given.get("fr", "")).strip():
        raise BadGrid(f"{where} : il manque le texte en français.")
    return {str(language): str(text) for language, text in given.items()}


def optional_words(given: Any) -> Mapping[str, str]:
    return {str(language): str(text) for language, text in given.items()} if isinstance(given, dict) else {}


def read(data: Any) -> Grid:
    """A grid from JSON. Raises BadGrid."""
    if not isinstance(data, dict) or not isinstance(data.get("criteria"), list):
        raise BadGrid("Une grille est un objet avec ses critères (« criteria »).")
    try:
        criteria = tuple(criterion(one) for one in data["criteria"])
        version = int(data["version"])
        name = str(data["name"])
    except (KeyError, TypeError) as error:
        raise BadGrid(f"Il manque {error} dans la grille.") from error
    by_key = {one.key: one for one in criteria}
    if len(by_key) != len(criteria):
        raise BadGrid("Deux critères de la grille portent le même nom.")
    for one in criteria:
        check_condition(one, by_key)
    theme, digital = str(data.get("theme", "")), str(data.get("digital", ""))
    if theme and theme not in by_key:
        raise BadGrid(f"Le critère de comparaison « {theme} » n'est pas dans la grille.")
    guidelines = tuple(words(one, "consigne") for one in data.get("guidelines", []))
    return Grid(name, version, words(data.get("title"), "titre"), guidelines, criteria, theme, digital, by_key)


def criterion(data: Mapping[str, Any]) -> Criterion:
    key = str(data["key"])
    try:
        unit, scale = Unit(data["unit"]), Scale(data["scale"])
    except ValueError as error:
        raise BadGrid(f"Critère « {key} » : {error}.") from error
    levels = tuple(
        Level(
            str(one["value"]),
            words(one.get("label"), f"critère « {key} », niveau « {one['value']} »"),
            optional_words(one.get("definition")),
            optional_words(one.get("example")),
        )
        for one in data["levels"]
    )
    if len(levels) < 2 or len({one.value for one in levels}) != len(levels):
        raise BadGrid(f"Critère « {key} » : il faut au moins deux niveaux, tous différents.")
    if scale is Scale.ORDINAL and not all(one.value.lstrip("-").isdigit() for one in levels):
        raise BadGrid(f"Critère « {key} » : les niveaux d'une échelle ordonnée sont des nombres entiers.")
    only = data.get("only_if")
    condition = Condition(str(only["criterion"]), frozenset(map(str, only["values"]))) if only else None
    definition = words(data.get("definition"), f"définition de « {key} »")
    return Criterion(key, unit, scale, words(data.get("label"), f"critère « {key} »"), definition, levels, condition)


def check_condition(one: Criterion, by_key: Mapping[str, Criterion]) -> None:
    if one.only_if is None:
        return
    other = by_key.get(one.only_if.criterion)
    if other is None or other.unit is not one.unit or not one.only_if.values <= set(other.values):
        raise BadGrid(f"Critère « {one.key} » : sa condition porte sur un critère ou un niveau qui n'existe pas.")


def check_values(grid: Grid, unit: Unit, given: Mapping[str, str]) -> dict[str, str]:
    """What is kept of what was given: the criteria that are asked, all of them. Raises BadGrid with the first that is missing."""
    asked = grid.asked(unit, given)
    kept = {}
    for one in asked:
        value = given.get(one.key, "")
        if one.level(value) is None:
            raise BadGrid(one.key)
        kept[one.key] = value
    return kept
