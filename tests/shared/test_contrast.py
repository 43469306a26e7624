"""Contrast against the published formula and known pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.shared.contrast import DARK, LIGHT, TEXT, contrast, nearest

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54), ("#ff0000", "#ffffff", 4.0)],
)
def test_known_pairs(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@given(COLOURS, st.sampled_from([LIGHT, DARK]))
def test_the_nearest_passes_and_what_passes_stays(colour: str, background: str) -> None:
    found = nearest(colour, background)
    assert contrast(found, background) >= TEXT
    if contrast(colour, background) >= TEXT:
        assert found == colour


def test_only_hexadecimal() -> None:
    with pytest.raises(ValueError, match="rrggbb"):
        contrast("red", "#ffffff")
