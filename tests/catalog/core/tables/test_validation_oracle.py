"""The SQL of validation against a slow and obvious reading of the same rules, cell by cell, on random tables."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.catalog.core.tables.reading import Reading
from parvis.catalog.core.tables.schema import parse
from parvis.catalog.core.tables.validation import validate

SCHEMA: dict[str, Any] = {
    "missingValues": ["", "-"],
    "fields": [
        {"name": "siret", "constraints": {"required": True, "pattern": r"^\d{14}$"}},
        {"name": "day", "type": "date", "constraints": {"minimum": "2000-01-01"}},
        {"name": "amount", "type": "number", "constraints": {"minimum": 0.5, "maximum": 1000}},
        {"name": "count", "type": "integer", "constraints": {"unique": True}},
        {"name": "kind", "constraints": {"enum": ["a", "b c"], "maxLength": 2}},
        {"name": "yes", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"], "constraints": {"required": True}},
        {"name": "span"},
        {"name": "total", "type": "integer"},
    ],
    "custom_checks": [
        {"name": "french-siret-value", "params": {"column": "siret"}},
        {"name": "one-of-required", "params": {"column1": "kind", "column2": "span"}},
        {"name": "cohesive-columns-value", "params": {"column": "day", "othercolumns": ["amount"]}},
        {"name": "compare-columns-value", "params": {"column": "total", "op": ">", "column2": "count"}},
        {"name": "sum-columns-value", "params": {"column": "total", "columns": ["count", "amount"]}},
        {"name": "year-interval-value", "params": {"column": "span", "allow-year-only": "yes"}},
    ],
}
NAMES = tuple(one["name"] for one in SCHEMA["fields"])


def luhn(text: str) -> bool:
    doubled = [int(one) * (2 if at % 2 else 1) for at, one in enumerate(reversed(text))]
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def is_siret(text: str) -> bool:
    if len(text) != 14 or any(one not in "0123456789" for one in text) or text[:9] == "000000000":
        return False
    if text[:9] == "356000000" and text != "35600000000048":
        return sum(int(one) for one in text) % 5 == 0
    return luhn(text) and luhn(text[:9])


def number(text: str) -> Decimal | None:
    text = text.strip(" \t\u00a0\u202f")
    if text in ("NaN", "nan", "INF", "inf", "Infinity"):
        return Decimal(text.replace("INF", "inf"))
    return Decimal(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII) else None


def integer(text: str) -> Decimal | None:
    return (
        Decimal(text.strip(" \t\u00a0\u202f")) if re.fullmatch(r"[+-]?\d+", text.strip(" \t\u00a0\u202f"), re.ASCII) else None
    )


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" and text.isascii() else None
    except ValueError:
        return None


def expected(rows: list[tuple[str, ...]]) -> Counter[tuple[str, int, str]]:
    out: Counter[tuple[str, int, str]] = Counter()
    seen: set[str] = set()
    for at, cells in enumerate(rows):
        line = at + 2
        given = {name: (None if cell in ("", "-") else cell) for name, cell in zip(NAMES, cells, strict=True)}
        good = dict(given)
        for name, reader in (("day", day), ("amount", number), ("count", integer), ("total", integer)):
            text = given[name]
            if text is not None and reader(text) is None:
                out["type-error", line, name] += 1
                good[name] = None
        if given["yes"] not in (None, "oui", "non"):
            out["type-error", line, "yes"] += 1
        for name in ("siret", "yes"):
            out["constraint-error", line, name] += given[name] is None
        siret = given["siret"]
        if siret is not None:
            out["constraint-error", line, "siret"] += re.fullmatch(r"[0-9]{14}", siret) is None
            out["french-siret-value", line, "siret"] += not is_siret(siret)
        when = day(good["day"]) if good["day"] else None
        out["constraint-error", line, "day"] += when is not None and when < date(2000, 1, 1)
        amount = number(good["amount"]) if good["amount"] else None
        if amount is not None and not math.isnan(amount):
            out["constraint-error", line, "amount"] += float(amount) < 0.5
            out["constraint-error", line, "amount"] += float(amount) > 1000
        elif amount is not None:
            out["constraint-error", line, "amount"] += 1  # NaN is above every number, as in most sorts
        if good["count"] is not None:
            out["unique-error", line, "count"] += good["count"] in seen
            seen.add(good["count"])
        kind = given["kind"]
        if kind is not None:
            out["constraint-error", line, "kind"] += kind not in ("a", "b c")
            out["constraint-error", line, "kind"] += len(kind) > 2
        out["one-of-required", line, "kind"] += kind is None and given["span"] is None
        out["cohesive-columns-value", line, "day"] += (given["day"] is None) != (given["amount"] is None)
        total, count = (integer(good[name] or "x") for name in ("total", "count"))
        out["compare-columns-value", line, "total"] += total is not None and count is not None and not total > count
        if total is not None and count is not None and amount is not None and amount.is_finite():
            out["sum-columns-value", line, "total"] += total != count + amount
        span = given["span"]
        if span is not None:
            years = re.fullmatch(r"([0-9]{4})(?:/([0-9]{4}))?", span)
            out["year-interval-value", line, "span"] += not years or (years[2] is not None and not years[1] < years[2])
    return +out


BASE = duckdb.connect()


@dataclass(frozen=True)
class Table:
    sql: str = "(SELECT * FROM given ORDER BY place)"

    def line_of(self, ordinal: int) -> int:
        return ordinal + 2


def reading(rows: int) -> Reading:
    return Reading("csv", None, "utf-8", ",", '"', 1, None, ".", NAMES, rows)


cells = st.one_of(
    st.sampled_from(["", "-", "a", "b c", "abc", "oui", "non", "Oui", "1", "2", "3", "0.5", "2024-03-12", "1999-12-31", "2024-02-30", "2024-3-1", "2017/2018", "2018/2017", "2017"]),
    st.sampled_from(["20005379100014", "20005379100015", "35600000000001", "00000000000000", "2000537910001a", "123456789.0e05", "1_345678901234", "01234567400001", "ffffffffffffff"]),
    st.integers(-20, 20).map(str),
    st.floats(-10, 2000, allow_nan=False).map(lambda one: f"{one:.2f}"),
    st.text("0123456789+-.eE_ /NaIFinf\u00a0é", max_size=14),
    st.integers(0, 10**14 - 1).map(lambda one: f"{one:014d}"),
)  # fmt: skip
rows_of_cells = st.lists(st.tuples(*[cells] * len(NAMES)).filter(lambda row: any(row)), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(rows_of_cells)
def test_the_sql_agrees_with_an_obvious_reading(rows: list[tuple[str, ...]]) -> None:
    with BASE.cursor() as connection:
        columns = ", ".join(f"c{at} VARCHAR" for at in range(len(NAMES)))
        connection.execute(f"CREATE OR REPLACE TABLE given (place INTEGER, {columns}, extra VARCHAR, cells INTEGER)")
        connection.executemany(
            f"INSERT INTO given VALUES ({', '.join('?' * (len(NAMES) + 3))})",
            [(at, *(cell or None for cell in row), None, len(NAMES)) for at, row in enumerate(rows)],
        )
        report = validate(connection, reading(len(rows)), Table(), parse(SCHEMA), limit=None)
    assert Counter((one.code, one.row, one.column) for one in report.errors) == expected(rows)
    assert sum(report.counts.values()) == len(report.errors)
    assert [one.order for one in report.errors] == sorted(one.order for one in report.errors)
    assert report.rows == len(rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**9 - 1), min_size=1, max_size=50), st.integers(0, 99_999))
def test_the_packed_luhn_key_agrees_with_the_schoolbook_one(numbers: list[int], nic: int) -> None:
    from parvis.catalog.core.tables.custom_checks import packed, packed_digits, siren_sql, siret_sql
    from parvis.catalog.core.tables.repairs import valid_siren, valid_siret

    texts = [f"{one:09d}{nic:05d}" for one in [*numbers, 356000000, 200053791]]
    with BASE.cursor() as connection:
        listed = ", ".join(f"('{one}')" for one in texts)
        source = f"(SELECT *, {packed('v', 14)} AS h, {packed('left(v, 9)', 9)} AS g FROM (VALUES {listed}) AS given(v))"
        row = connection.execute(
            f"SELECT v, {siret_sql(packed_digits('v', 14, 'h'))}, {siren_sql(packed_digits('left(v, 9)', 9, 'g'))} FROM {source}"
        ).fetchall()
    for text, siret, siren in row:
        assert siret == is_siret(text) == valid_siret(text)
        assert siren == (luhn(text[:9]) and text[:9] != "000000000") == valid_siren(text[:9])
