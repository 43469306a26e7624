"""A table in another format: typed Parquet, CSV, JSON or XLSX, in the order of the file, without losing a value.

Column names: the labels as they stand, in Unicode NFC, control characters and runs of spaces made one space, trimmed; a blank
one becomes `colonne_3` (its place, from 1); one that repeats (case ignored) takes `_2`, `_3`, … Cells past the last column, if
any, go to a last column `cellules_en_trop`.

JSON is one array with one object a line, so that it is both a valid JSON text and readable line by line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .reading import Reading
from .scan import quoted_text
from .store import Store, loaded
from .types import ColumnType, infer, typed_sql

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Target = Literal["parquet", "csv", "json", "xlsx"]
XLSX_ROWS = 1_048_576
XLSX_COLUMNS = 16_384
XLSX_TEXT = 32_767
EXTRA = "cellules_en_trop"
FORMULA = "^[=+\\-@\t\r]"
Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


class ConversionRefused(Exception):
    """The table cannot be written in this format, or at this place; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written. `types` are those of the columns of the file."""

    rows: int
    names: tuple[str, ...]
    types: tuple[ColumnType, ...]


def column_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Unique, non-blank names after the rule at the top of this module."""
    names: list[str] = []
    taken: set[str] = set()
    for place, label in enumerate(labels, 1):
        clean = "".join(
            " " if unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp") else c for c in unicodedata.normalize("NFC", label)
        )
        base = re.sub(" +", " ", clean).strip().strip("\ufeff") or f"colonne_{place}"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def convert(
    path: Path, reading: Reading, target: Target, out: Path, scratch: Path, progress: Progress | None = None
) -> Converted:
    """Write the table at `out`, which must not exist. Raises `ConversionRefused`, `OSError` and what `scan` raises."""
    if out.exists():
        raise ConversionRefused(f"Le fichier {out.name} existe déjà : choisissez un autre nom.")
    if target == "xlsx" and (reading.rows + 1 > XLSX_ROWS or len(reading.names) + 1 > XLSX_COLUMNS):
        raise ConversionRefused(
            f"Un classeur XLSX ne tient que {XLSX_ROWS} lignes et {XLSX_COLUMNS} colonnes, titres compris : "
            "choisissez le format CSV ou Parquet."
        )
    with loaded(path, reading, scratch) as store:
        types = infer(store.connection, store.table, store.sample, store.values, reading.names)
        more = store.connection.execute(f"SELECT count(extra) FROM {store.table}").fetchone()
        names = column_names((*reading.names, EXTRA) if more and more[0] else reading.names)
        with _beside(out) as temporary:
            _WRITERS[target](store, types, names, temporary, progress or (lambda done, total: None))
    return Converted(store.rows, names, types)


@contextlib.contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A temporary file in the same folder, put at `out` in one step, only if nothing is there meanwhile."""
    temporary = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield temporary
        try:
            os.link(temporary, out)
        except FileExistsError as problem:
            raise ConversionRefused(f"Le fichier {out.name} existe déjà : choisissez un autre nom.") from problem
        except OSError:  # a file system without hard links
            if out.exists():
                raise ConversionRefused(f"Le fichier {out.name} existe déjà : choisissez un autre nom.") from None
            temporary.rename(out)
    finally:
        temporary.unlink(missing_ok=True)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _fields(
    store: Store, types: Sequence[ColumnType], names: Sequence[str], build: Callable[[str, str, ColumnType], str]
) -> str:
    """`SELECT` list: `build(raw column, trimmed column, type)` for each column, then the extra cells when they have a name."""
    triples = zip(store.scan.columns, store.values, types, strict=True)
    fields = [build(raw, value, found) for raw, value, found in triples]
    if len(names) > len(fields):
        fields.append(build("extra", "extra", ColumnType("string")))
    return ", ".join(f"{field} AS {_identifier(name)}" for field, name in zip(fields, names, strict=True))


def _typed(raw: str, value: str, found: ColumnType) -> str:
    return raw if found.type == "string" else typed_sql(value, found)


def escaped_sql(raw: str) -> str:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; a signed number does not."""
    number = f"regexp_full_match({raw}, '[+-]?[0-9][0-9 \u00a0\u202f]*([.,][0-9]+)?([eE][+-]?[0-9]+)?')"
    return f"CASE WHEN regexp_matches({raw}, '{FORMULA}') AND NOT {number} THEN '''' || {raw} ELSE {raw} END"


def _canonical(raw: str, value: str, found: ColumnType) -> str:
    """A value as CSV text: numbers keep their digits, with a point and no space; dates are ISO; booleans true or false."""
    if found.type == "string":
        return escaped_sql(raw)
    if found.type in ("integer", "number", "year"):
        return f"replace(regexp_replace({value}, '[ \u00a0\u202f]', '', 'g'), ',', '.')"
    if found.type == "datetime" and found.format is None:
        return value
    typed = typed_sql(value, found)
    return f"strftime({typed}, '%Y-%m-%dT%H:%M:%S')" if found.type == "datetime" else f"CAST({typed} AS VARCHAR)"


def _to_parquet(store: Store, types: Sequence[ColumnType], names: Sequence[str], out: Path, progress: Progress) -> None:
    fields = _fields(store, types, names, _typed)
    store.connection.execute(
        f"COPY (SELECT {fields} FROM {store.table}) TO {quoted_text(str(out))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
    )
    progress(store.rows, store.rows)


def _to_csv(store: Store, types: Sequence[ColumnType], names: Sequence[str], out: Path, progress: Progress) -> None:
    heads = ["'" + name if re.match(FORMULA, name) else name for name in names]
    fields = _fields(store, types, column_names(heads), _canonical)
    store.connection.execute(f"COPY (SELECT {fields} FROM {store.table}) TO {quoted_text(str(out))} (FORMAT csv, HEADER true)")
    progress(store.rows, store.rows)


def _to_json(store: Store, types: Sequence[ColumnType], names: Sequence[str], out: Path, progress: Progress) -> None:
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for count, row in enumerate(_rows(store, types, names, progress)):
            file.write(",\n" if count else "\n")
            file.write(json.dumps(dict(zip(names, map(_json_value, row), strict=True)), ensure_ascii=False))
        file.write("\n]\n")


def _json_value(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else value.isoformat()


def _rows(store: Store, types: Sequence[ColumnType], names: Sequence[str], progress: Progress) -> Iterator[tuple[Any, ...]]:
    cursor = store.connection.execute(f"SELECT {_fields(store, types, names, _typed)} FROM {store.table}")
    done = 0
    while block := cursor.fetchmany(10_000):
        yield from block
        done += len(block)
        progress(done, store.rows)


def _to_xlsx(store: Store, types: Sequence[ColumnType], names: Sequence[str], out: Path, progress: Progress) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(out), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    try:
        sheet = book.add_worksheet("Données")
        dates = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        formats = [dates.get(found.type) for found in types] + [None] * (len(names) - len(types))
        for column, name in enumerate(names):
            sheet.write_string(0, column, name)
        for line, row in enumerate(_rows(store, types, names, progress), 1):
            for column, value in enumerate(row):
                if value is not None:
                    _write_cell(sheet, line, column, value, formats[column])
    finally:
        book.close()


def _write_cell(sheet: Worksheet, line: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int) and abs(value) >= 10**15:  # a spreadsheet keeps fifteen digits
        sheet.write_string(line, column, str(value))
    elif isinstance(value, (int, float)):
        sheet.write_number(line, column, value)
    elif isinstance(value, str):
        if len(value) > XLSX_TEXT:
            raise ConversionRefused(
                f"La cellule de la ligne {line + 1} est trop longue pour un classeur XLSX ({XLSX_TEXT} caractères au plus) : "
                "choisissez le format CSV ou Parquet."
            )
        sheet.write_string(line, column, value)
    elif value.year < 1900:
        sheet.write_string(line, column, value.isoformat())
    else:
        sheet.write_datetime(line, column, value, style)


_WRITERS: dict[Target, Callable[[Store, Sequence[ColumnType], Sequence[str], Path, Progress], None]] = {
    "parquet": _to_parquet,
    "csv": _to_csv,
    "json": _to_json,
    "xlsx": _to_xlsx,
}
