"""Findings against what a person reads in the same few values; numbers and dates as French readers write them."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from parvis.catalog.core.charts import french, suggest, words
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.fields import Field
from parvis.catalog.core.charts.table import tabulated
from parvis.catalog.core.charts.values import Mark, Values, completed, nice


def spaced(text: str) -> str:
    """Without the spaces that only keep lines together."""
    return text.replace("«\xa0", "« ").replace("\xa0»", " »").replace("\xa0:", " :").replace("\u202f;", " ;")


NAME = Field("d", "Département", "string")
SHARE = Field("p", "Part de locaux raccordables", "number", low=0.0, high=100.0)
DAY = Field("t", "Date", "date", low="2020-01-01", high="2024-12-31")


class said:
    """The sentences, as one types them."""

    finding = staticmethod(lambda values: spaced(words.finding(values)))
    described = staticmethod(lambda values: spaced(words.described(values)))
    notes = staticmethod(lambda values: [spaced(one) for one in words.notes(values)])


def bars(marks: dict[Any, float], *, rows: int = 5, hidden: int = 0, **chosen: Any) -> Values:
    choice = Choice("bars", x="d", **({"y": "p", "aggregate": "mean"} | chosen))
    y = SHARE if choice.y else None
    return Values(choice, NAME, y, None, tuple(Mark(name, value, rows=rows) for name, value in marks.items()), hidden=hidden)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            bars({"Lozère": 42.1, "Gard": 80.0, "Hérault": 99.3}),
            "La moyenne de « Part de locaux raccordables » va de 42,1\xa0% (Lozère) à 99,3\xa0% (Hérault)",
        ),
        (
            bars({"Lozère": 42.1, "Hérault": 99.3}, rows=1),
            "« Part de locaux raccordables » va de 42,1\xa0% (Lozère) à 99,3\xa0% (Hérault)",
        ),
        (bars({"A": 5.0, "B": 5.0}), "La moyenne de « Part de locaux raccordables » est partout de 5\xa0%"),
        (bars({"Lot": 5.0}), "La moyenne de « Part de locaux raccordables » est de 5\xa0% pour Lot"),
        (bars({"Lot": 3.0, "Gers": 1.0}, y="", aggregate="count"), "Lot arrive en tête, avec 3 lignes, soit 75\xa0% de l’ensemble"),
        (bars({"Lot": 1.0, "Gers": 1.0}, y="", aggregate="count"), "« Département » : partout 1 ligne"),
        (bars({"Lot": 2.0, "Gers": 2.0, "Gard": 1.0}, y="", aggregate="count"), "« Département » : 2 à égalité pour la plus grande, avec 2 lignes"),
        (bars({}), "« Département » : rien à montrer"),
        (bars({"-": 4.0, "x": 1.0}, y="", aggregate="count"), "« - » arrive en tête, avec 4 lignes, soit 80\xa0% de l’ensemble"),
    ],
)  # fmt: skip
def test_bars_say_their_extremes(values: Values, sentence: str) -> None:
    assert said.finding(values) == sentence


def test_what_is_hidden_is_neither_claimed_nor_silent() -> None:
    values = bars({"A": 9.0, "B": 8.0}, hidden=10)
    assert "va de" not in said.finding(values)
    assert said.finding(values).startswith("« A » arrive en tête")
    assert "2 catégories sont dessinées (les plus grandes) sur 12." in said.notes(values)


def test_shares_are_never_rounded_to_everything() -> None:
    values = bars({"Autres": 35_255.0, "Rares": 1.0}, y="", aggregate="count")
    assert "plus de 99,9\xa0%" in said.finding(values)


def test_a_course_goes_from_first_to_last() -> None:
    marks = tuple(Mark(date(2020 + i, 1, 1), value, rows=2) for i, value in enumerate((10.0, 60.0, 40.0)))
    values = Values(Choice("lines", x="t", y="p", aggregate="mean"), DAY, SHARE, None, marks, bucket="year")
    assert said.finding(values) == (
        "La moyenne de « Part de locaux raccordables » passe de 10\xa0% en 2020 à 40\xa0% en 2022, après un sommet de 60\xa0% en 2021"
    )


def test_agreement_of_two_measures_is_counted_as_by_hand() -> None:
    random.seed(3)
    marks = [Mark(random.randint(0, 9), random.randint(0, 9), rows=random.randint(1, 3)) for _one in range(60)]
    agree = differ = 0.0
    for one, two in combinations(marks, 2):
        product = (one.x - two.x) * (one.value - two.value)
        agree += one.rows * two.rows * (product > 0)
        differ += one.rows * two.rows * (product < 0)
    assert words.concordance(marks) == (agree, differ)


def test_the_alternative_gives_the_values() -> None:
    told = said.described(bars({"Lozère": 42.1, "Hérault": 99.3}))
    assert "Lozère : 42,1\xa0%" in told
    assert "Hérault : 99,3\xa0%" in told
    many = said.described(bars({f"Nom {i}": float(i) for i in range(40)}))
    assert "40 valeurs" in many
    assert "La plus petite : 0\xa0%, pour Nom 0" in many


def test_the_table_has_every_mark_with_its_rows() -> None:
    table = tabulated(bars({"Lozère": 42.1, "Hérault": 99.0}))
    assert table.header == ("Département", "Part de locaux raccordables (moyenne)", "Nombre de lignes")
    assert table.raw == (("Lozère", 42.1, 5), ("Hérault", 99, 5))
    assert table.shown[0] == ("Lozère", "42,1\xa0%", "5")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567.0, "1\u202f234\u202f567"), (42.13, "42,1"), (-0.5, "−0,50"), (0.0, "0"), (99.95, "100,0"), (0.00123, "0,0012"), (1e20, "100\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000")],
)  # fmt: skip
def test_numbers_are_french(value: float, text: str) -> None:
    assert french.number(value) == text


def test_two_figures_far_apart_each_have_their_own_decimals() -> None:
    assert french.pair(0.077, 4.915, "%") == ("0,077\xa0%", "4,9\xa0%")
    assert french.pair(1250.0, 3.14) == ("1\u202f250", "3,1")


def test_two_figures_that_differ_read_differently() -> None:
    assert french.pair(12.01, 12.04) == ("12,01", "12,04")
    assert french.pair(5, 5) == ("5", "5")


@pytest.mark.parametrize(("span", "parts", "step"), [(100, 20, "5"), (1, 20, "0.05"), (1_456_735, 20, "100000"), (0, 20, "")])
def test_steps_are_round(span: float, parts: int, step: str) -> None:
    assert nice(span, parts) == step


def test_a_month_without_rows_is_a_zero() -> None:
    marks = completed([Mark(date(2023, 11, 1), 2.0), Mark(date(2024, 2, 1), 3.0)], "month")
    assert [(mark.x.isoformat(), mark.value) for mark in marks] == [
        ("2023-11-01", 2.0), ("2023-12-01", 0.0), ("2024-01-01", 0.0), ("2024-02-01", 3.0),
    ]  # fmt: skip


def test_proposals_come_from_what_the_columns_hold() -> None:
    fields = (
        Field("id", "Identifiant", "integer", rows=100, distinct=100, low=1.0, high=100.0),
        Field("n", "Nature", "string", rows=100, distinct=4, top=40),
        Field("p", "Part de logements", "number", rows=100, distinct=80, low=0.0, high=100.0, bins=(10, 20, 70)),
        Field("q", "Population", "integer", rows=100, distinct=80, low=1.0, high=9000.0, bins=(98, 1, 1)),
        Field("t", "Date", "date", rows=100, distinct=60, low="2020-01-01", high="2024-01-01"),
    )
    found = suggest.proposals(fields)
    assert [one.choice.shape for one in found] == ["lines", "bars", "distribution"]
    assert found[1].choice == Choice("bars", x="n", y="p", aggregate="mean")
    assert all(one.reason.endswith(".") for one in found)
    where = suggest.proposals((*fields, Field("c", "code", "string", rows=100, distinct=100)), territories={"commune": "c"})
    assert [one.choice for one in where if one.choice.shape == "map_commune"] == [
        Choice("map_commune", territory="c", y="p", aggregate="mean")
    ]
    assert not suggest.proposals(())
    assert not suggest.proposals(fields[:1])
