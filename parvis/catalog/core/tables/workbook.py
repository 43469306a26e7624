"""Spreadsheets (XLSX, ODS) as records of text. Meant to be called in the sandbox when the file comes from a stranger."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .reading import UnreadableTable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

UNPACKED_LIMIT = 700 * 1024**2
"""Bytes of a whole workbook once unzipped; a million rows of 16 columns take about 600 MB."""
RATIO_LIMIT = 300
CELL_LIMIT = 40_000_000
"""Cells of the rectangle that holds a sheet's values: the reader keeps the whole rectangle in memory."""
TOO_BIG = (
    "Le classeur devient démesuré une fois ouvert : il est refusé. Enregistrez le tableau au format CSV et déposez ce fichier."
)
BROKEN = "Le classeur est abîmé ou protégé par un mot de passe : ouvrez-le dans votre tableur et enregistrez-le à nouveau."
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"')
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_REPEATED = re.compile(rb"<table:(table-row|table-cell)\b[^>]*?number-(?:rows|columns)-repeated=\"(\d+)\"[^>]*?(/?)>")


def check_size(path: Path) -> None:
    """Refuse a zip bomb before anything is unzipped. Raises `UnreadableTable`."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            packed = max(path.stat().st_size, 1)
            if size > UNPACKED_LIMIT or (size > 20 * 1024**2 and size > packed * RATIO_LIMIT):
                raise UnreadableTable("source-error", TOO_BIG)
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableTable("source-error", BROKEN)
            for entry in entries:
                name = entry.filename
                if name == "content.xml" or (name.startswith("xl/worksheets/") and name.endswith(".xml")):
                    _check_rectangle(archive, entry)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as problem:
        raise UnreadableTable("source-error", BROKEN) from problem


def _check_rectangle(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """The size that a zip announces may lie, and two far cells make a huge rectangle: measure both while unzipping."""
    widest, last_row, columns, seen = 1, 1, set[bytes](), 0
    with archive.open(entry) as file:
        kept = b""
        while block := file.read(1 << 20):
            seen += len(block)
            if seen > UNPACKED_LIMIT:
                raise UnreadableTable("source-error", TOO_BIG)
            text = kept + block
            columns.update(_CELL.findall(text))
            rows = _ROW.findall(text)
            last_row = max(last_row, int(rows[-1][:9])) if rows else last_row
            if entry.filename == "content.xml":
                for kind, times, closed in _REPEATED.findall(text):
                    if kind == b"table-cell" and not closed:
                        widest = max(widest, int(times[:9]))
                    elif kind == b"table-row" and int(times[:9]) > 1 and b"office:value" in text[text.find(times) :][:2000]:
                        last_row += min(int(times[:9]), 2_000_000) if not closed else 0
            kept = text[-400:]
    for letters in columns:
        number = 0
        for code in letters:
            number = number * 26 + code - 64
        widest = max(widest, number)
    if widest * last_row > CELL_LIMIT:
        raise UnreadableTable("source-error", TOO_BIG)


def opened(path: Path) -> CalamineWorkbook:
    """The workbook. Raises `UnreadableTable` on a bomb, a broken or a locked file."""
    from python_calamine import CalamineError, CalamineWorkbook

    check_size(path)
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as problem:
        raise UnreadableTable("source-error", BROKEN) from problem


def sheet_holding_table(book: CalamineWorkbook, wanted: str | None) -> tuple[str, tuple[str, ...]]:
    """Name of the sheet with the most filled cells, and the names of the others that hold something."""
    names = list(book.sheet_names)
    if wanted is not None:
        if wanted not in names:
            raise UnreadableTable(
                "source-error", f"La feuille « {wanted} » n'existe pas dans le classeur. Feuilles : {', '.join(names)}."
            )
        return wanted, ()
    sizes: dict[str, int] = {}
    for meta in book.sheets_metadata:
        if str(meta.typ).rsplit(".", 1)[-1] != "WorkSheet":
            continue
        filled = _filled(_sheet(book, meta.name))
        hidden = not str(meta.visible).endswith("Visible")
        sizes[meta.name] = filled // 100 if hidden else filled
    if not sizes or not max(sizes.values()):
        raise UnreadableTable(
            "source-error", "Le classeur ne contient aucune feuille remplie : vérifiez que c'est le bon fichier."
        )
    best = max(sizes, key=lambda name: sizes[name])
    return best, tuple(name for name, size in sizes.items() if size and name != best)


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, ValueError) as problem:
        raise UnreadableTable("source-error", BROKEN) from problem


def _filled(sheet: CalamineSheet) -> int:
    """Filled cells, those of rows of one cell (titles, explanations) left out; the rest of a long sheet is extrapolated."""
    count = rows = 0
    for row in sheet.iter_rows():
        filled = sum(1 for value in row if value != "")
        count += filled if filled > 1 else 0
        rows += 1
        if rows == 1000:
            break
    return count * max(sheet.total_height, 1) // max(rows, 1) if count else int(rows > 0)


def records(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Spreadsheet line number and cells as text, empty cells at the end of the row left out only past the sheet's width."""
    sheet = _sheet(book, name)
    start = sheet.start
    if start is None:
        return
    for offset, row in enumerate(sheet.to_python(skip_empty_area=False) if sheet.total_height < 2000 else _all_rows(sheet)):
        yield offset + 1, [text_of(value) for value in row]


def _all_rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    start = sheet.start or (0, 0)
    yield from ([] for _ in range(start[0]))
    padding = [""] * start[1]
    for row in sheet.iter_rows():
        yield padding + row if padding else row


def text_of(value: Any) -> str:
    """A cell as its raw text: ISO dates, whole numbers without decimals, booleans as true/false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat()
    return "" if value is None else str(value)
