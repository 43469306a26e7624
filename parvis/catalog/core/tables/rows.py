"""Which records are rows of the table, and which are set aside: one judgement, shared by detection and by scanning."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from .dialect import NUMBER
from .reading import Skipped

Record = tuple[int, Sequence[str]]
"""Spreadsheet line number (1 is the first) and cells."""
Judged = tuple[int, Sequence[str], str]
"""The same and the reason why it is set aside, `""` for a row of the table."""
TAIL = 30
"""Totals and notes are looked for in the last rows only."""
TOTAL = re.compile(r"(sous[- ]?)?(total|totaux|total g[ée]n[ée]ral|somme)( g[ée]n[ée]ral| g[ée]n[ée]raux)?\s*:?", re.IGNORECASE)
TOTAL_START = re.compile(r"(sous[- ]?)?(total|totaux|somme|ensemble)\b", re.IGNORECASE)
NOTE = re.compile(
    r"(sources?|notes?|champ|lecture|n\.?b\.?|l[ée]gende|mise à jour|données extraites)\s*[:.–-]|\*|\(\d\)|©", re.IGNORECASE
)
KEPT_SKIPPED = 1_000


def is_blank(cells: Sequence[str]) -> bool:
    return not "".join(cells).strip()


def is_total(cells: Sequence[str]) -> bool:
    """A label such as "Total", then nothing but numbers and gaps."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(cells) < 2 or len(filled) < 2 or not all(NUMBER.fullmatch(cell) for cell in filled[1:]):
        return False
    if TOTAL.fullmatch(filled[0]):
        return True
    return bool(TOTAL_START.match(filled[0])) and len(filled) < len(cells) and len(filled[0]) < 60


def is_note(cells: Sequence[str], width: int) -> bool:
    """A sentence alone under a table of three columns or more."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return width >= 3 and len(filled) == 1 and bool(NOTE.match(filled[0]))


def end_reason(cells: Sequence[str], width: int) -> str:
    """Why a record at the end of the file is not a row: `blank`, `total`, `note`; `""` when it is one."""
    if is_blank(cells):
        return "blank"
    if is_total(cells):
        return "total"
    return "note" if is_note(cells, width) else ""


def judged(records: Iterable[Record], header_row: int | None, names: Sequence[str]) -> Iterator[Judged]:
    """Every record but the header, in order, with the reason why it is set aside."""
    labels = [name.strip() for name in names]
    width = len(names)
    pending: deque[Judged] = deque()
    for line, cells in records:
        if header_row is not None and line <= header_row:
            if line < header_row:
                yield line, cells, "blank" if is_blank(cells) else "preamble"
            continue
        reason = ""
        if is_blank(cells):
            reason = "blank"
        elif header_row is not None and len(cells) >= width and cells[0].strip() == labels[0] and _repeats(cells, labels):
            reason = "repeated-header"
        pending.append((line, cells, reason))
        if len(pending) > TAIL:
            yield pending.popleft()
    yield from _ended(list(pending), width)


def _repeats(cells: Sequence[str], labels: Sequence[str]) -> bool:
    return [cell.strip() for cell in cells[: len(labels)]] == labels and is_blank(cells[len(labels) :])


def _ended(pending: list[Judged], width: int) -> Iterator[Judged]:
    for at in range(len(pending) - 1, -1, -1):
        line, cells, reason = pending[at]
        found = reason or end_reason(cells, width)
        if not found:
            break
        pending[at] = (line, cells, found)
    yield from pending


class SkippedLines:
    """Counts every skipped line, keeps the first thousand."""

    def __init__(self) -> None:
        self.first: list[Skipped] = []
        self.count = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.first) < KEPT_SKIPPED:
            self.first.append(Skipped(line, reason))
