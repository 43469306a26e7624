"""What the API refuses, in the language of who asks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from parvis.catalog.models import Version
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db
FRENCH = re.compile(r"[éèêàçùûôî]|\b(le|la|les|des|une|est|dans|avec|pour|aucune?|cette|qui|pas|ou)\b", re.I)
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def towns(home: object) -> Version:
    return published()


def said(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    return f"{body['title']} / {body['detail']}"


GETS = (
    ("datasets/absent", 404),
    ("resources/absent/rows", 404),
    ("resources/{id}/rows?page_size=0", 422),
    ("resources/{id}/rows?absente__exact=1", 400),
    ("resources/{id}/rows?version=99", 404),
    ("nothing/at/all", 404),
    ("drafts", 401),
    ("charts/absent", 404),
    ("requests/absent", 404),
    ("reuses/absent", 404),
    ("harvest/sources/absent", 404),
    ("territories/commune/99999", 404),
    ("debates/absent/statements", 404),
    ("discussions?subject=rien", 404),
)


@pytest.mark.parametrize(("path", "status"), GETS)
def test_errors_are_said_in_english(path: str, status: int, towns: Version, client: Client) -> None:
    address = "/api/v1/" + path.format(id=towns.resource_id)
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status
    sentence = said(answer)
    assert not FRENCH.search(sentence), sentence
    assert "Accept-Language" in answer.headers["Vary"]
    assert FRENCH.search(said(client.get(address)))


@pytest.mark.parametrize("sql", ["SELECT absente FROM towns", "DROP TABLE towns", "SELECT * FROM read_text('/etc/passwd')", ""])
def test_refusals_of_sql_are_said_in_english(sql: str, towns: Version, client: Client) -> None:
    asked = {"sql": sql, "resources": {"towns": towns.resource_id}}
    answer = client.post("/api/v1/query", json.dumps(asked), "application/json", headers=ENGLISH)
    assert 400 <= answer.status_code < 500
    sentence = said(answer).replace("absente", "")
    assert not FRENCH.search(sentence), sentence
