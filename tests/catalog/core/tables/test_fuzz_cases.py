"""What `make fuzz` found is tried for ever; and a little more each time the tests run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.strategies import SEEDS, STRATEGIES
from tests.fuzzing.targets import TARGETS

CASES = sorted((Path(__file__).resolve().parents[3] / "fuzzing" / "cases").glob("*-*"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_that_once_broke_a_reader(case: Path) -> None:
    TARGETS[case.name.rsplit("-", 1)[0]](case.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_sound(name: str) -> None:
    for seed in SEEDS[name]:
        TARGETS[name](seed)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize("name", TARGETS)
def test_a_little_of_each(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(STRATEGIES[name]))
