"""Pages ask the database as much for a few measures as for many, for two evaluators as for ten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parvis.programmes.actions import elections
from parvis.programmes.models import Adjudication, CodingRound, Election, Evaluator, Measure, Outcome, Task
from parvis.programmes.results import facts
from tests.programmes.elections import manager_of, measures, person
from tests.programmes.rounds import MEASURE, opened

pytestmark = pytest.mark.django_db
READERS = ("election", "comparison", "barometer", "method", "list", "measure")
TEAM = ("round", "disputes", "agreement", "code", "prepare", "trail")


def grow(coding_round: CodingRound, count: int) -> None:
    """More measures, already settled, some disputed; more evaluators."""
    for one in coding_round.election.lists.all():
        made = measures(one, count, start=100)
        Outcome.objects.bulk_create(
            Outcome(coding_round=coding_round, measure=measure, candidate_list=one, unit="measure", criterion=name, value=value)
            for measure in made
            for name, value in MEASURE.items()
        )
        Adjudication.objects.bulk_create(
            Adjudication(
                coding_round=coding_round, unit_key=f"measure:{measure.pk}", unit="measure", measure=measure, candidate_list=one, criterion="theme"
            )
            for measure in made
        )  # fmt: skip
        for n in range(5):
            evaluator = Evaluator.objects.create(
                coding_round=coding_round, user=person(f"e{one.pk}-{n}"), label=f"E{one.pk}-{n}"
            )
            Task.objects.bulk_create(
                Task(
                    coding_round=coding_round, evaluator=evaluator, unit="measure", unit_key=f"measure:{measure.pk}", measure=measure,
                    candidate_list=one, position=at,
                )
                for at, measure in enumerate(made, start=1)
            )  # fmt: skip


def address(name: str, coding_round: CodingRound) -> str:
    slug = coding_round.election.slug
    if name == "measure":
        return Measure.objects.get(candidate_list__rank=1, number=1).get_absolute_url()
    more = {"list": ["liste-1"], "code": [coding_round.number, 1], "round": [1], "disputes": [1], "agreement": [1]}.get(
        name, []
    )
    return reverse(f"programmes:{name}", args=[slug, *more])


def asked(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(where).status_code == 200, where
    return len(found)


def test_questions_do_not_grow(settings) -> None:
    settings.PROGRAMMES = True
    coding_round, first, _second = opened(measures_each=3)
    by = manager_of(coding_round.election)
    for one in coding_round.election.lists.all():
        for measure in one.measures.all():
            Outcome.objects.bulk_create(
                Outcome(
                    coding_round=coding_round, measure=measure, candidate_list=one, unit="measure", criterion=name, value=value
                )
                for name, value in MEASURE.items()
            )
    elections.publish(coding_round.election, by=by)
    CodingRound.objects.update(state="published", published="2026-11-01T00:00:00Z", facts=facts.computed(coding_round))
    coding_round.refresh_from_db()
    reader, manager, evaluator = Client(), Client(), Client()
    manager.force_login(by)
    evaluator.force_login(first.user)
    who = dict.fromkeys(READERS, reader) | dict.fromkeys(TEAM, manager) | {"code": evaluator}
    before = {name: asked(client, address(name, coding_round)) for name, client in who.items()}
    grow(coding_round, 40)
    CodingRound.objects.update(facts=facts.computed(CodingRound.objects.get()))
    after = {name: asked(client, address(name, coding_round)) for name, client in who.items()}
    for name in who:
        assert after[name] <= before[name] + 2, (
            name,
            before[name],
            after[name],
        )  # a page that is full asks for what it shows once
    assert max(after.values()) < 30, after
    assert Election.objects.get().lists.count() == 2
