"""A file rewritten with the repairs that are certain, and the list of what was changed.

The result is always CSV in UTF-8, with commas: encoding and separator are repairs too. Blank rows, preamble and totals that
detection set aside are not copied. Streaming: memory does not grow with the file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TextIO

from parvis.catalog.core.speech import stored
from parvis.catalog.core.tables import repairs
from parvis.catalog.core.tables.checks import compile_checks
from parvis.catalog.core.tables.labels import look_alikes
from parvis.catalog.core.tables.reading import Reading
from parvis.catalog.core.tables.schema import Field, Schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT: Final = 1_000
BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """One repair. `row` is the line number in the file that was given, `None` for the header or the whole file."""

    row: int | None
    column: str | None
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """`changes` holds the first ones, `count` counts them all; `by_reason` sums them up."""

    changes: tuple[Change, ...]
    count: int
    rows: int
    by_reason: dict[str, int] = field(default_factory=dict)


class Scanned(Protocol):
    """What repairing needs of a scan."""

    @property
    def sql(self) -> str: ...

    def line_of(self, ordinal: int, /) -> int: ...


def repair(
    connection: DuckDBPyConnection,
    reading: Reading,
    table: Scanned,
    schema: Schema,
    out: Path,
    *,
    changes_out: Path | None = None,
    kept: int = KEPT,
) -> Repaired:
    """Write the repaired file to `out`, and every change to `changes_out` (CSV). Neither may exist: `FileExistsError`."""
    with out.open("x", encoding="utf-8", newline="") as target:
        if changes_out is None:
            return _repair(connection, reading, table, schema, target, _Ledger(kept, None))
        with changes_out.open("x", encoding="utf-8", newline="") as listed:
            return _repair(connection, reading, table, schema, target, _Ledger(kept, listed))


class _Ledger:
    """Counts every change, keeps the first, writes them all."""

    def __init__(self, kept: int, listed: TextIO | None) -> None:
        self.kept, self.count = kept, 0
        self.first: list[Change] = []
        self.by_reason: dict[str, int] = {}
        self.writer = csv.writer(listed) if listed else None
        if self.writer:
            self.writer.writerow(("ligne", "colonne", "avant", "après", "raison"))

    def add(self, change: Change) -> None:
        self.count += 1
        self.by_reason[change.reason] = self.by_reason.get(change.reason, 0) + 1
        if len(self.first) < self.kept:
            self.first.append(change)
        if self.writer:
            self.writer.writerow((change.row or "", change.column or "", change.before, change.after, change.reason))


def _repair(
    connection: DuckDBPyConnection, reading: Reading, table: Scanned, schema: Schema, target: TextIO, ledger: _Ledger
) -> Repaired:
    for change in _whole_file(reading):
        ledger.add(change)
    labels, renamed = _header(schema, reading)
    for change in renamed:
        ledger.add(change)
    writer = csv.writer(target)
    fixers = _fixers(connection, table, schema, labels)
    # a row that is longer than the header keeps its extra cells: nothing is lost, and validation says so
    writer.writerow(labels)
    width = len(labels)
    columns = ", ".join([*(f"c{at}" for at in range(width)), "extra", "cells"])
    query = connection.execute(f"SELECT {columns} FROM {table.sql}")
    ordinal = 0
    while batch := query.fetchmany(BATCH):
        for row in batch:
            cells = [cell or "" for cell in row[:width]]
            for at, fix in fixers:
                if not cells[at]:
                    continue
                fixed = fix(cells[at])
                if fixed is not None:
                    ledger.add(Change(table.line_of(ordinal), labels[at], cells[at], fixed[0], fixed[1]))
                    cells[at] = fixed[0]
            if row[width] is not None or row[width + 1] > width:
                cells += _extra(row[width], row[width + 1] - width, reading)
            elif row[width + 1] < width:
                ledger.add(
                    Change(
                        table.line_of(ordinal),
                        None,
                        "",
                        "",
                        stored("cellules vides ajoutées en fin de ligne ({count})", count=width - row[width + 1]),
                    )
                )
            writer.writerow(cells)
            ordinal += 1
    return Repaired(tuple(ledger.first), ledger.count, ordinal, ledger.by_reason)


def _extra(text: str | None, count: int, reading: Reading) -> list[str]:
    cells = (text or "").split(reading.delimiter or " ")
    return cells if len(cells) == count else [text or "", *[""] * max(count - 1, 0)]


def _whole_file(reading: Reading) -> Iterator[Change]:
    encoding = (reading.encoding or "").lower()
    if reading.format == "csv" and encoding not in ("utf-8", "utf8", "ascii", "utf-8-sig", ""):
        yield Change(None, None, reading.encoding or "", "UTF-8", "encodage converti en UTF-8")
    if reading.format == "csv" and reading.delimiter not in (",", None):
        names = {";": "point-virgule", "\t": "tabulation", "|": "barre verticale"}
        yield Change(
            None, None, names.get(reading.delimiter, reading.delimiter), "virgule", stored("séparateur remplacé par la virgule")
        )
    if reading.format in ("xlsx", "ods"):
        yield Change(None, None, reading.format, "CSV", "classeur converti en CSV")
    for skipped in reading.skipped:
        words = {
            "blank": stored("ligne vide retirée"),
            "preamble": stored("ligne avant le tableau retirée"),
            "repeated-header": stored("en-tête répété retiré"),
            "total": stored("ligne de total retirée"),
            "note": stored("note sous le tableau retirée"),
        }
        if skipped.reason in words:
            yield Change(skipped.row, None, "", "", words[skipped.reason])


def _header(schema: Schema, reading: Reading) -> tuple[list[str], list[Change]]:
    labels = list(reading.names)
    changes = []
    for label, name in look_alikes(schema, labels).items():
        at = labels.index(label)
        labels[at] = name
        changes.append(Change(reading.header_row, name, label, name, stored("nom de colonne écrit comme dans le schéma")))
    return labels, changes


Fix = Callable[[str], tuple[str, str] | None]


def _fixers(connection: DuckDBPyConnection, table: Scanned, schema: Schema, labels: Sequence[str]) -> list[tuple[int, Fix]]:
    """The columns that hold at least one wrong cell, each with its repair; the others are copied as they stand."""
    plan = compile_checks(schema, labels)
    wrong = {name: [] for name in labels}  # type: dict[str, list[str]]
    for check in plan.checks:
        if check.column and check.rule in ("type", "pattern", "enum", "french-siret-value", "french-siren-value"):
            wrong[check.column].append(f"count_if({check.bad})")
    suspected = [name for name, counts in wrong.items() if counts]
    if not suspected:
        return []
    sums = ", ".join(" + ".join(wrong[name]) for name in suspected)
    row = connection.execute(f"SELECT {sums} FROM {plan.source(table.sql)}").fetchone()
    assert row is not None
    numbers = {
        one.column: 14 if one.name == "french-siret-value" else 9
        for one in schema.custom_checks
        if one.name in ("french-siret-value", "french-siren-value")
    }
    fixers: list[tuple[int, Fix]] = []
    for name, count in zip(suspected, row, strict=True):
        one = schema.field(name) or Field(name)
        at = labels.index(name)
        if count and not (one.type == "date" and _month_first(connection, table, at)):
            fixers.append((at, _fixer(one, schema.missing(one), numbers.get(name))))
    return fixers


def _month_first(connection: DuckDBPyConnection, table: Scanned, at: int) -> bool:
    """Whether a date of the column can only be read month first: then none of its dates is certain."""
    texts = connection.execute(
        f"SELECT DISTINCT c{at} FROM {table.sql} WHERE regexp_matches(c{at}, '^ *[0-9]{{1,2}}[/.-][0-9]{{2}}[/.-][0-9]{{4}} *$')"
    )
    while batch := texts.fetchmany(BATCH):
        if any(repairs.us_date(text) for (text,) in batch):
            return True
    return False


def _fixer(one: Field, missing: tuple[str, ...], digits: int | None) -> Fix:
    known: dict[str, tuple[str, str] | None] = {}

    def fix(text: str) -> tuple[str, str] | None:
        if text in known:
            return known[text]
        fixed = None if text in missing else _fixed(one, text, digits)
        if len(known) < 100_000:
            known[text] = fixed
        return fixed

    return fix


def _fixed(one: Field, text: str, digits: int | None) -> tuple[str, str] | None:
    after = repairs.certain(one, text)
    if after is None and digits is not None:
        after = repairs.certain_number(text, digits)
        if after is not None and not repairs.accepted(one, after):
            after = None
    return None if after is None else (after, repairs.reason(one, text, after))
