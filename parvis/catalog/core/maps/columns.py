"""Which columns of a table say where: codes of territories, latitude and longitude.

The format that the profile found is believed. Where it found none, since the title says nothing (`code`), the examples and the most
frequent values are looked at: all have to be codes of the level, and of more than one form of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from parvis.catalog.core.tables.formats import FORMATS, is_siren

LEVELS: Final = {"code-commune": "commune", "code-departement": "departement"}
NAMED: Final = {
    "commune": re.compile(r"insee|com(mune)?s?(?![a-z])|cog(?![a-z])|depcom|codgeo|^(code|id)(_?geo)?$"),
    "departement": re.compile(r"(?<![a-z])dep(t|artement)?s?(?![a-z])|^(code|id)(_?geo)?$"),
    "epci": re.compile(r"epci|interco|(?<![a-z])(cc|ca|cu)(?![a-z])|groupement"),
}
"""What a title has to say for its values to be looked at."""
ENOUGH: Final = 2
EPCI_FIRST: Final = ("20", "24")
"""How the SIREN of groupings of communes begin."""


class Described(Protocol):
    """A column as the profile describes it (`catalog.columns.Column` is one)."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def frequent(self) -> Sequence[tuple[Any, int]]: ...
    @property
    def minimum(self) -> Any: ...
    @property
    def maximum(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Places:
    """`territories`: level and column, the finest level first; `coordinates`: latitude and longitude."""

    territories: tuple[tuple[str, str], ...]
    coordinates: tuple[str, str] | None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({column for _level, column in self.territories} | set(self.coordinates or ()))


def place_columns(columns: Sequence[Described]) -> Places:
    """Every level that a column holds, at most one column each, and the coordinates if both are there."""
    found: dict[str, str] = {}
    for column in columns:
        level = level_of(column)
        if level:
            found.setdefault(level, column.name)
    latitude, longitude = (
        next((column.name for column in columns if column.format == name), "") for name in ("latitude", "longitude")
    )
    order = [level for level in ("commune", "epci", "departement") if level in found]
    return Places(tuple((level, found[level]) for level in order), (latitude, longitude) if latitude and longitude else None)


def territory_column(columns: Sequence[Described]) -> tuple[str, str] | None:
    """The finest level that a column holds, and that column; None where no column says a territory."""
    found = place_columns(columns).territories
    return found[0] if found else None


def level_of(column: Described) -> str:
    """The level whose codes `column` holds; nothing for a column of anything else."""
    if column.format in LEVELS:
        return LEVELS[column.format]
    title = _plain(column.label)
    values = seen(column)
    if len(values) < ENOUGH:
        return ""
    if column.format in {"", "siren"} and NAMED["epci"].search(title) and all(map(_is_epci, values)):
        return "epci"
    if column.format == "siren":
        return "epci" if all(map(_is_epci, values)) and _plain(column.label) in {"code", "siren"} else ""
    if column.format:
        return ""
    if title == "code" and all(map(_is_epci, values)):
        return "epci"
    for name, level in LEVELS.items():
        if NAMED[level].search(title) and all(FORMATS[name].matches(value) for value in values):
            return level
    return ""


def perhaps(column: Described) -> tuple[str, ...]:
    """The levels whose codes the values of `column` could be, whatever its title; the official code has the last word."""
    values = seen(column)
    if len(values) < ENOUGH or column.format not in {"", "siren"}:
        return ()
    if all(map(is_siren, values)):
        return ("epci",)
    return tuple(level for name, level in LEVELS.items() if all(FORMATS[name].matches(value) for value in values))


def seen(column: Described) -> list[str]:
    """Values of the column that the profile kept: frequent ones, and the extremes, which the others lie between."""
    given = [value for value, _count in column.frequent] + [column.minimum, column.maximum]
    return sorted({str(value).strip() for value in given if value is not None and str(value).strip()})


def _is_epci(text: str) -> bool:
    return text.startswith(EPCI_FIRST) and is_siren(text)


def _plain(title: str) -> str:
    folded = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).strip()
