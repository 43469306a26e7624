"""The rules of moderation on what people write in the catalogue: requests and reuses. They queue; the floods of newcomers wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.actions import requests as asking
from parvis.catalog.actions import reuses as showing
from parvis.catalog.models import DataRequest
from parvis.catalog.requests.permissions import get_request_for, shown
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case
from parvis.organisations.models import Organisation
from parvis.shared import kinds
from tests.catalog.conftest import person
from tests.catalog.publishing import dataset

pytestmark = pytest.mark.django_db
LINKS = "Voir http://un.fr, http://deux.fr et http://trois.fr pour comprendre."


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def town(db: None) -> Organisation:
    return Organisation.objects.create(name="Ici", slug="ici", nature="commune", email="mairie@exemple.fr")


@pytest.fixture
def moderator(db: None) -> User:
    return User.objects.create_user("modo@exemple.fr", platform_role="moderator")


def ask(town: Organisation, by: User, title: str = "Les horaires", text: str = "Par jour.") -> DataRequest:
    return asking.ask(town, asking.Words(title, text), by=by)


def test_links_are_queued_and_the_request_is_public(town: Organisation) -> None:
    made = ask(town, person("ancienne"), text=LINKS)
    assert made.published
    case = Case.objects.get()
    assert (case.reference, case.origin, case.held) == (made.reference, "rule", False)
    assert case.hits.get().kind == "links"


def test_the_flood_of_a_newcomer_waits_then_goes_to_its_authority(
    town: Organisation, moderator: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    new = person("nouveau")
    for number in range(3):
        assert ask(town, new, f"Demande {number}").published
    with django_capture_on_commit_callbacks(execute=True):
        held = ask(town, new, "Demande de trop")
    assert held.waits
    assert not mail.outbox
    assert not shown().filter(pk=held.pk).exists()
    assert get_request_for(new, held.pk) == held
    for other in (None, person("autre")):
        with pytest.raises(Http404):
            get_request_for(other, held.pk)
    assert kinds.cards([held.reference], None)[0].state == "gone"
    assert kinds.cards([held.reference], moderator)[0].title == "Demande de trop"
    for reader in (new, moderator):
        client.force_login(reader)
        page = client.get(held.get_absolute_url())
        assert page.status_code == 200
        assert "avant qu'elle soit publique" in page.content.decode()
    client.force_login(new)
    assert "Demande de trop" in client.get(reverse("catalog:requests_mine")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        moderation.decide(Case.objects.get(), verdict="keep", reason="within_rules", by=moderator)
    held.refresh_from_db()
    assert held.state == "received"
    assert "mairie@exemple.fr" in {to for letter in mail.outbox for to in letter.to}
    assert new.email in {to for letter in mail.outbox for to in letter.to}


def test_what_waited_and_was_hidden_is_told_and_never_public(
    town: Organisation, moderator: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    new = person("nouveau")
    held = [ask(town, new, f"Demande {number}") for number in range(4)][-1]
    with django_capture_on_commit_callbacks(execute=True):
        moderation.decide(Case.objects.get(), verdict="hide", reason="advertising", note="Trop.", by=moderator)
    assert [letter.to for letter in mail.outbox] == [[new.email]]
    assert "Par jour." in str(mail.outbox[0].body)
    held.refresh_from_db()
    assert (held.published, held.hidden is None) == (None, False)
    assert client.get(held.get_absolute_url()).status_code == 404
    client.force_login(new)
    assert "publicité" in client.get(held.get_absolute_url()).content.decode()


def test_a_reuse_of_somebody_known_is_queued_not_held(town: Organisation) -> None:
    data, author = dataset(), person("cartographe")
    User.objects.filter(pk=author.pk).update(date_joined=timezone.now() - timedelta(days=60))
    author.refresh_from_db()
    first = showing.show(title="Une carte", kind="map", description="Belle.", datasets=[data], by=author)
    assert Case.objects.get().origin == "first"
    moderator = User.objects.create_user("modo@exemple.fr", platform_role="moderator")
    moderation.decide(Case.objects.get(), verdict="keep", reason="within_rules", by=moderator)
    second = showing.show(title="Une autre", kind="map", description=LINKS, datasets=[data], by=author)
    assert second.published
    assert Case.objects.get(decided=None).reference == second.reference
    showing.change(first, title="Une carte", kind="map", description=LINKS, datasets=[data], by=author)
    assert Case.objects.filter(decided=None).count() == 2
