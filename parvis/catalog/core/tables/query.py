"""People's SQL, on one table named `data` or on several, in the sandbox.

The text is only ever a parameter (`FROM query(?)`), so it can be nothing but one SELECT; names that reach outside the tables are
refused before it is run; the child has no write right, no network, and sees one folder.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.catalog.core.speech import stored
from parvis.shared.sandbox import Busy, Limits, Refused, SandboxError, run

from . import query_child
from .convert import convert
from .detection import detect
from .query_tree import REFUSED_NAMES

TABLE = "data"
LIMITS = Limits()
LONGEST_SQL = 20_000
_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\")|(?P<word>[^\W\d]\w*)|(?P<other>.)",
    re.DOTALL,
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
REFUSED = query_child.REFUSED


class QueryRefused(Exception):
    """The query was refused, is wrong, or was stopped; the message is one French sentence (with the engine's own words).

    `place` is the character of the text that it is about, where that is known."""

    def __init__(self, message: str, place: int | None = None) -> None:
        super().__init__(message)
        self.message, self.place = message, place


class QueryStopped(QueryRefused):
    """It took too long, too much memory, or its answer is too large."""


class QueryBusy(QueryRefused):
    """Too many people ask at the same time: nothing is wrong with the query."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`rows` hold JSON values; dates and other values are ISO or plain text. `truncated`: there were more rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    total: int = 0
    """How many rows the whole answer has, up to the limit."""


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


def query_tables(
    folder: Path,
    tables: Mapping[str, str],
    sql: str,
    *,
    most: int,
    offset: int = 0,
    size: int | None = None,
    limits: Limits = LIMITS,
) -> QueryResult:
    """Run one SELECT on Parquet files of `folder` (name of the table → name of the file): `size` rows of the answer from
    `offset`, all of them without it; `most` rows at most are counted. Raises `QueryRefused`."""
    check(sql)
    answer = _run(
        query_child.rows, dict(tables), sql, most, offset, most if size is None else size, folder=folder, limits=limits
    )
    kept = answer["rows"][: max(0, most - offset)]
    rows = tuple(tuple(row) for row in kept)
    total = answer["total"]
    return QueryResult(tuple(answer["columns"]), tuple(answer["types"]), rows, total > most, min(total, most))


def write_answer(
    folder: Path, tables: Mapping[str, str], sql: str, scratch: Path, *, most: int, limits: Limits = LIMITS
) -> tuple[Path, int]:
    """The answer as a Parquet file in `scratch` (an empty folder), and how many rows it has, `most` at most. Raises `QueryRefused`."""
    check(sql)
    out = scratch.resolve() / "answer.parquet"
    done = _run(query_child.write, dict(tables), sql, most, str(out), folder=folder, scratch=scratch, limits=limits)
    out.chmod(0o644)
    return out, int(done["rows"])


def _run(*args: Any, **kwargs: Any) -> Any:
    try:
        return run(*args, **kwargs)
    except Busy as problem:
        raise QueryBusy(problem.message) from problem
    except Refused as problem:
        message, mark, place = problem.message.partition(query_child.MARK)
        if not mark:  # not a word of the child's: the answer, or the file, is too large
            raise QueryStopped(message) from problem
        raise QueryRefused(message, int(place) if place else None) from problem
    except SandboxError as problem:
        raise QueryStopped(problem.message) from problem


def _asked(path: Path, sql: str, limit: int, limits: Limits) -> QueryResult:
    return query_tables(path.parent, {TABLE: path.name}, sql, most=limit, limits=limits)


def in_child(name: str, sql: str, limit: int) -> dict[str, Any]:
    """One table, named `data`, as the sandbox runs it."""
    return query_child.rows({TABLE: name}, sql, limit, 0, limit)


def check(sql: str) -> None:
    """Refuse a text that is no plain SELECT. Raises `QueryRefused`. The sandbox is the wall; this gives the sentence."""
    if not sql.strip():
        raise QueryRefused(stored("La requête est vide : écrivez par exemple SELECT * FROM … LIMIT 10."))
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in sql):
        raise QueryRefused(stored("La requête contient un caractère qui ne peut pas être lu : retapez-la."))
    if len(sql) > LONGEST_SQL:
        raise QueryRefused(stored("La requête est trop longue : {most} caractères au plus.", most=LONGEST_SQL))
    previous = ""
    for token in _TOKEN.finditer(sql):
        kind, text = token.lastgroup, token.group()
        if kind == "comment" or text.isspace():
            continue
        if kind == "text" and previous.lower() == "e":
            raise QueryRefused(REFUSED.format(name="e'…'"), token.start() - 1)
        name = text[1:-1].replace('""', '"') if kind == "quoted" else text
        if kind in ("word", "quoted") and REFUSED_NAMES.fullmatch(name):
            following = sql[token.end() :].lstrip()[:1]
            # "glob" or "query" may be the label of a column: between quotes and not called, it is only a name.
            if kind == "word" or following in ("(", "."):
                raise QueryRefused(REFUSED.format(name=name), token.start())
        if kind == "word" and text.lower() in _REFUSED_STARTS and previous in ("", "(", ";"):
            raise QueryRefused(REFUSED.format(name=text), token.start())
        if text in ("$", ";") and (text == "$" or sql[token.end() :].strip()):
            raise QueryRefused(REFUSED.format(name=text), token.start())
        previous = text
