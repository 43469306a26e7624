"""What those who follow a dataset or an organisation read, once, and never of what is hidden from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import PlatformRole, User
from parvis.catalog.actions import datasets, deposits, harvests, versions
from parvis.catalog.actions import requests as asking
from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.harvesting import jobs
from parvis.catalog.models import Dataset, Deposit, Version
from parvis.notifications import actions, digests
from parvis.notifications.models import Event, Follow
from parvis.organisations.models import Organisation
from tests.catalog.conftest import person
from tests.catalog.portals import Portal, ckan, package, portal

pytestmark = pytest.mark.django_db
Ready = Callable[..., Deposit]


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def reader(db: None) -> User:
    return person("lectrice")


def follow(reader: User, thing: Any) -> None:
    actions.follow(thing.reference, by=reader)
    Follow.objects.filter(user=reader).update(created=timezone.now() - timedelta(days=1))


def told(reference: str) -> list[str]:
    return list(Event.objects.filter(reference=reference).order_by("pk").values_list("sentence", flat=True))


def first(ready: Ready, editor: User) -> Version:
    return deposits.publish(ready(), by=editor)


def second(ready: Ready, editor: User, before: Version, content: bytes = b"code;nom\n1;Figeac\n") -> Version:
    return deposits.publish(ready(content, resource=before.resource), by=editor)


def test_a_new_dataset_is_told_to_those_who_follow_its_organisation(
    ready: Ready, editor: User, reader: User, town: Organisation
) -> None:
    follow(reader, town)
    made = first(ready, editor)
    assert told(town.reference) == ["Commune d'ici publie « Nos communes »."]
    assert told(made.resource.dataset.reference) == []
    dataset = made.resource.dataset
    datasets.unpublish(dataset, by=person("a", town, "administrator"))
    datasets.publish_again(dataset, by=editor)
    assert len(told(town.reference)) == 1  # back at the same address: no news


def test_a_new_version_is_told_once(ready: Ready, editor: User, reader: User) -> None:
    before = first(ready, editor)
    follow(reader, before.resource.dataset)
    after = second(ready, editor, before)
    assert told(before.resource.dataset.reference) == ["Nouvelle version de « Nos communes » : 1 ligne (version 2)."]
    assert after.number == 2
    second(ready, editor, before)  # the same bytes: the same version
    assert Event.objects.filter(reference=before.resource.dataset.reference).count() == 1
    assert digests.tick(timezone.now() + timedelta(days=1)) == 1
    assert "Nouvelle version de « Nos communes »" in mail.outbox[-1].body
    assert after.resource.get_absolute_url() in mail.outbox[-1].body


def test_a_withdrawal_is_told_with_its_reason(ready: Ready, editor: User, administrator: User, reader: User) -> None:
    made = first(ready, editor)
    follow(reader, made.resource.dataset)
    versions.withdraw(made, reason="Elle contenait des noms.", by=administrator)
    versions.withdraw(made, reason="Encore.", by=administrator)
    assert told(made.resource.dataset.reference) == [
        "La version 1 de « Nos communes » a été retirée : Elle contenait des noms."
    ]


def test_who_published_is_not_told_of_it(ready: Ready, editor: User) -> None:
    before = first(ready, editor)
    follow(editor, before.resource.dataset)
    second(ready, editor, before)
    assert digests.tick(timezone.now() + timedelta(days=1)) == 0


def test_what_is_no_longer_public_is_not_told(ready: Ready, editor: User, administrator: User, reader: User) -> None:
    before = first(ready, editor)
    follow(reader, before.resource.dataset)
    second(ready, editor, before)
    datasets.unpublish(before.resource.dataset, by=administrator)
    assert digests.tick(timezone.now() + timedelta(days=1)) == 0


def test_an_answer_is_read_once_by_who_follows_both(town: Organisation, editor: User, reader: User) -> None:
    words = asking.Words("Menus des cantines", "Une ligne par repas.", signature="Sacha", given_name="Sacha Secret")
    asked = asking.ask(town, words, by=person("sacha"))
    asked.refresh_from_db()
    follow(reader, asked)
    follow(reader, town)
    asking.answer(asked, reply=Reply.REFUSAL, ground="unfinished", text="Nous ne le pouvons pas.", by=editor)
    assert told(town.reference) == told(asked.reference) == ["Commune d'ici a refusé « Menus des cantines », avec son motif."]
    assert digests.tick(timezone.now() + timedelta(days=1)) == 1
    assert mail.outbox[-1].body.count("a refusé « Menus des cantines »") == 1


# ----- What comes from elsewhere -----


@pytest.fixture
def site(settings: Any) -> Iterator[Portal]:
    with portal() as found:
        settings.FETCH_ALLOW = (found.door,)
        yield found


def test_what_changed_on_another_portal(home: Any, site: Portal, town: Organisation, reader: User) -> None:
    """Only of what somebody follows: twenty thousand changes make no event that nobody reads."""
    platform = person("platform", platform_role=PlatformRole.ADMINISTRATOR)
    address = "/api/3/action/package_search"
    site.pages[address] = ckan([package(1), package(2)])
    source = harvests.declare(address=site.url + address, organisation=town, by=platform, name="Le portail")
    work(source.runs.get(state="waiting").pk)
    source.refresh_from_db()
    work(harvests.activate(source, by=platform, rhythm="daily").pk)
    mine = Dataset.objects.order_by("pk").first()
    assert mine
    follow(reader, mine)
    site.pages[address] = ckan([package(n, notes="Autre chose.") for n in (1, 2)])
    for _time in range(2):
        cache.clear()
        source.refresh_from_db()
        work(harvests.run_now(source, by=platform).pk)
    assert list(Event.objects.values_list("reference", "sentence")) == [
        (mine.reference, f"« {mine.title} » a changé sur son portail d'origine.")
    ]


def work(run: str) -> None:
    while jobs.run(run):
        pass


# ----- The button -----


def test_the_button_is_where_one_reads(ready: Ready, editor: User, reader: User, town: Organisation, client: Client) -> None:
    dataset = first(ready, editor).resource.dataset
    for thing in (dataset, town):
        page = client.get(thing.get_absolute_url()).content.decode()
        assert "Se connecter pour suivre" in page
    client.force_login(reader)
    for thing in (dataset, town):
        here = thing.get_absolute_url()
        assert f'value="{thing.reference}"' in client.get(here).content.decode()
        client.post(reverse("notifications:change"), {"reference": thing.reference, "next": here})
        page = client.get(here).content.decode()
        assert "Ne plus suivre" in page
        assert "1 personne suit" in page
    follows = unescape(client.get(reverse("notifications:follows")).content.decode())
    assert dataset.title in follows
    assert town.name in follows


def test_a_draft_is_not_followed(ready: Ready, town: Organisation, agent: User, client: Client) -> None:
    draft = datasets.create(organisation=town, form={"title": "Brouillon"}, by=agent)
    client.force_login(agent)
    assert "Suivre" not in client.get(draft.get_absolute_url()).content.decode()
