"""Calendars right across clock changes, steps, blueprints, and the file of a process."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.debates.core.processes import files
from parvis.debates.core.processes.blueprints import BLUEPRINTS
from parvis.debates.core.processes.calendar import (
    PARIS,
    Dates,
    Fault,
    NoSuchHourError,
    Span,
    faults,
    faults_at_publication,
    instant,
    later,
    shown,
    span,
)
from parvis.debates.core.processes.rules import PhaseKind
from parvis.debates.core.processes.stepper import State, Step, state, step

NOW = datetime(2026, 10, 20, 10, tzinfo=UTC)
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # of a machine that does much else


def test_the_hour_that_spring_skips_does_not_exist() -> None:
    with pytest.raises(NoSuchHourError):
        instant(date(2026, 3, 29), time(2, 30))
    assert instant(date(2026, 3, 29), time(3)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_the_hour_that_autumn_repeats_is_the_first() -> None:
    assert instant(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@patient
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_what_is_typed_is_what_is_shown(typed: datetime) -> None:
    try:
        found = instant(typed.date(), typed.time())
    except NoSuchHourError:
        assert (typed.month, typed.hour) == (3, 2)
    else:
        assert shown(found) == (typed.date(), typed.time())


def test_a_day_of_23_or_25_hours_is_a_day() -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)):
        opens = instant(day, time(0))
        closes = instant(day + timedelta(days=1), time(0))
        assert closes - opens == timedelta(hours=hours)
        assert span(opens, closes) == Span(1, 0)
        assert later(opens, 1) == closes


@patient
@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.integers(0, 400))
def test_later_keeps_the_hour_of_the_clock(moment: datetime, days: int) -> None:
    begun = moment.replace(tzinfo=UTC, microsecond=0)
    found = later(begun, days)
    (day, hour), (first, same) = shown(found), shown(begun)
    assert day == first + timedelta(days=days)
    assert hour == same or (day.month, same.hour) == (3, 2)


def dates(kind: str, opens: int, closes: int | None) -> Dates:
    """Days from `NOW`."""
    return Dates(PhaseKind(kind), NOW + timedelta(opens), NOW + timedelta(closes) if closes is not None else None)


@pytest.mark.parametrize(
    ("phases", "found"),
    [
        ([], [(None, Fault.NO_PHASE)]),
        ([dates("opinions", 0, None)], []),
        ([dates("information", 0, 5), dates("opinions", 3, 9)], []),
        ([dates("opinions", 4, 4)], [(0, Fault.ENDS_FIRST)]),
        ([dates("information", 4, 5), dates("opinions", 3, 9)], [(1, Fault.ORDER)]),
        ([dates("information", 0, 5), dates("information", 5, 9)], []),
        ([dates("opinions", 0, 5), dates("opinions", 5, 9)], [(1, Fault.TWICE)]),
    ],
)
def test_faults_of_a_calendar(phases: list[Dates], found: list[tuple[int | None, Fault]]) -> None:
    assert faults(phases) == found


def test_what_is_already_over_is_not_published() -> None:
    assert faults_at_publication([dates("opinions", -5, -1)], NOW) == [(0, Fault.OVER)]
    assert faults_at_publication([dates("information", -5, -1), dates("opinions", -1, 3)], NOW) == []


def test_steps_at_their_very_moments() -> None:
    one = dates("opinions", 0, 2)
    assert one.closes is not None
    second = timedelta(seconds=1)
    assert [step(one, at) for at in (NOW - second, NOW, one.closes - second, one.closes)] == [
        Step.TO_COME, Step.CURRENT, Step.CURRENT, Step.DONE
    ]  # fmt: skip
    assert state([one, dates("discussion", 5, 6)], NOW + timedelta(3)) is State.TO_COME
    assert state([one, dates("discussion", 5, 6)], NOW + timedelta(9)) is State.OVER
    assert state([dates("discussion", 0, None)], NOW + timedelta(900)) is State.OPEN


@patient
@given(st.sampled_from(sorted(BLUEPRINTS)), st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.integers(1, 400))
def test_every_blueprint_makes_a_calendar_without_fault(name: str, first: datetime, days: int) -> None:
    opens = first.replace(tzinfo=UTC)
    closes = later(opens, days)
    made = BLUEPRINTS[name].dates(opens, closes)
    assert faults(sorted(made, key=lambda one: one.opens)) == []
    assert min(one.opens for one in made) == opens
    assert max(one.closes for one in made if one.closes) == closes


# ----- The file -----

texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=60)
filled = texts.filter(lambda text: bool(text.strip()))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
phases = st.builds(files.PhaseFile, st.sampled_from(PhaseKind), filled, texts, moments, st.none() | moments)
processes = st.builds(
    files.ProcessFile,
    title=filled,
    summary=texts,
    purpose=texts,
    territory=texts,
    residents_only=st.booleans(),
    access=st.sampled_from(files.ACCESS),
    review=st.sampled_from(files.REVIEW),
    publishes_vectors=st.booleans(),
    sources=st.lists(filled, max_size=4).map(tuple),
    phases=st.lists(phases, max_size=4).map(tuple),
    statements=st.lists(filled, max_size=5).map(tuple),
)


@patient
@given(processes)
def test_what_is_written_is_read(process: files.ProcessFile) -> None:
    assert files.read(files.write(process).encode()) == process


@patient
@given(st.binary(max_size=200) | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(lambda found: json.dumps(found).encode()))  # fmt: skip
def test_anything_else_is_refused_clearly(data: bytes) -> None:
    with pytest.raises(files.FormatError):
        files.read(data)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"version": 2}, "version"),
        ({"version": True}, "version"),
        ({"title": " "}, "title"),
        ({"access": "anybody"}, "access"),
        ({"residents_only": "yes"}, "residents_only"),
        ({"statements": ["a", 3]}, "statements[2]"),
        ({"phases": [{"kind": "budget", "title": "x", "opens": "2026-01-01T00:00:00Z"}]}, "phases[1].kind"),
        ({"phases": [{"kind": "opinions", "title": "x", "opens": "2026-01-01T00:00:00"}]}, "phases[1].opens"),
        ({"phases": [{"kind": "opinions", "title": "x"}]}, "phases[1].opens"),
    ],
)
def test_the_refusal_says_where(change: dict[str, object], where: str) -> None:
    whole = {"format": "parvis-process", "version": 1, "title": "T"} | change
    with pytest.raises(files.FormatError) as error:
        files.read(json.dumps(whole).encode())
    assert error.value.where == where


def test_paris_is_the_hour_of_the_house() -> None:
    assert str(PARIS) == "Europe/Paris"
