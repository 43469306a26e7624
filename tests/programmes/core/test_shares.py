"""Figures of the barometer of December 2015: 448 of 2,490, pooled 18.0 %, and the published mean of 15 %."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.programmes.core.shares import Share, both, tally


def test_the_barometer_of_2015() -> None:
    found = Share(448, 2490)
    assert round(found.percent or 0, 1) == 18.0


def test_the_pooled_share_is_not_the_mean_of_shares() -> None:
    """A long programme rich in digital measures pulls the pooled share: as in 2015, 18.0 % pooled beside a mean of 15 %."""
    found = both([Share(348, 1490), Share(66, 660), Share(34, 340)])
    assert (found.pooled.part, found.pooled.whole) == (448, 2490)
    assert round(found.pooled.percent or 0, 1) == 18.0
    assert round(found.mean_percent or 0) == 14
    assert found.counted == 3


def test_a_list_without_measures_is_left_out_of_the_mean() -> None:
    found = both([Share(1, 2), Share(0, 0)])
    assert (found.mean, found.counted) == (0.5, 1)
    assert both([]).mean is None
    assert Share(0, 0).percent is None


def test_no_share_is_more_than_its_whole() -> None:
    with pytest.raises(ValueError, match="no share"):
        Share(3, 2)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda pair: Share(min(pair), max(pair))), min_size=1))
def test_both_lie_between_the_least_and_the_greatest(shares: list[Share]) -> None:
    found, values = both(shares), [one.value or 0 for one in shares]
    assert min(values) - 1e-9 <= (found.pooled.value or 0) <= max(values) + 1e-9
    assert min(values) - 1e-9 <= (found.mean or 0) <= max(values) + 1e-9


def test_tally() -> None:
    assert tally(["yes", "no", "yes"], ["yes", "no", "unclear"]) == {
        "yes": Share(2, 3),
        "no": Share(1, 3),
        "unclear": Share(0, 3),
    }
    with pytest.raises(ValueError, match="maybe"):
        tally(["maybe"], ["yes"])
