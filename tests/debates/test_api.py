"""Taking part, for programs: as a visitor with a key, with a token, for a team with sheets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from parvis.accounts import actions as accounts
from parvis.accounts.models import User
from parvis.debates.models import Participant, Process, Statement, Vote
from tests.debates.taking_part import Browser, commune, member, process, stated, teammate
from tests.debates.test_votes import counts, recounted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def made() -> Process:
    found = process()
    stated(found, "Il faut plus de pistes.", "Il faut des bus le dimanche.", "Le train est trop cher.")
    return found


def token_of(user: User, *scopes: str) -> dict[str, str]:
    _kept, secret = accounts.create_token("essai", list(scopes or ["debates:write"]), 30, by=user)
    return {"authorization": f"Bearer {secret}"}


def call(client: Client, method: str, path: str, body: Any = None, **extra: Any) -> Any:
    return client.generic(
        method, f"/api/v1/debates/{path}", b"" if body is None else _json(body), content_type="application/json", **extra
    )


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


def test_a_visitor_with_a_key_then_a_cookie(made: Process) -> None:
    client = Client()
    found = call(client, "GET", "velo/next")
    assert not found.cookies
    assert found.headers["Cache-Control"] == "no-store"
    asked = found.json()
    number = asked["statement"]["number"]
    assert (asked["answered"], asked["total"], asked["obstacle"]) == (0, 3, None)
    refused = call(client, "PUT", "velo/votes", {"statement": number, "value": "agree"})
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    for _twice in range(2):
        said = call(client, "PUT", "velo/votes", {"statement": number, "value": "agree", "key": asked["key"]})
        assert said.json() | {"changed": ""} == {
            "statement": number, "value": "agree", "changed": "", "participant": 1, "counted": True,
        }  # fmt: skip
        client.cookies.pop("participation-api", None) if _twice == 0 else None
    assert Participant.objects.count() == Vote.objects.count() == 1
    assert call(client, "POST", "velo/votes", {"statement": number, "value": "disagree"}).json()["value"] == "disagree"
    assert call(client, "GET", "velo/participants/me").json()["answered"] == 1
    assert call(client, "GET", "velo/next").json()["statement"]["number"] != number
    assert call(client, "DELETE", f"velo/votes/{number}").status_code == 204
    assert not Vote.objects.exists()
    for one in made.statements.all():
        assert counts(one) == recounted(one) == (0, 0, 0)


def test_a_page_of_another_site_is_refused(made: Process) -> None:
    client = Client()
    key = call(client, "GET", "velo/next").json()["key"]
    elsewhere = {"origin": "https://ailleurs.example"}
    assert (
        call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree", "key": key}, headers=elsewhere).status_code == 403
    )
    call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree", "key": key})
    assert call(client, "PUT", "velo/votes", {"statement": 1, "value": "pass"}, headers=elsewhere).status_code == 403
    assert Vote.objects.get().value == 1


def test_a_session_counts_for_nothing_and_a_token_does(made: Process) -> None:
    somebody = member()
    client = Client()
    client.force_login(somebody)
    assert call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree"}).status_code == 409
    said = call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree"}, headers=token_of(somebody))
    assert said.status_code == 200
    assert not said.cookies
    assert Participant.objects.get().user == somebody
    # The page shows it: the two are one participation.
    browser = Browser(made)
    browser.force_login(somebody)
    assert "Votre réponse actuelle : d&#x27;accord" in browser.card("?affirmation=1")
    wrong = token_of(somebody, "datasets:write")
    assert call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree"}, headers=wrong).status_code == 403


def test_what_is_refused_says_why(made: Process) -> None:
    client = Client()
    key = call(client, "GET", "velo/next").json()["key"]
    assert call(client, "GET", "rien/next").status_code == 404
    assert call(client, "PUT", "velo/votes", {"statement": 99, "value": "agree", "key": key}).status_code == 404
    assert call(client, "PUT", "velo/votes", {"statement": 1, "value": "yes", "key": key}).status_code == 422
    Statement.objects.filter(number=1).update(state="refused")
    assert call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree", "key": key}).status_code == 409
    made.phases.update(closes=timezone.now() - timedelta(minutes=1))
    closed = call(client, "PUT", "velo/votes", {"statement": 2, "value": "agree", "key": key})
    assert (closed.status_code, closed.json()["obstacle"]) == (403, "not-now")
    assert call(client, "GET", "velo/next").json()["obstacle"] == "not-now"
    assert not Participant.objects.exists()


def test_a_draft_is_nobodys(made: Process) -> None:
    Process.objects.update(published=None)
    assert call(Client(), "GET", "velo/statements").status_code == 404
    assert call(Client(), "GET", "velo/statements", headers=token_of(teammate(made))).status_code == 200


def test_too_many_in_a_minute(made: Process) -> None:
    client = Client()
    key = call(client, "GET", "velo/next").json()["key"]
    answers = [
        call(client, "PUT", "velo/votes", {"statement": 1, "value": "agree", "key": key}).status_code for _n in range(75)
    ]
    assert 429 in answers
    assert answers[:50] == [200] * 50


def test_the_list(made: Process) -> None:
    Statement.objects.filter(number=2).update(state="refused", reason="hors sujet")
    found = call(Client(), "GET", "velo/statements?page_size=1").json()
    assert (found["meta"]["total"], found["data"][0]["text"]) == (2, "Il faut plus de pistes.")
    refused = call(Client(), "GET", "velo/statements?state=refused").json()["data"]
    assert (refused[0]["text"], refused[0]["reason"]) == ("", "hors sujet")


def test_proposing(made: Process) -> None:
    client = Client()
    key = call(client, "GET", "velo/next").json()["key"]
    alike = call(client, "POST", "velo/statements", {"text": "Il faut aussi des bus le dimanche.", "key": key})
    assert alike.status_code == 409
    assert alike.json()["alike"][0]["number"] == 2
    sure = call(client, "POST", "velo/statements", {"text": "Il faut aussi des bus le dimanche.", "key": key, "sure": True})
    assert (sure.status_code, sure.json()["state"]) == (201, "waiting")
    assert call(client, "POST", "velo/statements", {"text": "Court", "key": key}).status_code == 422
    assert call(client, "POST", "velo/statements", {"text": "Au nom de l'équipe.", "team": True}).status_code == 401
    team = token_of(teammate(made))
    assert call(client, "POST", "velo/statements", {"text": "Au nom de l'équipe.", "team": True}, headers=team).json()["seed"]


def test_a_commune_said_or_not(made: Process) -> None:
    commune()
    client = Client()
    key = call(client, "GET", "velo/next").json()["key"]
    assert call(client, "PUT", "velo/participants/me", {"commune": "99999", "key": key}).status_code == 422
    assert call(client, "PUT", "velo/participants/me", {"commune": "46102", "key": key}).json()["commune"] == "46102"
    assert call(client, "PUT", "velo/participants/me", {"commune": None}).json() | {"created": ""} == {
        "participant": 1, "level": "visitor", "origin": "site", "counted": True, "commune": None, "commune_asked": True,
        "answered": 0, "total": 3, "created": "",
    }  # fmt: skip


def test_sheets(made: Process) -> None:
    client = Client()
    sheet = {"origin": "paper", "answers": [{"statement": 1, "value": "agree"}, {"statement": 2, "value": "pass"}]}
    assert call(client, "PUT", "velo/sheets/a1", sheet).status_code == 401
    assert call(client, "PUT", "velo/sheets/a1", sheet, headers=token_of(member())).status_code == 403
    team = token_of(teammate(made, "mediator"))
    for _twice in range(2):
        said = call(client, "PUT", "velo/sheets/a1", sheet, headers=team)
        assert said.json() == {"sheet": "a1", "participant": 1, "origin": "paper", "answers": 2}
    call(client, "PUT", "velo/sheets/a2", sheet, headers=team)
    assert Participant.objects.filter(origin="paper").count() == 2
    assert [counts(one) for one in made.statements.all()] == [(2, 0, 0), (0, 0, 2), (0, 0, 0)]
    sheet["answers"].append({"statement": 1, "value": "pass"})
    assert call(client, "PUT", "velo/sheets/a1", sheet, headers=team).status_code == 422
