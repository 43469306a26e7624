"""Rows of one version, grouped: how many there are, sums, means, by the values of some columns.

As in `rows`, nothing that a person wrote enters a query as text: columns are looked up, functions and parts of a date are
in tables, the width of a bin is a parameter."""
# ruff: noqa: S608 -- see `rows.quoted`

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parvis.catalog import storage
from parvis.catalog.core.speech import stored
from parvis.catalog.models import Version
from parvis.catalog.rows import (
    DATE,
    DATETIME,
    NUMBER,
    ORDERED,
    TEXT,
    YESNO,
    Field,
    Filter,
    Memory,
    QuestionError,
    Sort,
    Sorts,
    Table,
    direction,
    opened,
    quoted,
    sort_key,
    sorts,
    where,
)

PARTS = ("year", "month", "day")
"""A date is kept to its year, month or day: what comes out is the first day of it."""
MOST_GROUPED, MOST_AGGREGATES = 6, 20
KEPT = 5_000
"""Longer answers are not remembered."""


@dataclass(frozen=True, slots=True)
class Function:
    sql: str
    kinds: frozenset[str]


ANY = frozenset({TEXT, NUMBER, DATE, DATETIME, YESNO})
FUNCTIONS = {
    "count": Function("count({column})", ANY),
    "sum": Function("sum({column})", frozenset({NUMBER})),
    "mean": Function("avg({column})", frozenset({NUMBER})),
    "median": Function("median({column})", frozenset({NUMBER})),
    "min": Function("min({column})", ORDERED),
    "max": Function("max({column})", ORDERED),
    "distinct": Function("count(DISTINCT {column})", ANY),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with the same value of `column`; `bucket` is "", one of `PARTS`, or the width of bins of numbers, which begin at its
    multiples (10 → 0, 10, 20…: the value that comes out is where the bin begins)."""

    column: str
    bucket: str | float = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is computed on each group. `count` without a column counts rows, with one its filled cells; empty cells count in nothing."""

    function: str
    column: str | None = None
    word: str = ""
    """What the answer calls the function, if not by its name."""

    @property
    def name(self) -> str:
        word = self.word or self.function
        return word if self.column is None else f"{self.column}__{word}"


@dataclass(frozen=True, slots=True)
class Grouped:
    """`columns` are the grouped columns, then the names of the aggregates; `total` is how many groups there are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


_answers = Memory(300)


def grouped(
    version: Version,
    *,
    filters: Sequence[Filter] = (),
    by: Sequence[Group] = (),
    aggregates: Sequence[Aggregate],
    sort: Sorts = None,
    offset: int = 0,
    limit: int = 1000,
) -> Grouped:
    """A page of the groups of `version`, sorted by the grouped columns, or by any column of the answer.

    Raises `rows.QuestionError` (it makes no sense of this table) and `rows.OverloadError`."""
    asked = (version.digest, tuple(filters), tuple(by), tuple(aggregates), sorts(sort), offset, limit)
    known: Grouped | None = _answers.get(asked)
    if known is not None:
        return known
    with opened(storage.parquet_path(version)) as table:
        sql, values = selection(table.fields, table.path, filters=filters, by=by, aggregates=aggregates)
        table.run(f"CREATE TEMP TABLE answer AS {sql}", values)
        total = int(table.run("SELECT count(*) FROM answer")[0][0])
        columns = named(by, aggregates)
        order = ordered(answer_fields(table), by, sort)
        found = table.run(f"SELECT * FROM answer{order} LIMIT ? OFFSET ?", [limit, offset])
    answer = Grouped(columns, tuple(tuple(row) for row in found), total)
    if len(answer.rows) <= KEPT:
        _answers.keep(asked, answer)
    return answer


def answer_fields(table: Table) -> tuple[Field, ...]:
    return tuple(Field(str(name), str(kind)) for name, kind, *_rest in table.run("DESCRIBE answer"))


def named(by: Sequence[Group], aggregates: Sequence[Aggregate]) -> tuple[str, ...]:
    """The columns of the answer. Raises `rows.QuestionError` when two would bear the same name."""
    names = [group.column for group in by] + [aggregate.name for aggregate in aggregates]
    if not names:
        raise QuestionError(stored("Choisissez au moins une colonne à regrouper, ou un calcul."))
    # The engine compares names whatever their case.
    twice = [name for index, name in enumerate(names) if name.lower() in {other.lower() for other in names[:index]}]
    if twice:
        raise QuestionError(stored("« {name} » est demandé deux fois.", name=twice[0][:80]))
    return tuple(names)


def selection(
    fields: Sequence[Field],
    path: str,
    *,
    filters: Sequence[Filter],
    by: Sequence[Group],
    aggregates: Sequence[Aggregate],
) -> tuple[str, list[Any]]:
    """The query of the groups and its values, for an engine where the Parquet file `path` is open."""
    if len(by) > MOST_GROUPED or len(aggregates) > MOST_AGGREGATES:
        raise QuestionError(
            stored(
                "Au plus {grouped} colonnes regroupées et {computed} calculs.", grouped=MOST_GROUPED, computed=MOST_AGGREGATES
            )
        )
    names = named(by, aggregates)
    kept, values = [], []
    for place, group in enumerate(by):
        expression, given = _bucket(group, fields)
        kept.append(f"{expression} AS {_name(names[place])}")
        values += given
    kept += [f"{_computed(one, fields)} AS {_name(one.name)}" for one in aggregates]
    clause, given = where(filters, fields)
    places = ", ".join(str(place + 1) for place in range(len(by)))
    order = f" GROUP BY {places}" if by else ""
    return f"SELECT {', '.join(kept)} FROM read_parquet(?){clause}{order}", [*values, path, *given]


def _name(name: str) -> str:
    """The label of a column of the answer: made of a column that was looked up and the name of a function."""
    return '"' + name.replace('"', '""') + '"'


def _bucket(group: Group, fields: Sequence[Field]) -> tuple[str, list[Any]]:
    column = quoted(group.column, fields)
    kind = next(field.kind for field in fields if field.name == group.column)
    if group.bucket == "":
        return column, []
    if group.bucket in PARTS:
        if kind not in {DATE, DATETIME}:
            raise QuestionError(stored("La colonne « {column} » ne contient pas de dates.", column=group.column[:80]))
        return f"CAST(date_trunc('{group.bucket}', {column}) AS DATE)", []
    width = _width(group.bucket)
    if kind != NUMBER:
        raise QuestionError(stored("La colonne « {column} » ne contient pas de nombres.", column=group.column[:80]))
    return f"floor(CAST({column} AS DOUBLE) / ?) * ?", [width, width]


def _width(bucket: str | float) -> float:
    try:
        width = float(str(bucket).replace(",", "."))
    except ValueError:
        width = math.nan
    if not (math.isfinite(width) and 1e-12 < width < 1e15):
        raise QuestionError(
            stored(
                "« {value} » : regroupez par {parts}, ou donnez une largeur plus grande que 0.",
                value=str(bucket)[:40],
                parts=", ".join(PARTS),
            )
        )
    return width


def _computed(aggregate: Aggregate, fields: Sequence[Field]) -> str:
    function = FUNCTIONS.get(aggregate.function)
    if function is None or (aggregate.column is None and aggregate.function != "count"):
        raise QuestionError(stored("« {name} » n'est pas un calcul possible.", name=aggregate.function[:40]))
    if aggregate.column is None:
        return "count(*)"
    column = quoted(aggregate.column, fields)
    kind = next(field.kind for field in fields if field.name == aggregate.column)
    if kind not in function.kinds:
        raise QuestionError(
            stored(
                "« {name} » ne s'applique pas à la colonne « {column} ».", name=aggregate.function, column=aggregate.column[:80]
            )
        )
    return function.sql.format(column=column)


def ordered(answer: Sequence[Field], by: Sequence[Group], sort: Sorts) -> str:
    """ORDER BY of the answer: what was asked, then the grouped columns, so that pages never overlap."""
    keys = [f"{sort_key(one, answer)} {direction(one)} NULLS LAST" for one in sorts(sort)]
    keys += [f"{sort_key(Sort(group.column), answer)} NULLS LAST, {quoted(group.column, answer)}" for group in by]
    return f" ORDER BY {', '.join(keys)}" if keys else ""
