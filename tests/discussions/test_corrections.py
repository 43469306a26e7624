"""Corrections that a rule holds, what is cited, names that are chosen, and what programs do of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parvis.accounts import actions as accounts
from parvis.accounts.models import User
from parvis.catalog.models import Dataset
from parvis.discussions import actions
from parvis.discussions.models import Message, Revision
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case, Rule
from parvis.shared import citing
from tests.discussions.conftest import address, person, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def held_words(db: None) -> None:
    """The moderators of this site read first whatever says « navet »."""
    Rule.objects.create(kind=Rule.Kind.WORDS, words="navet", holds=True)


def decided(message: Message, verdict: str, reason: str) -> Message:
    moderator = person(f"moderation-{verdict}", platform_role="moderator")
    case = Case.objects.get(reference=message.reference, decided=None)
    moderation.decide(case, verdict=verdict, reason=reason, by=moderator)
    message.refresh_from_db()
    return message


# ----- A correction that waits -----


def test_the_words_of_before_stay_in_view_while_a_correction_waits(
    data: Dataset, ada: User, bob: User, client: Client, held_words: None
) -> None:
    head = say(data, "La carte est juste.", ada)
    say(data, "Je suis d'accord.", bob, parent=head)
    actions.edit(head, "La carte est un navet.", by=ada)
    actions.edit(head, "La carte est un vrai navet.", by=ada)
    for page in (client.get(address(data)), client.get(head.get_absolute_url())):
        shown = page.content.decode()
        assert "La carte est juste." in shown
        assert "Je suis d&#x27;accord." in shown
        assert "navet" not in shown
    assert not Revision.objects.exists(), "words that nobody could read are no version"
    assert "navet" not in client.get(reverse("discussions:history", args=[head.pk])).content.decode()
    assert "navet" not in client.get(reverse("discussions:export", args=[data.reference])).getvalue().decode()
    assert client.get(f"/api/v1/messages/{head.pk}").json()["data"]["text"] == "La carte est juste."
    client.force_login(ada)
    assert "un vrai navet" in client.get(head.get_absolute_url()).content.decode()


def test_a_correction_that_is_accepted_takes_their_place(data: Dataset, ada: User, held_words: None) -> None:
    head = actions.edit(say(data, "La carte est juste.", ada), "La carte est un navet.", by=ada)
    decided(head, "keep", "within_rules")
    assert (head.words, head.standing, bool(head.edited)) == ("La carte est un navet.", None, True)
    assert [past.text for past in Revision.objects.all()] == ["La carte est juste."]


def test_a_correction_that_is_refused_hides_the_message(data: Dataset, ada: User, client: Client, held_words: None) -> None:
    head = actions.edit(say(data, "La carte est juste.", ada), "La carte est un navet.", by=ada)
    decided(head, "hide", "insult")
    assert not head.is_readable
    shown = client.get(head.get_absolute_url()).content.decode()
    assert "navet" not in shown


def test_coming_back_to_the_words_of_before_waits_for_nobody(data: Dataset, ada: User, held_words: None) -> None:
    head = actions.edit(say(data, "La carte est juste.", ada), "La carte est un navet.", by=ada)
    assert head.standing
    head = actions.edit(head, "La carte est juste.", by=ada)
    assert (head.standing, head.words) == (None, "La carte est juste.")


def test_a_name_that_is_chosen_is_read_by_the_rules_too(data: Dataset, ada: User, held_words: None) -> None:
    assert say(data, "Bonjour à vous.", ada, signature="Le navet").published is None
    assert say(data, "Bonjour à tous.", ada).published


# ----- What is cited -----


def test_the_address_of_an_answer_cites_that_answer(data: Dataset, ada: User, bob: User) -> None:
    head = say(data, "Une question de fond.", ada)
    reply = say(data, "Une réponse de fond.", bob, parent=head)
    assert citing.reference_of(reply.get_absolute_url()) == reply.reference
    assert citing.reference_of(head.get_absolute_url()) == head.reference


def test_cards_cost_the_same_however_many_messages_cite(data: Dataset, ada: User, bob: User, client: Client) -> None:
    def fill(count: int) -> int:
        Message.objects.bulk_create(
            Message(
                subject=data.reference, text=f"Fil {n}", author=ada, signature="Ada", published=timezone.now(),
                references=[data.reference],
            )
            for n in range(count)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address(data)).status_code == 200
        return len(asked)

    client.force_login(bob)
    client.get(address(data))
    assert fill(2) == fill(10)


# ----- For programs -----


def send(client: Client, user: User, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    _token, secret = accounts.create_token("essai", ["discussions:write"], 1, by=user)
    headers = {"Authorization": f"Bearer {secret}"}
    return client.generic(method, f"/api/v1/messages/{path}", json.dumps(body or {}), "application/json", headers=headers)


def test_programs_mark_the_answer(data: Dataset, ada: User, bob: User, client: Client) -> None:
    question = say(data, "De quel trimestre ?", ada, kind=Message.KindOf.QUESTION)
    reply = say(data, "Du premier.", bob, parent=question)
    assert send(client, bob, "PUT", f"{reply.pk}/answer").status_code == 403
    assert send(client, ada, "PUT", f"{question.pk}/answer").status_code == 409
    for _again in range(2):
        assert send(client, ada, "PUT", f"{reply.pk}/answer").json()["answer"] == reply.pk
    for _again in range(2):
        assert send(client, ada, "DELETE", f"{reply.pk}/answer").json()["answer"] is None


def test_programs_read_what_a_message_said_before(data: Dataset, ada: User, client: Client) -> None:
    one = say(data, "La fibre arive.", ada)
    actions.edit(one, "La fibre arrive.", by=ada)
    found = client.get(f"/api/v1/messages/{one.pk}/versions").json()
    assert [past["text"] for past in found["data"]] == ["La fibre arive."]
    assert found["meta"]["total"] == 1
    actions.withdraw(one, by=ada)
    assert client.get(f"/api/v1/messages/{one.pk}/versions").status_code == 404


def test_what_did_not_change_is_not_sent_again(data: Dataset, ada: User, client: Client) -> None:
    one = say(data, "La fibre arrive.", ada)
    for path in (f"discussions?subject={data.reference}", f"messages/{one.pk}", f"messages/{one.pk}/versions"):
        tag = client.get(f"/api/v1/{path}").headers["ETag"]
        assert client.get(f"/api/v1/{path}", headers={"if-none-match": tag}).status_code == 304
    say(data, "Elle est là.", ada)
    assert client.get(f"/api/v1/discussions?subject={data.reference}").headers["ETag"] != tag
