"""Weights by stratum, against the definition written with fractions, on crowds of every shape."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.debates.core.results.weighting import weighted_share, weights

NAMES = ("centre", "periphery", "rural", "unknown")
crowds = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5_000), min_size=1)
lands = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5_000_000))


def exact(people: dict[str, int], population: dict[str, int]) -> dict[str, Fraction]:
    """The share of the inhabitants of the strata that are there, over the share of the crowd; between a quarter and four."""
    there = [name for name in people if people[name]]
    inhabitants = sum(population.get(name, 0) for name in there)
    found = {}
    for name in there:
        of_crowd = Fraction(people[name], sum(people[one] for one in there))
        of_land = Fraction(population.get(name, 0), inhabitants) if inhabitants else of_crowd
        found[name] = min(Fraction(4), max(Fraction(1, 4), of_land / of_crowd))
    return found


@given(crowds, lands)
def test_weights_are_those_of_the_definition(people: dict[str, int], population: dict[str, int]) -> None:
    found, expected = weights(people, population), exact(people, population)
    assert found == pytest.approx({name: float(weight) for name, weight in expected.items()})


@given(crowds, lands, st.data())
def test_a_share_is_that_of_people_counted_by_their_weight(
    people: dict[str, int], population: dict[str, int], data: st.DataObject
) -> None:
    expected, found = exact(people, population), weights(people, population)
    said = {name: data.draw(st.integers(0, people[name])) for name in found}
    rest = data.draw(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (min(pair), max(pair))))
    seen = sum((expected[name] * people[name] for name in found), Fraction(rest[1]))
    share = weighted_share([(found[name], said[name], people[name]) for name in found], rest)
    if not seen:
        assert share is None
    else:
        assert share == pytest.approx(
            float((sum((expected[name] * said[name] for name in found), Fraction(0)) + rest[0]) / seen)
        )
        assert 0 <= share <= 1 + 1e-12
