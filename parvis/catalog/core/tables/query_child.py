"""What the sandbox runs of a person's SQL. Imported by the child alone, in the folder of the named tables, where it may not write.

The text is only ever a parameter of `query(?)`: the engine then accepts one SELECT and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import duckdb

from parvis.catalog.core.speech import stored

from . import query_tree

MARK = "\x1f"
"""Between a sentence and the place (a character of the text) that it is about."""
REFUSED = stored(
    "Cette requête n'est pas permise : « {name} » n'est pas accepté. Écrivez une lecture, par exemple SELECT * FROM … LIMIT 10."
)
NO_TABLE = stored("La table « {name} » n'existe pas : donnez le nom d'une des tables de la question.")
WIDE = {"HUGEINT", "UHUGEINT"}
"""Parquet has no such integers, and would round them: written as decimals."""


def rows(tables: Mapping[str, str], sql: str, most: int, offset: int, size: int) -> dict[str, Any]:
    """`size` rows of the answer from `offset`, and how many there are, `most` + 1 at most. Raises `ValueError` with a sentence."""
    connection = _opened(tables)
    try:
        _look(connection, sql, tables)
        cursor = connection.execute("SELECT * FROM query(?) LIMIT ?", [_bare(sql), most + 1])
        columns = [str(column[0]) for column in cursor.description or ()]
        types = [str(column[1]) for column in cursor.description or ()]
        found, total = [], 0
        while part := cursor.fetchmany(1_000):
            found += [[plain(value) for value in row] for row in part[max(0, offset - total) : max(0, offset + size - total)]]
            total += len(part)
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except duckdb.Error as problem:
        raise ValueError(said(problem, sql)) from None
    return {"columns": columns, "types": types, "rows": found, "total": total}


def write(tables: Mapping[str, str], sql: str, most: int, out: str) -> dict[str, Any]:
    """The first `most` rows of the answer as a Parquet file, `out`. Raises `ValueError` with a sentence."""
    connection = _opened(tables, out)
    try:
        _look(connection, sql, tables)
        cursor = connection.execute("SELECT * FROM query(?) LIMIT 0", [_bare(sql)])
        types = [(str(column[0]), str(column[1])) for column in cursor.description or ()]
        kept = ", ".join(
            f"{f'CAST(c{at} AS DECIMAL(38, 0))' if kind in WIDE else f'c{at}'} AS {_quoted(name)}"
            for at, (name, kind) in enumerate(types)
        )
        places = ", ".join(f"c{at}" for at in range(len(types)))
        done = connection.execute(
            f"COPY (SELECT {kept} FROM query(?) AS answer({places}) LIMIT ?) TO '{out.replace(chr(39), chr(39) * 2)}' "
            "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
            [_bare(sql), most],
        ).fetchone()
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except duckdb.Error as problem:
        raise ValueError(said(problem, sql)) from None
    return {"rows": int(done[0]) if done else 0}


def _opened(tables: Mapping[str, str], *written: str) -> duckdb.DuckDBPyConnection:
    """An engine where each name is a view of one file of the folder, and nothing else can be opened."""
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "450MB", "temp_directory": ""})
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    connection.execute("SET errors_as_json = true")
    connection.execute("SET allowed_paths = ?", [[*tables.values(), *written]])
    connection.execute("SET enable_external_access = false")
    for name, file in tables.items():
        connection.execute(f"CREATE VIEW {_quoted(name)} AS SELECT * FROM read_parquet('{file.replace(chr(39), chr(39) * 2)}')")
    connection.execute("SET lock_configuration = true")
    return connection


def _look(connection: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, str]) -> None:
    """Refuse what the engine reads in `sql` and that is not for people. Raises `ValueError` with a sentence."""
    try:
        found = query_tree.stranger(connection, _bare(sql), tables)
    except query_tree.NotOneSelectError as problem:
        raise ValueError(_placed(_unreadable(problem.told, sql), sql, problem.told.get("position"))) from None
    if found:
        sentence = (NO_TABLE if found.table else REFUSED).format(name=found.name[:80])
        raise ValueError(_placed(sentence, sql, found.place))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";")


# ----- What went wrong -----


def said(problem: Exception, sql: str) -> str:
    """One French sentence, then where in the text, if the engine knows."""
    _kind, _colon, text = str(problem).partition(": ")
    try:
        told = json.loads(text)
    except ValueError:
        told = {"exception_message": str(problem)}
    return _placed(_sentence(told), sql, told.get("position"))


def _placed(sentence: str, sql: str, position: Any) -> str:
    if not str(position).isdecimal():
        return sentence + MARK
    before = len(sql) - len(sql.lstrip())
    # The engine counts bytes.
    return sentence + MARK + str(before + len(sql.strip().encode()[: int(position)].decode(errors="ignore")))


def _unreadable(told: Mapping[str, Any], sql: str) -> str:
    """Why the engine made no tree of the text."""
    kind = told.get("error_type")
    if kind == "depth":
        return stored("La requête est trop imbriquée : écrivez-la en plusieurs étapes, avec WITH.")
    if told.get("error") is False or kind == "not implemented":
        values = stored(" Avec PIVOT, donnez les valeurs : ON colonne IN ('a', 'b').") if "pivot" in sql.lower() else ""
        return stored("Une seule lecture est possible : écrivez un seul SELECT.") + values
    return _sentence({**told, "exception_message": told.get("error_message", "")})


def _sentence(told: Mapping[str, Any]) -> str:
    message = " ".join(str(told.get("exception_message", "")).partition("\n")[0].split())[:300]
    name, near = str(told.get("name", ""))[:80], str(told.get("candidates", ""))[:200]
    subtype, kind = told.get("error_subtype"), told.get("exception_type")
    if subtype == "COLUMN_NOT_FOUND":
        hint = stored(" Colonnes proches : {near}.", near=near) if near else ""
        return stored("La colonne « {name} » n'existe pas dans ces tables.{hint}", name=name, hint=hint)
    if subtype == "MISSING_ENTRY" and told.get("type") == "Table":
        return NO_TABLE.format(name=name)
    if subtype == "MISSING_ENTRY" and "Function" in str(told.get("type")):
        return stored("La fonction « {name} » n'existe pas.", name=name)
    if kind == "Parser" and "single SELECT" in message:
        return stored("Une seule lecture est possible : écrivez un seul SELECT.")
    if subtype == "SYNTAX_ERROR":
        return stored("La requête n'a pas pu être comprise ({message}).", message=message)
    if kind == "Permission":
        return stored("Cette requête n'est pas permise : elle ne peut lire que les tables de la question.")
    return stored("La requête n'a pas pu être exécutée : {message}.", message=message or kind)


# ----- Values -----


def plain(value: Any) -> Any:
    """A value as JSON can say it: dates in ISO, what has no twin in text."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
