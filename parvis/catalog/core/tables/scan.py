"""A file as a DuckDB relation of raw text, whatever its format.

Clean UTF-8 is read where it stands. Everything else goes once through one scratch file in UTF-8, written in blocks.
"""

from __future__ import annotations

import csv
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from . import json_records, workbook
from .detection import text_encoding, text_records
from .encoding import decode
from .reading import Reading
from .rows import Judged, Record, judged
from .source import LONGEST_LINE, Container, head_of, lines

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Scan:
    """`sql` is a table expression: `c0` … `cN` (raw text, null when empty), `extra` (text of the cells past the last column,
    joined by the delimiter, or null), `cells` (how many cells the row really had). Rows come in the order of the file
    as long as the connection keeps `preserve_insertion_order`, which is DuckDB's default."""

    sql: str
    columns: tuple[str, ...]
    first_line: int
    _ordinals: array[int] = field(default_factory=lambda: array("q"))
    _shifts: array[int] = field(default_factory=lambda: array("q"))

    def line_of(self, ordinal: int) -> int:
        """Spreadsheet line number (1 is the first) of the `ordinal`-th data row (0 is the first).

        A record that spans several physical lines counts as one spreadsheet row.
        """
        at = bisect_right(self._ordinals, ordinal) - 1
        return self.first_line + ordinal + (self._shifts[at] if at >= 0 else 0)


def quoted_text(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def scan(connection: DuckDBPyConnection, path: Path, reading: Reading, scratch: Path) -> Scan:
    """The relation of `reading` on `connection`; `scratch` is a directory that the caller removes once done.

    Raises `UnreadableTable` as detection does, `OSError` when a file cannot be read or written.
    """
    columns = tuple(f"c{i}" for i in range(len(reading.names)))
    first_line = (reading.header_row or 0) + 1
    if reading.format == "parquet":
        return Scan(_parquet_sql(connection, path, columns), columns, first_line)
    if reading.format == "csv" and reading.regular:
        target = path if _direct(path, reading) else _copied(path, reading, scratch)
        source = _csv_sql(target, columns, reading.delimiter or ",")
        return Scan(f"(SELECT *, NULL::VARCHAR AS extra, {len(columns)} AS cells FROM {source})", columns, first_line)
    target = scratch / "rows.csv"
    jumps = _written(_judged(path, reading), reading, target)
    source = _csv_sql(target, (*columns, "extra", "cells"), ",", jumps.long)
    sql = f"(SELECT * REPLACE (cells::INTEGER AS cells) FROM {source})"
    return Scan(sql, columns, first_line, jumps.ordinals, jumps.shifts)


def _direct(path: Path, reading: Reading) -> bool:
    """Nothing to undo: plain UTF-8, header on the first line."""
    if reading.compression or reading.header_row != 1 or text_encoding(reading) != "utf-8":
        return False
    _, container = head_of(path, 4096)
    return container.wide is None and not container.bare_returns


def _csv_sql(path: Path, columns: Iterable[str], delimiter: str, long: bool = False) -> str:
    """The rows under a first line, which every file given here has: DuckDB 2.0 takes the first line break of the file, quoted
    or not, for its line ending, and reads nothing when told that it is CRLF. That line has no break inside."""
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    room = f", max_line_size={4 * LONGEST_LINE}" if long else ""
    return (
        f"read_csv({quoted_text(str(path))}, auto_detect=false, header=false, skip=1, delim={quoted_text(delimiter)}, "
        f"quote='\"', escape='\"', columns={{{types}}}, null_padding=false, strict_mode=true{room})"
    )


def _parquet_sql(connection: DuckDBPyConnection, path: Path, columns: tuple[str, ...]) -> str:
    source = f"read_parquet({quoted_text(str(path))})"
    names = connection.sql(f"SELECT * FROM {source} LIMIT 0").columns
    cells = ", ".join(
        f"nullif(\"{name.replace(chr(34), chr(34) * 2)}\"::VARCHAR, '') AS {column}"
        for name, column in zip(names, columns, strict=True)
    )
    return f"(SELECT {cells}, NULL::VARCHAR AS extra, {len(columns)} AS cells FROM {source})"


def _copied(path: Path, reading: Reading, scratch: Path) -> Path:
    """A regular text without its preamble and header, in UTF-8, in blocks."""
    target = scratch / "text.csv"
    _, container = head_of(path, 4096)
    encoding = text_encoding(reading)
    waiting = reading.header_row or 0
    with target.open("wb") as out:
        out.write(b"text" + (reading.newline or "\n").encode())
        for chunk in lines(path, container):
            at = 0
            while waiting and (end := chunk.find(b"\n", at) + 1):
                at, waiting = end, waiting - 1
            if not waiting:
                rest = chunk[at:]
                out.write(rest if encoding == "utf-8" else decode(rest, encoding).encode("utf-8"))
    return target


def all_records(path: Path, reading: Reading) -> Iterator[Record]:
    """Every record of the file, header and preamble included, as detection saw them."""
    if reading.format in ("xlsx", "ods"):
        return workbook.records(workbook.opened(path), reading.sheet or "")
    container: Container = head_of(path)[1]
    if reading.format == "jsonl":
        return json_records.records(json_records.objects(path, container), reading.names)
    return text_records(path, container, reading)


def _judged(path: Path, reading: Reading) -> Iterator[Judged]:
    if reading.format == "jsonl":
        return ((line, cells, "") for line, cells in all_records(path, reading))
    return judged(all_records(path, reading), reading.header_row, reading.names)


@dataclass(slots=True)
class _Jumps:
    """Where line numbers jump (one entry a jump), and whether a record is longer than DuckDB accepts by default."""

    ordinals: array[int] = field(default_factory=lambda: array("q"))
    shifts: array[int] = field(default_factory=lambda: array("q"))
    long: bool = False


def _written(rows: Iterator[Judged], reading: Reading, target: Path) -> _Jumps:
    """The rows in a scratch file of `len(names) + 2` columns. CRLF, because the writer then quotes every kind of line break."""
    jumps = _Jumps()
    width, first = len(reading.names), (reading.header_row or 0) + 1
    joiner = reading.delimiter or " "
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        out.write("rows\r\n")
        ordinal, shift = 0, 0
        for line, cells, reason in rows:
            if reason:
                continue
            if line - first - ordinal != shift:
                shift = line - first - ordinal
                jumps.ordinals.append(ordinal)
                jumps.shifts.append(shift)
            count = len(cells)
            if count <= width:
                size = writer.writerow((*cells, *[""] * (width - count), "", count))
            else:
                size = writer.writerow((*cells[:width], joiner.join(cells[width:]), count))
            if size > 450_000:
                jumps.long = True
            ordinal += 1
    return jumps
