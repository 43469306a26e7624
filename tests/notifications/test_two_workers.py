"""Several workers at the same moment, on a real database: one digest and one letter a person. Runs on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from parvis.accounts.models import User
from parvis.notifications import actions, digests
from parvis.notifications.models import Digest, Event, Follow, Told
from parvis.organisations.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = timezone.make_aware(datetime(2026, 11, 24, 8))
PEOPLE, EVENTS, WORKERS = 12, 3, 4


@pytest.fixture
def news() -> None:
    thing = Organisation.objects.create(name="Club des cartes", slug="club", nature="association").reference
    for number in range(PEOPLE):
        user = User.objects.create_user(f"personne-{number}@exemple.fr")
        Follow.objects.create(user=user, reference=thing, created=MORNING - timedelta(days=20))
        if number % 3 == 0:
            actions.set_period("weekly", by=user)
    for number in range(EVENTS):
        actions.tell(key=f"e{number}", reference=thing, sentence=f"Il s'est passé {number}.")
    Event.objects.update(created=MORNING - timedelta(hours=2))


def together(moments: list[datetime]) -> list[Any]:
    """One worker a moment, let go at once; several rounds each, as a worker does."""
    gate = threading.Barrier(len(moments))

    def work(moment: datetime) -> int:
        gate.wait(timeout=20)
        try:
            return sum(digests.tick(moment + timedelta(seconds=round_)) for round_ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(moments)) as workers:
        return list(workers.map(work, moments))


def test_workers_at_the_same_moment_send_one_letter_each(news: None) -> None:
    sent = together([MORNING] * WORKERS)
    assert sum(sent) == PEOPLE
    assert Counter(letter.to[0] for letter in mail.outbox) == {f"personne-{number}@exemple.fr": 1 for number in range(PEOPLE)}
    assert Digest.objects.filter(state="sent").count() == Digest.objects.count() == PEOPLE
    assert Told.objects.count() == PEOPLE * EVENTS
    assert together([MORNING] * WORKERS) == [0] * WORKERS


def test_workers_whose_clocks_differ_by_a_day_tell_nothing_twice(news: None) -> None:
    """The worst that can be: one believes that it is tomorrow. Who is written to daily may have two letters, never one event twice."""
    together([MORNING, MORNING + timedelta(days=1)] * 2)
    told = Counter(
        (letter.to[0], line) for letter in mail.outbox for line in letter.body.splitlines() if "Il s'est passé" in line
    )
    assert len(told) == PEOPLE * EVENTS
    assert set(told.values()) == {1}
