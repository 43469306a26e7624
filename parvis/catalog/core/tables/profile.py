"""What each column of a table holds: type, format, distinct values, extremes, most frequent values, a small histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .personal import Evidence, Personal, likely_personal
from .reading import Reading
from .store import Store, loaded
from .types import ColumnType, Type, infer, typed_sql

EXACT_DISTINCT = 200_000
"""Above this estimate, distinct values are not counted one by one (the estimate is within about 2 %)."""
FREQUENT = 10
EXAMPLES = 5
BINS = 20
SAMPLED_TEXTS = 200
LONGEST_TEXT = 200
"""Characters of a value kept in examples, extremes and frequent values."""

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `low` to `high` (`high` excluded, but in the last bin). ISO dates or numbers."""

    low: str | float
    high: str | float
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the label as it stands. `min` and `max` are numbers, ISO dates or texts, after the type. `distinct_exact` is
    false when `distinct` is an estimate. `exceptions` counts the values that do not have the format; `almost` is the type that
    all but `misfits` values fit."""

    name: str
    type: Type
    format: str | None
    empty: int
    distinct: int
    distinct_exact: bool
    min: Value
    max: Value
    examples: tuple[str, ...]
    frequent: tuple[tuple[str, int], ...]
    histogram: tuple[Bin, ...]
    exceptions: int = 0
    almost: Type | None = None
    misfits: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    rows: int
    columns: tuple[Column, ...]
    personal: tuple[Personal, ...]


def profile(path: Path, reading: Reading, scratch: Path) -> Profile:
    """Profile of the table. Memory is bounded; about a second for 100,000 rows. Raises what `scan` raises."""
    with loaded(path, reading, scratch) as store:
        return of_store(store, reading.names)


def of_store(store: Store, names: Sequence[str]) -> Profile:
    columns = store.values
    types = infer(store.connection, store.table, store.sample, columns, names)
    described = [_column(store, column, name, found) for column, name, found in zip(columns, names, types, strict=True)]
    evidence = [
        Evidence(name, found.format, found.type, _texts(store, column))
        for column, name, found in zip(columns, names, types, strict=True)
    ]
    return Profile(store.rows, tuple(described), likely_personal(evidence))


def _one(store: Store, sql: str) -> tuple[Any, ...]:
    return store.connection.execute(sql).fetchone() or ()


def _texts(store: Store, column: str) -> list[str]:
    rows = store.connection.execute(
        f"SELECT {column} FROM {store.sample} WHERE {column} IS NOT NULL LIMIT {SAMPLED_TEXTS}"
    ).fetchall()
    return [row[0] for row in rows]


def _column(store: Store, column: str, name: str, found: ColumnType) -> Column:
    values = f"(SELECT {column} AS x FROM {store.table} WHERE {column} IS NOT NULL)"
    value = typed_sql("x", found)
    shown = f"{value}[1:{LONGEST_TEXT}]" if found.type == "string" else value
    filled, roughly, low, high = _one(
        store, f"SELECT count(*), approx_count_distinct(x), min({shown}), max({shown}) FROM {values}"
    )
    exact = roughly <= EXACT_DISTINCT
    if exact:
        frequent, distinct = _frequent_exact(store, values)
    else:
        frequent, distinct = _frequent_of_many(store, values), min(roughly, filled)
        if filled and roughly > 0.97 * filled and filled <= 2_000_000:
            (distinct,), exact = _one(store, f"SELECT count(DISTINCT x) FROM {values}"), True
    return Column(
        name=name,
        type=found.type,
        format=found.format,
        empty=store.rows - filled,
        distinct=distinct,
        distinct_exact=exact,
        min=_plain(low),
        max=_plain(high),
        examples=_examples(store, column),
        frequent=frequent,
        histogram=_histogram(store, values, value, found) if filled else (),
        exceptions=found.exceptions,
        almost=found.almost,
        misfits=found.misfits,
    )


def _plain(value: Any) -> Value:
    if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat())


def _frequent_exact(store: Store, values: str) -> tuple[tuple[tuple[str, int], ...], int]:
    rows = store.connection.execute(
        f"SELECT x, n, count(*) OVER () FROM (SELECT x, count(*) AS n FROM {values} GROUP BY x) ORDER BY n DESC, x LIMIT {FREQUENT}"
    ).fetchall()
    return tuple((row[0][:LONGEST_TEXT], row[1]) for row in rows), rows[0][2] if rows else 0


def _frequent_of_many(store: Store, values: str) -> tuple[tuple[str, int], ...]:
    """Likely most frequent values of a column with very many, each with its exact count."""
    (likely,) = _one(store, f"SELECT approx_top_k(x, {FREQUENT}) FROM {values}")
    if not likely:
        return ()
    rows = store.connection.execute(
        f"SELECT x, count(*) FROM {values} WHERE x IN (SELECT unnest(?)) GROUP BY x", [likely]
    ).fetchall()
    ranked = sorted(((row[0][:LONGEST_TEXT], row[1]) for row in rows), key=lambda item: (-item[1], item[0]))
    return tuple(item for item in ranked if item[1] > 1)


def _examples(store: Store, column: str) -> tuple[str, ...]:
    rows = store.connection.execute(f"SELECT {column} FROM {store.sample} WHERE {column} IS NOT NULL LIMIT 500").fetchall()
    return tuple(dict.fromkeys(row[0][:LONGEST_TEXT] for row in rows))[:EXAMPLES]


def _histogram(store: Store, values: str, value: str, found: ColumnType) -> tuple[Bin, ...]:
    days = found.type in ("date", "datetime")
    if not days and (found.type not in ("integer", "number", "year") or found.format == "siret-damaged"):
        return ()
    measured = f"(epoch({value}) / 86400)" if days else f"({value})::DOUBLE"
    low, high = _one(store, f"SELECT min(v), max(v) FROM (SELECT {measured} AS v FROM {values}) WHERE isfinite(v)")
    if low is None:
        return ()
    bins = 1 if low == high else BINS
    if found.type in ("integer", "year", "date"):
        bins = min(bins, max(1, int(high - low) + 1))
        high = high + 1 if bins > 1 and high - low < BINS else high
    width = (high - low) / bins or 1.0
    rows = store.connection.execute(
        f"SELECT least(floor((v - {low!r}) / {width!r}), {bins - 1})::INTEGER AS b, count(*) "
        f"FROM (SELECT {measured} AS v FROM {values}) WHERE isfinite(v) GROUP BY b"
    ).fetchall()
    counts = dict(rows)
    edges = [low + i * width for i in range(bins)] + [high]
    return tuple(Bin(_edge(edges[i], days), _edge(edges[i + 1], days), counts.get(i, 0)) for i in range(bins))


def _edge(number: float, days: bool) -> str | float:
    if not days:
        return number
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=int(number))).isoformat()
