"""A person's SELECT, read as the engine reads it: which tables and functions it names, wherever they hide.

What is written may be quoted, commented or nested; the engine's own tree cannot be. A table has to be one of the question's or a name
that the query itself gave (WITH); a function that makes rows has to be in a short list; no other statement may lie inside."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REFUSED_NAMES: Final = re.compile(
    r"duckdb_.*|pragma_.*|read_.*|parquet_.*|sniff_csv|current_setting|getenv|getvariable|glob|query|query_table|which_secret|"
    r"json_execute_serialized_sql|from_substrait.*|sqlite_.*|postgres_.*|mysql_.*|iceberg_.*|delta_.*|st_read.*|arrow_scan.*|"
    r"pandas_scan|python_map_function|copy|attach|detach|pragma|install|information_schema|pg_catalog|seq_scan|summary|"
    r"test_all_types|test_vector_types|repeat_row|force_checkpoint|checkpoint|enable_.*|disable_.*|in_search_path|current_database|"
    r"current_schemas?|sleep_ms|pg_sleep|write_log|parse_duckdb_log_message|pg_(?!typeof$|size_pretty$).*",
    re.IGNORECASE,
)
"""Names that reach outside the tables of a question, or that do nothing but hold a place."""
MAKERS: Final = frozenset({"range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "regexp_split_to_table"})
"""Functions that may stand where a table stands."""
READINGS: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
HERE: Final = frozenset({(), ("main",), ("memory", "main")})
LISTS: Final = frozenset({"__show_tables_expanded", "tables"})
DEEPEST: Final = 5_000
NOWHERE: Final = 1 << 62
"""From here on, what the engine gives as a place is none."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name that may not be there: of a `table`, or of anything else; `place` counts bytes."""

    name: str
    table: bool
    place: int | None


class NotOneSelectError(Exception):
    """The text is no single SELECT; `told` is what the engine says of it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(told.get("error_message"))
        self.told = told


def stranger(connection: DuckDBPyConnection, sql: str, tables: Collection[str]) -> Stranger | None:
    """The first name in `sql` that is not for people, or None. Raises `NotOneSelectError`."""
    tree = _tree(connection, sql)
    internal = {
        str(name).lower() for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()
    }
    mine = {name.lower() for name in tables}
    given = {str(entry["key"]).lower() for node in _walk(tree) for entry in _ctes(node)}
    if taken := sorted(given & internal):  # out of its WITH, such a name would be the engine's own
        return Stranger(taken[0], False, None)
    for node in _walk(tree):
        if found := _stranger(node, mine | given):
            return found
    return None


def _tree(connection: DuckDBPyConnection, sql: str) -> Mapping[str, Any]:
    row = connection.execute("SELECT json_serialize_sql(?, skip_null := true, skip_empty := true)", [sql]).fetchone()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        tree: Mapping[str, Any] = json.loads(str(row[0]) if row else "{}")
    except RecursionError:
        raise NotOneSelectError({"error_message": "too deep", "error_type": "depth"}) from None
    finally:
        sys.setrecursionlimit(limit)
    if tree.get("error") is not False or len(tree.get("statements", ())) != 1:
        raise NotOneSelectError(tree)
    return tree


def _walk(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every object of the tree, without recursion."""
    left: list[Any] = [tree]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _ctes(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = node.get("cte_map")
    return found.get("map", []) if isinstance(found, dict) else []


def _stranger(node: Mapping[str, Any], known: Collection[str]) -> Stranger | None:
    kind = str(node.get("type", ""))
    place = node.get("query_location")
    at = place if isinstance(place, int) and place < NOWHERE else None
    if kind.endswith("_NODE") and kind not in READINGS:
        return Stranger(kind.removesuffix("_QUERY_NODE").removesuffix("_NODE"), False, at)
    if kind == "BASE_TABLE":
        *before, name = node.get("qualified_name", {}).get("path") or [node.get("table_name", "")]
        if tuple(one.lower() for one in before) not in HERE or name.lower() not in known:
            return Stranger(".".join([*before, name]), True, at)
    if kind == "SHOW_REF" and node.get("table_name", "tables").strip('"').lower() not in LISTS:
        return Stranger(str(node["table_name"]), True, at)
    if kind == "TABLE_FUNCTION":
        name = str(node.get("function", {}).get("function_name", ""))
        return None if name.lower() in MAKERS else Stranger(name, False, at)
    name = str(node.get("function_name", ""))
    return Stranger(name, False, at) if REFUSED_NAMES.fullmatch(name) else None
