"""The order in which a person reads the lines of a page: columns one after the other, under what spans them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GUTTER = 9.0
"""Points of white between two columns."""
LEAST_LINES = 3
"""A column has at least so many lines: two words apart are not columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in points; `y` grows upwards, as in a PDF."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Bands from the top; in each, its columns from the left. A band is a run of lines that shares a gutter."""
    ordered: list[Line] = []
    for band in bands(rows_of(lines)):
        columns = split(band)
        if len(columns) == 1:
            ordered += sorted(band, key=lambda one: (-round(one.top), one.left))
        else:
            for column in columns:
                ordered += in_reading_order(column)
    return ordered


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines that overlap in height, from the top."""
    rows: list[list[Line]] = []
    floor = 0.0
    for line in sorted(lines, key=lambda one: (-one.top, one.left)):
        if rows and line.top > floor + 1:
            rows[-1].append(line)
            floor = min(floor, line.bottom)
        else:
            rows.append([line])
            floor = line.bottom
    return rows


def bands(rows: Sequence[list[Line]]) -> list[list[Line]]:
    """Rows put together as long as they still have a gutter; those without one are together too."""
    found: list[list[Line]] = []
    gutter: tuple[float, float] | None = None
    for row in rows:
        mine = widest_gap(row)
        if found and gutter is not None and (shared := narrowed(gutter, row)):
            found[-1] += row
            gutter = shared
        elif found and gutter is None and mine is None:
            found[-1] += row
        else:
            found.append(list(row))
            gutter = mine
    return found


def widest_gap(lines: Sequence[Line]) -> tuple[float, float] | None:
    """The widest white between two things side by side, if it is a gutter."""
    best: tuple[float, float] | None = None
    reach = float("-inf")
    for line in sorted(lines, key=lambda one: one.left):
        if reach > float("-inf") and line.left - reach >= GUTTER and (best is None or line.left - reach > best[1] - best[0]):
            best = (reach, line.left)
        reach = max(reach, line.right)
    return best


def narrowed(gutter: tuple[float, float], row: Sequence[Line]) -> tuple[float, float] | None:
    """What is left of a gutter once this row is there; None when the row crosses it."""
    low, high = gutter
    middle = (low + high) / 2
    for line in row:
        if line.left < middle < line.right:
            return None
        if line.right <= middle:
            low = max(low, line.right)
        else:
            high = min(high, line.left)
    return (low, high) if high - low >= GUTTER / 2 else None


def split(lines: Sequence[Line]) -> list[list[Line]]:
    """The columns of a band; itself when one of them would be too short to be a column."""
    gap = widest_gap(lines)
    if gap is None:
        return [list(lines)]
    middle = sum(gap) / 2
    sides = [[one for one in lines if one.right <= middle], [one for one in lines if one.right > middle]]
    return sides if all(len(side) >= LEAST_LINES for side in sides) else [list(lines)]


_CUT = re.compile(r"(?<=[a-zà-öø-ÿœ])[-\u00ad\u2010]\n(?=[a-zà-öø-ÿœ])")


def joined(lines: Sequence[Line]) -> str:
    """Lines as text: a word cut at the end of a line is put together, a paragraph is one line, paragraphs are apart."""
    text = ""
    for at, line in enumerate(lines):
        words = " ".join(line.text.split())
        if not words:
            continue
        if text:
            text += "\n\n" if at and apart(lines[at - 1], line) else "\n"
        text += words
    paragraphs = [_CUT.sub("", part).replace("\n", " ") for part in text.split("\n\n")]
    return "\n\n".join(paragraphs)


def apart(above: Line, below: Line) -> bool:
    """A new paragraph: another column, more white than between lines, or other letters."""
    height = above.top - above.bottom
    other = abs(height - (below.top - below.bottom)) > 0.15 * height
    return below.top > above.bottom + height or above.bottom - below.top > 0.75 * height or other
