"""The answer of a validation, as the rest of the house and the command line read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Error:
    """One fault. `row` is the spreadsheet's line number, `None` when the fault is a column's or the file's;
    `value` is the raw text of the cell; `rule` names what was broken (`required`, `pattern`, …)."""

    code: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    rule: str = ""

    @property
    def order(self) -> tuple[int, str, str]:
        return (self.row or 0, self.column or "", self.code)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "row": self.row, "column": self.column, "value": self.value, "message": self.message}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cells break one rule of one column, and the first of them, whatever the limit on the list of errors."""

    code: str
    rule: str
    column: str | None
    count: int
    first: tuple[Error, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`errors` is the beginning of the list, sorted by row, column and code; `counts` is exact and ignores warnings."""

    rows: int
    schema: str
    errors: tuple[Error, ...] = ()
    warnings: tuple[Error, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    tallies: tuple[Tally, ...] = ()
    seconds: float = 0.0

    @property
    def valid(self) -> bool:
        return not self.counts

    def as_dict(self) -> dict[str, Any]:
        """The published shape (API, `--json`)."""
        return {
            "valid": self.valid,
            "rows": self.rows,
            "schema": self.schema,
            "errors": [one.as_dict() for one in self.errors],
            "warnings": [one.as_dict() for one in self.warnings],
            "counts": dict(self.counts),
            "seconds": round(self.seconds, 3),
        }


def refusal(code: str, message: str, schema: str) -> Report:
    """The report on a file that opens but cannot be understood."""
    error = Error(code, None, None, None, message, code)
    return Report(0, schema, (error,), counts={code: 1}, tallies=(Tally(code, code, None, 1, (error,)),))
