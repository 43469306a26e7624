"""Programmes for programs: the same as the pages, and nothing before it is public."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.programmes.actions import coding, elections, lists, sources
from parvis.programmes.actions import measures as acts
from parvis.programmes.actions import rounds as actions
from parvis.programmes.models import Adjudication, CodingRound, Election, Measure
from tests.programmes.elections import day, election, manager_of, measures, person
from tests.programmes.rounds import code_all, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings) -> None:
    settings.PROGRAMMES = True


@pytest.fixture
def published() -> CodingRound:
    """Two lists of twelve measures; of the first list, one is of another theme (adjudicated) and one is not digital."""
    coding_round, first, second = opened(measures_each=12)
    by = manager_of(coding_round.election)
    code_all(first, differ={2: {"digital": "no"}})
    code_all(second, differ={1: {"theme": "culture"}, 2: {"digital": "no"}})
    actions.close(coding_round, by=by)
    coding.adjudicate(Adjudication.objects.get(), value="culture", reason="L'archive d'abord.", by=by)
    coding_round.refresh_from_db()
    actions.publish(coding_round, by=by)
    elections.publish(Election.objects.get(), by=by)
    coding_round.refresh_from_db()
    return coding_round


def get(path: str, status: int = 200, **asked: Any) -> dict[str, Any]:
    answer = Client().get(f"/api/v1{path}", asked)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/json" if status == 200 else "application/problem+json")
    found: dict[str, Any] = answer.json()
    return found


def test_elections_and_their_lists(published) -> None:
    made = published.election
    sources.say_missing(made.lists.get(rank=2), on=day(0), by=manager_of(made))
    line = get("/elections")["data"][0]
    assert (line["slug"], line["lists"], line["state"]) == (made.slug, 2, "open")
    found = get(f"/elections/{made.slug}")
    assert [one["name"] for one in found["candidate_lists"]] == ["Liste 1", "Liste 2"]
    assert found["candidate_lists"][1]["sources"][0]["missing"] is True
    assert [one["what"] for one in found["calendar"]] == ["promotion", "aid", "silence"]
    assert [one["name"] for one in found["round"]["evaluators"]] == ["Lise", "Omar"]
    assert get("/elections", page=9)["data"] == []


def test_measures_and_their_filters(published) -> None:
    where = f"/elections/{published.election.slug}/measures"
    whole = get(where, page_size=100)
    assert whole["meta"]["total"] == len(whole["data"]) == 24
    assert whole["data"][0]["quotes"][0]["text"] == "Nous ferons la chose 1."
    assert whole["data"][0]["outcomes"]["theme"] == "culture"
    assert [one["number"] for one in get(where, theme="culture")["data"]] == [1]
    assert [one["number"] for one in get(where, digital="false")["data"]] == [2]
    assert get(where, digital="true", list="liste-1")["meta"]["total"] == 11
    assert get(where, list="liste-9")["meta"]["total"] == 0
    assert "grille" in get(where, 422, theme="rien")["detail"]


def test_one_measure(published) -> None:
    made = published.election
    one, other = Measure.objects.filter(candidate_list__rank=1).order_by("number")[:2]
    found = get(f"/measures/{one.pk}")
    assert found["decisions"] == [{"criterion": "theme", "value": "culture", "reason": "L'archive d'abord."}]
    assert found["codings"]["theme"] == {"Lise": "data", "Omar": "culture"}
    assert found["reply"] is None
    speaker = person("porteparole")
    made.refresh_from_db()
    listed = made.lists.get(rank=1)
    lists.let_speak(listed, user=speaker, by=manager_of(made))
    acts.reply(Measure.objects.get(pk=one.pk), text="Nous précisons.", by=speaker)
    assert get(f"/measures/{one.pk}")["reply"]["text"] == "Nous précisons."
    acts.merge(other, into=one, by=manager_of(made))
    assert get(f"/measures/{other.pk}")["key"] == one.pk


def test_results(published) -> None:
    where = f"/elections/{published.election.slug}"
    compared = get(f"{where}/comparison", theme="culture")
    assert compared["theme"] == {"value": "culture", "label": "culture", "total": 1}
    assert [(one["candidate_list"], one["total"], len(one["measures"])) for one in compared["cells"]] == [
        ("liste-1", 1, 1),
        ("liste-2", 0, 0),
    ]
    assert get(f"{where}/comparison")["theme"]["total"] == 22
    get(f"{where}/comparison", 422, theme="rien")
    share = get(f"{where}/barometer")
    assert share["pooled"] == {"part": 23, "whole": 24, "value": pytest.approx(23 / 24)}
    assert share["mean"] == pytest.approx((11 / 12 + 1) / 2)
    assert [one["share"]["part"] for one in share["lists"]] == [11, 12]
    agreed = get(f"{where}/agreement")
    theme = next(one for one in agreed["criteria"] if one["criterion"] == "theme")
    assert theme["alpha"] == pytest.approx(published.agreement["criteria"]["theme"]["alpha"])
    assert {one["candidate_list"] for one in agreed["documents"]} == {"liste-1", "liste-2"}
    assert get(f"{where}/grid")["criteria"][0]["key"] == "site"
    english = Client().get(f"/api/v1{where}/grid", headers={"accept-language": "en"}).json()
    assert english["criteria"][0]["label"] == "A campaign website"


def test_no_share_where_evaluators_agree_too_little(published) -> None:
    for one in published.agreement["criteria"].values():
        one["reliability"] = "low"
    published.save()
    share = get(f"/elections/{published.election.slug}/barometer")
    assert (share["concludes"], share["pooled"], share["mean"], share["lists"]) == (False, None, None, [])


def every_address(made: Election) -> list[str]:
    names = ("", "/measures", "/search?q=fibre", "/comparison", "/barometer", "/agreement", "/grid")
    return [f"/elections/{made.slug}{name}" for name in names] + [f"/measures/{Measure.objects.first().pk}"]


def test_a_draft_does_not_exist_even_for_its_team() -> None:
    coding_round, first, _second = opened()
    client = Client()
    client.force_login(first.user)
    assert get("/elections")["data"] == []
    for one in every_address(coding_round.election):
        get(one, 404)
        assert client.get(f"/api/v1{one}").status_code == 404, one


def test_before_a_round_is_published_measures_are_there_and_results_are_not() -> None:
    made = election(opened=True)
    measures(made.lists.first(), 2)
    where = f"/elections/{made.slug}"
    assert [one["outcomes"] for one in get(f"{where}/measures")["data"]] == [{}, {}]
    assert get(where)["round"] is None
    for name in ("comparison", "barometer", "agreement", "grid"):
        assert "publié" in get(f"{where}/{name}", 404)["detail"]
    get(f"{where}/measures", 404, digital="true")
    assert get(f"/measures/{Measure.objects.first().pk}")["codings"] == {}


def test_where_the_room_is_off_nothing_is_there(settings, published) -> None:
    settings.PROGRAMMES = False
    for one in ("/elections", *every_address(published.election)):
        get(one, 404)


def test_words_are_found(published) -> None:
    acts.import_rows(published.election.lists.get(rank=1), ["Un observatoire de la biodiversité alpine."], by=None)
    found = get(f"/elections/{published.election.slug}/search", q="biodiversité")
    assert [one["title"] for one in found["data"]] == ["Un observatoire de la biodiversité alpine."]
    get(f"/elections/{published.election.slug}/search", 422)


def test_questions_do_not_grow(published) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            get(path)
        return len(found)

    where = f"/elections/{published.election.slug}"
    addresses = [f"{where}/measures?page_size=100", where, "/elections", f"{where}/comparison", f"{where}/barometer"]
    before = {one: asked(one) for one in addresses}
    for one in published.election.lists.all():
        measures(one, 30, start=100)
    assert {one: asked(one) for one in addresses} == before
    assert max(before.values()) < 15
