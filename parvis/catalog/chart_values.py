"""The values of a chart: one version, grouped as a choice says. Bounded in marks, and what is left aside is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from parvis.catalog import rows
from parvis.catalog.columns import Column, columns_of
from parvis.catalog.core.charts.choice import LIMIT, Choice
from parvis.catalog.core.charts.fields import Field, named
from parvis.catalog.core.charts.values import GRID, Mark, Values, arranged, cells, completed, finite, kept_series, place, step
from parvis.catalog.core.speech import stored
from parvis.catalog.groups import Aggregate, Group, grouped
from parvis.catalog.models import Version
from parvis.catalog.rows import Filter, QuestionError, Sort

MOST_STEPS = 400
"""Marks along an axis that has an order."""
MOST_LINE = 1_500
MOST_DOTS = 1_200
MOST_PAIRS = 5_000


def fields_of(version: Version) -> tuple[Field, ...]:
    """The columns as charts see them. What the file holds as text is text, whatever its name promises."""
    stored = {field.name: field.kind for field in rows.fields(version)}
    return tuple(_field(column, stored[column.name]) for column in columns_of(version) if column.name in stored)


def _field(column: Column, stored: str) -> Field:
    kind = "string" if stored == rows.TEXT else column.type
    return Field(
        name=column.name,
        label=column.label,
        type=kind,
        format=column.format,
        rows=column.rows,
        empty=column.empty,
        distinct=column.distinct,
        low=_bound(column.minimum),
        high=_bound(column.maximum),
        bins=tuple(bar.count for bar in column.histogram),
        top=column.frequent[0][1] if column.frequent else None,
    )


def _bound(value: Any) -> float | str | None:
    if value is None or isinstance(value, bool):
        return None
    return float(value) if isinstance(value, int | float) else str(value)


def filters_of(choice: Choice) -> tuple[Filter, ...]:
    return tuple(Filter(one.column, one.operator, one.value) for one in choice.filters)


def filled(names: Sequence[str]) -> tuple[Filter, ...]:
    return tuple(Filter(name, "isnotnull") for name in dict.fromkeys(names) if name)


def read(version: Version, choice: Choice) -> Values:
    """Count and compute. Raises `rows.QuestionError` and `rows.OverloadError`."""
    fields = fields_of(version)
    x, y, colour = (named(name, fields) for name in (choice.x, choice.y, choice.colour))
    if x is None:
        raise QuestionError(stored("Choisissez la colonne de l'axe."))
    values = Values(choice, x, y, colour, bucket=step(choice, x), total=counted(version, filters_of(choice)))
    values = _with(values, unfilled=values.total - counted(version, _kept(choice)))
    if choice.shape == "points":
        return _dots(version, values)
    return _coloured(version, values) if colour else _plain(version, values)


def _with(values: Values, **changes: Any) -> Values:
    return replace(values, **changes)


def _kept(choice: Choice) -> tuple[Filter, ...]:
    """The rows that can be drawn: the axis and the measure are filled."""
    return (*filters_of(choice), *filled((choice.x, choice.y)))


def counted(version: Version, filters: Sequence[Filter]) -> int:
    return int(grouped(version, filters=filters, aggregates=[Aggregate("count")]).rows[0][0])


def measured(choice: Choice) -> list[Aggregate]:
    """The height, then how many rows are behind it. Named after a column, so that no column of a table bears the same name."""
    if not choice.y:
        return [Aggregate("count", choice.x)]
    return [Aggregate(choice.aggregate, choice.y), Aggregate("count", choice.y)]


def _plain(version: Version, values: Values) -> Values:
    choice, measures = values.choice, measured(values.choice)
    limit, sort = _window(values, measures[0].name)
    found = grouped(
        version,
        filters=_kept(choice),
        by=[Group(values.x.name, _width(values.bucket))],
        aggregates=measures,
        sort=sort,
        limit=limit,
    )
    marks = [
        Mark(_plainly(key), height, rows=int(rest[-1]) if rest else int(height))
        for key, value, *rest in found.rows
        if (height := finite(value)) is not None
    ]
    marks = arranged(marks, choice, values.x, values.bucket)
    if choice.shape == "lines" and not choice.y:
        marks = completed(marks, values.bucket)
    return _with(values, marks=tuple(marks), hidden=max(0, found.total - limit))


def _window(values: Values, measure: str) -> tuple[int, Sort | None]:
    """How many groups, and which come first."""
    choice = values.choice
    if choice.shape == "lines":
        return MOST_LINE, Sort(choice.x)
    if values.ordered and (choice.shape == "distribution" or values.bucket or values.x.kind == "time"):
        return choice.limit or MOST_STEPS, Sort(choice.x)
    if choice.sort == "x":
        return choice.limit or LIMIT, Sort(choice.x)
    if values.ordered and not choice.sort:
        return choice.limit or LIMIT, Sort(choice.x)
    return choice.limit or LIMIT, Sort(measure, descending=choice.sort != "value")


def _coloured(version: Version, values: Values) -> Values:
    """The places of the axis are chosen first, as without a colour; then each is cut by colour, in those that can be told apart."""
    assert values.colour is not None
    choice, measures = values.choice, measured(values.choice)
    alone = _plain(version, values)
    found = grouped(
        version,
        filters=_kept(choice),
        by=[Group(values.x.name, _width(values.bucket)), Group(values.colour.name)],
        aggregates=measures,
        sort=Sort(choice.x),
        limit=MOST_PAIRS,
    )
    if found.total > MOST_PAIRS:
        raise QuestionError(
            stored(
                "« {first} » et « {second} » donnent trop de combinaisons : ajoutez un filtre, ou retirez la couleur.",
                first=values.x.label,
                second=values.colour.label,
            )
        )
    shown = {mark.x for mark in alone.marks}
    marks = [
        Mark(_plainly(key), height, place(tint, values.colour), int(rest[-1]) if rest else int(height))
        for key, tint, value, *rest in found.rows
        if (height := finite(value)) is not None and _plainly(key) in shown
    ]
    series, unseen = kept_series((mark.series, mark.rows) for mark in marks)
    marks = arranged([mark for mark in marks if mark.series in series], choice, values.x, values.bucket)
    return _with(values, marks=tuple(marks), hidden=alone.hidden, unseen=unseen)


def _dots(version: Version, values: Values) -> Values:
    """Every row where they can be drawn one by one; otherwise neighbours together, on a grid as fine as it may be."""
    assert values.y is not None
    choice = values.choice
    for parts in (0, GRID, GRID // 2, GRID // 4):
        steps = [cells(one, parts) if parts else "" for one in (values.x, values.y)]
        by = [Group(one.name, _width(width)) for one, width in zip((values.x, values.y), steps, strict=True)]
        by += [Group(values.colour.name)] if values.colour else []
        found = grouped(version, filters=_kept(choice), by=by, aggregates=[Aggregate("count", choice.x)], limit=MOST_DOTS)
        if found.total <= MOST_DOTS:
            break
    else:
        raise QuestionError(
            stored("Ces colonnes ont trop de valeurs pour un nuage de points : ajoutez un filtre, ou retirez la couleur.")
        )
    marks = []
    for key, height, *tint, count in found.rows:
        name = place(tint[0], values.colour) if tint and values.colour else ""
        y = finite(height)
        if y is not None:
            marks.append(Mark(_middle(key, steps[0]), y + _half(steps[1]), name, int(count)))
    series, unseen = kept_series((mark.series, mark.rows) for mark in marks)
    kept = [mark for mark in marks if mark.series in series]
    return _with(values, marks=tuple(kept), bucket="" if steps[0] != "month" else "month", ystep=steps[1], unseen=unseen)


def _width(bucket: str) -> str | float:
    return float(bucket) if bucket and bucket not in {"year", "month"} else bucket


def _half(bucket: str) -> float:
    return float(bucket) / 2 if bucket and bucket not in {"year", "month"} else 0.0


def _middle(value: Any, bucket: str) -> Any:
    found = _plainly(value)
    return found + _half(bucket) if isinstance(found, int | float) and _half(bucket) else found


def _plainly(value: Any) -> Any:
    """A value of the axis that can be compared and written: no decimals of the engine, no time zone."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return round(value, 9)
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
