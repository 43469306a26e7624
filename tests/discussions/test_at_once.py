"""People who press at the same instant: one mark, one message, no word lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from parvis.accounts.models import User
from parvis.catalog.models import Dataset
from parvis.discussions import actions
from parvis.discussions.models import Message, Revision, Useful
from tests.discussions.conftest import person, say

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def together(act: Callable[[int], Any]) -> None:
    gate = threading.Barrier(CROWD)

    def hand(number: int) -> None:
        gate.wait(timeout=20)
        try:
            act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as hands:
        list(hands.map(hand, range(CROWD)))


def test_one_form_sent_many_times_is_one_message(data: Dataset, ada: User) -> None:
    together(lambda _number: say(data, "Une fois.", ada, form_key="a" * 32))
    assert Message.objects.count() == 1


def test_marks_are_counted_once_a_person(data: Dataset, ada: User, bob: User) -> None:
    one, people = say(data, "Utile.", ada), [person(f"p{number}") for number in range(CROWD)]
    together(lambda _number: actions.mark_useful(one, by=bob))
    together(lambda number: actions.mark_useful(one, by=people[number]))
    one.refresh_from_db()
    assert one.useful == Useful.objects.count() == CROWD + 1


def test_corrections_at_once_lose_no_version(data: Dataset, ada: User) -> None:
    one = say(data, "Version de départ.", ada)
    together(lambda number: actions.edit(one, f"Version {number}.", by=ada))
    one.refresh_from_db()
    said = {past.text for past in Revision.objects.all()} | {one.text}
    assert said == {"Version de départ.", *(f"Version {number}." for number in range(CROWD))}
