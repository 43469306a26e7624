from __future__ import annotations

import pytest
from django.test import Client

from parvis.organisations.models import Organisation
from parvis.territories.loading import load
from tests.territories.conftest import write_package


@pytest.fixture
def country(db, tmp_path):
    return load(source=write_package(tmp_path / "package"))


def test_the_list_opens_on_the_region(country, client: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(3):
        response = client.get("/organisations/")
    names = [organisation.name for organisation in response.context["organisations"]]
    assert names[0] == "Région Occitanie"
    assert "Commune de Figeac" in names
    assert "Commune d'Aurillac" not in names


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("figeac", "Commune de Figeac"), ("figac", "Commune de Figeac"), ("CAHORS", "Commune de Cahors"), ("oeuilly", "Commune d'Œuilly"),
        ("214 601 023", "Commune de Figeac"), ("200053791", "Région Occitanie"), ("amis", "Les Amis du Causse"),
    ],
)  # fmt: skip
def test_search(country, client: Client, typed: str, first: str) -> None:
    Organisation.objects.create(name="Les Amis du Causse", slug="les-amis-du-causse", nature="association")
    found = client.get("/organisations/", {"q": typed}).context["organisations"]
    assert found[0].name == first


def test_filter_and_nothing(country, client: Client) -> None:
    found = client.get("/organisations/?nature=departement").context["organisations"]
    assert {organisation.nature for organisation in found} == {"departement"}
    assert "Aucune organisation" in client.get("/organisations/?q=zzzzzz").content.decode()
    assert client.get("/organisations/?nature=x&page=999").status_code == 200


def test_those_who_publish_come_first(country, client: Client) -> None:
    from django.apps import apps
    from django.utils import timezone

    aurillac = Organisation.objects.get(slug="aurillac-15012")
    apps.get_model("catalog.Dataset").objects.create(organisation=aurillac, slug="a", title="A", published=timezone.now())
    apps.get_model("catalog.Dataset").objects.create(
        organisation=Organisation.objects.get(slug="figeac-46102"), slug="b", title="B"
    )
    found = client.get("/organisations/").context["organisations"]
    assert (found[0].name, found[0].published) == ("Commune d'Aurillac", 1)
    assert found[1].published == 0


def test_page(country, client: Client, django_assert_max_num_queries) -> None:
    Organisation.objects.filter(slug="figeac-46102").update(
        description="Ville\n\n<script>x</script>", website="https://example.org/"
    )
    with django_assert_max_num_queries(7):
        response = client.get("/organisations/figeac-46102/")
    page = response.content.decode()
    assert "214\u202f601\u202f023" in page
    assert "/territoires/commune/46102/" in page
    assert "&lt;script&gt;x" in page
    assert client.get("/organisations/nobody/").status_code == 404
