"""Two hundred requests of one person on one statement, at the same time, leave one vote and right counts. Runs on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from parvis.debates.models import Participant, Statement, Vote
from tests.debates.taking_part import Browser, key_in, process, stated
from tests.debates.test_votes import counts, recounted

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS, HANDS = 200, 16


def together(act: Callable[[int], Any], requests: int = REQUESTS) -> list[Any]:
    """`requests` calls from as many hands as a server has, let go at once."""
    gate = threading.Barrier(HANDS)

    def hand(first: int) -> list[Any]:
        gate.wait(timeout=20)
        try:
            return [act(number) for number in range(first, requests, HANDS)]
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as hands:
        return [answer for found in hands.map(hand, range(HANDS)) for answer in found]


def test_one_person_two_hundred_times(settings: Any) -> None:
    """Without a cookie at first: even the first answer, sent two hundred times, makes one participant."""
    settings.DEBATES_VOTES_A_MINUTE = 10_000
    made = process()
    one, other = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    page = Browser(made)
    key = key_in(page.card())
    said = ("d_accord", "pas_d_accord", "je_passe")

    def send(number: int) -> int:
        return Browser(made).say(one.number, said[number % 3], key).status_code

    assert set(together(send)) == {200}
    assert Participant.objects.count() == 1
    vote = Vote.objects.get()
    assert sum(counts(one)) == 1
    assert counts(one) == recounted(one)
    assert counts(other) == (0, 0, 0)
    assert Participant.objects.get() == vote.participant


def test_many_people_and_what_they_take_back(settings: Any) -> None:
    settings.DEBATES_VOTES_A_MINUTE, settings.DEBATES_NEWCOMERS_A_DAY = 10_000, 10_000
    made = process()
    one, other = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")

    def visit(number: int) -> None:
        browser = Browser(made)
        browser.say(one.number, "d_accord" if number % 2 else "pas_d_accord")
        browser.say(other.number, "je_passe")
        if number % 4 == 0:
            browser.say(one.number, "annuler")

    together(visit, 48)
    assert Participant.objects.count() == 48
    assert sorted(Participant.objects.values_list("number", flat=True)) == list(range(1, 49))
    assert counts(one) == recounted(one) == (24, 12, 0)
    assert counts(other) == recounted(other) == (0, 0, 48)
    assert Statement.objects.filter(pk=other.pk, passes=48).exists()
