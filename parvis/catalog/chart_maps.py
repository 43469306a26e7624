"""Charts that are maps: values by territory, or places by their coordinates, drawn by `maps`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from parvis.catalog import maps
from parvis.catalog.chart_values import counted, fields_of, filled, filters_of, measured
from parvis.catalog.core.charts import french, words
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.fields import Field, named
from parvis.catalog.core.charts.table import Table
from parvis.catalog.core.charts.values import Mark, Values, finite
from parvis.catalog.core.maps import picture
from parvis.catalog.core.speech import language, phrase, phrases, stored
from parvis.catalog.groups import Aggregate, Group, grouped
from parvis.catalog.maps import DrawnMap
from parvis.catalog.models import Version
from parvis.catalog.rows import Memory, QuestionError

MOST_CODES = 40_000
MOST_PLACES = 20_000
LISTED = 5_000
REVISION = 2
_drawn = Memory(24)
Told = tuple[DrawnMap, str, Table, int]


def told(version: Version, choice: Choice) -> Told:
    """The map, its finding, its table, and how many rows are not on it. Raises what `grouped` raises."""
    key = (version.digest, choice.text, language())
    known: Told | None = _drawn.get(key)
    if known is None:
        known = _places(version, choice) if choice.shape == "map_coordinates" else _territories(version, choice)
        _drawn.keep(key, known)
    return known


def svg(version: Version, choice: Choice, scheme: str, *, taken: bool = False, bare: bool = False) -> bytes:
    """`taken`: to be kept by somebody, every shape with its name and value. `bare`: a thumbnail."""
    drawn = told(version, choice)[0]
    return picture.svg(drawn.picture if taken else maps.lighter(drawn, bare=bare), scheme)


def _field(name: str, fields: tuple[Field, ...]) -> Field:
    found = named(name, fields)
    if found is None:
        raise QuestionError(stored("Cette table n'a pas de colonne « {name} ».", name=name[:80]))
    return found


def _territories(version: Version, choice: Choice) -> Told:
    fields = fields_of(version)
    where, y = _field(choice.territory, fields), named(choice.y, fields)
    alike = replace(choice, x=choice.territory)
    filters = (*filters_of(choice), *filled((choice.territory, choice.y)))
    found = grouped(version, filters=filters, by=[Group(where.name)], aggregates=measured(alike), limit=MOST_CODES)
    if found.total > MOST_CODES:
        raise QuestionError(
            stored("« {name} » a trop de valeurs pour une carte : choisissez la colonne des codes.", name=where.label)
        )
    marks = [
        Mark(str(code), value, rows=int(rest[-1]) if rest else int(value))
        for code, height, *rest in found.rows
        if (value := finite(height)) is not None
    ]
    values = Values(alike, where, y, None, tuple(marks))
    label = values.measure
    drawn = maps.choropleth(
        choice.level,
        {str(mark.x): mark.value for mark in marks},
        title=label,
        label=label,
        additive=choice.aggregate in {"count", "sum"},
    )
    shown = tuple(Mark(drawn.names.get(code, code), value, rows=1) for code, value in drawn.values.items())
    lines = sorted(
        ((code, drawn.names.get(code, code), value) for code, value in drawn.values.items()), key=lambda line: line[1]
    )
    table = Table(
        ("Code", phrase("Territoire"), label),
        (False, False, True),
        tuple(lines),
        tuple((code, name, french.quantity(value, values.unit)) for code, name, value in lines),
    )
    aside = counted(version, filters_of(choice)) - counted(version, filters)
    about = replace(values, marks=tuple(marks))
    return drawn, words.mapped(about, shown, bool(drawn.classes)), table, aside


def _places(version: Version, choice: Choice) -> Told:
    fields = fields_of(version)
    latitude, longitude = _field(choice.latitude, fields), _field(choice.longitude, fields)
    filters = (*filters_of(choice), *filled((choice.latitude, choice.longitude)))
    found = grouped(
        version,
        filters=filters,
        by=[Group(latitude.name), Group(longitude.name)],
        aggregates=[Aggregate("count", latitude.name)],
        limit=MOST_PLACES,
    )
    if found.total > MOST_PLACES:
        raise QuestionError(stored("Il y a trop de lieux pour une carte : ajoutez un filtre."))
    places: list[tuple[float, float, str]] = []
    lines: list[tuple[Any, ...]] = []
    for lat, lon, count in found.rows:
        north, east = finite(lat), finite(lon)
        if north is not None and east is not None:
            places += [(north, east, "")] * min(int(count), 100)
            lines.append((north, east, int(count)))
    drawn = maps.points(places, title=version.resource.title, label=version.resource.title)
    table = Table(
        (latitude.label, longitude.label, phrase("Nombre de lignes")),
        (True, True, True),
        tuple(lines[:LISTED]),
        tuple(tuple(french.number(one, 5 if at < 2 else 0) for at, one in enumerate(line)) for line in lines[:LISTED]),
    )
    rows = counted(version, filters)
    finding = phrases(
        "Carte de points : {n} ligne a un lieu", "Carte de points : {n} lignes ont un lieu", rows, n=french.number(rows)
    )
    return drawn, finding, table, counted(version, filters_of(choice)) - rows
