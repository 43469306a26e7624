"""What is settled of a unit, case by case; whether an agreement lets one conclude."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parvis.programmes.core.agreement import Agreement, Metric, agreement
from parvis.programmes.core.agreement import by_pair as slow_by_pair
from parvis.programmes.core.grid import Unit, read
from parvis.programmes.core.reliability import Reliability, by_pair, reliability, weakest
from parvis.programmes.core.settling import settled

GRID = read(json.loads((Path(__file__).parents[3] / "parvis" / "programmes" / "data" / "grid.json").read_text()))
NO = {"digital": "no", "theme": "health", "means": "0", "date": "0", "verifiable": "no"}
YES = NO | {"digital": "yes", "powers": "check", "public": "all", "place": "rural", "novelty": "2"}


def of(one: dict, other: dict, decided: dict | None = None):
    return settled(GRID, Unit.MEASURE, {"a": one, "b": other}, decided or {})


def test_agreement_settles() -> None:
    found = of(YES, dict(YES))
    assert (dict(found.values), found.disputed, found.adjudicated) == (YES, (), frozenset())


def test_a_difference_is_disputed_and_what_depends_on_it_waits() -> None:
    found = of(YES, NO)
    assert found.disputed == ("digital",)
    assert "powers" not in found.values


def test_what_one_alone_was_asked_is_to_be_decided() -> None:
    found = of(YES, NO, {"digital": "yes"})
    assert found.disputed == ("powers", "public", "place", "novelty")
    assert found.adjudicated == {"digital"}
    assert dict(of(YES, NO, {"digital": "no"}).values) == NO


def test_a_decision_comes_over_codings_and_leaves_them() -> None:
    one = YES | {"theme": "culture"}
    assert of(one, YES).disputed == ("theme",)
    assert of(one, YES, {"theme": "security"}).values["theme"] == "security"


def test_nothing_coded_is_all_disputed() -> None:
    assert settled(GRID, Unit.LIST, {}, {}).disputed == ("state_citizens", "collaborative", "sovereignty", "inclusion")


def known(alpha: float | None, ac1: float | None = None, units: int = 50) -> Agreement:
    return Agreement(alpha, None, ac1, units, 0, 2)


@pytest.mark.parametrize(("found", "expected"), [
    (known(0.8), Reliability.RELIABLE), (known(0.799), Reliability.TENTATIVE), (known(0.667), Reliability.TENTATIVE),
    (known(0.666), Reliability.LOW), (known(0.3, 0.9), Reliability.DOMINATED), (known(0.3, 0.79), Reliability.LOW),
    (known(None, 1.0), Reliability.DOMINATED), (known(None), Reliability.LOW), (known(1.0, 1.0, 9), Reliability.FEW), (known(1.0, 1.0, 10), Reliability.RELIABLE),
])  # fmt: skip
def test_thresholds(found: Agreement, expected: Reliability) -> None:
    assert reliability(found) is expected


def test_low_and_few_do_not_conclude() -> None:
    assert [one for one in Reliability if not one.concludes] == [Reliability.LOW, Reliability.FEW]
    assert weakest([Reliability.RELIABLE, Reliability.LOW]) is Reliability.LOW
    assert weakest([]) is Reliability.FEW


def test_pairs_in_one_pass_are_those_of_the_plain_way() -> None:
    rows = [
        (coder, f"u{n}", "xyz"[(n * place) % 3]) for n in range(40) for place, coder in enumerate("abc", 1) if (n + place) % 4
    ]
    fast, slow = by_pair(rows, Metric.NOMINAL, least=1), slow_by_pair(rows, Metric.NOMINAL)
    assert set(fast) == set(slow)
    for pair, found in fast.items():
        shared = [row for row in rows if row[0] in pair]
        assert found.alpha == pytest.approx(agreement(shared, Metric.NOMINAL, draws=0).alpha)
    assert by_pair(rows[:6], Metric.NOMINAL) == {}
