from __future__ import annotations

import pytest
from django.test import Client

from parvis.territories.models import Territory

PAGES = {
    "/territoires/": 9,
    "/territoires/?q=figeac": 7,
    "/territoires/region/76/": 12,
    "/territoires/departement/46/": 12,
    "/territoires/departement/46/?membres=epci&tri=-population": 12,
    "/territoires/epci/200067361/": 12,
    "/territoires/commune/46102/": 12,
    "/territoires/choisir/": 1,
    "/territoires/choisir/?q=figac": 4,
}


@pytest.mark.parametrize(("address", "queries"), PAGES.items())
def test_pages(country, client: Client, address: str, queries: int, django_assert_max_num_queries) -> None:
    client.get("/territoires/?q=figeac")  # builds the index
    with django_assert_max_num_queries(queries):
        response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert " style=" not in page
    assert "{{" not in page
    assert "{%" not in page


@pytest.mark.parametrize("address", ["/territoires/commune/00000/", "/territoires/pays/46102/", "/territoires/epci/46102/"])
def test_unknown(country, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_before_the_first_loading(db, client: Client) -> None:
    assert "pas encore chargés" in client.get("/territoires/").content.decode()


def test_a_territory_says_its_facts(country, client: Client) -> None:
    page = client.get("/territoires/commune/46102/").content.decode()
    for fact in (
        "Figeac",
        "9\u202f793",
        "214\u202f601\u202f023",
        "46100",
        "CC Grand-Figeac",
        "Lot",
        "Occitanie",
        "Code officiel géographique 2026",
    ):
        assert fact in page


def test_members_are_sorted(country, client: Client) -> None:
    page = client.get("/territoires/departement/46/?tri=-population")
    assert [territory.name for territory in page.context["members"]] == ["Cahors", "Figeac", "Le Bourg"]
    page = client.get("/territoires/departement/46/?tri=drop+table")
    assert [territory.name for territory in page.context["members"]] == ["Cahors", "Figeac", "Le Bourg"]


def test_a_territory_that_left_the_code_says_so(country, client: Client) -> None:
    Territory.objects.filter(code="46102").update(active=False)
    assert "plus dans le code officiel géographique" in client.get("/territoires/commune/46102/").content.decode()


def test_remember_and_forget(country, client: Client) -> None:
    response = client.get("/territoires/choisir/?q=Œuilly&next=/donnees/")
    assert "vous acceptez" in response.content.decode()
    response = client.post("/territoires/choisir/", {"commune": "51410", "next": "/territoires/"})
    assert response.url == "/territoires/"
    cookie = response.cookies["commune"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("51410", "Lax", 365 * 24 * 3600)
    assert response.cookies["commune-name"].value.isascii()
    page = client.get("/territoires/").content.decode()
    assert "Œuilly" in page
    assert "changer de commune" in page
    assert "que ce navigateur retient" in client.get("/territoires/commune/51410/").content.decode()
    client.post("/territoires/choisir/", {"forget": "1"})
    assert "Œuilly" not in client.get("/territoires/").content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "/territoires/choisir/?q=a"]
)
def test_nobody_is_sent_elsewhere(country, client: Client, elsewhere: str) -> None:
    response = client.post("/territoires/choisir/", {"commune": "46102", "next": elsewhere})
    assert response.url == "/territoires/commune/46102/"


def test_an_unknown_commune_is_refused(country, client: Client) -> None:
    response = client.post("/territoires/choisir/", {"commune": "99999"}, follow=True)
    assert "pas dans le code officiel" in response.content.decode()
    assert "commune" not in client.cookies


def test_a_forged_cookie_shows_as_text(country, client: Client) -> None:
    client.cookies["commune-name"] = "%3Cscript%3Ealert(1)%3C/script%3E"
    client.cookies["commune"] = "x' OR 1"
    page = client.get("/territoires/").content.decode()
    assert "<script>alert" not in page
