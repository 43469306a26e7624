"""Groups of rows, beside the same sums made by hand."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.catalog import rows
from parvis.catalog.groups import Aggregate, Group, grouped
from parvis.catalog.models import Version
from parvis.catalog.rows import Filter, QuestionError, Sort
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db
EVERY = [
    Aggregate("count"),
    *(Aggregate(name, "Habitants") for name in ("count", "sum", "mean", "median", "min", "max", "distinct")),
]


@pytest.fixture
def towns() -> Version:
    return published()


def by_hand(version: Version, filters: list[Filter]) -> dict[Any, list[Any]]:
    """The number of inhabitants of each commune, by what `Rurale` says."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    found = rows.page(version, filters=filters, columns=["Rurale", "Habitants"], limit=1000)
    for row in found.rows:
        groups[row.cells[0]].append(row.cells[1])
    return groups


@pytest.mark.parametrize("filters", [[], [Filter("Habitants", "greater", "1000")], [Filter("Commune", "contains", "a")]])
def test_every_function_beside_the_same_by_hand(towns: Version, filters: list[Filter]) -> None:
    answer = grouped(towns, filters=filters, by=[Group("Rurale")], aggregates=EVERY)
    assert answer.columns[:3] == ("Rurale", "count", "Habitants__count")
    expected = by_hand(towns, filters)
    assert answer.total == len(answer.rows) == len(expected)
    for key, count, filled, total, mean, median, low, high, distinct in answer.rows:
        values = [value for value in expected[key] if value is not None]
        assert (count, filled, total, low, high) == (len(expected[key]), len(values), sum(values), min(values), max(values))
        assert math.isclose(mean, statistics.mean(values))
        assert math.isclose(median, statistics.median(values))
        assert distinct == len(set(values))


def test_without_columns_everything_is_one_group(towns: Version) -> None:
    assert grouped(towns, aggregates=[Aggregate("count"), Aggregate("count", "Habitants")]).rows == ((8, 7),)


def test_sorted_by_the_columns_or_by_an_aggregate(towns: Version) -> None:
    names = grouped(towns, by=[Group("Commune")], aggregates=[])
    assert [name for (name,) in names.rows][:3] == ["Cahors", "Éclaux", "Figeac"]
    most = grouped(towns, by=[Group("Commune")], aggregates=[Aggregate("sum", "Habitants")], sort=Sort("Habitants__sum", True))
    assert most.rows[0][0] == "Cahors"
    assert most.rows[-1][1] is None, "what is missing comes last"
    with pytest.raises(QuestionError):
        grouped(towns, by=[Group("Commune")], aggregates=[], sort=Sort("Habitants"))


def test_pages_never_overlap(towns: Version) -> None:
    asked: dict[str, Any] = {"by": [Group("Commune")], "aggregates": [Aggregate("count")], "sort": Sort("count")}
    pages = [grouped(towns, offset=start, limit=3, **asked) for start in (0, 3, 6, 9)]
    assert {page.total for page in pages} == {8}
    assert [row for page in pages for row in page.rows] == list(grouped(towns, **asked).rows)


def test_parts_of_a_date(towns: Version) -> None:
    assert grouped(towns, by=[Group("Relevé le", "month")], aggregates=[Aggregate("count")]).rows == ((date(2024, 3, 1), 8),)
    assert grouped(towns, by=[Group("Relevé le", "year")], aggregates=[]).rows == ((date(2024, 1, 1),),)
    assert grouped(towns, by=[Group("Relevé le", "day")], aggregates=[]).total == 8


@pytest.mark.parametrize("width", [1000, "1000", 0.5, "2500,5"])
def test_bins_of_numbers(towns: Version, width: Any) -> None:
    number = float(str(width).replace(",", "."))
    expected: dict[Any, int] = defaultdict(int)
    for value in [value for values in by_hand(towns, []).values() for value in values]:
        expected[None if value is None else math.floor(value / number) * number] += 1
    assert dict(grouped(towns, by=[Group("Habitants", width)], aggregates=[Aggregate("count")]).rows) == expected


@pytest.mark.parametrize(
    ("by", "aggregates"),
    [
        ([], []),
        ([Group("Absente")], []),
        ([Group("Commune", "month")], []),
        ([Group("Commune", 10)], []),
        ([Group("Habitants", 0)], []),
        ([Group("Habitants", "nan")], []),
        ([Group("Habitants", "1e300")], []),
        ([Group("Relevé le", "'); DROP TABLE t; --")], []),
        ([Group("Commune"), Group("Commune")], []),
        ([Group("Commune")], [Aggregate("sum")]),
        ([Group("Commune")], [Aggregate("sum", "Commune")]),
        ([Group("Commune")], [Aggregate("getenv", "Commune")]),
        ([Group("Commune")], [Aggregate("sum", "Absente")]),
        ([Group("Commune")] * 7, []),
    ],
)
def test_what_makes_no_sense_is_a_sentence(towns: Version, by: list[Group], aggregates: list[Aggregate]) -> None:
    with pytest.raises(QuestionError) as refused:
        grouped(towns, by=by, aggregates=aggregates)
    assert refused.value.message.endswith((".", ". "))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(["Commune", "Habitants", "x"]) | st.text(max_size=9),
    bucket=st.text(max_size=9),
    name=st.text(max_size=9),
)
def test_no_text_gets_out_of_its_place(towns: Version, column: str, bucket: str, name: str) -> None:
    try:
        grouped(towns, by=[Group(column, bucket)], aggregates=[Aggregate(name, column), Aggregate("count")])
    except QuestionError:
        return
    assert column in {"Commune", "Habitants"}
