"""Reuses: shown, read first when the account is new, corrected, taken away, found, exported."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from parvis.accounts.models import User
from parvis.catalog import reuses
from parvis.catalog.actions import reuses as actions
from parvis.catalog.models import Dataset, Reuse
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case
from parvis.notifications.models import Event
from parvis.shared import kinds
from tests.catalog.conftest import person
from tests.catalog.publishing import dataset

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def data(db: None) -> Dataset:
    return dataset()


@pytest.fixture
def author(db: None) -> User:
    return person("cartographe")


def show(author: User, data: Dataset, **fields: Any) -> Reuse:
    given = {"title": "Carte des marchés", "kind": "picture", "description": "Une carte.", "url": "https://cartes.example/m"}
    return actions.show(**given | {"datasets": [data], "by": author} | fields)  # type: ignore[arg-type]


def read_and_kept(reuse: Reuse) -> None:
    moderator = User.objects.filter(platform_role="moderator").first() or person("moderation", platform_role="moderator")
    moderation.decide(
        Case.objects.get(reference=reuse.reference, decided=None), verdict="keep", reason="within_rules", by=moderator
    )
    reuse.refresh_from_db()


def test_the_first_waits_and_the_next_does_not(
    author: User, data: Dataset, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    first = show(author, data)
    assert first.published is None
    assert client.get(first.get_absolute_url()).status_code == 404
    assert not Event.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        read_and_kept(first)
    assert first.published is not None
    assert [letter.to for letter in mail.outbox] == [[author.email]]
    assert Event.objects.get().reference == data.reference
    assert show(author, data, title="Autre").published is not None


def test_the_page_links_and_never_vouches(author: User, data: Dataset, client: Client) -> None:
    reuse = show(author, data)
    read_and_kept(reuse)
    page = client.get(reuse.get_absolute_url()).content.decode()
    assert 'href="https://cartes.example/m" rel="nofollow ugc noopener"' in page
    assert data.get_absolute_url() in page
    assert "Carte des marchés" in client.get(data.get_absolute_url()).content.decode()
    assert "Carte des marchés" in client.get(reverse("catalog:reuses"), {"q": "marché"}).content.decode()
    assert reuse.title not in client.get(reverse("catalog:reuses"), {"nature": "lesson"}).content.decode()


def test_the_form(author: User, data: Dataset, client: Client) -> None:
    address = reverse("catalog:reuse_new")
    assert client.get(address).status_code == 302
    client.force_login(author)
    page = client.get(address, {"donnees": data.slug})
    form = {
        "title": "Carte",
        "kind": "picture",
        "description": "Une carte.",
        "form_key": page.context["form"]["form_key"].value(),
    }
    for wrong in ({"datasets": "rien-du-tout"}, {"datasets": ""}, {"datasets": data.reference, "url": "javascript:alert(1)"}):
        assert client.post(address, form | wrong).status_code == 422
    for _twice in range(2):
        right = client.post(
            address, form | {"datasets": f"https://site.example/donnees/{data.slug}/", "url": "exemple.fr/carte"}
        )
        assert right.status_code == 302
    made = Reuse.objects.get()
    assert made.url == "https://exemple.fr/carte"
    assert "Une personne la lit" in client.get(made.get_absolute_url()).content.decode()


def test_one_corrects_and_takes_away_ones_own(author: User, data: Dataset, client: Client) -> None:
    reuse = show(author, data)
    read_and_kept(reuse)
    other = person("dehors")
    with pytest.raises(PermissionDenied):
        actions.withdraw(reuse, by=other)
    client.force_login(other)
    assert client.get(reverse("catalog:reuse_change", args=[reuse.pk])).status_code == 403
    client.force_login(author)
    form = {"title": "Mieux", "kind": "article", "description": "Dit mieux.", "datasets": data.reference}
    assert client.post(reverse("catalog:reuse_change", args=[reuse.pk]), form).status_code == 302
    assert "Dit mieux." in client.get(reuse.get_absolute_url()).content.decode()
    for _twice in range(2):
        client.post(reverse("catalog:reuse_withdraw", args=[reuse.pk]))
    gone = Client().get(reuse.get_absolute_url())
    assert gone.status_code == 410
    assert "Dit mieux." not in gone.content.decode()
    assert Client().get(f"/api/v1/reuses/{reuse.pk}").status_code == 404


def test_hidden_leaves_a_trace_and_the_next_waits_again(author: User, data: Dataset, client: Client) -> None:
    reuse = show(author, data)
    read_and_kept(reuse)
    moderation.report(reuse.reference, reason="advertising", network="n")
    case = Case.objects.get(decided=None)
    moderation.decide(case, verdict="hide", reason="advertising", by=person("autre-moderation", platform_role="moderator"))
    page = client.get(reuse.get_absolute_url()).content.decode()
    assert "Ce contenu a été masqué le" in page
    assert "cartes.example" not in page
    assert reuse.title not in client.get(reverse("catalog:reuses")).content.decode()
    assert show(author, data, title="Encore").published is None


def test_api_and_export(author: User, data: Dataset, client: Client) -> None:
    reuse = show(author, data)
    assert client.get("/api/v1/reuses").json()["meta"]["total"] == 0
    read_and_kept(reuse)
    found = client.get("/api/v1/reuses", {"dataset": data.slug}).json()["data"]
    assert found == [client.get(f"/api/v1/reuses/{reuse.pk}").json()]
    assert found[0]["datasets"] == [data.reference]
    assert client.get("/api/v1/reuses", {"kind": "lesson"}).json()["data"] == []
    assert client.get("/api/v1/reuses/rien")["Content-Type"] == "application/problem+json"
    table = b"".join(client.get(reverse("catalog:reuses_export")).streaming_content).decode()
    assert data.reference in table
    assert author.email not in table


def test_the_kind(author: User, data: Dataset) -> None:
    reuse = show(author, data)
    assert kinds.cards([reuse.reference], None)[0].state == "gone"
    assert kinds.cards([reuse.reference], author)[0].state == "here"
    read_and_kept(reuse)
    assert kinds.cards([reuse.reference], None)[0].title == reuse.title
    kind = kinds.get("reuse")
    assert (kind.followable, kind.reportable, kind.citable, kind.exportable) == (True, True, True, True)
    document = next(iter(kind.search_documents(None)))
    assert (document.reference, document.details) == (reuse.reference, (data.title,))


def test_empty(client: Client, db: None) -> None:
    assert "Personne n" in client.get(reverse("catalog:reuses")).content.decode()
    assert "Aucune réutilisation" in client.get(reverse("catalog:reuses"), {"q": "zzz"}).content.decode()
    assert client.get(reverse("catalog:reuses"), {"q": "\x00", "nature": "?", "donnees": "?"}).status_code == 200


def test_a_dataset_must_be_published(author: User) -> None:
    with pytest.raises(actions.ReuseError):
        show(author, dataset(draft=True, slug="brouillon"))
    assert not reuses.trusted(author)
