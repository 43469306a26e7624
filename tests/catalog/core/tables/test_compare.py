"""Two versions compared, beside what a reader with a pencil would find."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.catalog.core.tables.compare import Comparison, Retyped, TooLongError, compare

Table = tuple[dict[str, str], list[tuple[Any, ...]]]


def written(path: Path, table: Table) -> Path:
    types, rows = table
    with duckdb.connect() as connection:
        quote = lambda name: '"' + name.replace('"', '""') + '"'  # noqa: E731
        connection.execute(f"CREATE TABLE t ({', '.join(f'{quote(name)} {kind}' for name, kind in types.items())})")
        if rows:
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(types))})", rows)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def changes(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(
            "SELECT kind, place, before, after, columns FROM read_parquet(?) ORDER BY kind, place", [str(path)]
        ).fetchall()


def compared(folder: Path, before: Table, after: Table, key: tuple[str, ...] = ()) -> tuple[Comparison, list[tuple[Any, ...]]]:
    out = folder / "changes.parquet"
    found = compare(written(folder / "a.parquet", before), written(folder / "b.parquet", after), key=key, out=out, seconds=30)
    return found, changes(out)


TOWNS = {"code": "VARCHAR", "name": "VARCHAR", "people": "BIGINT"}
BEFORE: Table = (TOWNS, [("1", "Figeac", 9793), ("2", "Cahors", 20050), ("3", "Martel", None), ("4", "Gramat", 3500)])
AFTER: Table = (TOWNS, [("4", "Gramat", 3500), ("1", "Figeac", 9800), ("3", "Martel", 1600), ("5", "Souillac", 3200)])


def test_by_key(tmp_path: Path) -> None:
    found, lines = compared(tmp_path, BEFORE, AFTER, ("code",))
    assert (found.added, found.removed, found.changed, found.same) == (1, 1, 2, 1)
    assert (found.rows_before, found.rows_after, found.unkeyed_before, found.unkeyed_after) == (4, 4, 0, 0)
    assert lines == [
        ("added", 1, None, 4, None), ("changed", 1, 1, 2, [2]), ("changed", 2, 3, 3, [2]), ("removed", 1, 2, None, None),
    ]  # fmt: skip
    assert dict(zip(found.common, found.cells, strict=True)) == {"code": 0, "name": 0, "people": 2}


def test_whole_rows(tmp_path: Path) -> None:
    found, lines = compared(tmp_path, BEFORE, AFTER)
    assert (found.added, found.removed, found.changed, found.same) == (3, 3, 0, 1)
    assert [line[2:4] for line in lines] == [(None, 2), (None, 3), (None, 4), (1, None), (2, None), (3, None)]


def test_a_row_written_three_times_then_once(tmp_path: Path) -> None:
    kind = {"a": "VARCHAR"}
    found, lines = compared(tmp_path, (kind, [("x",), ("x",), (None,), ("x",)]), (kind, [("x",), (None,), (None,)]))
    assert (found.added, found.removed) == (1, 2)
    assert [line[:4] for line in lines] == [("added", 1, None, 3), ("removed", 1, 2, None), ("removed", 2, 4, None)]


def test_keys_that_repeat_or_are_empty_are_compared_whole(tmp_path: Path) -> None:
    kind = {"id": "BIGINT", "v": "VARCHAR"}
    before: Table = (kind, [(1, "a"), (2, "b"), (2, "c"), (None, "d"), (None, "e"), (3, "f")])
    after: Table = (kind, [(1, "A"), (2, "b"), (None, "d"), (3, "f"), (3, "f")])
    found, lines = compared(tmp_path, before, after, ("id",))
    assert (found.added, found.removed, found.changed, found.same) == (1, 2, 1, 3)
    assert (found.unkeyed_before, found.unkeyed_after) == (5, 4)
    assert ("changed", 1, 1, 1, [1]) in lines


def test_columns_added_removed_and_retyped(tmp_path: Path) -> None:
    before: Table = ({"id": "BIGINT", "old": "VARCHAR", "n": "BIGINT", "d": "DATE"}, [(1, "x", 3, date(2024, 3, 1))])
    after: Table = ({"id": "VARCHAR", "n": "DOUBLE", "new": "VARCHAR", "d": "TIMESTAMP"}, [("1", 3.0, "y", date(2024, 3, 1))])
    found, lines = compared(tmp_path, before, after, ("id",))
    assert (found.columns_added, found.columns_removed) == (("new",), ("old",))
    assert found.retyped == (
        Retyped("id", "BIGINT", "VARCHAR"), Retyped("n", "BIGINT", "DOUBLE"), Retyped("d", "DATE", "TIMESTAMP"),
    )  # fmt: skip
    assert (lines, found.same) == ([], 1)


def test_nothing_in_common(tmp_path: Path) -> None:
    found, lines = compared(tmp_path, ({"a": "VARCHAR"}, [("x",), ("y",)]), ({"b": "VARCHAR"}, [("x",)]))
    assert (found.added, found.removed, found.common, len(lines)) == (1, 2, (), 3)


def test_cells_do_not_run_into_each_other(tmp_path: Path) -> None:
    kind = {"a": "VARCHAR", "b": "VARCHAR"}
    found, _lines = compared(tmp_path, (kind, [("1:x", ""), ("", None)]), (kind, [("1:", "x"), (None, "")]))
    assert (found.added, found.removed) == (2, 2)


@pytest.mark.parametrize("name", ['q"uote', "a{t}.b", "line", "k", "h", "kind", "before", "p", "x'; DROP TABLE a; --", "{0}"])
def test_any_name_of_column(tmp_path: Path, name: str) -> None:
    kind = {"id": "BIGINT", name: "VARCHAR"}
    found, lines = compared(tmp_path, (kind, [(1, "a"), (2, "b")]), (kind, [(1, "a"), (2, "c")]), ("id",))
    assert (found.changed, lines[0][4]) == (1, [1])
    found, _lines = compared(tmp_path, (kind, [(1, "a"), (2, "b")]), (kind, [(1, "a"), (2, "c")]), (name,))
    assert (found.added, found.removed) == (1, 1)


def test_a_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="key"):
        compared(tmp_path, BEFORE, AFTER, ("siret",))


def test_time_is_bounded(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT md5(range::VARCHAR) AS x FROM range(500000)) TO '{tmp_path}/{name}.parquet'")
    with pytest.raises(TooLongError):
        compare(tmp_path / "a.parquet", tmp_path / "b.parquet", out=tmp_path / "o.parquet", seconds=0.02)


# ----- Beside an obvious reading -----


def obvious(before: Table, after: Table, key: tuple[str, ...]) -> dict[str, Any]:
    """Dictionaries and counts: nothing to understand."""
    names = list(before[0])
    place = [names.index(name) for name in key]
    keys = [[tuple(row[at] for at in place) for row in table[1]] for table in (before, after)]
    counts = [Counter(found) for found in keys]

    def alone(one: tuple[Any, ...]) -> bool:
        return bool(key) and None not in one and counts[0][one] <= 1 and counts[1][one] <= 1

    old = {one: row for one, row in zip(keys[0], before[1], strict=True) if alone(one)}
    new = {one: row for one, row in zip(keys[1], after[1], strict=True) if alone(one)}
    rest = [
        Counter(row for one, row in zip(found, table[1], strict=True) if not alone(one))
        for found, table in zip(keys, (before, after), strict=True)
    ]
    return {
        "added": Counter(row for one, row in new.items() if one not in old) + (rest[1] - rest[0]),
        "removed": Counter(row for one, row in old.items() if one not in new) + (rest[0] - rest[1]),
        "changed": Counter((old[one], new[one]) for one in old if one in new and old[one] != new[one]),
    }


cells = st.tuples(
    st.one_of(st.none(), st.integers(0, 4)),
    st.one_of(st.none(), st.sampled_from(["", "a", "b", "1:a", "é"])),
    st.one_of(st.none(), st.sampled_from([0.0, 1.5, -2.0])),
)
tables = st.lists(cells, max_size=9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables, tables, st.sampled_from([(), ("id",), ("t",), ("id", "t")]))
def test_agrees_with_an_obvious_reading(tmp_path: Path, first: list[Any], second: list[Any], key: tuple[str, ...]) -> None:
    kind = {"id": "BIGINT", "t": "VARCHAR", "n": "DOUBLE"}
    before, after = (kind, first), (kind, second)
    found, lines = compared(tmp_path, before, after, key)
    expected = obvious(before, after, key)
    assert Counter(second[line[3] - 1] for line in lines if line[0] == "added") == expected["added"]
    assert Counter(first[line[2] - 1] for line in lines if line[0] == "removed") == expected["removed"]
    moved = [(first[line[2] - 1], second[line[3] - 1], line[4]) for line in lines if line[0] == "changed"]
    assert Counter((old, new) for old, new, _columns in moved) == expected["changed"]
    for old, new, columns in moved:
        assert columns == [at for at in range(3) if old[at] != new[at]]
    assert (found.added, found.removed, found.changed) == tuple(
        sum(expected[kind].values()) for kind in ("added", "removed", "changed")
    )
    assert found.rows_before - found.removed - found.changed == found.same
