"""From the first records of a table: the delimiter, the header under a preamble, the decimal sign."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

DELIMITERS = (";", ",", "\t", "|")
SAMPLE = 500
HEADER_WITHIN = 60
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)([.,]\d+)?([eE][+-]?\d+)? ?[%€]?")
YEAR = re.compile(r"(1[5-9]|20|21)\d\d")
DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?|\d{1,2}/\d{1,2}/\d{4}( \d\d:\d\d.*)?")
CODE = re.compile(r"\d[\dAB]\d{3}|\d{9}|\d{14}|[^\s@]+@[^\s@]+\.\w+|https?://\S+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parsed(text: str, delimiter: str, quoted: bool = True, limit: int = SAMPLE) -> list[list[str]]:
    """First `limit` records; blank lines are empty lists."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    records = []
    try:
        for record in reader:
            records.append(record)
            if len(records) >= limit:
                break
    except csv.Error:
        pass
    return records


def delimiter_of(text: str) -> str:
    """The one that cuts most records in the same number of cells; `,` for a table of one column."""
    best, best_score = ",", (0.0, 0.0, 0)
    for delimiter in DELIMITERS:
        records = [record for record in parsed(text, delimiter) if record and any(map(str.strip, record))]
        widths = Counter(len(record) for record in records if len(record) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        near = sum(n for w, n in widths.items() if abs(w - width) <= max(1, width // 10))
        split = sum(widths.values())
        filled = sum(sum(1 for cell in record if cell.strip()) for record in records if len(record) == width) / max(
            count * width, 1
        )
        # Being consistent comes first (rounded, so that one odd row decides nothing), then how many records are cut at all.
        score = (
            round(near / len(records) * (0.5 + count / len(records) / 2), 1),
            split / len(records),
            min(width, 3) + round(filled),
        )
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _plain(cell: str) -> bool:
    """A value rather than a label: number (but a year may head a column), date, code, address."""
    text = cell.strip()
    return bool(NUMBER.fullmatch(text) or DATE.fullmatch(text) or CODE.fullmatch(text))


def _filled(record: Sequence[str]) -> int:
    return sum(1 for cell in record if cell.strip())


def header_at(records: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Index of the header among the first records, and whether it really is one (false: the table has no header and its
    first row is data). `(-1, False)` when every record is blank.

    The header is the first record about as full as the table is wide; a preamble is narrower, or padded with empty cells.
    """
    filled = [_filled(record) for record in records]
    busy = sorted(count for count in filled if count)
    if not busy:
        return -1, False
    widths = Counter(len(record) for record, count in zip(records, filled, strict=True) if count)
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    usual = min(width, busy[len(busy) // 2])
    fullest = max(filled)
    for index, record in enumerate(records[:HEADER_WITHIN]):
        count = filled[index]
        if not count or count < max(min(2, usual), 0.6 * usual) or len(record) < 0.5 * width:
            continue
        if count < 0.75 * min(width, fullest) and _wider_label_row(records, filled, index, width):
            continue
        return index, not _is_data(record, records[index + 1 :])
    first = next(i for i, count in enumerate(filled) if count)
    return first, True


def _wider_label_row(records: Sequence[Sequence[str]], filled: Sequence[int], index: int, width: int) -> bool:
    """A fuller row of labels stands just below: this one is a title or a group header."""
    for later in range(index + 1, min(index + 8, len(records))):
        cells = [cell.strip() for cell in records[later] if cell.strip()]
        if filled[later] >= 0.9 * width and filled[later] > filled[index]:
            return len(set(cells)) == len(cells) and sum(map(_plain, cells)) <= 0.2 * len(cells)
    return False


def _is_data(record: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """No label: the record looks like the rows under it, column by column."""
    cells = [cell.strip() for cell in record]
    values = [cell for cell in cells if cell and _plain(cell) and not YEAR.fullmatch(cell)]
    if not values:
        return False
    like = unlike = 0
    for column, cell in enumerate(cells):
        under = [row[column].strip() for row in below[:50] if column < len(row) and row[column].strip()]
        if not under or not cell:
            continue
        plain = sum(map(_plain, under))
        if plain >= 0.8 * len(under) and _plain(cell) and not YEAR.fullmatch(cell):
            like += 1
        elif plain == len(under) and not _plain(cell):
            unlike += 1
    if like + unlike == 0:
        return len(values) > 0.5 * sum(1 for cell in cells if cell)
    return like > 0 and unlike <= 0.02 * like


def decimal_of(records: Sequence[Sequence[str]]) -> Literal[".", ","]:
    commas = points = 0
    for record in records:
        for cell in record:
            text = cell.strip()
            if NUMBER.fullmatch(text):
                commas += "," in text
                points += "." in text
    return "," if commas > points else "."
