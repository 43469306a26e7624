"""Reports, decisions with reasons, appeals to somebody else, figures; and who may do what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.models import DataRequest
from parvis.moderation import actions, figures, permissions
from parvis.moderation.models import Appeal, Case, Decision, Report
from parvis.organisations.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


def person(name: str, role: str = "") -> User:
    return User.objects.create_user(f"{name}@exemple.fr", name=name, platform_role=role)


@pytest.fixture
def author(db: None) -> User:
    return person("auteur")


@pytest.fixture
def moderator(db: None) -> User:
    return person("moderatrice", "moderator")


@pytest.fixture
def thing(author: User) -> DataRequest:
    town = Organisation.objects.create(name="Ici", slug="ici", nature="commune")
    return DataRequest.objects.create(
        organisation=town, title="Un titre", text="Un texte.", author=author, state="to_send", published=timezone.now()
    )


@pytest.fixture
def case(thing: DataRequest) -> Case:
    return actions.report(thing.reference, reason="insult", network="n").case


@pytest.fixture
def hidden(case: Case, moderator: User) -> Decision:
    return actions.decide(case, verdict="hide", reason="insult", note="Le deuxième mot.", by=moderator)


def test_reports_of_one_thing_are_one_case(thing: DataRequest, author: User) -> None:
    for network in ("n", "n", "m"):
        actions.report(thing.reference, reason="insult", network=network)
    for _twice in range(2):
        actions.report(thing.reference, reason="other", text="Là.", by=author)
    assert (Case.objects.count(), Report.objects.count()) == (1, 3)


def test_the_database_holds_one_report_a_person_and_one_open_case(case: Case) -> None:
    for made in (
        lambda: Case.objects.create(reference=case.reference),
        lambda: Report.objects.create(case=case, reason="insult", network="n"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            made()


@pytest.mark.parametrize(
    ("reference", "reason", "text"),
    [("request:rien", "insult", ""), ("rien", "insult", ""), ("", "insult", ""), ("same", "perdu", ""), ("same", "other", " ")],
)
def test_what_cannot_be_reported(thing: DataRequest, reference: str, reason: str, text: str) -> None:
    with pytest.raises(actions.ModerationError):
        actions.report(thing.reference if reference == "same" else reference, reason=reason, text=text, network="n")


def test_anonymous_reports_are_limited_by_network(thing: DataRequest, client: Client) -> None:
    address = reverse("moderation:report")
    others = [Organisation.objects.create(name=f"Club {n}", slug=f"club-{n}", nature="association") for n in range(7)]
    codes = [client.post(address, {"chose": one.reference, "reason": "advertising"}).status_code for one in others]
    assert codes == [302] * 5 + [422] * 2
    assert client.get(address, {"chose": "rien:rien"}).status_code == 404
    stored = Report.objects.values_list("network", flat=True)
    assert all("." not in network and len(network) == 32 for network in stored)


def test_hiding_is_told_with_the_text_and_the_reason(
    case: Case, moderator: User, thing: DataRequest, author: User, django_capture_on_commit_callbacks: Any
) -> None:
    reporter = person("qui-signale")
    actions.report(thing.reference, reason="insult", by=reporter)
    with django_capture_on_commit_callbacks(execute=True):
        made = actions.decide(case, verdict="hide", reason="insult", note="Le deuxième mot.", by=moderator)
        assert actions.decide(case, verdict="hide", reason="insult", by=moderator) == made
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert set(letters) == {author.email, reporter.email}
    for words in ("Un texte.", "insulte", "Le deuxième mot.", made.get_absolute_url()):
        assert words in letters[author.email]
    assert "Un texte." not in letters[reporter.email]
    thing.refresh_from_db()
    assert thing.hidden is not None
    assert "insulte" in thing.hidden_reason
    assert "deuxième mot" not in thing.hidden_reason  # the note is the author's


@pytest.mark.parametrize(
    ("verdict", "reason", "note"),
    [
        ("hide", "within_rules", ""),
        ("keep", "insult", ""),
        ("restore", "mistake", ""),
        ("hide", "other", ""),
        ("efface", "insult", ""),
    ],
)
def test_a_decision_has_a_reason_of_its_own(case: Case, moderator: User, verdict: str, reason: str, note: str) -> None:
    with pytest.raises(actions.ModerationError):
        actions.decide(case, verdict=verdict, reason=reason, note=note, by=moderator)
    assert not Decision.objects.exists()


def test_somebody_else_decided_already(case: Case, moderator: User) -> None:
    actions.decide(case, verdict="keep", reason="within_rules", by=moderator)
    with pytest.raises(actions.ModerationError):
        actions.decide(case, verdict="hide", reason="insult", by=person("autre", "moderator"))


def test_nobody_judges_what_they_wrote(thing: DataRequest) -> None:
    mine = person("juge-et-partie", "moderator")
    DataRequest.objects.filter(pk=thing.pk).update(author=mine)
    case = actions.report(thing.reference, reason="insult", network="n").case
    with pytest.raises(PermissionDenied):
        actions.decide(case, verdict="keep", reason="within_rules", by=mine)


def test_an_appeal_goes_to_somebody_else(
    hidden: Decision, author: User, moderator: User, thing: DataRequest, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(author)
    page = client.get(hidden.get_absolute_url()).content.decode()
    assert "Un texte." in page
    assert "Le deuxième mot." in page
    for _twice in range(2):
        assert client.post(hidden.get_absolute_url(), {"text": "Ce mot est dans le dictionnaire."}).status_code == 302
    appeal = Appeal.objects.get()
    client.force_login(moderator)
    address = reverse("moderation:appeal", args=[appeal.pk])
    refused = client.post(address, {"verdict": "hide", "reason": "insult"})
    assert refused.status_code == 422
    assert "Une autre personne" in refused.content.decode()
    client.force_login(person("autre", "moderator"))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, {"verdict": "restore", "reason": "mistake"}).status_code == 302
    thing.refresh_from_db()
    assert thing.hidden is None
    assert [letter.to for letter in mail.outbox] == [[author.email]]
    final = Decision.objects.get(verdict="restore")
    assert not permissions.may_appeal(author, final)
    assert figures.figures().appeals.changed == 1
    with pytest.raises(actions.ModerationError):
        actions.answer(Appeal.objects.get(), verdict="hide", reason="insult", by=person("troisieme", "moderator"))


def test_what_an_organisation_publishes_can_only_be_answered(moderator: User) -> None:
    club = Organisation.objects.create(name="Club", slug="club", nature="association")
    case = actions.report(club.reference, reason="advertising", network="n").case
    assert actions.verdicts(case.reference) == ("keep",)
    actions.decide(case, verdict="keep", reason="within_rules", by=moderator)


def test_the_queue_is_for_moderators(case: Case, moderator: User, author: User, client: Client) -> None:
    doors = [reverse("moderation:queue"), case.get_absolute_url()]
    assert all(client.get(door).status_code == 302 for door in doors)
    client.force_login(author)
    assert all(client.get(door).status_code == 403 for door in doors)
    client.force_login(moderator)
    assert all(client.get(door).status_code == 200 for door in doors)
    done = client.post(doors[1], {"verdict": "keep", "reason": "within_rules"})
    assert done.status_code == 302
    assert "Rien n" in client.get(doors[0]).content.decode()


def test_an_hour_is_said_as_in_french(case: Case, moderator: User, client: Client) -> None:
    Case.objects.update(created=datetime(2026, 5, 3, 12, 30, tzinfo=UTC))
    client.force_login(moderator)
    assert "3 mai 2026 à 14:30" in client.get(reverse("moderation:queue")).content.decode()


def test_who_reads_a_decision(hidden: Decision, author: User, moderator: User) -> None:
    assert permissions.get_decision_for(author, hidden.pk) == hidden
    assert permissions.get_decision_for(moderator, hidden.pk) == hidden
    for other in (person("dehors"), None):
        with pytest.raises(Http404):
            permissions.get_decision_for(other, hidden.pk)
    assert permissions.may_appeal(author, hidden)
    assert not permissions.may_appeal(moderator, hidden)


def test_public_figures_say_no_name_and_no_text(hidden: Decision, client: Client) -> None:
    page = client.get(reverse("moderation:statistics")).content.decode()
    assert "Une insulte" in page
    table = b"".join(client.get(reverse("moderation:statistics"), {"format": "csv"}).streaming_content).decode()
    assert "request,report,,false,hide,insult,false,0.0" in table
    assert "auteur" not in table
    assert "Un texte." not in table + page


def test_public_figures_of_nothing(client: Client, db: None) -> None:
    assert client.get(reverse("moderation:statistics")).status_code == 200
