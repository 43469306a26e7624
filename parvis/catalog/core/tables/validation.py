"""A whole file against a schema: one aggregate query counts every fault, positions are fetched only where there are some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from parvis.catalog.core.tables import messages
from parvis.catalog.core.tables.checks import SOURCE, Check, Key, Plan, compile_checks
from parvis.catalog.core.tables.labels import check_labels
from parvis.catalog.core.tables.reading import Reading
from parvis.catalog.core.tables.report import Error, Report, Tally
from parvis.catalog.core.tables.schema import Schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LIMIT: Final = 1_000
FIRST: Final = 5
"""How many cells a cause shows."""


class Scanned(Protocol):
    """What validation needs of a scan."""

    @property
    def sql(self) -> str: ...

    def line_of(self, ordinal: int, /) -> int: ...


def validate(
    connection: DuckDBPyConnection,
    reading: Reading,
    table: Scanned,
    schema: Schema,
    *,
    limit: int | None = LIMIT,
    blank_rows: tuple[int, ...] | None = None,
) -> Report:
    """Every constraint and custom check of `schema` on the rows of `table`.

    `blank_rows` gives the line numbers of all blank lines when `reading.skipped`, which is bounded, does not hold them all
    (see `blank_lines`). The connection receives temporary tables; their names start with `refused_`.
    """
    blanks = (
        blank_rows
        if blank_rows is not None
        else tuple(one.row for one in reading.skipped if one.reason == "blank" and one.row > (reading.header_row or 0))
    )
    plan, counted = _count(connection, reading, table, schema)
    errors, warnings = check_labels(schema, reading.names, _empty_columns(counted, reading))
    if not counted.rows:
        warnings.append(
            Error(
                "no-rows",
                None,
                None,
                None,
                "Le fichier n'a que sa ligne d'en-tête : aucune donnée n'a été contrôlée.",
                "no-rows",
            )
        )
    warnings += [_unknown(name) for name in schema.unknown_checks]
    warnings += [_unverifiable(names) for names in plan.unverifiable]
    broken = [(check, counted.counts[at]) for at, check in enumerate(plan.checks) if counted.counts[at]]
    keys = [(key, counted.keys[at]) for at, key in enumerate(plan.keys) if counted.keys[at]]
    found = [*errors, *(_blank(row) for row in blanks[: limit or len(blanks)])]
    found += _positions(connection, table, plan, [check for check, _ in broken], limit)
    for key, _ in keys:
        found += _repeated(connection, table, plan, key, limit)
    found.sort(key=lambda one: one.order)
    tallies = _label_tallies(errors)
    if blanks:
        tallies.append(Tally("blank-row", "blank-row", None, len(blanks), tuple(_blank(row) for row in blanks[:FIRST])))
    tallies += [Tally(check.code, check.rule, check.column, count) for check, count in broken]
    tallies += [Tally(key.code, key.rule, key.column, count) for key, count in keys]
    complete = limit is None or sum(one.count for one in tallies) <= limit
    firsts = {} if complete else _firsts(connection, table, plan, [check for check, _ in broken])
    tallies = [_with_first(one, found, firsts) for one in _merged(tallies)]
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts[tally.code] += tally.count
    return Report(
        rows=counted.rows,
        schema=schema.label,
        errors=tuple(found if limit is None else found[:limit]),
        warnings=tuple(warnings),
        counts=dict(sorted(counts.items())),
        tallies=tuple(tallies),
    )


def blank_lines(path: Path, reading: Reading) -> tuple[int, ...] | None:
    """The numbers of all blank lines below the header when `reading.skipped` does not hold every skipped line, else `None`."""
    if reading.skipped_count <= len(reading.skipped):
        return None
    from parvis.catalog.core.tables.rows import judged
    from parvis.catalog.core.tables.scan import all_records

    rows = judged(all_records(path, reading), reading.header_row, reading.names)
    return tuple(line for line, _, reason in rows if reason == "blank" and line > (reading.header_row or 0))


class _Counted:
    """The one row of the aggregate query."""

    def __init__(self, plan: Plan, row: tuple[Any, ...], width: int) -> None:
        self.rows = int(row[0])
        self.counts = [int(one or 0) for one in row[1 : 1 + len(plan.checks)]]
        rest = row[1 + len(plan.checks) :]
        self.suspects = [int(one) for one in rest[: len(plan.doubts)]]
        rest = rest[len(plan.doubts) :]
        self.keys = [int(one) for one in rest[: len(plan.keys)]]
        self.filled = [bool(one) for one in rest[len(plan.keys) :]]


def _empty_columns(counted: _Counted, reading: Reading) -> frozenset[int]:
    blank = [at for at, label in enumerate(reading.names) if not label.strip()]
    return frozenset(at for at, filled in zip(blank, counted.filled, strict=True) if not filled)


def _aggregate(connection: DuckDBPyConnection, reading: Reading, table: Scanned, plan: Plan) -> _Counted:
    source = plan.source(table.sql)
    parts = ["count(*)", *(f"count_if({_whole(check.bad, source)})" for check in plan.checks)]
    parts += [f"count({doubt.suspects})" for doubt in plan.doubts]
    parts += [f"count({key.text}) - count(DISTINCT {key.text})" for key in plan.keys]
    parts += [f"count(c{at})" for at, label in enumerate(reading.names) if not label.strip()]
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {source}").fetchone()
    assert row is not None
    return _Counted(plan, row, len(reading.names))


def _whole(bad: str, source: str) -> str:
    return bad.replace(SOURCE, source)


def _count(connection: DuckDBPyConnection, reading: Reading, table: Scanned, schema: Schema) -> tuple[Plan, _Counted]:
    """One pass when SQL settles everything; three when Python has texts to judge: count, gather them, count again."""
    blanks = reading.format in ("jsonl", "parquet")
    plan = compile_checks(schema, reading.names, blanks=blanks)
    if plan.doubts and all("NOT (FALSE)" in doubt.suspects for doubt in plan.doubts):
        settled = _settle(connection, table, plan, range(len(plan.doubts)))
        plan = compile_checks(schema, reading.names, settled, blanks=blanks)
        return plan, _aggregate(connection, reading, table, plan)
    counted = _aggregate(connection, reading, table, plan)
    if any(counted.suspects):
        suspected = [at for at, count in enumerate(counted.suspects) if count]
        settled = _settle(connection, table, plan, suspected)
        settled |= {doubt.key: "" for at, doubt in enumerate(plan.doubts) if at not in suspected}
        plan = compile_checks(schema, reading.names, settled, blanks=blanks)
        counted = _aggregate(connection, reading, table, plan)
    return plan, counted


def _settle(connection: DuckDBPyConnection, table: Scanned, plan: Plan, places: Any) -> dict[str, str]:
    """Ask Python about the distinct texts that SQL could not settle; the refused ones go to a temporary table each."""
    settled: dict[str, str] = {}
    source = plan.source(table.sql)
    for number, at in enumerate(places):
        doubt = plan.doubts[at]
        name = f"refused_{number}"
        texts = connection.execute(f"SELECT DISTINCT {doubt.suspects} AS text FROM {source}")
        refused: list[str] = []
        while batch := texts.fetchmany(10_000):
            refused += [text for (text,) in batch if text is not None and not doubt.python(text)]
        if not refused:
            settled[doubt.key] = ""
            continue
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (text VARCHAR)")
        for start in range(0, len(refused), 10_000):
            connection.execute(f"INSERT INTO {name} SELECT unnest(?)", [refused[start : start + 10_000]])
        settled[doubt.key] = name
    return settled


def _positions(
    connection: DuckDBPyConnection, table: Scanned, plan: Plan, checks: list[Check], limit: int | None
) -> Iterator[Error]:
    """The rows that break at least one check, in order: as many rows as `limit` hold at least `limit` errors."""
    if not checks:
        return
    source, plain = plan.source(table.sql, ordinals=True), plan.source(table.sql)
    flags = ", ".join(f"coalesce({_whole(check.bad, plain)}, FALSE) AS f{at}" for at, check in enumerate(checks))
    wanted, shown = _shown(checks)
    where = " OR ".join(f"f{at}" for at in range(len(checks)))
    end = "" if limit is None else f" LIMIT {limit}"
    names = ", ".join(f"f{at}" for at in range(len(checks)))
    # rows come in the order of the file, so a limit inside stops the reading as soon as it is reached
    rows = f"SELECT ordinal, {names}{wanted} FROM (SELECT *, {flags} FROM {source}) WHERE {where}{end}"
    query = connection.execute(f"SELECT * FROM ({rows}) ORDER BY ordinal")
    while batch := query.fetchmany(2_000):
        for row in batch:
            cells = dict(zip(shown, row[1 + len(checks) :], strict=True))
            line = table.line_of(row[0])
            for at, check in enumerate(checks):
                if row[1 + at]:
                    yield _error(check, line, cells)


def _shown(checks: list[Check]) -> tuple[str, list[str]]:
    """The raw columns that messages show."""
    columns = dict.fromkeys(name for check in checks for name in (check.value, *(column for _, column in check.others)) if name)
    return "".join(f", {name}" for name in columns), list(columns)


def _error(check: Check, line: int, cells: Mapping[str, str | None]) -> Error:
    value = cells[check.value] if check.value else None
    others = {label: cells[column] for label, column in check.others}
    return Error(check.code, line, check.column, value, messages.sentence(check, value, others), check.rule)


def _repeated(connection: DuckDBPyConnection, table: Scanned, plan: Plan, key: Key, limit: int | None) -> list[Error]:
    end = "" if limit is None else f" LIMIT {limit}"
    query = connection.execute(
        f"SELECT ordinal, shown, before FROM (SELECT ordinal, {key.value} AS shown, {key.text} AS key, "
        f"row_number() OVER again AS time, first_value(ordinal) OVER again AS before "
        f"FROM {plan.source(table.sql, ordinals=True)} WINDOW again AS (PARTITION BY {key.text} ORDER BY ordinal)) "
        f"WHERE key IS NOT NULL AND time > 1 ORDER BY ordinal{end}"
    )
    return [
        Error(
            key.code,
            table.line_of(at),
            key.column,
            value,
            messages.repeated(key.rule, key.column, value, table.line_of(before)),
            key.rule,
        )
        for at, value, before in query.fetchall()
    ]


def _firsts(
    connection: DuckDBPyConnection, table: Scanned, plan: Plan, checks: list[Check]
) -> dict[tuple[str, str, str | None], tuple[Error, ...]]:
    """The first cells of every check, however far in the file, when the list of errors is cut before them."""
    if not checks:
        return {}
    source, plain = plan.source(table.sql, ordinals=True), plan.source(table.sql)
    wanted, shown = _shown(checks)
    parts = ", ".join(f"min(ordinal, {FIRST}) FILTER (WHERE {_whole(check.bad, plain)})" for check in checks)
    row = connection.execute(f"SELECT {parts} FROM {source}").fetchone()
    assert row is not None
    ordinals = sorted({at for one in row for at in one or []})
    listed = ", ".join(map(str, ordinals)) or "NULL"
    lines = connection.execute(f"SELECT ordinal{wanted} FROM {source} WHERE ordinal IN ({listed})").fetchall()
    cells = {line[0]: dict(zip(shown, line[1:], strict=True)) for line in lines}
    return {
        (check.code, check.rule, check.column): tuple(
            _error(check, table.line_of(at), cells[at]) for at in sorted(row[place] or [])
        )
        for place, check in enumerate(checks)
    }


def _with_first(tally: Tally, found: list[Error], firsts: Mapping[tuple[str, str, str | None], tuple[Error, ...]]) -> Tally:
    if tally.first:
        return tally
    known = firsts.get((tally.code, tally.rule, tally.column))
    if known is None:
        same = (one for one in found if (one.code, one.rule, one.column) == (tally.code, tally.rule, tally.column))
        known = tuple(one for one, _ in zip(same, range(FIRST), strict=False))
    return replace(tally, first=known)


def _merged(tallies: list[Tally]) -> list[Tally]:
    """Two checks on the same column and rule (two sums, for instance) are one cause."""
    merged: dict[tuple[str, str, str | None], Tally] = {}
    for one in tallies:
        key = (one.code, one.rule, one.column)
        before = merged.get(key)
        merged[key] = (
            one if before is None else replace(before, count=before.count + one.count, first=(before.first + one.first)[:FIRST])
        )
    return list(merged.values())


def _label_tallies(errors: list[Error]) -> list[Tally]:
    return [Tally(one.code, one.rule, one.column, 1, (one,)) for one in errors]


def _blank(row: int) -> Error:
    return Error("blank-row", row, None, None, messages.BLANK_ROW, "blank-row")


def _unknown(name: str) -> Error:
    return Error(
        "unknown-check",
        None,
        None,
        None,
        f"Le contrôle « {name} » du schéma n'est pas connu : il n'a pas été fait.",
        "unknown-check",
    )


def _unverifiable(names: str) -> Error:
    return Error(
        "foreign-key",
        None,
        names.split(", ")[0],
        None,
        f"La clé étrangère sur « {names} » renvoie à un autre fichier : elle n'a pas été contrôlée.",
        "foreign-key",
    )
