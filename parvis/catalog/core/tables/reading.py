"""What was understood of a file, and what may be corrected: the contract between detection, reading and every check.

Every reader gives the same thing to the rest of the house: a *scan*, that is a DuckDB relation whose columns are all raw
text (`c0`, `c1`, … in the order of the file), preceded by nothing and followed by `extra` (the text of the cells past the
last column, null where there is none) and `cells` (how many cells the row really had), in the order of the file, without the header,
the preamble, the blank lines and the totals that detection set aside. An empty cell is null, like a missing one
(`cells` tells them apart); any other text stands as in the file, spaces included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Format = Literal["csv", "xlsx", "ods", "jsonl", "parquet"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may impose; `None` means "detect". `header_row` is a spreadsheet line number (1 is the first)."""

    format: Format | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    decimal: Literal[".", ","] | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is not a row of the table. `row` is its number in a spreadsheet; `reason` is a code:
    `preamble`, `header`, `repeated-header`, `blank`, `total`, `note`."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. Frozen: the same bytes and the same reading give the same table."""

    format: Format
    compression: Literal["gzip"] | None
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header_row: int | None
    sheet: str | None
    decimal: Literal[".", ","]
    names: tuple[str, ...]
    """Labels as they stand in the file, blanks and duplicates included (`names[i]` labels `c{i}`)."""
    rows: int
    """Data rows: neither header, preamble, blank lines nor totals."""
    skipped: tuple[Skipped, ...] = field(default=())
    """First 1,000 skipped lines, in order; `skipped_count` counts them all."""
    skipped_count: int = 0
    warnings: tuple[str, ...] = field(default=())
    """Codes of what a person should look at: `mixed-encoding`, `double-encoding`, `ragged-rows`, `unclosed-quote`,
    `other-sheets`, `no-header`, `repeated-keys`, …"""
    quoted: bool = True
    """False when `"` is an ordinary character of the file (a quote opened somewhere and never closed)."""
    newline: Literal["\n", "\r\n"] | None = None
    """The one line ending of a regular text file."""
    regular: bool = False
    """Every record past the header has exactly `len(names)` cells, quotes and line endings are well formed, and no line is
    skipped past the header: the text may be read as it stands, once in UTF-8."""


class UnreadableTable(Exception):
    """A file that opens but cannot be understood. `code` is `source-error` or `encoding-error`;
    the message is one clear French sentence that says what to do."""

    def __init__(self, code: Literal["source-error", "encoding-error"], message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
