"""Everyone codes as much as everyone, and with everyone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.programmes.core.assignment import assigned, drawn


@given(st.integers(0, 60), st.integers(2, 9), st.integers(1, 3), st.text(max_size=5))
def test_loads_differ_by_one_at_most(units: int, people: int, each: int, seed: str) -> None:
    names = [f"e{n}" for n in range(people)]
    each = min(each, people)
    found = assigned([f"u{n}" for n in range(units)], names, each=each, seed=seed)
    assert all(len(set(chosen)) == each for chosen in found.values())
    load = Counter(name for chosen in found.values() for name in chosen)
    assert max(load.values(), default=0) - min((load[name] for name in names), default=0) <= 1


def test_the_same_seed_gives_the_same_answer() -> None:
    units, names = [f"u{n}" for n in range(50)], list("abcde")
    assert assigned(units, names, each=2, seed="x") == assigned(units, names, each=2, seed="x")
    assert assigned(units, names, each=2, seed="x") != assigned(units, names, each=2, seed="y")


def test_pairs_are_mixed() -> None:
    found = assigned([f"u{n}" for n in range(60)], list("abcd"), each=2, seed="2026")
    pairs = Counter(found.values())
    assert len(pairs) == 6
    assert max(pairs.values()) - min(pairs.values()) <= 4


def test_too_few_evaluators() -> None:
    with pytest.raises(ValueError, match="évaluateurs"):
        assigned(["u"], ["seul"], each=2, seed="")


def test_an_order_by_lot_can_be_drawn_again() -> None:
    assert drawn(["b", "a", "c"], "2026") == drawn(["c", "b", "a"], "2026")
    assert sorted(drawn(list("abcdef"), "2026")) == list("abcdef")
    assert len({tuple(drawn(list("abcdef"), str(seed))) for seed in range(40)}) > 20
