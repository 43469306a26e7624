"""Blind coding, agreement, adjudication, publication: by their actions, on a small election."""

from __future__ import annotations

import itertools

import pytest
from django.core.exceptions import PermissionDenied

from parvis.organisations.models import Role
from parvis.programmes import rounds
from parvis.programmes.actions import coding
from parvis.programmes.actions import rounds as actions
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.models import Adjudication, Coding, Outcome, Task, Trace
from tests.programmes.elections import election, manager_of, measures, member, person
from tests.programmes.rounds import answers, code_all, opened, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def started():
    return opened(measures_each=6)


def test_units_are_given_out_evenly_and_positions_follow(started) -> None:
    _coding_round, first, second = started
    counts = [Task.objects.filter(evaluator=one).count() for one in (first, second)]
    assert counts == [16, 16]  # twelve measures, two lists' presence and vision
    assert sorted(Task.objects.filter(evaluator=first).values_list("position", flat=True)) == list(range(1, 17))


def test_a_round_needs_two_evaluators_measures_and_a_seed() -> None:
    made = election()
    by = manager_of(made)
    with pytest.raises(ElectionError, match="graine"):
        actions.prepare(made, seed=" ", by=by)
    prepared = actions.prepare(made, seed="x", by=by)
    actions.invite(prepared, user=person("une"), label="Une", by=by)
    with pytest.raises(ElectionError, match="2 évaluateurs"):
        actions.open_round(prepared, by=by)
    with pytest.raises(ElectionError, match="déjà"):
        actions.invite(prepared, user=person("autre"), label="Une", by=by)
    actions.invite(prepared, user=person("deux"), label="Deux", by=by)
    with pytest.raises(ElectionError, match="mesures"):
        actions.open_round(prepared, by=by)
    measures(made.lists.first(), 2)
    actions.open_round(prepared, by=by)
    with pytest.raises(ElectionError, match="pas là"):
        actions.open_round(prepared, by=by)


def test_coding_keeps_the_last_word_and_the_trail_the_first(started) -> None:
    _coding_round, first, _second = started
    task = task_of(first, "measure")
    coding.code(task, values=answers("measure"), by=first.user, memo="un doute")
    coding.code(task, values=answers("measure") | {"theme": "culture"}, by=first.user)
    assert dict(task.codings.values_list("criterion", "value"))["theme"] == "culture"
    assert Trace.objects.get(act="coding.change").detail == {"changed": {"theme": ["data", "culture"]}}
    coding.code(task, values=answers("measure", digital="no"), by=first.user)
    assert not task.codings.filter(criterion="powers").exists()


def test_coding_is_whole_and_ones_own(started) -> None:
    _coding_round, first, second = started
    task = task_of(first, "measure")
    incomplete = answers("measure")
    incomplete.pop("theme")
    with pytest.raises(coding.MissingAnswer, match="Thème") as caught:
        coding.code(task, values=incomplete, by=first.user)
    assert caught.value.criterion == "theme"
    with pytest.raises(ElectionError, match="autre évaluateur"):
        coding.code(task, values=answers("measure"), by=second.user)
    with pytest.raises(PermissionDenied):
        coding.code(task, values=answers("measure"), by=person("passant"))
    assert not Coding.objects.exists()


def test_closing_waits_for_everybody(started) -> None:
    coding_round, first, second = started
    by = manager_of(coding_round.election)
    code_all(first)
    with pytest.raises(ElectionError, match="16 lectures"):
        actions.close(coding_round, by=by)
    code_all(second)
    closed = actions.close(coding_round, by=by)
    assert closed.agreement["criteria"]["digital"]["reliability"] == "dominated"  # all say yes: nothing varies
    with pytest.raises(ElectionError):
        coding.code(task_of(first, "measure"), values=answers("measure"), by=first.user)


def test_the_whole_way_to_publication(started) -> None:
    coding_round, first, second = started
    by = manager_of(coding_round.election)
    code_all(first)
    code_all(second, differ={1: {"theme": "culture"}, 2: {"digital": "no"}})
    closed = actions.close(coding_round, by=by)
    assert sorted(Adjudication.objects.values_list("criterion", flat=True)) == ["digital", "theme"]
    with pytest.raises(ElectionError, match="2 points"):
        actions.publish(closed, by=by)
    point = Adjudication.objects.get(criterion="digital")
    for value, reason in (("peut-être", "x"), ("yes", " ")):
        with pytest.raises(ElectionError):
            coding.adjudicate(point, value=value, reason=reason, by=by)
    coding.adjudicate(point, value="yes", reason="Le site est l'objet de la mesure.", by=by)
    waiting = Adjudication.objects.filter(value="", unit_key=point.unit_key)
    assert sorted(waiting.values_list("criterion", flat=True)) == ["novelty", "place", "powers", "public"]
    coding.adjudicate(point, value="no", reason="Relu : le site n'en est que l'annonce.", by=by)
    assert not waiting.exists()
    assert Trace.objects.get(act="adjudication.change").detail["before"] == "yes"
    coding.adjudicate(Adjudication.objects.get(criterion="theme"), value="data", reason="Le premier effet.", by=by)
    published = actions.publish(closed, by=by)
    assert Outcome.objects.filter(adjudicated=True).count() == 2
    assert published.facts["digital"]["pooled"] == [11, 12]
    assert Coding.objects.filter(task__unit_key=point.unit_key, criterion="digital").count() == 2, "both codings stay"
    assert actions.publish(closed, by=by).facts == published.facts


def test_only_managers_organise_and_only_editors_decide(started) -> None:
    coding_round, first, second = started
    code_all(first)
    code_all(second, differ={1: {"theme": "culture"}})
    agent = member(coding_round.election.organisation, Role.AGENT, "agent")
    editor = member(coding_round.election.organisation, Role.EDITOR, "editrice")
    for user in (agent, editor, first.user):
        with pytest.raises(PermissionDenied):
            actions.close(coding_round, by=user)
    actions.close(coding_round, by=manager_of(coding_round.election))
    point = Adjudication.objects.get()
    for user in (agent, first.user):
        with pytest.raises(PermissionDenied):
            coding.adjudicate(point, value="data", reason="x", by=user)
    coding.adjudicate(point, value="data", reason="x", by=editor)


def test_what_is_seen_in_the_database_is_what_the_rule_says(started) -> None:
    """Every person, at every step of a round, on every task."""
    coding_round, first, second = started
    editor = member(coding_round.election.organisation, Role.EDITOR, "editrice")
    by = manager_of(coding_round.election)
    people = [first.user, second.user, editor, by]

    def compare() -> None:
        for user, task in itertools.product(people, Task.objects.select_related("evaluator")):
            in_database = rounds.visible_tasks(user, coding_round).filter(pk=task.pk).exists()
            own = task.evaluator.user_id == user.pk
            assert in_database == (own or rounds.sees(user, task, coding_round)), (user, task.unit_key)

    coding_round.election.refresh_from_db()
    for task in Task.objects.filter(evaluator=first)[:3]:
        coding.code(task, values=answers(task.unit), by=first.user)
    compare()
    code_all(first)
    code_all(second, only=4)
    compare()
    assert not rounds.visible_tasks(second.user, coding_round).exclude(evaluator=second).exists()
    code_all(second)
    assert rounds.visible_tasks(second.user, coding_round).filter(evaluator=first).exists()
    actions.close(coding_round, by=by)
    coding_round.refresh_from_db()
    compare()


def test_codings_of_ones_own_come_from_a_table(started) -> None:
    coding_round, first, _second = started
    one, other = list(Task.objects.filter(evaluator=first, unit="measure")[:2])
    rows = [{"unit": one.unit_key, "criterion": name, "value": value} for name, value in answers("measure").items()]
    rows += [
        {"unit": other.unit_key, "criterion": "theme", "value": "data"},
        {"unit": "measure:inconnue", "criterion": "theme", "value": "data"},
    ]
    assert coding.import_codings(coding_round, rows, by=first.user) == (1, 2)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.done is not None, other.done) == (True, None)


def test_a_grid_keeps_its_version() -> None:
    kept = actions.keep_grid(actions.bundled())
    assert actions.keep_grid(actions.bundled()) == kept
    with pytest.raises(ElectionError, match="version"):
        actions.keep_grid(actions.bundled() | {"guidelines": []})
    with pytest.raises(ElectionError):
        actions.keep_grid({"criteria": []})


def test_who_leaves_takes_their_account_and_leaves_their_codings(started) -> None:
    from parvis.accounts.personal import HOLDINGS
    from parvis.programmes.personal import export

    _coding_round, first, _second = started
    coding.code(task_of(first, "measure"), values=answers("measure"), by=first.user)
    told = export(first.user)
    assert (told["evaluator_in"][0]["label"], len(told["codings"])) == ("Lise", 9)
    assert "programmes" in HOLDINGS
    first.user.delete()
    first.refresh_from_db()
    assert first.user is None
    assert Coding.objects.count() == 9
