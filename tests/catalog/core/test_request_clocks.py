"""The law of a request, cell by cell: each date with an example worked out by hand, then properties over the whole calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.catalog.core.requests import letters
from parvis.catalog.core.requests.clocks import LAW, Clocks, Facts, Reply, Window, add_months, clocks
from parvis.catalog.core.requests.figures import Case, figures
from parvis.catalog.core.requests.grounds import GROUNDS
from parvis.catalog.core.requests.states import TRANSITIONS, Event, ImpossibleError, State, after

DAYS = st.dates(date(2016, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 3, 15), 1, date(2026, 4, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months(day: date, months: int, found: date) -> None:
    assert add_months(day, months) == found


@given(DAYS, st.integers(0, 40))
def test_a_month_later_is_in_the_month_that_follows(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


# Received, → last day of the month, first and last day for the CADA. The first and third rows are those of a jurist's worked examples.
CELLS = [
    (date(2026, 3, 15), date(2026, 4, 15), date(2026, 4, 16), date(2026, 6, 14)),
    (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 27)),
    (date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 31)),
    (date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 30)),
    (date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 1), date(2028, 4, 28)),
]


@pytest.mark.parametrize(("received", "answer_by", "cada_from", "cada_until"), CELLS)
def test_silence(received: date, answer_by: date, cada_from: date, cada_until: date) -> None:
    facts = Facts(received)
    day = timedelta(days=1)
    on_the_last_day = clocks(facts, answer_by)
    assert (on_the_last_day.answer_by, on_the_last_day.silent, on_the_last_day.window) == (answer_by, False, Window.NOT_YET)
    assert on_the_last_day.days_left == 0
    assert on_the_last_day.refused is None
    over = clocks(facts, answer_by + day)
    assert (over.silent, over.refused, over.window) == (True, answer_by, Window.OPEN)
    assert (over.cada_from, over.cada_until) == (cada_from, cada_until)
    assert clocks(facts, cada_until).window is Window.OPEN
    assert clocks(facts, cada_until + day).window is Window.OVER


@pytest.mark.parametrize(
    ("facts", "today", "window", "refused", "until"),
    [
        (Facts(), date(2026, 3, 15), Window.NONE, None, None),
        # Refused in words, within the month: two months from that day (the worked example of 23 and 30 October).
        (
            Facts(date(2026, 10, 23), Reply.REFUSAL, date(2026, 10, 30)),
            date(2026, 10, 30),
            Window.OPEN,
            date(2026, 10, 30),
            date(2026, 12, 29),
        ),
        # Refused in words after the month: from the silence, which came first.
        (
            Facts(date(2026, 3, 15), Reply.REFUSAL, date(2026, 5, 1)),
            date(2026, 5, 2),
            Window.OPEN,
            date(2026, 4, 15),
            date(2026, 6, 14),
        ),
        # Given, in time or late: nothing to complain of.
        (Facts(date(2026, 3, 15), Reply.DATASET, date(2026, 3, 20)), date(2026, 6, 1), Window.NONE, None, None),
        (Facts(date(2026, 3, 15), Reply.DATASET, date(2026, 5, 20)), date(2026, 6, 1), Window.NONE, None, None),
        # A date is not data: the month ends all the same.
        (Facts(date(2026, 3, 15), Reply.DATE, date(2026, 3, 20)), date(2026, 4, 15), Window.NOT_YET, None, date(2026, 6, 14)),
        (
            Facts(date(2026, 3, 15), Reply.DATE, date(2026, 3, 20)),
            date(2026, 4, 16),
            Window.OPEN,
            date(2026, 4, 15),
            date(2026, 6, 14),
        ),
    ],
)
def test_what_may_be_contested(facts: Facts, today: date, window: Window, refused: date | None, until: date | None) -> None:
    found = clocks(facts, today)
    assert (found.window, found.refused, found.cada_until) == (window, refused, until)


def test_after_the_cada() -> None:
    found = clocks(Facts(date(2026, 3, 15), cada_asked=date(2026, 4, 30)), date(2026, 5, 2))
    assert (found.opinion_by, found.confirmed) == (date(2026, 5, 30), date(2026, 6, 30))


def test_the_reminder_comes_before_the_term() -> None:
    assert clocks(Facts(date(2026, 3, 15)), date(2026, 3, 16)).remind_on == date(2026, 4, 8)


@given(DAYS, st.sampled_from([None, *Reply]), st.integers(0, 90), st.integers(0, 200))
def test_no_date_is_ever_unsafe(received: date, reply: Reply | None, replied: int, later: int) -> None:
    facts = Facts(received, reply, received + timedelta(days=replied) if reply else None)
    today = received + timedelta(days=later)
    found = clocks(facts, today)
    assert found.answer_by is not None
    if found.silent:
        assert today > found.answer_by
    if found.window is Window.OPEN:
        assert found.refused is not None
        assert found.cada_until is not None
        assert found.refused <= today <= found.cada_until < add_months(found.refused, 2)
    if found.refused:
        assert found.refused <= found.answer_by or reply is Reply.REFUSAL


def test_every_term_has_its_text() -> None:
    assert all(term.text.startswith("CRPA") for term in LAW.values())
    assert not LAW["promise"].sure
    assert all(ground.article.startswith("CRPA L3") for ground in GROUNDS.values())


REPLIES = {Event.GIVE, Event.PROMISE, Event.REFUSE}
ALLOWED = {
    State.TO_CONFIRM: {Event.CONFIRM},
    State.TO_SEND: {Event.TRANSMIT, Event.FORWARD, Event.CLOSE, *REPLIES},
    State.RECEIVED: {Event.SILENCE, Event.FORWARD, Event.CLOSE, *REPLIES},
    State.PROMISED: {Event.FORWARD, Event.CLOSE, *REPLIES},
    State.ANSWERED: {Event.CLOSE, *REPLIES},
    State.REFUSED: {Event.FORWARD, Event.CLOSE, *REPLIES},
    State.SILENT: {Event.FORWARD, Event.CLOSE, *REPLIES},
    State.CLOSED: set(),
    State.PASSED: set(),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_each_transition(state: State, event: Event) -> None:
    if event in ALLOWED[state]:
        assert after(state, event) == TRANSITIONS[state, event]
    else:
        with pytest.raises(ImpossibleError):
            after(state, event)


def test_figures_by_hand() -> None:
    today = date(2026, 6, 30)
    cases = [
        Case(date(2026, 1, 1), date(2026, 1, 11), Reply.DATASET),  # in time, 10 days
        Case(date(2026, 1, 31), date(2026, 2, 28), Reply.DATE),  # the last day, 28 days
        Case(date(2026, 1, 1), date(2026, 2, 2), Reply.REFUSAL, "privacy"),  # a day late, 32 days
        Case(date(2026, 3, 1)),  # silence
        Case(date(2026, 6, 1)),  # its month runs
    ]
    found = figures(cases, today)
    assert (found.received, found.running, found.due, found.silent) == (5, 1, 4, 1)
    assert (found.answered, found.in_time, found.percent_in_time) == (3, 2, 50)
    assert (found.given, found.promised, found.refused, found.median_days) == (1, 1, 1, 28)
    assert found.grounds == (("privacy", 1),)
    assert figures([], today).percent_in_time is None


ASKED = letters.Asked("Commune de Figeac", "Menus des cantines", "Une ligne par repas.", "depuis 2024", name="Sacha Exemple")


def test_the_letter_to_the_authority_says_its_date() -> None:
    text = letters.request_letter(ASKED, date(2026, 4, 1))
    assert "le 1er avril 2026 au plus tard" in text
    assert "Période : depuis 2024." in text
    assert text.endswith("Sacha Exemple")


def test_the_letter_to_the_cada_says_how_it_was_refused() -> None:
    def letter(facts: Facts, today: date) -> str:
        return letters.cada_letter(
            ASKED, clocks(facts, today), today=today, reply=facts.reply, reason="Trop long.", ground="abusive"
        )

    silent = letter(Facts(date(2026, 3, 15)), date(2026, 4, 20))
    assert "né de son silence le 15 avril 2026" in silent
    assert "demande restée sans réponse" in silent
    refused = letter(Facts(date(2026, 3, 15), Reply.REFUSAL, date(2026, 3, 20)), date(2026, 3, 21))
    assert "Par une réponse du 20 mars 2026, elle a refusé (abusive)." in refused
    assert "Trop long." in refused
    assert "Sacha" not in refused  # the person writes their own name
    with pytest.raises(ValueError, match="nothing was refused"):
        letter(Facts(date(2026, 3, 15)), date(2026, 3, 20))


def test_clocks_say_nothing_before_reception() -> None:
    found = clocks(Facts(), date(2026, 1, 1))
    empty = Clocks(None, None, None, False, None, Window.NONE, None, None, None, None, None)
    assert found == empty
