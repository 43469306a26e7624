"""A file that says how dense or how rural communes are, read by the names of its columns: INSEE's grid, or a column rural or not."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.territories.core.classes import GRID, RURAL

CODES = {"codgeo", "codecommune", "codeinsee", "insee", "com", "codeinseecommune", "inseecom", "depcom"}
LEVELS = {
    "dens7",
    "dens",
    "densite",
    "grilledensite",
    "niveaudensite",
    "grilledensite7niveaux",
    "degredensite",
    "typodegredensite",
}
RURALS = {"communerurale", "rural", "rurale", "estrurale"}
SAID = {
    **dict.fromkeys(("1", "10", "oui", "true", "vrai", "o"), True),
    **dict.fromkeys(("0", "00", "non", "false", "faux", "n", "-"), False),
}
"""What a column rural or not says; a lone dash is how spreadsheets write zero. An empty cell, or another word, says nothing: such a commune is unknown, never "not rural"."""
HEADER_WITHIN = 40
MOST_BYTES = 40 * 2**20


class DensityError(Exception):
    """The file cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Density:
    """By code: `level` of the grid in seven levels (empty where the file only says rural or not), and `rural`."""

    level: dict[str, int]
    rural: dict[str, bool]


def read(path: Path) -> Density:
    """Raises `DensityError`."""
    rows = _workbook(path) if path.suffix.lower() in {".xlsx", ".ods", ".xls"} else _text(path)
    header = _header(rows)
    if header is None:
        raise DensityError(
            f"{path.name}: no column of communes and of density was found. Wanted: CODGEO and DENS, or « Code commune » and « Commune rurale »."
        )
    first, code_at, value_at, graded = header
    values = {
        _code(row[code_at]): _plain(row[value_at]) or str(row[value_at]).strip()
        for row in rows[first + 1 :]
        if len(row) > max(code_at, value_at) and len(_code(row[code_at])) == 5
    }
    if not graded:
        return Density({}, {code: SAID[value] for code, value in values.items() if value in SAID})
    level = {
        code: int(value.removesuffix("0") or 0) for code, value in values.items() if value.isdecimal()
    }  # "7.0" of a workbook
    if not level or set(level.values()) - set(GRID) or max(level.values()) < max(GRID):
        raise DensityError(f"{path.name}: these are not the levels of INSEE's grid of density in seven levels (1 to 7).")
    return Density(level, {code: GRID[value] is RURAL for code, value in level.items()})


def _workbook(path: Path) -> list[list[Any]]:
    """The first sheet that has such columns."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (CalamineError, OSError) as error:
        raise DensityError(f"{path.name}: this workbook cannot be read.") from error
    return next((sheet for sheet in sheets if _header(sheet) is not None), sheets[0] if sheets else [])


def _text(path: Path) -> list[list[Any]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DensityError(f"{path.name} is too large: at most {MOST_BYTES // 2**20} MB.")
        content = path.read_bytes()
    except OSError as error:
        raise DensityError(f"{path}: {error.strerror}.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text), delimiter=";" if text[:5000].count(";") > text[:5000].count(",") else ","))
    except csv.Error as error:
        raise DensityError(f"{path.name}: this file is not a table ({error}).") from error


def _header(rows: Sequence[Sequence[Any]]) -> tuple[int, int, int, bool] | None:
    """(row, place of the code, place of the value, whether the value is a level)."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        labels = [_plain(one) for one in row]
        code = next((place for place, label in enumerate(labels) if label in CODES), None)
        level = next((place for place, label in enumerate(labels) if label in LEVELS), None)
        rural = next((place for place, label in enumerate(labels) if label in RURALS), None)
        value = level if level is not None else rural
        if code is not None and value is not None:
            return number, code, value, level is not None
    return None


def _plain(value: Any) -> str:
    bare = unicodedata.normalize("NFKD", str(value if value is not None else "").casefold())
    return "".join(one for one in bare if one.isalnum() and one.isascii())


def _code(value: Any) -> str:
    text = str(int(value)) if isinstance(value, float) else str(value or "").strip().upper()
    return text.zfill(5) if text.isdecimal() else text
