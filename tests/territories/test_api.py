from __future__ import annotations

import pytest
from django.test import Client


def test_search(country, client: Client, django_assert_max_num_queries) -> None:
    client.get("/api/v1/territories?q=figeac")
    with django_assert_max_num_queries(2):
        body = client.get("/api/v1/territories?q=figac&limit=1").json()
    assert (body["limit"], body["offset"]) == (1, 0)
    assert body["items"] == [
        {
            "level": "commune", "code": "46102", "name": "Figeac", "siren": "214601023", "population": 9793, "postcodes": ["46100"],
            "departement": {"level": "departement", "code": "46", "name": "Lot"},
            "epci": {"level": "epci", "code": "200067361", "name": "CC Grand-Figeac"},
            "region": {"level": "region", "code": "76", "name": "Occitanie"},
            "vintage": 2026, "active": True, "territory_class": "periphery", "density": None, "url": body["items"][0]["url"],
        }
    ]  # fmt: skip
    assert body["items"][0]["url"].endswith("/territoires/commune/46102/")


def test_level_and_offset(country, client: Client) -> None:
    assert [item["level"] for item in client.get("/api/v1/territories?q=toulouse&level=epci").json()["items"]] == ["epci"]
    assert client.get("/api/v1/territories?q=figeac&offset=50").json()["items"] == []


def test_one(country, client: Client) -> None:
    body = client.get("/api/v1/territories/departement/46").json()
    assert (body["siren"], body["population"], body["members"]) == ("224600015", 30_093, {"commune": 3, "epci": 0})


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("territories/commune/99999", 404),
        ("territories/pays/1", 422),
        ("territories", 422),
        ("territories?q=a&limit=999", 422),
        ("territories?q=a&level=x", 422),
    ],
)
def test_errors_are_problems(country, client: Client, address: str, status: int) -> None:
    response = client.get(f"/api/v1/{address}")
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["detail"]
