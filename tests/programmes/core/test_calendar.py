"""Dates of the electoral code, on the regional elections that were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from parvis.programmes.core.calendar import Freeze, months_before, periods, silent, stage_of
from parvis.programmes.core.rules import Stage

FIRST, SECOND = date(2021, 6, 20), date(2021, 6, 27)


def test_regional_elections_of_2021() -> None:
    found = periods(FIRST, SECOND)
    promotion = next(one for one in found if one.freeze is Freeze.PROMOTION)
    assert (promotion.first, promotion.last, promotion.text) == (date(2020, 12, 1), SECOND, "code électoral, L52-1")
    assert [(one.first, one.last) for one in found if one.freeze is Freeze.SILENCE] == [
        (date(2021, 6, 19), FIRST), (date(2021, 6, 26), SECOND),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "start"), [
    (date(2015, 12, 6), date(2015, 6, 1)), (date(2028, 3, 31), date(2027, 9, 1)), (date(2026, 6, 30), date(2025, 12, 1)),
])  # fmt: skip
def test_first_day_of_the_sixth_month_before(day: date, start: date) -> None:
    assert months_before(day, 6) == start


def test_silence_day_by_day() -> None:
    silent_days = [day for n in range(20) if silent(FIRST, SECOND, day := date(2021, 6, 12) + timedelta(n))]
    assert silent_days == [date(2021, 6, 19), date(2021, 6, 20), date(2021, 6, 26), date(2021, 6, 27)]


def test_silence_comes_over_what_is_open_only() -> None:
    assert stage_of("open", FIRST, None, FIRST) is Stage.SILENCE
    assert stage_of("open", FIRST, None, FIRST + timedelta(1)) is Stage.OPEN
    assert stage_of("draft", FIRST, None, FIRST) is Stage.DRAFT
    assert stage_of("archived", FIRST, None, FIRST) is Stage.ARCHIVED
