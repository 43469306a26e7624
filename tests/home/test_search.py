"""The search over everything: each kind in its section, one kind page by page, nothing of what one may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from parvis.territories.models import Level, Territory
from tests.catalog.publishing import dataset, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def figeac() -> Territory:
    place = Territory.objects.create(level=Level.COMMUNE, code="46102", name="Figeac", vintage=2026)
    from parvis.territories.models import Loading

    Loading.objects.create(what=Loading.What.CODE, vintage="2026")
    return place


def page(client: Client, **asked: str) -> str:
    answer = client.get("/recherche/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_kind_answers_in_its_section(client: Client, figeac: Territory) -> None:
    dataset("Écoles de Figeac", slug="ecoles")
    found = page(client, q="figeac")
    for shown in ('id="dataset"', "Écoles de Figeac", 'id="commune"', 'id="organisation"', "Commune de Figeac"):
        assert shown in found, shown
    assert found.index('id="commune"') < found.index('id="dataset"')  # the name itself comes first


def test_drafts_do_not_exist(client: Client) -> None:
    dataset("Secret de Polichinelle", slug="secret", draft=True)
    assert "Secret de" not in page(client, q="polichinelle")
    assert "Rien ne répond à « polichinelle »" in page(client, q="polichinelle")


def test_one_kind_page_by_page(client: Client) -> None:
    for number in range(23):
        dataset(f"Budget {number}", slug=f"budget-{number}")
    assert "Voir les 23" in page(client, q="budget")
    second = page(client, q="budget", genre="dataset", page="2")
    assert "page 2 sur 2" in second
    assert second.count('class="card') == 3


@pytest.mark.parametrize("asked", [{"q": "x", "genre": "nothing"}, {"genre": "dataset"}])
def test_what_does_not_exist(client: Client, asked: dict[str, str]) -> None:
    assert client.get("/recherche/", asked).status_code == 404


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script>", "\x00", "é" * 500, "x&page=-1"])
def test_any_words_get_a_page(client: Client, text: str) -> None:
    assert "<script>alert" not in page(client, q=text)


def test_in_a_fixed_number_of_queries(
    client: Client, settings: Any, figeac: Territory, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        dataset(f"Figeac {number}", slug=f"figeac-{number}", organisation=organisation(f"Figeac {number}"))
    page(client, q="figeac")  # the indexes are built
    settings.SEARCH_PATIENCE = 60.0
    with django_assert_max_num_queries(10):
        page(client, q="figeac")
