"""A column as charts see it: what it holds, in four kinds, and what the profile says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CATEGORY, NUMBER, TIME, YESNO = "category", "number", "time", "yesno"
PLACES: Final = {"latitude", "longitude"}
TIMES: Final = {"date", "datetime", "year"}
SHARE_WORDS: Final = ("part ", "taux ", "pourcentage", "proportion ", "part_", "taux_", "pct")


@dataclass(frozen=True, slots=True)
class Field:
    """`name` in the Parquet file, `label` as people read it, `type` and `format` as the profile names them.

    `low` and `high` are numbers or ISO dates, None when the column is empty; `bins` the counts of its histogram,
    `top` how many rows have its most frequent value."""

    name: str
    label: str
    type: str
    format: str = ""
    rows: int = 0
    empty: int = 0
    distinct: int | None = None
    low: float | str | None = None
    high: float | str | None = None
    bins: tuple[int, ...] = ()
    top: int | None = None

    @property
    def kind(self) -> str:
        """A number with a format (an INSEE code, a postcode, a SIREN) is a name, not a quantity."""
        if self.type == "boolean":
            return YESNO
        if self.type in TIMES:
            return TIME
        if self.type in {"integer", "number"} and (not self.format or self.format in PLACES):
            return NUMBER
        return CATEGORY

    @property
    def filled(self) -> int:
        return self.rows - self.empty

    @property
    def unit(self) -> str:
        """`%` for a share written out of a hundred, `€` where the label says so, otherwise nothing."""
        words = self.label.casefold().strip()
        if self.kind != NUMBER:
            return ""
        if "€" in words or "euro" in words:
            return "€"
        within = (
            isinstance(self.low, int | float) and isinstance(self.high, int | float) and self.low >= 0 and 1 < self.high <= 100
        )
        return "%" if within and ("%" in words or words.startswith(SHARE_WORDS)) else ""


def named(name: str, fields: Sequence[Field]) -> Field | None:
    return next((field for field in fields if field.name == name), None)
