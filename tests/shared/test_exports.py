"""Exports: no formula runs, nothing is lost, nothing is held whole in memory."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.shared.exports import escape_formula, stream_csv


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\ufeff=1",
        "＝1",
        "-",
        "+33 6 12 34",
        "-1\n=2",
    ],
)
def test_formulas_are_escaped(text: str) -> None:
    assert escape_formula(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "a", "a=1", "12", "-12", "-12,5", "+3.25", "-1e-7", "-1\u202f234,5", "-3 %", "l’eau", "'=1"]
)
def test_the_rest_is_left_alone(text: str) -> None:
    assert escape_formula(text) == text


@given(st.text())
def test_nothing_that_leaves_begins_like_a_formula(text: str) -> None:
    out = escape_formula(text)
    assert out in {text, "'" + text}
    assert not out.lstrip().startswith(("=", "@"))


def test_values_are_written_plainly() -> None:
    row = [None, True, 3, -2.5, Decimal("-0.10"), date(2026, 1, 5), datetime(2026, 1, 5, 10, tzinfo=UTC), "=1", 'a "b", c\nd']
    text = "".join(stream_csv(["é"] * 9, [row]))
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [
        "", "true", "3", "-2.5", "-0.10", "2026-01-05", "2026-01-05T10:00:00+00:00", "'=1", 'a "b", c\nd',
    ]  # fmt: skip


def test_a_header_alone() -> None:
    assert list(stream_csv(["=a", "b"], [])) == ["'=a,b\r\n"]


def test_it_streams() -> None:
    taken = 0

    def rows():  # type: ignore[no-untyped-def]
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield [number, "texte"]

    pieces = stream_csv(["a", "b"], rows(), delimiter=";")
    assert next(pieces).startswith("a;b\r\n0;texte\r\n")
    assert taken < 10_000
    assert sum(piece.count("\r\n") for piece in pieces) + taken > 90_000


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_round_trip(rows: list[list[str]]) -> None:
    text = "".join(stream_csv(["a", "b"], rows))
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [[escape_formula(cell) for cell in row] for row in rows]
