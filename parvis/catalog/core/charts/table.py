"""The table of a chart: the same values, to be read or taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.fields import CATEGORY, YESNO
from parvis.catalog.core.charts.values import Values
from parvis.catalog.core.speech import phrase


@dataclass(frozen=True, slots=True)
class Table:
    """`raw` cells are for programs (ISO dates, plain numbers), `shown` for people; `numeric` says which columns are numbers."""

    header: tuple[str, ...]
    numeric: tuple[bool, ...]
    raw: tuple[tuple[Any, ...], ...]
    shown: tuple[tuple[str, ...], ...]


def tabulated(values: Values) -> Table:
    header, numeric = [_step_title(values)], [values.x.kind not in {CATEGORY, YESNO} and not _dated(values)]
    if values.colour:
        header, numeric = [*header, values.colour.label], [*numeric, False]
    counted = values.y is None
    header, numeric = [*header, values.measure], [*numeric, True]
    if not counted and not values.plain:
        header, numeric = [*header, phrase("Nombre de lignes")], [*numeric, True]
    raw, shown = [], []
    for mark in values.marks:
        cells: list[Any] = [mark.x.isoformat() if isinstance(mark.x, date) else mark.x]
        words = [values.shown(mark.x)]
        if values.colour:
            cells, words = [*cells, mark.series], [*words, mark.series]
        height = int(mark.value) if mark.value == int(mark.value) and abs(mark.value) < 2**53 else mark.value
        cells, words = [*cells, height], [*words, french.quantity(mark.value, values.unit)]
        if not counted and not values.plain:
            cells, words = [*cells, mark.rows], [*words, french.number(mark.rows)]
        raw.append(tuple(cells))
        shown.append(tuple(words))
    return Table(_distinct(header), tuple(numeric), tuple(raw), tuple(shown))


def _dated(values: Values) -> bool:
    return values.x.type in {"date", "datetime"}


def _step_title(values: Values) -> str:
    return (
        f"{values.x.label} ({phrase('année') if values.bucket == 'year' else phrase('mois')})"
        if values.bucket in {"year", "month"}
        else values.x.label
    )


def _distinct(header: list[str]) -> tuple[str, ...]:
    """Names that a program can tell apart."""
    return tuple(name if header.index(name) == at else f"{name} ({at + 1})" for at, name in enumerate(header))
