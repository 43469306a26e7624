"""Discussions: threads, questions and their answers, usefulness, corrections, what is hidden, who may."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts import actions as accounts
from parvis.accounts.models import User
from parvis.catalog.models import Dataset
from parvis.debates.models import Phase, Process, Teammate
from parvis.discussions import actions, queries
from parvis.discussions.models import Message, Revision, Useful
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case
from parvis.notifications.models import Event, Follow
from parvis.shared import kinds
from tests.catalog.publishing import dataset
from tests.debates.taking_part import process
from tests.discussions.conftest import address, person, say

pytestmark = pytest.mark.django_db


# ----- Writing -----


def test_a_question_is_answered_by_who_publishes(
    data: Dataset, ada: User, officer: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    asked = say(data, "D'où viennent les chiffres de 2017 ?", ada, kind="question")
    assert Event.objects.get(reference=data.reference).sentence.startswith("Une question sur «")
    assert Follow.objects.filter(user=ada, reference=asked.reference).exists()
    reply = say(data, "De l'Arcep, au dernier jour du trimestre.", officer, parent=asked, official=True)
    asked.refresh_from_db()
    assert asked.answer == reply
    assert reply.voice == data.organisation.name
    assert Event.objects.get(reference=asked.reference).sentence.startswith(f"{data.organisation.name} a répondu à")
    page = client.get(data.get_absolute_url()).content.decode()
    assert "1 question à qui publie, 1 avec une réponse" in page
    assert page.index("chiffres de 2017") < page.index("au dernier jour du trimestre")
    assert queries.facts_of(data.reference) == queries.Facts(messages=2, threads=1, questions=1, answered=1)
    assert not queries.unanswered([data.reference]).exists()


def test_threads_are_two_levels_deep(data: Dataset, ada: User, bob: User) -> None:
    head = say(data, "Une remarque sur les arrondis.", ada)
    first = say(data, "Je les vois aussi.", bob, parent=head)
    second = say(data, "À quelle ligne ?", ada, parent=first)
    assert (second.parent, second.quoted) == (head, first)
    assert say(data, "La douzième.", bob, parent=head).quoted is None


def test_messages_of_two_discussions_are_not_mixed(data: Dataset, ada: User) -> None:
    other = say(dataset(slug="autre"), "Ailleurs.", ada)
    with pytest.raises(actions.DiscussionError):
        say(data, "Ici ?", ada, parent=other)
    with pytest.raises(actions.DiscussionError):
        say(data, "Ici ?", ada, quoted=other)


def test_the_same_form_sent_twice_is_one_message(data: Dataset, ada: User) -> None:
    one = say(data, "Une seule fois.", ada, form_key="a" * 32)
    assert say(data, "Une seule fois.", ada, form_key="a" * 32) == one
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "ab", "x" * 4001])
def test_words_are_needed(data: Dataset, ada: User, text: str) -> None:
    with pytest.raises(actions.DiscussionError):
        say(data, text, ada)


def test_an_address_is_never_a_name(data: Dataset) -> None:
    nameless = person("sansnom", "")
    with pytest.raises(actions.DiscussionError):
        say(data, "Bonjour à tous.", nameless)
    assert say(data, "Bonjour à tous.", nameless, signature="Une voisine").signature == "Une voisine"


def test_nobody_speaks_for_another(data: Dataset, ada: User) -> None:
    with pytest.raises(PermissionDenied):
        say(data, "Nous répondons.", ada, official=True)


def test_what_is_cited_is_a_page_of_the_site(data: Dataset, ada: User, client: Client) -> None:
    client.force_login(ada)
    fields = {"kind": "comment", "text": "Voyez cette table.", "signature": "Ada", "references": data.get_absolute_url()}
    assert client.post(address(data, "write"), fields).status_code == 302
    assert Message.objects.get().references == [data.reference]
    refused = client.post(address(data, "write"), fields | {"references": "https://ailleurs.example/x"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "n&#x27;est pas une page publique de ce site" in page
    assert "Voyez cette table." in page


# ----- Who may, and when -----


def with_phases(*found: tuple[str, int, int | None]) -> Process:
    made = process("velo")
    made.phases.all().delete()
    now = timezone.now()
    for position, (kind, opens, closes) in enumerate(found):
        ends = None if closes is None else now + timedelta(days=closes)
        Phase.objects.create(
            process=made, position=position, kind=kind, title=kind, opens=now + timedelta(days=opens), closes=ends
        )
    return made


CELLS = [
    ([("opinions", -1, None)], "none"),
    ([("opinions", -1, None), ("discussion", 2, 9)], "closed"),
    ([("discussion", -1, 3)], "open"),
    ([("discussion", -9, -1), ("opinions", -1, None)], "closed"),
    ([("discussion", -9, -1)], "closed"),
]


@pytest.mark.parametrize(("phases", "expected"), CELLS)
def test_a_process_is_discussed_during_its_phase(phases: list[Any], expected: str, ada: User, client: Client) -> None:
    made = with_phases(*phases)
    page = client.get(address(made))
    assert page.status_code == (404 if expected == "none" else 200)
    client.force_login(ada)
    answer = client.post(address(made, "write"), {"kind": "comment", "text": "Bonjour à tous.", "signature": "Ada"})
    assert answer.status_code == {"none": 404, "closed": 422, "open": 302}[expected]
    assert Message.objects.count() == (expected == "open")


def test_the_page_of_a_process_shows_its_discussion(ada: User, client: Client) -> None:
    made = with_phases(("discussion", -1, 3))
    say(made, "Et la piste du pont ?", ada)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Et la piste du pont" in page
    assert address(made, "write") in page
    Phase.objects.update(closes=timezone.now() - timedelta(hours=1))
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Et la piste du pont" in page
    assert address(made, "write") not in page
    assert "Lire la discussion" in page


def test_the_team_of_a_process_answers_in_its_name(ada: User, bob: User) -> None:
    made = with_phases(("discussion", -1, 3))
    Teammate.objects.create(process=made, user=bob, role="facilitator")
    assert say(made, "Nous en tiendrons compte.", bob, official=True).voice == made.organisation.name
    with pytest.raises(PermissionDenied):
        say(made, "Nous aussi.", ada, official=True)


def test_what_is_not_public_is_not_discussed(data: Dataset, ada: User, client: Client) -> None:
    say(data, "Bonjour à tous.", ada)
    Dataset.objects.update(published=None)
    assert client.get(address(data)).status_code == 404
    assert client.get(Message.objects.get().get_absolute_url()).status_code == 404
    assert client.get(address(data, "export")).status_code == 404
    assert "Bonjour à tous." not in client.get(reverse("discussions:index")).content.decode()
    assert kinds.cards([Message.objects.get().reference], None)[0].state == "gone"
    with pytest.raises(Http404):
        say(data, "Encore ?", ada)


@pytest.mark.parametrize("subject", ["process:absent", "commune:46102", "n'importe quoi", "message:abc", "dataset:a\x00b"])
def test_what_is_not_discussed_is_not_found(subject: str, client: Client) -> None:
    assert client.get(f"/discussions/sur/{subject}/").status_code == 404


def test_writing_asks_to_sign_in_and_comes_back(data: Dataset, client: Client) -> None:
    answer = client.get(address(data, "write") + "?nature=question")
    assert answer.status_code == 302
    assert "/compte/login/?next=" in answer["Location"]


# ----- Useful -----


def test_useful_is_counted_once_a_person(data: Dataset, ada: User, bob: User, client: Client) -> None:
    one = say(data, "Une remarque.", ada)
    client.force_login(bob)
    for _again in range(3):
        client.post(reverse("discussions:useful", args=[one.pk]))
    one.refresh_from_db()
    assert one.useful == Useful.objects.count() == 1
    client.post(reverse("discussions:useful", args=[one.pk]), {"stop": "1"})
    one.refresh_from_db()
    assert one.useful == 0
    with pytest.raises(actions.DiscussionError):
        actions.mark_useful(one, by=ada)


def test_the_most_useful_come_first_then_the_latest(data: Dataset, ada: User, bob: User) -> None:
    made = [say(data, f"Message {number}.", ada) for number in range(4)]
    for number, one in enumerate(made):
        Message.objects.filter(pk=one.pk).update(created=timezone.now() - timedelta(hours=4 - number))
    actions.mark_useful(made[1], by=bob)
    order = [one.text for one in queries.heads(data.reference, None)]
    assert order == ["Message 1.", "Message 3.", "Message 2.", "Message 0."]
    assert [one.text for one in queries.heads(data.reference, None, "anciens")] == [f"Message {n}." for n in range(4)]


# ----- The answer -----


def test_who_asked_says_which_is_the_answer(data: Dataset, ada: User, bob: User) -> None:
    asked = say(data, "Quelle année ?", ada, kind="question")
    reply = say(data, "2018, je crois.", bob, parent=asked)
    with pytest.raises(PermissionDenied):
        actions.mark_answer(asked, reply, by=bob)
    assert actions.mark_answer(asked, reply, by=ada).answer == reply
    assert actions.mark_answer(asked, None, by=ada).answer is None
    elsewhere = say(data, "Un autre fil.", bob)
    with pytest.raises(actions.DiscussionError):
        actions.mark_answer(asked, elsewhere, by=ada)


def test_an_answer_that_goes_leaves_the_question_open(data: Dataset, ada: User, officer: User) -> None:
    asked = say(data, "Quelle année ?", ada, kind="question")
    reply = say(data, "2018.", officer, parent=asked, official=True)
    actions.withdraw(reply, by=officer)
    asked.refresh_from_db()
    assert asked.answer is None


# ----- Corrected, withdrawn, hidden -----


def test_what_was_written_before_stays_readable(data: Dataset, ada: User, bob: User, client: Client) -> None:
    one = say(data, "La fibre arive.", ada)
    actions.edit(one, "La fibre arrive.", by=ada)
    actions.edit(one, "La fibre arrive.", by=ada)
    assert [past.text for past in Revision.objects.all()] == ["La fibre arive."]
    page = client.get(reverse("discussions:history", args=[one.pk])).content.decode()
    assert "La fibre arive." in page
    with pytest.raises(PermissionDenied):
        actions.edit(one, "Autre chose.", by=bob)
    assert "modifié" in client.get(one.get_absolute_url()).content.decode()


def test_what_is_withdrawn_leaves_its_place_when_others_answered(data: Dataset, ada: User, bob: User, client: Client) -> None:
    alone, head = say(data, "Personne ne répond.", ada), say(data, "On me répond.", ada)
    say(data, "Me voici.", bob, parent=head)
    for one in (alone, head):
        actions.withdraw(one, by=ada)
        actions.withdraw(one, by=ada)
    page = client.get(address(data)).content.decode()
    assert "Personne ne répond." not in page
    assert "On me répond." not in page
    assert "Retiré par son auteur" in page
    assert "Me voici." in page
    assert client.get(reverse("discussions:history", args=[head.pk])).status_code == 404


def test_what_is_hidden_leaves_a_trace_and_may_come_back(
    data: Dataset, ada: User, bob: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    one = say(data, "Un propos déplacé.", ada)
    moderation.report(one.reference, reason="insult", by=bob)
    moderator = person("moderation", platform_role="moderator")
    case = Case.objects.get(reference=one.reference)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.decide(case, verdict="hide", reason="insult", by=moderator)
    page = client.get(address(data)).content.decode()
    assert "Un propos déplacé." not in page
    assert "Ce contenu a été masqué le" in page
    assert "Un propos déplacé." not in client.get(data.get_absolute_url()).content.decode()
    line = b"".join(client.get(address(data, "export"))).decode().splitlines()[1]  # type: ignore[arg-type]
    assert "déplacé" not in line
    client.force_login(ada)
    assert "Un propos déplacé." in client.get(one.get_absolute_url()).content.decode()
    one.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.edit(one, "Réécrit.", by=ada)


def test_a_flood_of_a_new_account_waits_unseen(data: Dataset, bob: User, client: Client) -> None:
    new = person("nouvelle", "Nouvelle")
    made = [say(data, f"Un message différent, numéro {number}.", new) for number in range(12)]
    held = [one for one in made if one.published is None]
    assert held, "no rule held the flood of a new account"
    page = client.get(address(data) + "?tri=anciens").content.decode()
    assert held[0].text not in page
    assert client.get(held[0].get_absolute_url()).status_code == 404
    assert not Event.objects.filter(key=held[0].reference).exists()
    client.force_login(new)
    assert client.get(held[0].get_absolute_url()).status_code == 200
    moderator = person("moderation", platform_role="moderator")
    moderation.decide(Case.objects.get(reference=held[0].reference), verdict="keep", reason="within_rules", by=moderator)
    client.logout()
    assert client.get(held[0].get_absolute_url()).status_code == 200


def test_who_leaves_takes_their_name_away(data: Dataset, ada: User, client: Client) -> None:
    say(data, "Je m'en vais.", ada)
    ada.delete()
    page = client.get(address(data)).content.decode()
    assert "Je m&#x27;en vais." in page
    assert "Compte supprimé" in page
    assert "Ada" not in page


# ----- Pages -----


def test_a_page_costs_the_same_whatever_it_holds(
    data: Dataset, ada: User, bob: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        heads = Message.objects.bulk_create(
            Message(subject=data.reference, text=f"Fil {n}", author=ada, signature="Ada", published=timezone.now())
            for n in range(count)
        )
        Message.objects.bulk_create(
            Message(subject=data.reference, parent=head, text="Réponse", author=bob, signature="Bob", published=timezone.now())
            for head in heads
            for _n in range(5)
        )

    client.force_login(bob)
    fill(2)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(address(data))
    fill(40)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = client.get(address(data)).content.decode()
    assert page.count('class="thread"') == 15
    assert "Lire les 2 autres réponses" in page


def test_a_message_is_found_on_its_page_of_the_thread(data: Dataset, ada: User, bob: User, client: Client) -> None:
    head = say(data, "Un long fil.", ada)
    now = timezone.now()
    made = Message.objects.bulk_create(
        Message(
            subject=data.reference, parent=head, text=f"Réponse {n}.", author=bob, signature="Bob", published=now,
            created=now + timedelta(seconds=n),
        )
        for n in range(120)
    )  # fmt: skip
    page = client.get(made[110].get_absolute_url()).content.decode()
    assert "Réponse 110." in page
    assert "page 3 sur 3" in page
    assert client.get(reverse("discussions:thread", args=[made[110].pk])).status_code == 302


def test_the_index_lists_questions_without_an_answer(data: Dataset, ada: User, officer: User, client: Client) -> None:
    answered, waiting = (
        say(data, text, ada, kind="question") for text in ("Combien en 2017, dites.", "Combien en 2018, dites.")
    )
    say(data, "Voici.", officer, parent=answered, official=True)
    page = client.get(reverse("discussions:index") + "?seulement=sans-reponse").content.decode()
    assert waiting.text in page
    assert answered.text not in page


def test_the_export_escapes_formulas(data: Dataset, ada: User, client: Client) -> None:
    say(data, '=HYPERLINK("http://x.example")', ada)
    table = b"".join(client.get(address(data, "export"))).decode()  # type: ignore[arg-type]
    assert "'=HYPERLINK" in table


def test_english_pages(data: Dataset, ada: User, client: Client) -> None:
    say(data, "What about 2017?", ada, kind="question")
    page = client.get(address(data), headers={"Accept-Language": "en"}).content.decode()
    assert "Ask a question" in page
    assert "Poser une question" not in page


# ----- For programs -----


def token(user: User) -> dict[str, str]:
    _token, secret = accounts.create_token("essai", ["discussions:write"], 1, by=user)
    return {"Authorization": f"Bearer {secret}"}


def test_the_api_reads_and_writes(data: Dataset, ada: User, bob: User, officer: User, client: Client) -> None:
    def send(user: User | None, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = token(user) if user else {}
        return client.generic(method, f"/api/v1/{path}", json.dumps(body or {}), "application/json", headers=headers)

    asked = {"subject": data.reference, "kind": "question", "text": "De quel trimestre ?", "key": "b" * 32}
    assert send(None, "POST", "messages", asked).status_code == 401
    made = send(ada, "POST", "messages", asked)
    assert made.status_code == 201
    assert send(ada, "POST", "messages", asked).json()["id"] == made.json()["id"]
    key = made.json()["id"]
    assert send(bob, "POST", "messages", {"subject": data.reference, "text": "Non.", "official": True}).status_code == 403
    reply = send(
        officer, "POST", "messages", {"subject": data.reference, "text": "Le premier.", "parent": key, "official": True}
    )
    assert reply.json()["voice"] == data.organisation.name
    for _again in range(2):
        assert send(bob, "PUT", f"messages/{key}/useful").json()["useful"] == 1
    assert send(ada, "PUT", f"messages/{key}/useful").status_code == 409
    assert send(bob, "PATCH", f"messages/{key}", {"text": "Autre."}).status_code == 403
    assert send(ada, "PATCH", f"messages/{key}", {"text": "De quel trimestre, dites ?"}).json()["edited"]
    listed = client.get("/api/v1/discussions", {"subject": data.reference}).json()
    assert [(one["id"], one["replies"], one["answer"]) for one in listed["data"]] == [(key, 1, reply.json()["id"])]
    assert listed["open"] is True
    assert send(officer, "DELETE", f"messages/{reply.json()['id']}").status_code == 204
    one = client.get(f"/api/v1/messages/{key}").json()
    assert one["data"]["answer"] is None
    assert [(reply["text"], bool(reply["withdrawn"])) for reply in one["replies"]] == [("", True)]


def test_the_api_says_what_is_not_there(data: Dataset, client: Client) -> None:
    for path in ("discussions?subject=dataset:absent", "discussions?subject=rien", "messages/absent"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


# ----- Found by reading -----


def test_a_key_belongs_to_who_sends_it(data: Dataset, ada: User, bob: User) -> None:
    one, other = (say(data, "La même clé.", user, form_key="c" * 32) for user in (ada, bob))
    assert one != other


def test_correcting_the_text_keeps_what_is_cited(data: Dataset, ada: User, client: Client) -> None:
    one = say(data, "Voyez la table.", ada, references=[data.reference])
    body = json.dumps({"text": "Voyez cette table."})
    assert (
        client.generic("PATCH", f"/api/v1/messages/{one.pk}", body, "application/json", headers=token(ada)).status_code == 200
    )
    one.refresh_from_db()
    assert (one.text, one.references) == ("Voyez cette table.", [data.reference])


def test_words_that_left_public_view_are_not_told(data: Dataset, ada: User, officer: User) -> None:
    asked = say(data, "Qui a fait cela ?", ada, kind="question")
    assert Event.objects.filter(key=asked.reference).exists()
    actions.hide(asked, "une insulte")
    assert not Event.objects.filter(key=asked.reference).exists()
    actions.show(asked)
    assert Event.objects.filter(key=asked.reference).exists()
    actions.withdraw(asked, by=ada)
    assert not Event.objects.filter(key=asked.reference).exists()
    Message.objects.filter(pk=asked.pk).update(published=None)
    actions.show(asked)
    assert not Event.objects.filter(key=asked.reference).exists()


def test_an_answer_that_comes_back_is_the_answer_again(data: Dataset, ada: User, officer: User) -> None:
    asked = say(data, "Quelle année ?", ada, kind="question")
    reply = say(data, "2018.", officer, parent=asked, official=True)
    actions.hide(reply, "par erreur")
    asked.refresh_from_db()
    assert asked.answer is None
    actions.show(reply)
    asked.refresh_from_db()
    assert asked.answer == reply


def test_who_answered_in_another_name_takes_their_own_away(data: Dataset, ada: User, officer: User, client: Client) -> None:
    asked = say(data, "Quelle année ?", ada, kind="question")
    say(data, "2018.", officer, parent=asked, official=True)
    officer.delete()
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "2018." in page
    assert data.organisation.name in page
    assert "Agente" not in page


def test_a_question_may_be_answered_by_the_team_when_the_discussion_is_over(ada: User, bob: User, client: Client) -> None:
    made = with_phases(("discussion", -3, 3))
    Teammate.objects.create(process=made, user=bob, role="facilitator")
    asked = say(made, "Qui paiera ?", ada, kind="question")
    Phase.objects.update(closes=timezone.now() - timedelta(hours=1))
    client.force_login(bob)
    assert "Répondre" in client.get(asked.get_absolute_url()).content.decode()
    assert say(made, "La Région.", bob, parent=asked, official=True).voice
    with pytest.raises(PermissionDenied):
        say(made, "Un nouveau fil.", bob)
    with pytest.raises(PermissionDenied):
        say(made, "Et alors ?", ada, parent=asked)


def test_what_is_not_readable_is_neither_answered_nor_quoted(data: Dataset, ada: User, bob: User) -> None:
    one = say(data, "Retiré tout de suite.", ada)
    actions.withdraw(one, by=ada)
    one.refresh_from_db()
    for place in ("parent", "quoted"):
        with pytest.raises(actions.DiscussionError):
            say(data, "Pourquoi ?", bob, **{place: one})
