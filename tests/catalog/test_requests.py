"""Requests of data, from the words of one person to the digest of another, and who may do what."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.actions import requests as actions
from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest, DataRequestStep
from parvis.catalog.requests import daily, delivery, permissions
from parvis.catalog.requests.permissions import Act
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case, Verdict
from parvis.notifications import digests
from parvis.notifications.models import Event
from parvis.organisations.models import Nature, Organisation, Role
from tests.catalog.conftest import person
from tests.catalog.publishing import dataset

pytestmark = pytest.mark.django_db
WORDS = actions.Words(
    "Menus des cantines", "Une ligne par repas, avec la date et le prix.", signature="Sacha", given_name="Sacha Secret"
)


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def author(db: None) -> User:
    return person("sacha")


def ask(town: Organisation, by: User | None, words: actions.Words = WORDS, **fields: Any) -> DataRequest:
    return actions.ask(town, words, by=by, **fields)


@pytest.fixture
def asked(town: Organisation, editor: User, author: User, django_capture_on_commit_callbacks: Any) -> DataRequest:
    """Asked, and received by an authority that has somebody here."""
    with django_capture_on_commit_callbacks(execute=True):
        made = ask(town, author)
    made.refresh_from_db()
    return made


def age(request: DataRequest, days: int) -> DataRequest:
    """As if it had been received so many days ago."""
    received = timezone.localdate() - timedelta(days=days)
    request.received, request.answer_by = received, delivery.add_months(received, 1)
    request.save()
    return request


# ----- Asking -----


def test_an_account_asks_and_the_authority_receives(asked: DataRequest, town: Organisation) -> None:
    today = timezone.localdate()
    assert (asked.state, asked.received, asked.answer_by) == (State.RECEIVED, today, delivery.add_months(today, 1))
    sent = {tuple(letter.to): letter for letter in mail.outbox}
    received = sent["editor@exemple.fr",]
    assert "Une ligne par repas" in received.body
    assert "Sacha Secret" in received.body  # the authority reads the name
    assert "deux mois" in sent["sacha@exemple.fr",].body


def test_what_is_public_never_says_the_name_nor_the_address(asked: DataRequest, client: Client) -> None:
    for address in (
        asked.get_absolute_url(),
        f"{asked.get_absolute_url()}lettre/",
        reverse("catalog:requests"),
        reverse("catalog:requests_export"),
    ):
        response = client.get(address)
        page = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200
        assert b"Secret" not in page
        assert b"sacha@" not in page


def test_without_an_account_a_link_confirms(
    town: Organisation, editor: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    begin = client.get(reverse("catalog:request_write"), {"organisation": town.slug, "q": "menus"})
    key = begin.context["form"]["form_key"].value()
    form = {"organisation": town.slug, "title": "Menus", "text": "Tous.", "email": "Moi@Exemple.fr", "form_key": key}
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            sent = client.post(reverse("catalog:request_write"), form)
            assert "moi@exemple.fr" in sent.content.decode()
    made = DataRequest.objects.get()
    assert len(mail.outbox) == 1
    assert client.get(made.get_absolute_url()).status_code == 404
    link = re.search(r"/donnees/demandes/confirmer/\S+", mail.outbox[0].body)
    assert link
    assert "Publier et envoyer" in client.get(link[0]).content.decode()
    assert DataRequest.objects.get().published is None  # a scanner that opens the link publishes nothing
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(link[0]).status_code == 302
        assert client.post(link[0]).status_code == 302
    made.refresh_from_db()
    assert made.state == State.RECEIVED
    assert made.author is not None
    assert made.author.email == "moi@exemple.fr"
    assert not made.author.has_usable_password()
    assert made.email == ""


def test_confirming_takes_a_password_from_who_never_proved_the_address(town: Organisation) -> None:
    other = User.objects.create_user("moi@exemple.fr", "un mot de passe posé d'avance")
    made = ask(town, None, email="moi@exemple.fr", network="n")
    token = "jeton"
    DataRequest.objects.filter(pk=made.pk).update(token_hash=actions.digest(token))
    actions.confirm(token)
    other.refresh_from_db()
    assert not other.has_usable_password()


def test_an_old_link_says_so_and_what_nobody_confirmed_is_forgotten(town: Organisation, client: Client) -> None:
    made = ask(town, None, email="moi@exemple.fr", network="n")
    DataRequest.objects.filter(pk=made.pk).update(
        created=timezone.now() - timedelta(days=4), token_hash=actions.digest("jeton")
    )
    assert client.get(reverse("catalog:request_confirm", args=["jeton"])).status_code == 410
    daily.tick()
    assert not DataRequest.objects.exists()


def test_the_same_form_twice_is_one_request(town: Organisation, author: User) -> None:
    assert ask(town, author, form_key="k").pk == ask(town, author, form_key="k").pk
    assert DataRequest.objects.count() == 1


def test_an_association_is_not_asked(author: User, client: Client) -> None:
    club = Organisation.objects.create(name="Club", slug="club", nature=Nature.ASSOCIATION)
    with pytest.raises(actions.RequestError):
        ask(club, author)
    assert client.get(reverse("catalog:request_write"), {"organisation": "club"}).status_code == 404


def test_what_is_missing_is_said_and_kept(town: Organisation, client: Client) -> None:
    response = client.post(
        reverse("catalog:request_write"), {"organisation": town.slug, "title": "Menus", "text": "", "email": "pas une adresse"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Quelque chose est à corriger" in page
    assert 'value="Menus"' in page


def test_what_exists_and_what_was_asked_are_proposed_first(asked: DataRequest, town: Organisation, client: Client) -> None:
    dataset("Menus de la cantine", organisation=town, slug="menus")
    page = client.get(reverse("catalog:request_begin"), {"organisation": town.slug, "q": "menus cantine"}).content.decode()
    assert "Menus de la cantine" in page
    assert asked.get_absolute_url() in page
    assert "D'autres l'ont déjà demandé" in page


def test_authorities_are_found_by_name(town: Organisation, client: Client) -> None:
    page = client.get(reverse("catalog:request_begin"), {"q": "menus", "aupres": "ici"}).content.decode()
    assert "organisation=ici" in page
    assert "Aucune collectivité" in client.get(reverse("catalog:request_begin"), {"aupres": "zzz"}).content.decode()


# ----- Reaching the authority -----


def test_without_any_address_no_month_runs(
    town: Organisation, author: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = ask(town, author)
    made.refresh_from_db()
    assert (made.state, made.received) == (State.TO_SEND, None)
    client.force_login(author)
    assert "aucun délai ne court" in client.get(made.get_absolute_url()).content.decode().replace("&#x27;", "'")
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("catalog:request_bring", args=[made.pk]), {"day": timezone.localdate().isoformat()})
    assert done.status_code == 302
    made.refresh_from_db()
    assert (made.state, made.received) == (State.RECEIVED, timezone.localdate())


def test_one_cannot_say_it_was_brought_before_it_existed(town: Organisation, author: User) -> None:
    made = ask(town, author)
    for day in (timezone.localdate() - timedelta(days=9), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(actions.RequestError):
            actions.bring(made, day=day, by=author)


def test_it_leaves_when_the_authority_has_somebody(town: Organisation, author: User) -> None:
    made = ask(town, author)
    assert delivery.deliver_waiting() == 0
    person("neuve", town, Role.AGENT)
    assert delivery.deliver_waiting() == 1
    assert delivery.deliver_waiting() == 0
    made.refresh_from_db()
    assert made.state == State.RECEIVED
    assert DataRequestStep.objects.filter(request=made, what="transmitted").count() == 1


def test_a_message_that_does_not_leave_starts_no_month(
    town: Organisation, editor: User, author: User, monkeypatch: Any
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OSError("no server")

    monkeypatch.setattr("parvis.catalog.requests.letters.to_authority", refuse)
    made = ask(town, author)
    assert not delivery.deliver(made.pk)
    made.refresh_from_db()
    assert made.received is None


# ----- What days bring -----


def test_one_reminder_then_silence_once(asked: DataRequest, author: User) -> None:
    mail.outbox.clear()
    age(asked, 20)
    daily.tick()
    assert not mail.outbox
    age(asked, 26)
    for _day in range(3):
        daily.tick()
    assert [letter.to for letter in mail.outbox] == [["editor@exemple.fr"]]
    age(asked, 40)
    assert daily.tick() == 1
    assert daily.tick() == 0
    asked.refresh_from_db()
    assert asked.state == State.SILENT
    assert Event.objects.filter(reference=asked.reference, key__endswith=":silence").count() == 1


def test_silence_waits_for_the_whole_last_day(asked: DataRequest) -> None:
    assert asked.answer_by is not None
    assert daily.note_silences(asked.answer_by) == 0
    assert daily.note_silences(asked.answer_by + timedelta(days=1)) == 1


def test_the_letter_to_the_cada_is_there_when_the_time_is_right(asked: DataRequest, author: User, client: Client) -> None:
    address = reverse("catalog:request_cada", args=[asked.pk])
    client.force_login(author)
    assert client.get(address).status_code == 403
    age(asked, 40)
    daily.tick()
    page = client.get(address).content.decode()
    assert "né de son silence" in page
    plain = client.get(reverse("catalog:request_cada_text", args=[asked.pk]))
    assert plain["Content-Type"].startswith("text/plain")
    assert "Commission d'accès" in plain.content.decode()
    client.force_login(person("autre"))
    assert client.get(address).status_code == 403
    age(asked, 120)
    client.force_login(author)
    assert client.get(address).status_code == 403


# ----- Answering -----


def test_a_dataset_answers(
    asked: DataRequest, editor: User, author: User, client: Client, town: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    found = dataset("Menus", organisation=town, slug="menus")
    mail.outbox.clear()
    client.force_login(editor)
    assert "Répondre" in client.get(asked.get_absolute_url()).content.decode()
    assert "Les données sont publiées" in client.get(reverse("catalog:request_answer", args=[asked.pk])).content.decode()
    form = {"reply": "dataset", "dataset": found.pk, "text": "Voici."}
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            assert client.post(reverse("catalog:request_answer", args=[asked.pk]), form).status_code == 302
    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert asked.answers.count() == 1
    assert [letter.to for letter in mail.outbox] == [[author.email]]
    page = client.get(asked.get_absolute_url()).content.decode()
    assert found.get_absolute_url() in page
    assert Event.objects.filter(reference=asked.reference).count() == 1


def test_a_refusal_needs_a_ground_of_the_law_and_words(asked: DataRequest, editor: User, client: Client) -> None:
    client.force_login(editor)
    address = reverse("catalog:request_answer", args=[asked.pk])
    assert client.post(address, {"reply": "refusal", "ground": "parce que", "text": "Non."}).status_code == 422
    assert client.post(address, {"reply": "refusal", "ground": "privacy", "text": ""}).status_code == 422
    assert client.post(address, {"reply": "refusal", "ground": "already_public", "text": "Ailleurs."}).status_code == 422
    assert client.post(address, {"reply": "refusal", "ground": "privacy", "text": "Des noms d'enfants."}).status_code == 302
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "vie privée" in page
    assert "CRPA L311-6" in page


def test_a_date_must_be_ahead_and_does_not_stop_the_month(asked: DataRequest, editor: User) -> None:
    today = timezone.localdate()
    with pytest.raises(actions.RequestError):
        actions.answer(asked, reply=Reply.DATE, promised=today, by=editor)
    actions.answer(asked, reply=Reply.DATE, promised=today + timedelta(days=90), by=editor)
    asked.refresh_from_db()
    assert asked.state == State.PROMISED
    age(asked, 45)
    assert asked.clocks(today).silent


def test_a_correction_keeps_the_first_answer(asked: DataRequest, editor: User, town: Organisation, client: Client) -> None:
    actions.answer(asked, reply=Reply.REFUSAL, ground="unfinished", text="Pas achevé.", by=editor)
    actions.answer(asked, reply=Reply.DATASET, dataset=dataset("Menus", organisation=town), by=editor)
    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert [answer.replaced is None for answer in asked.answers.all()] == [False, True]
    assert "Pas achevé." in client.get(asked.get_absolute_url()).content.decode()


def test_closing(asked: DataRequest, author: User, client: Client) -> None:
    client.force_login(author)
    assert client.post(reverse("catalog:request_close", args=[asked.pk]), {}).status_code == 422
    for _twice in range(2):
        assert client.post(reverse("catalog:request_close", args=[asked.pk]), {"satisfied": "yes"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.satisfied) == (State.CLOSED, True)


def test_after_the_cada_its_dates(asked: DataRequest, author: User) -> None:
    today = timezone.localdate()
    with pytest.raises(actions.RequestError):
        actions.note_cada(asked, day=today, by=author)
    age(asked, 45)
    daily.tick()
    assert actions.note_cada(asked, day=today, by=author).cada_asked == today


# ----- Together -----


def test_asking_too_is_counted_once_and_told_once(asked: DataRequest, editor: User, client: Client, town: Organisation) -> None:
    other = person("autre")
    client.force_login(other)
    for _twice in range(2):
        client.post(reverse("catalog:request_support", args=[asked.pk]))
    assert asked.supports.count() == 1
    actions.answer(asked, reply=Reply.DATASET, dataset=dataset("Menus", organisation=town), by=editor)
    mail.outbox.clear()
    tomorrow = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time())) + timedelta(
        hours=8
    )
    assert digests.tick(tomorrow) == 1
    assert digests.tick(tomorrow) == 0
    assert [letter.to for letter in mail.outbox] == [[other.email]]
    assert "a publié des données en réponse" in mail.outbox[0].body


def test_the_figures_are_those_of_the_rows(asked: DataRequest, editor: User, client: Client) -> None:
    actions.answer(asked, reply=Reply.REFUSAL, ground="privacy", text="Des noms.", by=editor)
    page = client.get(reverse("catalog:requests_figures")).content.decode()
    assert "vie privée" in page
    assert "100 %" in page or "100\xa0%" in page
    lines = b"".join(client.get(reverse("catalog:requests_figures_export")).streaming_content).decode().splitlines()
    assert lines[1].startswith("ici,,1,0,1,1,0,0,0,1,0")
    assert client.get(reverse("catalog:requests_figures"), {"organisation": "ici"}).status_code == 200
    assert client.get(reverse("catalog:requests_figures"), {"organisation": "nulle-part"}).status_code == 404


def test_the_list_asks_as_many_questions_for_thirty_as_for_three(
    town: Organisation,
    editor: User,
    author: User,
    client: Client,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: Any,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def made(count: int) -> None:
        for number in range(count):
            one = DataRequest.objects.create(
                organisation=town,
                title=f"Demande {number}",
                text="x",
                author=author,
                state=State.RECEIVED,
                published=timezone.now(),
                received=date(2026, 1, 1),
                answer_by=date(2026, 2, 1),
            )
            actions.answer(one, reply=Reply.DATE, promised=timezone.localdate() + timedelta(days=9), by=editor)

    counts = []
    for more in (3, 27):
        made(more)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("catalog:requests")).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_filters_and_empty_states(asked: DataRequest, client: Client) -> None:
    address = reverse("catalog:requests")
    assert asked.title in client.get(address, {"q": "cantines"}).content.decode()
    assert asked.title in client.get(address, {"etat": "received", "organisation": "ici"}).content.decode()
    assert "Aucune demande" in client.get(address, {"etat": "refused"}).content.decode()
    assert client.get(address, {"q": "\x00", "territoire": "commune:99999", "tri": "?", "page": "x"}).status_code == 200
    DataRequest.objects.all().delete()
    assert "Personne n" in client.get(address).content.decode()


def test_the_desk_of_an_authority(asked: DataRequest, agent: User, client: Client) -> None:
    client.force_login(agent)
    page = client.get(reverse("catalog:requests_received")).content.decode()
    assert asked.title in page
    client.force_login(person("dehors"))
    assert "aucune organisation" in client.get(reverse("catalog:requests_received")).content.decode()


# ----- Moderation -----


def test_hiding_leaves_a_trace_and_a_door(
    asked: DataRequest, author: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    moderator = person("moderation", platform_role="moderator")
    assert client.post(reverse("moderation:report"), {"chose": asked.reference, "reason": "insult"}).status_code == 302
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        moderation.decide(Case.objects.get(), verdict=Verdict.HIDE, reason="insult", by=moderator)
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "Ce contenu a été masqué le" in page
    assert "une insulte" in page
    assert asked.text not in page
    assert asked.title not in page
    assert asked.title not in client.get(reverse("catalog:requests")).content.decode()
    assert client.get(f"/api/v1/requests/{asked.pk}").status_code == 404
    assert client.get(f"{asked.get_absolute_url()}lettre/").status_code == 403
    assert [letter.to for letter in mail.outbox] == [[author.email]]
    assert asked.text in mail.outbox[0].body


# ----- Who may do what -----

CELLS = {
    "anonymous": "read",
    "stranger": "read support",
    "agent": "read support",
    "editor": "read support answer forward",
    "administrator": "read support answer forward",
    "administrator elsewhere": "read support",
    "retired administrator": "read",
    "moderator": "read support",
    "platform administrator": "read support answer forward",
    "author": "read close",
}


@pytest.mark.parametrize("who", CELLS)
def test_who_may_do_what_to_a_request(asked: DataRequest, people: dict[str, Any], author: User, who: str) -> None:
    user, today = (people | {"author": author})[who], timezone.localdate()
    assert {act.value for act in permissions.acts(user, asked, today)} == set(CELLS[who].split())
    for act in set(Act) - permissions.acts(user, asked, today):
        with pytest.raises(PermissionDenied):
            permissions.check(user, act, asked, today)


HIDDEN = {"author": "read", "moderator": "read", "platform administrator": "read"}


@pytest.mark.parametrize("who", CELLS)
def test_who_may_do_what_to_a_hidden_request(asked: DataRequest, people: dict[str, Any], author: User, who: str) -> None:
    asked.hidden, asked.hidden_reason = timezone.now(), "motif"
    found = permissions.acts((people | {"author": author})[who], asked, timezone.localdate())
    assert {act.value for act in found} == set(HIDDEN.get(who, "").split())


@pytest.mark.parametrize("name", ["request_answer", "request_close", "request_bring", "request_note_cada", "request_support"])
def test_doors_are_closed_to_others(asked: DataRequest, client: Client, name: str) -> None:
    address = reverse(f"catalog:{name}", args=[asked.pk])
    form = {"reply": "date", "promised": "2099-01-01", "satisfied": "yes", "day": "2026-01-01"}
    assert client.post(address, form).status_code == 302  # to the sign-in page
    client.force_login(person("dehors"))
    expected = 302 if name == "request_support" else 403
    assert client.post(address, form).status_code == expected
    asked.refresh_from_db()
    assert asked.state == State.RECEIVED


# ----- For programs -----


def test_the_api_gives_what_is_public_and_no_more(asked: DataRequest, editor: User, client: Client) -> None:
    actions.answer(asked, reply=Reply.REFUSAL, ground="privacy", text="Des noms.", by=editor)
    found = client.get("/api/v1/requests", {"state": "refused", "organisation": "ici"}).json()
    assert found["meta"]["total"] == 1
    one = found["data"][0]
    assert one == client.get(f"/api/v1/requests/{asked.pk}").json()
    assert (one["state"], one["answer"]["ground"], one["answer"]["article"]) == ("refused", "privacy", "CRPA L311-6")
    assert one["dates"]["cada"] == "open"
    assert "Secret" not in str(one)
    assert "@" not in str(one)
    assert client.get("/api/v1/requests", {"state": "silent"}).json()["data"] == []
    assert client.get("/api/v1/requests", {"page": 9}).json()["data"] == []
    wrong = client.get("/api/v1/requests", {"state": "perdue"})
    assert wrong.status_code == 422
    assert wrong["Content-Type"] == "application/problem+json"
    missing = client.get("/api/v1/requests/rien")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"
    figures = client.get("/api/v1/requests/figures").json()
    assert figures["total"]["refusals"] == {"privacy": 1}
    assert figures["data"][0]["organisation"]["slug"] == "ici"


def test_what_waits_for_its_author_exists_nowhere(town: Organisation, client: Client) -> None:
    made = ask(town, None, email="moi@exemple.fr", network="n")
    assert client.get(f"/api/v1/requests/{made.pk}").status_code == 404
    assert client.get(made.get_absolute_url()).status_code == 404
    assert made.title not in client.get(reverse("catalog:requests")).content.decode()
