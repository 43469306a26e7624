"""What leaves the house as a table: never a formula, never a whole table in memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any

_CHUNK = 65536
_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\ufeff\x00]*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[\u202f\xa0][0-9]{3})*(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?(?:[\u202f\xa0 ]?%)?")


def escape_formula(text: str) -> str:
    """The same text, which no spreadsheet will run: an apostrophe goes before what begins like a formula.

    Numbers (`-12,5`) stay as they are. Every export to CSV or XLSX passes the text of its cells through here.
    """
    if text[:1].isalnum():  # nearly every cell of a table: what begins like this is no formula
        return text
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ",") -> Iterator[str]:
    """A CSV table (RFC 4180) as pieces of text of about 64 KB, to be sent in UTF-8; the header comes in the first piece.

    None gives an empty cell, booleans `true` and `false`, dates and times ISO 8601; texts pass through `escape_formula`.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if buffer.tell() >= _CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return escape_formula(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    return escape_formula(str(value))
