"""Classes of values: against every possible set of breaks on small lists, and by what must always hold."""

from __future__ import annotations

import doctest
import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.catalog.core.maps import classes
from parvis.catalog.core.maps.classes import classify, fit, jenks

VALUES = st.lists(st.one_of(st.integers(-50, 50).map(float), st.floats(-1e6, 1e6)), min_size=1, max_size=80)


def inside(parts: list[list[float]]) -> float:
    return sum(sum((value - sum(part) / len(part)) ** 2 for value in part) for part in parts)


def brute(values: list[float], k: int) -> float:
    """The least variance inside `k` classes, all ways tried."""
    return min(
        inside([values[a:b] for a, b in zip((0, *cuts), (*cuts, len(values)), strict=True)])
        for cuts in combinations(range(1, len(values)), k - 1)
    )


@given(st.lists(st.integers(-30, 30).map(float), min_size=4, max_size=11), st.integers(2, 4))
def test_breaks_are_the_best_there_are(values: list[float], k: int) -> None:
    values = sorted(values)
    if len(set(values)) < k:
        return
    starts = jenks(values, k)
    cuts = [values.index(start) for start in starts]
    parts = [values[a:b] for a, b in zip(cuts, [*cuts[1:], len(values)], strict=True)]
    assert len(parts) == k
    assert math.isclose(inside(parts), brute(values, k), abs_tol=1e-6)


@given(VALUES)
def test_every_value_is_in_the_class_that_says_so(values: list[float]) -> None:
    found = classify(values)
    assert 1 <= len(found.classes) <= 5
    assert sum(one.count for one in found.classes) == len(values)
    counts = [0] * len(found.classes)
    for value in values:
        place = found.place(value)
        assert place is not None
        one = found.classes[place]
        assert one.low <= value
        assert value <= one.high if one.last or one.low == one.high else value < one.high
        counts[place] += 1
    assert counts == [one.count for one in found.classes]
    assert all(count > 0 for count in counts)
    assert all(before.most < after.least for before, after in zip(found.classes, found.classes[1:], strict=False))
    assert found.sentence


@given(VALUES, st.randoms())
def test_order_and_holes_change_nothing(values: list[float], chance: object) -> None:
    mixed: list[float | None] = [*values, None, math.nan, math.inf]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert classify(mixed) == classify(values)


def test_nothing_known_is_no_class() -> None:
    for values in ([], [None], [math.nan, None, math.inf]):
        found = classify(values)
        assert (found.classes, found.place(0.0)) == ((), None)
        assert "Aucune valeur" in found.sentence


def test_equal_values_are_one_class_and_zero_is_one() -> None:
    found = classify([0.0, 0.0, None])
    assert [(one.low, one.high, one.count) for one in found.classes] == [(0.0, 0.0, 2)]
    assert "égales" in found.sentence
    assert found.place(0.0) == 0
    assert found.place(None) is None


def test_few_values_have_each_their_class() -> None:
    found = classify([1, 2, 2, 3, 4, 4, 4])
    assert (found.method, [one.count for one in found.classes]) == ("each", [1, 2, 1, 3])
    assert found.place(2.5) is None


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ([float(value) for value in range(100)], "equal"),
        ([1, 1.5, 2, 2.5, 3, 40, 41, 42, 43, 44, 45, 900, 901, 902, 903, 904], "jenks"),
        ([float(value % 40) for value in range(400)] + [1e5, 1e6, 2e6, 5e6], "quantiles"),
    ],
)
def test_the_method_follows_the_values(values: list[float], method: str) -> None:
    found = classify(values)
    assert found.method == method
    assert found.sentence == classes.SENTENCES[method]


def test_bounds_are_short_and_true() -> None:
    found = classify([value + 0.137 for value in range(100)])
    assert [classes.bounds(one) for one in found.classes] == [
        "de 0,137 à moins de 20", "de 20 à moins de 40", "de 40 à moins de 60", "de 60 à moins de 80", "de 80 à 99,2",
    ]  # fmt: skip


def test_thousands_of_values_are_quick_and_fit_well() -> None:
    values = sorted((value * 7919 % 10007) ** 1.5 for value in range(4446))
    assert fit(values, jenks(values, 5)) > 0.93


def test_examples() -> None:
    assert doctest.testmod(classes).failed == 0
