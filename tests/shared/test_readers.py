"""Pages kept a few seconds for those who only read; forms without a token."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from tests.catalog import publishing

pytestmark = pytest.mark.django_db
LIST = "/donnees/"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "test-pages"}
    }
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def text(client: Client, address: str = LIST, **options) -> str:
    return client.get(address, **options).content.decode()


def test_a_crowd_of_readers_costs_one_page(client, django_assert_num_queries) -> None:
    first = client.get(LIST)
    assert not first.cookies, "who only reads gets no cookie"
    with django_assert_num_queries(0):
        again = Client().get(LIST)
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Cookie" in again.headers["Vary"]
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_nothing_of_a_person_is_kept_nor_given(client) -> None:
    town = publishing.organisation()
    client.force_login(publishing.member(town))
    assert "Mon bureau" in text(client)
    assert "Mon bureau" not in text(Client())
    assert "Mon bureau" in text(client), "the reader's page is not given to a person"


def test_a_person_sees_at_once_what_they_publish(client) -> None:
    town = publishing.organisation()
    client.force_login(publishing.member(town))
    text(client)
    publishing.dataset("Arbres remarquables", slug="arbres", organisation=town)
    assert "Arbres remarquables" in text(client)


def test_language_commune_and_question_make_other_pages(client) -> None:
    publishing.dataset("Arbres remarquables", slug="arbres")
    assert '<html lang="fr"' in text(client)
    assert '<html lang="en"' in text(Client(), headers={"accept-language": "en"})
    assert "Arbres remarquables" not in text(Client(), LIST + "?q=piscine")
    chose = Client()
    chose.cookies["commune-name"] = "Figeac"
    assert "Figeac" in text(chose)
    assert "Figeac" not in text(Client()).split("<main")[0]


def test_what_is_not_a_page_found_is_not_kept(client) -> None:
    assert client.get("/donnees/arbres/").status_code == 404
    publishing.dataset("Arbres remarquables", slug="arbres")
    assert client.get("/donnees/arbres/").status_code == 200
    assert client.head("/donnees/arbres/").content == b""


def test_public_pages_set_no_cookie(client) -> None:
    resource = publishing.dataset().resources.create(title="Communes")
    publishing.version(resource)
    for address in (
        "/donnees/",
        "/donnees/communes-du-lot/",
        resource.get_absolute_url(),
        "/recherche/?q=lot",
        "/territoires/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not answer.cookies, address


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 302),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_form_without_token_is_refused_from_elsewhere(headers, status) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("set_language"), {"language": "en", "next": LIST}, headers=headers)
    assert answer.status_code == status
    assert (strict.cookies.get("django_language") is not None) == (status == 302)
