"""What changed between two versions of a table: rows added, removed, changed, and columns.

    found = compare(Path("v1.parquet"), Path("v2.parquet"), key=("siret",), out=Path("changes.parquet"))

With a key, a row is followed from one version to the other by its value: it is added, removed, changed or the same. A row whose
key is empty, or repeats in either version, has no key: like every row of a table without one, it is compared whole, and is
then added or removed (three times the same row before and once after: two removed). Only the columns of both versions are
compared; a value whose column changed type is compared as a number or a moment if both types are, else as text.

`out` holds one line a change: `kind` (added, removed, changed), `place` (from 1, in the order of the table), `before` and
`after` (row numbers from 1, null where there is none) and `columns` (those that changed: their places, from 0, in `common`).
Two rows are the same when the first 128 bits of the SHA-256 of their cells are: nobody knows how to make that lie.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
KINDS = ("changed", "added", "removed")
SIDES = ("p", "q")
"""How queries name the two files."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the file of changes: row numbers from 1, `columns` the places in `Comparison.common` of the cells that changed."""

    kind: str
    before: int | None
    after: int | None
    columns: tuple[int, ...]


class TooLongError(Exception):
    """The time, or the memory, that was given did not suffice."""


@dataclass(frozen=True, slots=True)
class Retyped:
    """A column of both versions whose type, in DuckDB's words, is no longer the same."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts are of rows. `key` is empty when rows were compared whole; `unkeyed_*` counts those that have no key of their own
    though the table has one; `cells` counts, for each column of `common`, the changed rows in which it changed."""

    key: tuple[str, ...]
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    unkeyed_before: int
    unkeyed_after: int
    common: tuple[str, ...]
    cells: tuple[int, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    retyped: tuple[Retyped, ...]

    @property
    def same(self) -> int:
        return self.rows_after - self.added - self.changed


def compare(
    before: Path,
    after: Path,
    *,
    key: Sequence[str] = (),
    out: Path,
    scratch: Path | None = None,
    memory: str = "400MB",
    seconds: float | None = None,
) -> Comparison:
    """Compare two Parquet files and write the changes at `out`, which is replaced.

    memory: what the engine may hold; past it, it spills into `scratch` where there is one.
    Raises ValueError when a column of `key` is not in both files, TooLongError past `seconds` or `memory`."""
    import duckdb

    with _engine(before, after, out, scratch, memory) as connection:
        timer = threading.Timer(seconds, connection.interrupt) if seconds else None
        try:
            if timer:
                timer.start()
            return _compared(connection, str(before), str(after), tuple(key), str(out))
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as problem:
            raise TooLongError(type(problem).__name__) from problem
        finally:
            if timer:
                timer.cancel()


def changes(path: Path, *, kind: str = "", column: int | None = None, offset: int = 0, limit: int = 100) -> list[Change]:
    """Some of the changes that `compare` wrote: of one kind, those of one column of `common`, in the order of the table."""
    import duckdb

    conditions: list[str] = []
    given: list[object] = [str(path)]
    if kind:
        conditions.append("kind = ?")
        given.append(kind)
    if column is not None:
        conditions.append("list_contains(columns, ?)")
        given.append(column)
    where = "WHERE " + " AND ".join(conditions) if conditions else ""
    with duckdb.connect(":memory:", config={"memory_limit": "128MB", "temp_directory": "", "threads": 1}) as connection:
        connection.execute(f"SET allowed_paths = [{_text(str(path))}]")
        connection.execute("SET enable_external_access = false")
        found = connection.execute(
            f"SELECT kind, before, after, columns FROM read_parquet(?) {where} ORDER BY kind, place LIMIT ? OFFSET ?",
            [*given, limit, offset],
        ).fetchall()
    return [Change(kind, before, after, tuple(columns or ())) for kind, before, after, columns in found]


@contextlib.contextmanager
def _engine(before: Path, after: Path, out: Path, scratch: Path | None, memory: str) -> Iterator[DuckDBPyConnection]:
    """An engine that reaches these three files and its scratch folder, nothing else."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(scratch / "spill") if scratch else "",
        "threads": 2,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("SET allowed_paths = [" + ", ".join(_text(str(path)) for path in (before, after, out)) + "]")
        if scratch:
            connection.execute(f"SET allowed_directories = [{_text(str(scratch))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def _compared(connection: DuckDBPyConnection, before: str, after: str, key: tuple[str, ...], out: str) -> Comparison:
    old, new = _described(connection, before), _described(connection, after)
    common = tuple(name for name in new if name in old)
    if not set(key) <= set(common):
        raise ValueError("the key must be made of columns of both versions")
    texts = {name: _texts(name, old[name], new[name]) for name in common}
    for table, path, side in (("a", before, 0), ("b", after, 1)):
        k = _digest([texts[name][side] for name in key], empty_is_null=True) if key else "NULL::UHUGEINT"
        h = _digest([texts[name][side] for name in common]) if common else "NULL::UHUGEINT"
        connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT {SIDES[side]}.file_row_number + 1 AS line, {k} AS k, {h} AS h "
            f"FROM read_parquet({_text(path)}, file_row_number = true) {SIDES[side]}"
        )
    _set_aside(connection)
    _find(connection, bool(common))
    _write(connection, before, after, out, [texts[name] for name in common])
    return Comparison(
        key=key,
        rows_before=_count(connection, "FROM a"),
        rows_after=_count(connection, "FROM b"),
        added=_count(connection, "FROM changes WHERE kind = 'added'"),
        removed=_count(connection, "FROM changes WHERE kind = 'removed'"),
        changed=_count(connection, "FROM changes WHERE kind = 'changed'"),
        unkeyed_before=_count(connection, "FROM a WHERE k IS NULL") if key else 0,
        unkeyed_after=_count(connection, "FROM b WHERE k IS NULL") if key else 0,
        common=common,
        cells=_cells(connection, out, len(common)),
        columns_added=tuple(name for name in new if name not in old),
        columns_removed=tuple(name for name in old if name not in new),
        retyped=tuple(Retyped(name, old[name], new[name]) for name in common if old[name] != new[name]),
    )


def _described(connection: DuckDBPyConnection, path: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({_text(path)})").fetchall()
    return {str(name): str(kind) for name, kind, *_rest in rows}


def _set_aside(connection: DuckDBPyConnection) -> None:
    """Forget the keys that repeat, on both sides."""
    connection.execute(
        "CREATE TEMP TABLE repeated AS SELECT k FROM a WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1 "
        "UNION SELECT k FROM b WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1"
    )
    if _count(connection, "FROM repeated"):
        for table in ("a", "b"):
            connection.execute(f"UPDATE {table} SET k = NULL WHERE k IN (SELECT k FROM repeated)")


def _find(connection: DuckDBPyConnection, comparable: bool) -> None:
    """Fill `changes` (kind, before, after)."""
    connection.execute("CREATE TEMP TABLE changes (kind VARCHAR, before BIGINT, after BIGINT)")
    if not comparable:  # no column in common: nothing of the first version is left
        connection.execute(
            "INSERT INTO changes SELECT 'removed', line, NULL FROM a UNION ALL SELECT 'added', NULL, line FROM b"
        )
        return
    connection.execute(
        "INSERT INTO changes SELECT 'changed', a.line, b.line FROM a JOIN b ON a.k = b.k WHERE a.h <> b.h "
        "UNION ALL SELECT 'removed', a.line, NULL FROM a ANTI JOIN b ON a.k = b.k WHERE a.k IS NOT NULL "
        "UNION ALL SELECT 'added', NULL, b.line FROM b ANTI JOIN a ON a.k = b.k WHERE b.k IS NOT NULL"
    )
    connection.execute(
        "CREATE TEMP TABLE uneven AS SELECT h, sum(x) AS x, sum(y) AS y FROM ("
        "SELECT h, count(*) AS x, 0 AS y FROM a WHERE k IS NULL GROUP BY h "
        "UNION ALL SELECT h, 0, count(*) FROM b WHERE k IS NULL GROUP BY h) GROUP BY h HAVING sum(x) <> sum(y)"
    )
    for kind, table, more, less in (("removed", "a", "x", "y"), ("added", "b", "y", "x")):
        line = "line, NULL" if table == "a" else "NULL, line"
        connection.execute(
            f"INSERT INTO changes SELECT '{kind}', {line} FROM ("
            f"SELECT t.line, row_number() OVER (PARTITION BY t.h ORDER BY t.line) AS n, u.{less} AS kept "
            f"FROM {table} t JOIN uneven u ON t.h = u.h WHERE t.k IS NULL AND u.{more} > u.{less}) WHERE n > kept"
        )


def _write(connection: DuckDBPyConnection, before: str, after: str, out: str, texts: Sequence[tuple[str, str]]) -> None:
    """The changes in the order of the table, each changed row with the columns that changed, at `out`."""
    tests = [f"CASE WHEN {x} IS DISTINCT FROM {y} THEN {place} END" for place, (x, y) in enumerate(texts)]
    changed = f"list_filter([{', '.join(tests)}]::USMALLINT[], lambda one: one IS NOT NULL)" if tests else "NULL"
    connection.execute(
        f"COPY (WITH moved AS (SELECT c.before, c.after, {changed} AS columns FROM changes c "
        f"JOIN read_parquet({_text(before)}, file_row_number = true) p ON p.file_row_number + 1 = c.before "
        f"JOIN read_parquet({_text(after)}, file_row_number = true) q ON q.file_row_number + 1 = c.after "
        "WHERE c.kind = 'changed'), "
        "found AS (SELECT 'changed' AS kind, before, after, columns FROM moved "
        "UNION ALL SELECT kind, before, after, NULL FROM changes WHERE kind <> 'changed') "
        "SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY coalesce(after, before)) AS place, before, after, columns "
        f"FROM found ORDER BY kind, place) TO {_text(out)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
    )


def _cells(connection: DuckDBPyConnection, out: str, width: int) -> tuple[int, ...]:
    found = connection.execute(
        f"SELECT place, count(*) FROM (SELECT unnest(columns) AS place FROM read_parquet({_text(out)})) GROUP BY place"
    ).fetchall()
    counts = {int(place): int(count) for place, count in found}
    return tuple(counts.get(place, 0) for place in range(width))


def _texts(name: str, old: str, new: str) -> tuple[str, str]:
    """The same value gives the same text on both sides."""
    x, y = (f"{side}.{_identifier(name)}" for side in SIDES)
    if _is_number(old) and _is_number(new) and not (old in WHOLE and new in WHOLE) and old != new:
        return _text_of(f"CAST({x} AS DOUBLE)", "DOUBLE"), _text_of(f"CAST({y} AS DOUBLE)", "DOUBLE")
    if old in MOMENTS and new in MOMENTS and old != new:
        return f"CAST(CAST({x} AS TIMESTAMP) AS VARCHAR)", f"CAST(CAST({y} AS TIMESTAMP) AS VARCHAR)"
    return _text_of(x, old), _text_of(y, new)


def _text_of(x: str, kind: str) -> str:
    if kind == "VARCHAR":
        return x
    if kind in ("DOUBLE", "FLOAT"):  # 12.0 is written 12, and -0 is 0
        return f"regexp_replace(CAST({x} + 0.0 AS VARCHAR), '\\.0$', '')"
    return f"CAST({x} AS VARCHAR)"


def _is_number(kind: str) -> bool:
    return kind in WHOLE or kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL")


def _digest(texts: Sequence[str], empty_is_null: bool = False) -> str:
    """128 bits of the cells, each preceded by its length so that none runs into the next."""
    cells = ", ".join(f"coalesce(strlen({text}) || ':' || {text}, '-')" for text in texts)
    digest = f"('0x' || left(sha256(concat({cells})), 32))::UHUGEINT"
    if not empty_is_null:
        return digest
    return f"CASE WHEN {' AND '.join(f'({text}) IS NOT NULL' for text in texts)} THEN {digest} END"


def _count(connection: DuckDBPyConnection, source: str) -> int:
    found = connection.execute(f"SELECT count(*) {source}").fetchone()
    return int(found[0]) if found else 0


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
