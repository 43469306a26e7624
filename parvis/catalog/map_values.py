"""The map that a choice asks of a table: its values by territory, or its places, drawn once and kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from parvis.catalog import maps, rows
from parvis.catalog.chart_values import fields_of, filled, filters_of
from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.fields import CATEGORY, Field, named
from parvis.catalog.core.charts.shapes import AGGREGATES
from parvis.catalog.core.speech import language, phrase, phrases, stored
from parvis.catalog.groups import Aggregate, Group, grouped
from parvis.catalog.maps import DrawnMap
from parvis.catalog.models import Version
from parvis.catalog.rows import Memory, QuestionError
from parvis.territories import areas

MOST_CODES = 50_000
"""More than there are communes in the country."""
MOST_PLACES = 20_000
LENGTHS = {"commune": 5, "departement": 2, "epci": 9}

_drawn = Memory(12)


def drawn(version: Version, choice: Choice, title: str = "") -> DrawnMap:
    """The map of `choice`; without a title, it finds its own. Raises `rows.QuestionError` and `rows.OverloadError`."""
    asked = (version.digest, choice.digest, title, areas.stamp(), language())
    known: DrawnMap | None = _drawn.get(asked)
    if known is None:
        known = _choropleth(version, choice, title) if choice.level else _points(version, choice, title)
        _drawn.keep(asked, known)
    return known


def label_of(choice: Choice, fields: tuple[Field, ...]) -> str:
    """What the legend says is shown: « Moyenne de « taux » »."""
    measure = named(choice.y, fields)
    if measure is None or choice.aggregate == "count":
        return phrase("Nombre de lignes")
    name = phrase(AGGREGATES[choice.aggregate])
    return phrase("{measure} de « {label} »", measure=f"{name[:1].upper()}{name[1:]}", label=measure.label)


def values(version: Version, choice: Choice) -> dict[str, float | None]:
    """The measure of each code that the column holds. A code without a number has None, which is not zero."""
    measure = Aggregate(choice.aggregate, choice.y) if choice.y else Aggregate("count", choice.territory)
    found = grouped(
        version,
        filters=(*filters_of(choice), *filled((choice.territory,))),
        by=[Group(choice.territory)],
        aggregates=[measure],
        limit=MOST_CODES,
    )
    if found.total > MOST_CODES:
        raise QuestionError(
            stored("Cette colonne a trop de valeurs différentes pour être celle d'un territoire : choisissez-en une autre.")
        )
    return {_code(choice.level, key): _number(value) for key, value in found.rows}


def _code(level: str, given: Any) -> str:
    """A code as INSEE writes it: a spreadsheet took the zero in front of some."""
    text = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given).strip().upper()
    return text.zfill(LENGTHS[level]) if text.isascii() and text.isdigit() else text


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _choropleth(version: Version, choice: Choice, title: str) -> DrawnMap:
    label = label_of(choice, fields_of(version))
    found = values(version, choice)
    # A number of rows and a total may be added; a mean, a median or an extreme may not.
    return maps.choropleth(choice.level, found, title=title, label=label, additive=choice.aggregate in {"count", "sum"})


def places(version: Version, choice: Choice) -> list[tuple[float, float, str]]:
    """Latitude, longitude and a name of the first rows that have both."""
    name = _naming(choice, fields_of(version))
    columns = [choice.latitude, choice.longitude, *([name] if name else [])]
    kept = (*filters_of(choice), *filled((choice.latitude, choice.longitude)))
    return list(islice(_read(version, columns, kept), MOST_PLACES))


def _read(version: Version, columns: list[str], kept: tuple[rows.Filter, ...]) -> Iterator[tuple[float, float, str]]:
    for part in rows.stream(version, filters=kept, columns=columns):
        for latitude, longitude, *name in part:
            yield float(latitude), float(longitude), str(name[0] or "") if name else ""


def _naming(choice: Choice, fields: tuple[Field, ...]) -> str:
    """The column that names a place: the one that was chosen, or the one with the most different texts."""
    if choice.colour:
        return choice.colour
    texts = [field for field in fields if field.kind == CATEGORY and field.type == "string" and not field.format]
    return max(texts, key=lambda field: field.distinct or 0).name if texts else ""


def _points(version: Version, choice: Choice, title: str) -> DrawnMap:
    kept = (*filters_of(choice), *filled((choice.latitude, choice.longitude)))
    total = int(grouped(version, filters=kept, aggregates=[Aggregate("count")]).rows[0][0])
    without = int(grouped(version, filters=filters_of(choice), aggregates=[Aggregate("count")]).rows[0][0]) - total
    notes = []
    if total > MOST_PLACES:
        counts = {"most": french.number(MOST_PLACES), "total": french.number(total)}
        notes.append(phrase("Seuls les {most} premiers lieux sont dessinés, sur {total}.", **counts))
    if without:
        notes.append(phrases("{n} ligne sans coordonnées.", "{n} lignes sans coordonnées.", without, n=french.number(without)))
    return maps.points(places(version, choice), title=title, label=phrase("Un cercle par lieu"), notes=notes)
