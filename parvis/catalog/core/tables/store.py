"""A table loaded once, as raw text, in a throw-away DuckDB: what profiling and conversion read as many times as they need."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .formats import trimmed_sql
from .reading import Reading
from .scan import Scan, quoted_text, scan
from .types import SHAPES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "500MB"
SAMPLE_ROWS = 4_000
DASHES = ("-", "–", "—", "−")
"""What people, and spreadsheets, write where a column of numbers has no value."""
_DASHED = tuple(shape.sql for shape in SHAPES if shape.type in {"integer", "number", "date", "datetime"})


@dataclass(frozen=True, slots=True)
class Store:
    """`table` holds `c0` … `cN` (raw), `extra` and `cells` in the order of the file; `sample` is a table expression that takes rows
    evenly over the whole file."""

    connection: DuckDBPyConnection
    table: str
    sample: str
    scan: Scan
    rows: int
    values: tuple[str, ...]
    """For each column of the file, the one that holds its values without spaces around, null when nothing is left, nor where a lone
    dash stands for an absent number or date."""


@contextlib.contextmanager
def loaded(path: Path, reading: Reading, scratch: Path) -> Iterator[Store]:
    """The table of the file. Memory stays under about 700 MB whatever its size; all that is written goes under `scratch`
    and is removed on leaving. Raises what `scan` raises."""
    import duckdb

    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        here = Path(folder)
        with duckdb.connect(str(here / "store.duckdb")) as connection:
            connection.execute(f"SET memory_limit = '{MEMORY}'")
            connection.execute(f"SET temp_directory = {quoted_text(str(here / 'spill'))}")
            connection.execute("SET checkpoint_threshold = '64MB'")
            connection.execute("SET enable_progress_bar = false")  # it is drawn on standard output, in the middle of an answer
            source = scan(connection, path, reading, here)
            connection.execute(f"CREATE TABLE loaded AS SELECT * FROM {source.sql}")
            values = _trimmed(connection, source.columns)
            sample = f"(SELECT * FROM loaded WHERE rowid % {max(1, reading.rows // SAMPLE_ROWS)} = 0)"
            yield Store(connection, "loaded", sample, source, reading.rows, values)


def _trimmed(connection: DuckDBPyConnection, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Few columns have spaces around their values, or dashes for none: only those are kept twice, so that no later query trims again."""
    dashes = ", ".join(map(quoted_text, DASHES))
    asked = ", ".join(f"count_if({trimmed_sql(c)} <> {c}), count_if({trimmed_sql(c)} IN ({dashes}))" for c in columns)
    counts = connection.execute(f"SELECT {asked} FROM loaded").fetchone() or ()
    dashed = {
        column for column, count in zip(columns, counts[1::2], strict=True) if count and _measured(connection, column, dashes)
    }
    padded = dashed | {column for column, count in zip(columns, counts[::2], strict=True) if count}
    if padded:
        none = {column: f"'', {dashes}" if column in dashed else "''" for column in padded}
        extra = ", ".join(
            f"CASE WHEN {trimmed_sql(column)} NOT IN ({none[column]}) THEN {trimmed_sql(column)} END AS t{column[1:]}"
            for column in columns
            if column in padded
        )
        connection.execute(
            f"ALTER TABLE loaded RENAME TO untrimmed; CREATE TABLE loaded AS SELECT *, {extra} FROM untrimmed; DROP TABLE untrimmed"
        )
    return tuple(f"t{column[1:]}" if column in padded else column for column in columns)


def _measured(connection: DuckDBPyConnection, column: str, dashes: str) -> bool:
    """Whether all that is not a dash is of one type that has no dash: then the dash says that there is no value. In a column of
    texts it stays what it is."""
    values = f"(SELECT {trimmed_sql(column)} AS x FROM loaded WHERE {trimmed_sql(column)} NOT IN ('', {dashes}))"
    tests = ", ".join(f"count(*) > 0 AND bool_and({test('x')})" for test in _DASHED)
    return any(connection.execute(f"SELECT {tests} FROM {values}").fetchone() or ())
