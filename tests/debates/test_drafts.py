"""A draft, whatever it already holds, is shown to nobody outside its team: not by the API, not by what cites, lists, follows or finds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from parvis.accounts.models import User
from parvis.config.api import api
from parvis.debates.models import Process
from parvis.debates.results import computing
from parvis.moderation.models import Report
from parvis.notifications.models import Follow
from parvis.organisations.models import Membership, Organisation, Role
from parvis.shared import kinds
from parvis.shared.search import keeper
from tests.debates import crowds
from tests.debates.taking_part import member, process, stated
from tests.debates.test_processes import signed_in

pytestmark = pytest.mark.django_db
TITLE, STATEMENT = "Comment partager l'eau", "Affirmation 3"


@pytest.fixture
def hidden() -> Process:
    """Answered and drawn, then a draft again: as much as could ever leak."""
    cache.clear()
    land = crowds.country()
    made = crowds.process(land["region"])
    crowds.fill(made, 60, 14, land["communes"])
    computing.run(computing.ask(made).pk)
    Process.objects.filter(pk=made.pk).update(published=None)
    return Process.objects.get(pk=made.pk)


def other_editor() -> User:
    """Somebody who prepares processes too, for another organisation."""
    user = member("voisine")
    Membership.objects.create(
        user=user, organisation=Organisation.objects.create(slug="voisine", name="Voisine", nature="commune"), role=Role.EDITOR
    )
    return user


def outsiders() -> list[tuple[Any, Client]]:
    stranger, neighbour = member("curieux"), other_editor()
    return [(None, Client()), (stranger, signed_in(stranger)), (neighbour, signed_in(neighbour))]


def test_every_address_of_the_api_answers_as_if_it_were_not(hidden: Process) -> None:
    schema = api.get_openapi_schema()
    addresses = [one for one in schema["paths"] if one.startswith("/api/v1/debates/{slug}")]
    assert len(addresses) > 6
    for _user, client in outsiders():
        for address in addresses:
            here, absent = (re.sub(r"\{\w+\}", "1", address.replace("{slug}", slug)) for slug in (hidden.slug, "rien-de-tel"))
            for method in schema["paths"][address]:
                answer, nothing = (
                    getattr(client, method)(one, data={}, content_type="application/json") for one in (here, absent)
                )
                assert answer.status_code == nothing.status_code, (method, address)
                assert answer.status_code >= 400, (method, address)
                assert TITLE not in answer.content.decode()


def test_no_page_around_it_names_it(hidden: Process) -> None:
    keeper.refresh()
    citing = process("cite", sources=[hidden.reference, f"statement:{hidden.slug}.3", f"opinion_map:{hidden.slug}.1"])
    stated(citing, "La rue est trop étroite pour tous.")
    around = [
        reverse("debates:list"), "/", "/recherche/?q=partager+eau", "/recherche/?q=affirmation", citing.get_absolute_url(),
        hidden.organisation.get_absolute_url(), hidden.territory.get_absolute_url(), "/api/v1/debates",
        f"/api/v1/debates?organisation={hidden.organisation.slug}", f"/api/v1/debates/{citing.slug}", "/discussions/",
    ]  # fmt: skip
    for user, client in outsiders():
        for address in [*around, "/bureau/", f"/discussions/sur/{hidden.reference}/"]:
            page = client.get(address, follow=True).content.decode().replace("&#x27;", "'")
            assert TITLE not in page, (user, address)
            assert STATEMENT not in page, (user, address)


def test_no_card_of_it_nor_of_what_it_holds(hidden: Process) -> None:
    held = [hidden.reference, f"statement:{hidden.slug}.3", hidden.maps.get().reference]
    for user, _client in outsiders():
        assert [one.state for one in kinds.cards(held, user)] == ["gone"] * 3
        for around in (f"organisation:{hidden.organisation.slug}", hidden.territory.reference):
            assert all(TITLE not in card.title for _kind, found in kinds.about(around, user) for card in found.cards)
    for kind in ("process", "statement", "opinion_map"):
        assert all(one.removed for one in kinds.get(kind).search_documents(None)), kind
    editor = member("redactrice")
    Membership.objects.create(user=editor, organisation=hidden.organisation, role=Role.EDITOR)
    assert [one.state for one in kinds.cards(held, editor)] == ["here"] * 3


def test_it_is_neither_followed_nor_reported_nor_discussed(hidden: Process) -> None:
    for user, client in outsiders():
        if user is None:
            continue
        answer = client.post(reverse("notifications:change"), {"reference": hidden.reference})
        assert TITLE not in answer.content.decode()
        assert not Follow.objects.filter(user=user).exists()
        reported = {"chose": hidden.reference, "reason": "spam"}
        assert client.post(reverse("moderation:report"), reported).status_code == 404
        assert not Report.objects.exists()
        assert kinds.get("process").floor(hidden.slug, user) is None
