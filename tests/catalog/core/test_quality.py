"""Quality, cell by cell: each row of the table of criteria, each border of freshness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from parvis.catalog.core.quality import CRITERIA, Column, Facts, Freshness, Grade, Table, freshness, grade, quality

TODAY = date(2026, 3, 1)
FULL = Column(described=True, empty=0, exceptions=0)
PERFECT = Facts(
    description="x" * 200,
    keywords=3,
    licence="lov2",
    frequency="monthly",
    updated=TODAY,
    source=True,
    territory=True,
    contact=True,
    tables=(Table(rows=10, columns=(FULL, FULL), schema="scdl/x", valid=True),),
)
NOTHING = Facts("", 0, "", "unknown", None, False, False, False, ())


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def table(**fields: object) -> tuple[Table, ...]:
    return (replace(PERFECT.tables[0], **fields),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frequency", "days", "expected"),
    [
        ("daily", 0, "fresh"), ("daily", 4, "fresh"), ("daily", 5, "late"), ("daily", 7, "late"), ("daily", 8, "stale"),
        ("continuous", 4, "fresh"), ("continuous", 8, "stale"),
        ("weekly", 10, "fresh"), ("weekly", 11, "late"), ("weekly", 14, "late"), ("weekly", 15, "stale"),
        ("monthly", 38, "fresh"), ("monthly", 39, "late"), ("monthly", 62, "late"), ("monthly", 63, "stale"),
        ("quarterly", 115, "fresh"), ("quarterly", 116, "late"), ("quarterly", 184, "late"), ("quarterly", 185, "stale"),
        ("annual", 457, "fresh"), ("annual", 458, "late"), ("annual", 732, "late"), ("annual", 733, "stale"),
        ("irregular", 5000, "unpromised"), ("never", 5000, "unpromised"), ("unknown", 1, "unpromised"), ("fortnightly", 1, "unpromised"),
    ],
)  # fmt: skip
def test_freshness(frequency: str, days: int, expected: str) -> None:
    assert freshness(frequency, ago(days), TODAY) == Freshness(expected)


def test_without_a_version_nothing_is_late() -> None:
    assert freshness("daily", None, TODAY) is Freshness.UNPROMISED


@pytest.mark.parametrize(
    ("criterion", "facts", "expected"),
    [
        ("table", PERFECT, 1.0), ("table", replace(PERFECT, tables=()), 0.0),
        ("description", PERFECT, 1.0), ("description", replace(PERFECT, description="x" * 50), 0.25), ("description", replace(PERFECT, description="  "), 0.0),
        ("keywords", replace(PERFECT, keywords=1), 1 / 3), ("keywords", replace(PERFECT, keywords=9), 1.0), ("keywords", NOTHING, 0.0),
        ("licence", PERFECT, 1.0), ("licence", NOTHING, 0.0),
        ("territory", PERFECT, 1.0), ("territory", NOTHING, 0.0),
        ("frequency", PERFECT, 1.0), ("frequency", replace(PERFECT, frequency="never"), 1.0), ("frequency", replace(PERFECT, frequency="irregular"), 1.0), ("frequency", NOTHING, 0.0),
        ("freshness", PERFECT, 1.0), ("freshness", replace(PERFECT, updated=ago(40)), 0.5), ("freshness", replace(PERFECT, updated=ago(90)), 0.0), ("freshness", replace(PERFECT, frequency="never"), None), ("freshness", NOTHING, None),
        ("source", PERFECT, 1.0), ("source", NOTHING, 0.0),
        ("contact", PERFECT, 1.0), ("contact", NOTHING, 0.0),
        ("validity", PERFECT, 1.0), ("validity", replace(PERFECT, tables=table(valid=False, errors=5)), 0.25), ("validity", replace(PERFECT, tables=table(valid=False, errors=50)), 0.0), ("validity", replace(PERFECT, tables=table(schema="", valid=None)), None), ("validity", NOTHING, None),
        ("validity", replace(PERFECT, tables=PERFECT.tables + table(valid=False, errors=10)), 0.5),
        ("columns", PERFECT, 1.0), ("columns", replace(PERFECT, tables=table(columns=(FULL, replace(FULL, described=False)))), 0.5), ("columns", NOTHING, None),
        ("complete", PERFECT, 1.0), ("complete", replace(PERFECT, tables=table(columns=(replace(FULL, empty=10), FULL))), (0.6 - 0.5) / 0.55), ("complete", replace(PERFECT, tables=table(columns=(replace(FULL, empty=10),))), 0.0), ("complete", replace(PERFECT, tables=table(rows=0)), None), ("complete", NOTHING, None),
        ("complete", replace(PERFECT, tables=table(rows=100, columns=(replace(FULL, empty=5),))), 1.0),
        ("consistent", PERFECT, 1.0), ("consistent", replace(PERFECT, tables=table(rows=100, columns=(replace(FULL, exceptions=1),))), 0.8), ("consistent", replace(PERFECT, tables=table(rows=100, columns=(replace(FULL, exceptions=5),))), 0.0), ("consistent", NOTHING, None),
    ],
)  # fmt: skip
def test_each_criterion(criterion: str, facts: Facts, expected: float | None) -> None:
    measure = {one.name: one.measure for one in CRITERIA}[criterion]
    assert measure(facts, TODAY) == pytest.approx(expected)


def test_all_and_nothing() -> None:
    assert quality(PERFECT, TODAY).score == 100
    assert quality(PERFECT, TODAY).to_do == ()
    assert quality(NOTHING, TODAY).score == 0
    assert sum(one.weight for one in CRITERIA) == 100
    assert len({one.name for one in CRITERIA}) == len(CRITERIA)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.name)
def test_the_score_is_the_weighted_mean_of_what_applies(criterion: object) -> None:
    """Against the plain formula, with one criterion failing at a time."""
    facts = replace(PERFECT, frequency="never")
    rows = [(one, one.measure(facts, TODAY)) for one in CRITERIA]
    changed = [(one, 0.0 if one is criterion and share is not None else share) for one, share in rows]
    applying = [(one.weight, share) for one, share in changed if share is not None]
    expected = round(100 * sum(weight * share for weight, share in applying) / sum(weight for weight, _share in applying))
    table_of = tuple(replace(one, measure=lambda _facts, _today, share=share: share) for one, share in changed)
    assert quality(facts, TODAY, table_of).score == expected


def test_what_would_raise_it_most_comes_first() -> None:
    found = quality(replace(PERFECT, description="", keywords=0, source=False), TODAY)
    assert [mark.name for mark in found.to_do] == ["description", "keywords", "source"]
    assert [mark.gain for mark in found.to_do] == [10, 5, 3]
    assert found.score == 82


@pytest.mark.parametrize(
    ("score", "expected"), [(100, "good"), (75, "good"), (74, "fair"), (50, "fair"), (49, "poor"), (0, "poor")]
)
def test_grades(score: int, expected: str) -> None:
    assert grade(score) is Grade(expected)
