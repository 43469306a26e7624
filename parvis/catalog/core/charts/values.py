"""What a chart shows, once counted: marks, the steps of its axis, and what was left aside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.choice import LIMIT, Choice
from parvis.catalog.core.charts.fields import CATEGORY, TIME, YESNO, Field
from parvis.catalog.core.charts.shapes import AGGREGATES
from parvis.catalog.core.speech import phrase

SERIES: Final = 6
"""How many colours a reader tells apart."""
BINS: Final = 20
GRID: Final = 40
LONGEST_LABEL: Final = 200
MOST_STEPS: Final = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, one point of a line, one dot. `x` is a text, a number, a date or a yes/no; `value` its height; `rows` behind it."""

    x: Any
    value: float
    series: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Values:
    """`bucket` is the step that was used ("" for each value as it is), `ystep` that of the height of dots put together.

    total: rows that pass the filters. hidden: categories that are not drawn. unfilled: rows whose axis or measure is empty.
    unseen: values of the colour that are not drawn."""

    choice: Choice
    x: Field
    y: Field | None = None
    colour: Field | None = None
    marks: tuple[Mark, ...] = ()
    bucket: str = ""
    ystep: str = ""
    total: int = 0
    hidden: int = 0
    unfilled: int = 0
    unseen: int = 0

    @property
    def series(self) -> tuple[str, ...]:
        """The values of the colour, those with the most rows first."""
        if self.colour is None:
            return ()
        rows: dict[str, int] = {}
        for mark in self.marks:
            rows[mark.series] = rows.get(mark.series, 0) + mark.rows
        return tuple(sorted(rows, key=lambda name: (-rows[name], name)))

    @property
    def plain(self) -> bool:
        """Whether each mark is one row, so that no calculation needs saying."""
        return self.y is not None and bool(self.marks) and all(mark.rows == 1 for mark in self.marks)

    @property
    def unit(self) -> str:
        return self.y.unit if self.y else ""

    @property
    def measure(self) -> str:
        """What the height is, as the title of an axis."""
        if self.y is None:
            return phrase("Nombre de lignes")
        if self.choice.shape == "points" or self.plain:
            return self.y.label
        return f"{self.y.label} ({phrase(AGGREGATES[self.choice.aggregate])})"

    @property
    def ordered(self) -> bool:
        """Whether the axis has an order of its own, which a sort may not break."""
        return self.x.kind not in {CATEGORY, YESNO}

    def shown(self, value: Any) -> str:
        """A place on the axis, in words."""
        return place(value, self.x, self.bucket)


def place(value: Any, field: Field, bucket: str = "") -> str:
    if value is None:
        return phrase("non renseigné")
    if isinstance(value, bool):
        return phrase("oui") if value else phrase("non")
    if isinstance(value, date):
        return french.moment(value, bucket)
    if isinstance(value, int | float):
        if field.kind == TIME or field.kind == CATEGORY:
            low = f"{value:g}" if value != int(value) else str(int(value))
            years = _width(bucket) > 1 and field.kind == TIME
            return phrase("{low} à {high}", low=low, high=int(value + float(bucket)) - 1) if years else low
        if ends := span(value, field, bucket):
            return phrase("de {low} à {high}", low=ends[0], high=ends[1])
        return french.quantity(float(value), field.unit)
    text = str(value).strip()
    return (text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…") or phrase("(texte vide)")


def span(value: Any, field: Field, bucket: str) -> tuple[str, str] | None:
    """Both ends of a step of numbers; None for anything else."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and field.kind not in {TIME, CATEGORY}
    return french.pair(float(value), float(value) + _width(bucket), field.unit) if number and _width(bucket) else None


def _width(bucket: str) -> float:
    return float(bucket) if bucket and bucket not in {"year", "month"} else 0.0


def nice(span: float, parts: int) -> str:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` in about `parts`.

    >>> nice(100, 20), nice(1, 20), nice(1_456_735, 20)
    ('5', '0.05', '100000')
    """
    if not math.isfinite(span) or span <= 0:
        return ""
    rough = span / parts
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
    text = f"{step:.6f}".rstrip("0").rstrip(".")
    return text if float(text) > 0 else ""


def step(choice: Choice, field: Field) -> str:
    """The step of the axis: the one chosen, or one that leaves a readable number of marks."""
    if choice.bucket:
        return choice.bucket
    if field.type in {"date", "datetime"}:
        return _calendar(field, choice.shape)
    if field.kind in {CATEGORY, YESNO}:
        return ""
    span = _span(field)
    few = (field.distinct or 0) <= (LIMIT if choice.shape == "bars" else BINS)
    if choice.shape == "distribution" and field.type in {"integer", "year"} and span < BINS:
        return "1"
    if choice.shape in {"lines", "points"} or (few and choice.shape == "bars"):
        return ""
    width = nice(span, BINS)
    return str(max(1, round(float(width)))) if width and field.type in {"integer", "year"} else width


def _calendar(field: Field, shape: str) -> str:
    days = _days(field)
    if shape == "points" or (shape != "distribution" and (field.distinct or 0) <= 62 and days <= 62):
        return ""
    return "year" if days > 366 * 6 else "month"


def _days(field: Field) -> int:
    try:
        return (date.fromisoformat(str(field.high)[:10]) - date.fromisoformat(str(field.low)[:10])).days
    except ValueError:
        return 0


def _span(field: Field) -> float:
    low, high = field.low, field.high
    return float(high) - float(low) if isinstance(low, int | float) and isinstance(high, int | float) else 0.0


def cells(field: Field, parts: int = GRID) -> str:
    """The step that puts dots together when there are too many of them."""
    if field.type in {"date", "datetime"}:
        return "month"
    return nice(_span(field), parts)


def finite(value: Any) -> float | None:
    """A measure as a number; None where there is none."""
    if value is None or isinstance(value, str | bytes):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def kept_series(pairs: Iterable[tuple[str, int]], most: int = SERIES) -> tuple[tuple[str, ...], int]:
    """The values of a colour that are drawn (those with the most rows) and how many are not."""
    rows: dict[str, int] = {}
    for name, count in pairs:
        rows[name] = rows.get(name, 0) + count
    order = sorted(rows, key=lambda name: (-rows[name], name))
    return tuple(order[:most]), max(0, len(order) - most)


def arranged(marks: Sequence[Mark], choice: Choice, field: Field, bucket: str) -> list[Mark]:
    """Marks in the order in which they are read: that of the axis where it has one, otherwise the greatest first."""
    if field.kind not in {CATEGORY, YESNO}:
        return sorted(marks, key=lambda mark: (_rank(mark.x), mark.series))
    if choice.sort == "x":
        return sorted(marks, key=lambda mark: (place(mark.x, field, bucket).casefold(), mark.series))
    totals: dict[Any, float] = {}
    for mark in marks:
        totals[mark.x] = totals.get(mark.x, 0.0) + mark.value
    sign = 1 if choice.sort == "value" else -1
    return sorted(marks, key=lambda mark: (sign * totals[mark.x], place(mark.x, field, bucket), mark.series))


def _rank(value: Any) -> float:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).toordinal() + (value.hour * 60 + value.minute) / 1440
    if isinstance(value, date):
        return float(value.toordinal())
    return finite(value) or 0.0


def completed(marks: Sequence[Mark], bucket: str) -> list[Mark]:
    """Counts by year or month, with zero where no row falls: between two steps that have rows, an empty one is a fact."""
    if bucket not in {"year", "month"} or len(marks) < 2 or any(mark.series for mark in marks):
        return list(marks)
    known = {mark.x: mark for mark in marks}
    first, last = min(known), max(known)
    months = (last.year - first.year) * 12 + last.month - first.month
    size = 12 if bucket == "year" else 1
    if months // size > MOST_STEPS:
        return list(marks)
    steps = [
        date(first.year + (first.month - 1 + add) // 12, (first.month - 1 + add) % 12 + 1, 1)
        for add in range(0, months + 1, size)
    ]
    return [known.get(one, Mark(one, 0.0, rows=0)) for one in steps]
