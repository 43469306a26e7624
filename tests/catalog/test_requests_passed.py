"""A request passed on to the authority that holds the data (CRPA L311-2): who may, what goes along, what each page and figure says."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.actions import passing
from parvis.catalog.actions import requests as actions
from parvis.catalog.core.requests.clocks import Reply, Window, add_months
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest
from parvis.catalog.requests import daily, figures
from parvis.catalog.requests.permissions import Act, acts
from parvis.notifications.models import Event, Follow
from parvis.organisations.models import Nature, Organisation, Role
from tests.catalog.conftest import person
from tests.catalog.publishing import dataset

pytestmark = pytest.mark.django_db
WORDS = actions.Words("Arrêts de bus", "Une ligne par arrêt.", period="2024", signature="Sacha", given_name="Sacha Secret")


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def author(db: None) -> User:
    return person("sacha")


@pytest.fixture
def asked(town: Organisation, editor: User, author: User, django_capture_on_commit_callbacks: Any) -> DataRequest:
    """Received ten days ago."""
    with django_capture_on_commit_callbacks(execute=True):
        made = actions.ask(town, WORDS, by=author)
    received = timezone.localdate() - timedelta(days=10)
    DataRequest.objects.filter(pk=made.pk).update(received=received, answer_by=add_months(received, 1))
    made.refresh_from_db()
    mail.outbox.clear()
    return made


@pytest.fixture
def agglo(db: None) -> Organisation:
    made = Organisation.objects.create(
        name="Communauté de communes", slug="agglo", nature=Nature.EPCI, email="contact@agglo.exemple"
    )
    person("editor.agglo", made, Role.EDITOR)
    return made


def test_it_goes_on_where_the_data_are(
    asked: DataRequest, agglo: Organisation, editor: User, author: User, django_capture_on_commit_callbacks: Any
) -> None:
    supporter = person("aussi")
    actions.support(asked, by=supporter)
    with django_capture_on_commit_callbacks(execute=True):
        made = passing.pass_on(asked, to=agglo, by=editor)
        assert passing.pass_on(asked, to=agglo, by=editor) == made  # twice is once
    made.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.state, made.state) == (State.PASSED, State.RECEIVED)
    assert (made.title, made.text, made.period, made.author, made.given_name) == ("Arrêts de bus", "Une ligne par arrêt.", "2024", author, "Sacha Secret")  # fmt: skip
    # Its month runs from the day when the one that holds the data received it, and from no other.
    assert made.received == timezone.localdate()
    assert made.answer_by == add_months(timezone.localdate(), 1)
    assert made.supports.get().user == supporter
    assert Follow.objects.filter(user=supporter, reference=made.reference).exists()
    letters = {address: letter for letter in mail.outbox for address in letter.to}
    assert "Arrêts de bus" in letters["contact@agglo.exemple"].body
    told = next(letter for letter in mail.outbox if letter.to == [author.email] and "L311-2" in letter.body)
    assert made.get_absolute_url() in told.body
    assert "Communauté de communes" in told.body
    assert Event.objects.filter(reference=asked.reference, sentence__contains="ne détient pas").count() == 1


def test_the_first_authority_is_not_silent_nor_refusing(
    asked: DataRequest, agglo: Organisation, town: Organisation, editor: User
) -> None:
    passing.pass_on(asked, to=agglo, by=editor)
    later = timezone.localdate() + timedelta(days=60)
    daily.tick(later)
    asked.refresh_from_db()
    assert asked.state == State.PASSED
    found = figures.of(town, later)
    assert (found.received, found.passed, found.answered, found.in_time, found.silent, found.refused) == (1, 1, 1, 1, 0, 0)
    assert found.median_days == 10
    assert Act.CADA not in acts(asked.author, asked, later)
    assert Act.CLOSE not in acts(asked.author, asked, later)


def test_the_second_authority_has_its_own_month(
    asked: DataRequest, agglo: Organisation, editor: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = passing.pass_on(asked, to=agglo, by=editor)
    made.refresh_from_db()
    today = timezone.localdate()
    assert made.clocks(today).window is Window.NOT_YET
    over = add_months(today, 1) + timedelta(days=1)
    assert made.clocks(over).window is Window.OPEN
    assert figures.of(agglo, over).silent == 1


def test_who_may(asked: DataRequest, agglo: Organisation, people: dict[str, Any], author: User) -> None:
    today = timezone.localdate()
    allowed = {name for name, user in people.items() if Act.FORWARD in acts(user, asked, today)}
    answering = {name for name, user in people.items() if Act.ANSWER in acts(user, asked, today)}
    assert allowed == answering
    assert "editor" in allowed
    for user in (author, people["agent"], people["administrator elsewhere"]):
        with pytest.raises(PermissionDenied):
            passing.pass_on(asked, to=agglo, by=user)


def test_not_to_anybody(asked: DataRequest, agglo: Organisation, town: Organisation, editor: User) -> None:
    club = Organisation.objects.create(name="Club", slug="club", nature=Nature.ASSOCIATION)
    for wrong in (club, town):
        with pytest.raises(actions.RequestError):
            passing.pass_on(asked, to=wrong, by=editor)
    made = passing.pass_on(asked, to=agglo, by=editor)
    back = person("e2", agglo, Role.EDITOR)
    with pytest.raises(actions.RequestError, match="déjà passée par là"):
        passing.pass_on(made, to=town, by=back)
    assert DataRequest.objects.count() == 2


def test_who_gave_data_holds_them(asked: DataRequest, agglo: Organisation, town: Organisation, editor: User) -> None:
    actions.answer(asked, reply=Reply.DATASET, dataset=dataset("Arrêts", organisation=town), by=editor)
    with pytest.raises(PermissionDenied):
        passing.pass_on(asked, to=agglo, by=editor)


def test_the_pages(
    asked: DataRequest, agglo: Organisation, editor: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    address = reverse("catalog:request_pass", args=[asked.pk])
    assert client.get(address).status_code == 302
    client.force_login(editor)
    assert address in client.get(reverse("catalog:request_answer", args=[asked.pk])).content.decode()
    page = unescape(client.get(address, {"aupres": "communauté"}).content.decode())
    assert 'name="organisation" value="agglo"' in page
    assert "Aucune collectivité" in unescape(client.get(address, {"aupres": "zzzz"}).content.decode())
    assert client.post(address, {"organisation": "ici"}).status_code == 422
    assert client.post(address, {"organisation": "personne"}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(address, {"organisation": "agglo"})
    made = DataRequest.objects.get(organisation=agglo)
    assert sent.headers["Location"] == made.get_absolute_url()
    before = unescape(client.get(asked.get_absolute_url()).content.decode())
    assert made.get_absolute_url() in before
    assert "La collectivité la transmet à l'administration qui détient les données" in before
    assert "Dernier jour" not in before
    assert asked.get_absolute_url() in unescape(client.get(made.get_absolute_url()).content.decode())
    assert client.post(address, {"organisation": "agglo"}).status_code == 302  # the same again: the same request
    for where in (reverse("catalog:requests"), reverse("catalog:requests_figures"), reverse("catalog:requests_received")):
        assert client.get(where).status_code == 200
    given = client.get(f"/api/v1/requests/{asked.pk}").json()
    assert (given["state"], given["passed_to"]) == ("passed", made.pk)
    assert client.get(f"/api/v1/requests/{made.pk}").json()["passed_from"] == asked.pk
    assert client.get("/api/v1/requests/figures").json()["total"]["passed"] == 1
    assert "transmises" in b"".join(client.get(reverse("catalog:requests_figures_export")).streaming_content).decode()
