"""Any selection of a version's rows, whole: filtered, sorted or grouped, as CSV, JSON or Parquet.

What keeps the order of the file is streamed from it. A sort, groups or a Parquet are first written to a scratch file, bounded
in size and time, which is removed when the last byte has left."""
# ruff: noqa: S608 -- see `rows.quoted`

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from parvis.catalog import downloads, groups, rows, storage
from parvis.catalog.models import Version
from parvis.catalog.rows import Filter, Sort, direction, quoted, sort_key, where

KINDS = ("csv", "json", "parquet")
SECONDS = 30.0
ROOM = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a table: some rows and columns, or groups of rows. Without `columns`, all of them."""

    filters: tuple[Filter, ...] = ()
    columns: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    by: tuple[groups.Group, ...] = ()
    aggregates: tuple[groups.Aggregate, ...] = ()

    @property
    def grouped(self) -> bool:
        return bool(self.by or self.aggregates)

    @property
    def whole(self) -> bool:
        return self == Selection()


class Written:
    """A Parquet file in a folder of its own, removed with `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "selection.parquet"
        self.columns: tuple[str, ...] = ()
        self.total = 0

    def describe(self, total: int) -> None:
        """Once it is there: its columns, and how many rows it has."""
        with rows.opened(self.path) as table:
            self.columns, self.total = tuple(field.name for field in table.fields), total

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def scratch(name: str) -> Written:
    """Where a file will be written; a folder whose process died is swept with the others of `work`."""
    parent = Path(settings.PARVIS_HOME) / "work"
    parent.mkdir(parents=True, exist_ok=True)
    return Written(Path(tempfile.mkdtemp(dir=parent, prefix=f"{name}-")))


class Stream:
    """Pieces of an answer, and what must be closed after the last one, or when the reader goes away."""

    def __init__(self, pieces: Iterable[bytes], closed: Written) -> None:
        self._pieces, self._closed = iter(pieces), closed

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        self._closed.close()


def tag(version: Version, selection: Selection, kind: str) -> str:
    """A strong tag: a version never changes, so neither does a selection of it."""
    return f'"{hashlib.sha256(f"{version.digest}{selection!r}{kind}".encode()).hexdigest()[:32]}"'


def written(version: Version, selection: Selection) -> Written:
    """The selection as a Parquet file. Raises `rows.QuestionError`, `rows.OverloadError`."""
    path = storage.parquet_path(version)
    if not storage.has_room(ROOM * path.stat().st_size):
        raise rows.OverloadError(
            _("Le serveur manque de place pour préparer ce fichier. Prenez le CSV, ou réessayez plus tard.")
        )
    made = scratch("selection")
    try:
        with rows.opened(path, made.folder, SECONDS) as table:
            sql, values = _query(table, selection)
            place = str(made.path).replace("'", "''")
            (count,) = table.run(f"COPY ({sql}) TO '{place}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", values)[0]
        made.describe(int(count))
    except BaseException:
        made.close()
        raise
    return made


def _query(table: rows.Table, selection: Selection) -> tuple[str, list[Any]]:
    if selection.grouped:
        sql, values = groups.selection(
            table.fields, table.path, filters=selection.filters, by=selection.by, aggregates=selection.aggregates
        )
        table.run(f"CREATE TEMP TABLE answer AS {sql}", values)
        order = groups.ordered(groups.answer_fields(table), selection.by, selection.sort)
        return f"SELECT * FROM answer{order}", []
    names = selection.columns or tuple(field.name for field in table.fields)
    listed = ", ".join(quoted(name, table.fields) for name in names)
    clause, values = where(selection.filters, table.fields)
    order = ""
    if selection.sort:
        keys = ", ".join(f"{sort_key(one, table.fields)} {direction(one)} NULLS LAST" for one in selection.sort)
        order = f" ORDER BY {keys}, file_row_number"
    return f"SELECT {listed} FROM read_parquet(?, file_row_number = true){clause}{order}", [table.path, *values]


def response(version: Version, selection: Selection, kind: str, method: str | None = "GET") -> HttpResponseBase:
    """The selection as `kind`, streamed. Raises `rows.QuestionError`, `rows.OverloadError` before the first byte."""
    if method == "HEAD":
        return StreamingHttpResponse((), content_type=downloads.TYPES[kind])
    if kind != "parquet" and not selection.grouped and not selection.sort:
        names = list(selection.columns or (field.name for field in rows.fields(version)))
        found = rows.stream(version, filters=selection.filters, columns=names)
        return StreamingHttpResponse(pieces(names, found, kind), content_type=downloads.TYPES[kind])
    return from_file(written(version, selection), kind)


def from_file(made: Written, kind: str) -> HttpResponseBase:
    """A Parquet file as `kind`, streamed, then removed."""
    try:
        if kind == "parquet":
            size = made.path.stat().st_size
            body: Iterable[bytes] = downloads.whole(made.path)
        else:
            size = 0
            found = rows.stream_file(made.path, made.total, columns=made.columns)
            body = pieces(made.columns, found, kind)
    except BaseException:
        made.close()
        raise
    answer = StreamingHttpResponse(Stream(body, made), content_type=downloads.TYPES[kind])
    if size:
        answer.headers["Content-Length"] = str(size)
        answer.headers["Content-Encoding"] = "identity"
    return answer


def pieces(names: Sequence[str], found: Iterator[list[tuple[Any, ...]]], kind: str) -> Iterator[bytes]:
    """Rows, read as they are written, as CSV or JSON."""
    # Read the first part now: what cannot be answered is then said with a proper status.
    parts = chain([next(found, [])], found)
    if kind == "csv":
        return downloads.csv_text(names, (row for part in parts for row in part))
    return downloads.json_lines(names, parts)
