"""People's SQL on one table, named `data`, in the sandbox.

The text is only ever a parameter (`FROM query(?)`), so it can be nothing but one SELECT; names that reach outside the table are
refused before it is run; the child has no write right, no network, and sees one folder.
"""

from __future__ import annotations

import math
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.shared.sandbox import Limits, SandboxError, run

from .convert import convert
from .detection import detect

TABLE = "data"
LIMITS = Limits()
LONGEST_SQL = 20_000
_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\")|(?P<word>[^\W\d]\w*)|(?P<other>.)",
    re.DOTALL,
)
_REFUSED_NAMES = re.compile(
    r"duckdb_.*|pragma_.*|read_.*|parquet_.*|sniff_csv|current_setting|getenv|getvariable|glob|query|query_table|which_secret|"
    r"json_execute_serialized_sql|from_substrait.*|sqlite_.*|postgres_.*|mysql_.*|iceberg_.*|delta_.*|st_read.*|arrow_scan.*|"
    r"pandas_scan|python_map_function|copy|attach|detach|pragma|install|information_schema|pg_catalog|seq_scan|summary|"
    r"test_all_types|repeat_row|force_checkpoint|checkpoint|enable_.*|disable_.*|in_search_path|current_database|current_schemas?",
    re.IGNORECASE,
)
_REFUSED_STARTS = frozenset(
    [
        "set",
        "reset",
        "load",
        "use",
        "call",
        "export",
        "import",
        "checkpoint",
        "vacuum",
        "insert",
        "update",
        "delete",
        "create",
        "drop",
        "alter",
    ]
)
REFUSED = "Cette requête n'est pas permise : « {} » n'est pas accepté. Écrivez une lecture de la table, par exemple SELECT * FROM data."


class QueryRefused(Exception):
    """The query was refused, is wrong, or was stopped; the message is one French sentence (with the engine's own words)."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`rows` hold JSON values; dates and other values are ISO or plain text. `truncated`: there were more rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


def query(path: Path, sql: str, limit: int = 1_000, *, limits: Limits = LIMITS) -> QueryResult:
    """Run one SELECT on the table `data`, the table of the file. A file that is not Parquet is converted first.

    Raises `QueryRefused`, and for another format what `detect` and `convert` raise.
    """
    check(sql)
    if path.suffix == ".parquet" or _is_parquet(path):
        return _asked(path, sql, limit, limits)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        store = scratch / "data.parquet"
        convert(path, detect(path), "parquet", store, scratch)
        scratch.chmod(0o755)
        store.chmod(0o444)
        return _asked(store, sql, limit, limits)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _asked(path: Path, sql: str, limit: int, limits: Limits) -> QueryResult:
    try:
        answer = run(in_child, path.name, sql, limit, folder=path.parent, limits=limits)
    except SandboxError as problem:
        raise QueryRefused(problem.message) from problem
    rows = tuple(tuple(row) for row in answer["rows"])
    return QueryResult(tuple(answer["columns"]), tuple(answer["types"]), rows[:limit], len(rows) > limit)


def check(sql: str) -> None:
    """Refuse a text that is no plain SELECT on `data`. Raises `QueryRefused`. The sandbox is the wall; this gives the sentence."""
    if not sql.strip():
        raise QueryRefused("La requête est vide : écrivez par exemple SELECT * FROM data.")
    if len(sql) > LONGEST_SQL:
        raise QueryRefused(f"La requête est trop longue : {LONGEST_SQL} caractères au plus.")
    previous = ""
    for token in _TOKEN.finditer(sql):
        kind, text = token.lastgroup, token.group()
        if kind == "comment" or text.isspace():
            continue
        if kind == "text" and previous.lower() == "e":
            raise QueryRefused(REFUSED.format("e'…'"))
        name = text[1:-1].replace('""', '"') if kind == "quoted" else text
        if kind in ("word", "quoted") and _REFUSED_NAMES.fullmatch(name):
            following = sql[token.end() :].lstrip()[:1]
            # "glob" or "query" may be the label of a column: between quotes and not called, it is only a name.
            if kind == "word" or following in ("(", "."):
                raise QueryRefused(REFUSED.format(name))
        if kind == "word" and text.lower() in _REFUSED_STARTS and previous in ("", "(", ";"):
            raise QueryRefused(REFUSED.format(text))
        if text in ("$", ";") and (text == "$" or sql[token.end() :].strip()):
            raise QueryRefused(REFUSED.format(text))
        previous = text


def in_child(name: str, sql: str, limit: int) -> dict[str, Any]:
    """What the sandbox runs, in the folder of the file: `name` is relative. Raises `ValueError` with a French sentence."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "450MB", "temp_directory": ""})
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    connection.execute("SET allowed_paths = [?]", [name])
    connection.execute("SET enable_external_access = false")
    connection.execute(f"CREATE VIEW {TABLE} AS SELECT * FROM read_parquet('{name.replace(chr(39), chr(39) * 2)}')")
    connection.execute("SET lock_configuration = true")
    text = sql.strip().rstrip(";")
    try:
        cursor = connection.execute("SELECT * FROM query(?) LIMIT ?", [text, limit + 1])
        columns = [str(column[0]) for column in cursor.description or ()]
        types = [str(column[1]) for column in cursor.description or ()]
        rows = [[_plain(value) for value in row] for row in cursor.fetchall()]
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except duckdb.Error as problem:
        raise ValueError(f"La requête n'a pas pu être exécutée : {_said(problem)}") from None
    return {"columns": columns, "types": types, "rows": rows}


def _said(problem: Exception) -> str:
    lines = [line.strip() for line in str(problem).split("\n\nLINE")[0].splitlines() if line.strip()]
    return " ".join(lines)[:500]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
