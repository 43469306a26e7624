"""The reading API: open, paged, filtered as people of data.gouv.fr know it; drafts do not exist."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from parvis.catalog.models import Dataset, Resource, Version
from tests.catalog.publishing import TOWNS, dataset, published, version, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns() -> Version:
    return published()


def rows_of(client: Client, version: Version, query: str = "") -> Any:
    return client.get(f"/api/v1/resources/{version.resource_id}/rows{query}")


def names(answer: Any) -> list[str]:
    return [row["Commune"] for row in answer.json()["data"]]


def test_datasets_are_listed_searched_and_paged(client: Client, towns: Version) -> None:
    for number in range(4):
        dataset(f"Budget {number}", slug=f"budget-{number}")
    dataset("Brouillon", slug="brouillon", draft=True)
    first = client.get("/api/v1/datasets?page_size=2").json()
    assert first["meta"] == {"page": 1, "page_size": 2, "total": 5}
    assert first["links"]["prev"] is None
    assert "page=2" in first["links"]["next"]
    assert [one["slug"] for one in client.get("/api/v1/datasets?q=habitants").json()["data"]] == ["communes-du-lot"]
    assert client.get("/api/v1/datasets?q=brouillon").json()["data"] == []
    assert client.get("/api/v1/datasets?organisation=nobody").json()["meta"]["total"] == 0
    assert client.get("/api/v1/datasets?page=50").json()["data"] == []


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page_size=0", "q=" + "x" * 201])
def test_bounds(client: Client, query: str) -> None:
    answer = client.get("/api/v1/datasets?" + query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_one_dataset_by_its_name_or_its_identifier(client: Client, towns: Version) -> None:
    found = towns.resource.dataset
    Dataset.objects.filter(pk=found.pk).update(high_value="statistics")
    Resource.objects.filter(dataset=found).update(remote_url="https://data.exemple.fr/a.csv")
    by_name, by_id = (client.get(f"/api/v1/datasets/{name}").json() for name in (found.slug, found.pk))
    assert by_name == by_id
    assert (by_name["high_value"], by_name["resources"][0]["remote_url"]) == ("statistics", "https://data.exemple.fr/a.csv")
    assert by_name["resources"][0]["version"]["files"]["csv"].endswith("/versions/1/csv")
    assert client.get("/api/v1/datasets/nobody").status_code == 404


def test_a_draft_does_not_exist(client: Client) -> None:
    found = published(draft=True)
    for address in (
        "datasets/communes-du-lot",
        f"resources/{found.resource_id}",
        f"resources/{found.resource_id}/rows",
        f"resources/{found.resource_id}/versions",
    ):
        answer = client.get("/api/v1/" + address)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


def test_a_table_and_its_columns(client: Client, towns: Version) -> None:
    found = client.get(f"/api/v1/resources/{towns.resource_id}").json()
    assert [column["name"] for column in found["columns"]] == ["Code commune", "Commune", "Habitants", "Relevé le", "Rurale"]
    assert found["columns"][2]["type"] == "integer"
    assert found["columns"][2]["empty"] == 1
    assert found["dataset"] == "communes-du-lot"


def test_rows(client: Client, towns: Version) -> None:
    found = rows_of(client, towns, "?page=2&page_size=3").json()
    assert found["meta"] == {"page": 2, "page_size": 3, "total": 8}
    assert found["data"][0] == {
        "__id": 4,
        "Code commune": "46004",
        "Commune": "Œuilly",
        "Habitants": None,
        "Relevé le": "2024-03-04",
        "Rurale": True,
    }
    assert found["version"] == 1
    assert rows_of(client, towns, "?page_size=201").status_code == 422
    assert rows_of(client, towns, "?page=999").json()["data"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Commune__exact=Figeac", ["Figeac"]),
        ("Commune__contains=cere", ["Saint-Céré"]),
        ("Commune__in=Figeac,Martel", ["Figeac", "Martel"]),
        ("Habitants__strictly_less=1600&Habitants__isnotnull", ["Éclaux"]),
        ("Habitants__isnull", ["Œuilly"]),
        ("Rurale__exact=false&Habitants__greater=4100&Habitants__sort=desc", ["Cahors", "Figeac", "Gourdon"]),
        ("Habitants__greater=9000&sort=Commune", ["Cahors", "Figeac"]),
        ("Habitants__greater=9000&sort=-Commune", ["Figeac", "Cahors"]),
        ("Commune__differs=Figeac&Commune__notin=Cahors&Relev%C3%A9+le__less=2024-03-03", ["Éclaux"]),
    ],
)
def test_filters_and_sorts(client: Client, towns: Version, query: str, expected: list[str]) -> None:
    assert names(rows_of(client, towns, "?" + query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "Inconnue__exact=x", "Commune__nope=x", "Habitants__greater=x", "limit=3", "sort=Inconnue", "columns=Inconnue",
        "%22%3B+DROP+TABLE+x%3B--__exact=1", "Commune__in=", "&".join("Commune__exact=a" for _one in range(21)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(client: Client, towns: Version, query: str) -> None:
    answer = rows_of(client, towns, "?" + query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 15


def test_columns_may_be_chosen(client: Client, towns: Version) -> None:
    assert rows_of(client, towns, "?columns=Habitants,Commune&page_size=1").json()["data"] == [
        {"__id": 1, "Habitants": 9793, "Commune": "Figeac"}
    ]


def test_a_version_may_be_pinned(client: Client, towns: Version) -> None:
    version(towns.resource, TOWNS + "46009;Lalbenque;1800;09/03/2024;oui\n")
    assert rows_of(client, towns).json()["meta"]["total"] == 9
    assert rows_of(client, towns, "?version=1").json()["meta"]["total"] == 8
    assert rows_of(client, towns, "?version=7").status_code == 404
    assert [one["number"] for one in client.get(f"/api/v1/resources/{towns.resource_id}/versions").json()["data"]] == [2, 1]
    withdraw(towns)
    gone = rows_of(client, towns, "?version=1")
    assert gone.status_code == 410
    assert gone.json()["reason"] == "Elle contenait des noms."


def test_any_site_may_read_and_nothing_is_sent_twice(client: Client, towns: Version) -> None:
    for address in (
        "/api/v1/datasets",
        f"/api/v1/resources/{towns.resource_id}",
        f"/api/v1/resources/{towns.resource_id}/rows",
    ):
        answer = client.get(address)
        assert answer["Access-Control-Allow-Origin"] == "*"
        again = client.get(address, headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert again["Access-Control-Allow-Origin"] == "*"


def test_lists_take_a_fixed_number_of_queries(
    client: Client, towns: Version, settings: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        dataset(f"Budget {number}", slug=f"budget-{number}")
    client.get("/api/v1/datasets")  # the index is built
    settings.SEARCH_PATIENCE = 60.0
    with django_assert_max_num_queries(5):
        client.get("/api/v1/datasets")
    with django_assert_max_num_queries(4):
        rows_of(client, towns)
