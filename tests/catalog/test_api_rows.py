"""Rows by API: groups, whole selections as files, the description of one table, its examples."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from openapi_spec_validator import validate

from parvis.catalog.models import Version
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns() -> Version:
    cache.clear()
    return published()


def test_groups(client: Client, towns: Version) -> None:
    url = (
        f"/api/v1/resources/{towns.resource_id}/rows?Rurale__groupby&Habitants__avg&Habitants__max&__count&sort=-Habitants__avg"
    )
    found = client.get(url).json()
    assert [list(row) for row in found["data"]] == [["Rurale", "Habitants__avg", "Habitants__max", "count"]] * 2
    assert [row["Habitants__max"] for row in found["data"]] == [20050, 1900]
    assert found["meta"]["total"] == 2


def test_a_selection_as_a_file(client: Client, towns: Version) -> None:
    base = f"/api/v1/resources/{towns.resource_id}/rows"
    answer = client.get(f"{base}.csv?columns=Commune,Habitants&Habitants__greater=9000&sort=-Habitants")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert lines == [["Commune", "Habitants"], ["Cahors", "20050"], ["Figeac", "9793"]]
    again = client.get(
        f"{base}.csv?columns=Commune,Habitants&Habitants__greater=9000&sort=-Habitants",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304
    assert len(json.loads(b"".join(client.get(f"{base}.json?Rurale__exact=oui")))) == 4
    assert b"".join(client.get(f"{base}.parquet?Rurale__exact=oui"))[:4] == b"PAR1"
    part = client.get(f"{base}.parquet", headers={"Range": "bytes=0-3"})
    assert (part.status_code, b"".join(part)) == (206, b"PAR1")
    assert client.get(f"{base}.csv?absente__exact=1").status_code == 400
    assert client.get(f"{base}.exe").status_code == 404


def test_several_sorts(client: Client, towns: Version) -> None:
    base = f"/api/v1/resources/{towns.resource_id}/rows"
    both = client.get(f"{base}?sort=Rurale,-Habitants&page_size=50").json()["data"]
    expected = sorted(both, key=lambda row: (row["Rurale"], -(row["Habitants"] or 0)))
    assert [row["__id"] for row in both] == [row["__id"] for row in expected]
    assert len({row["Rurale"] for row in both}) == 2
    for query in ("sort=Rurale&sort=-Habitants", "Rurale__sort=asc&Habitants__sort=desc", "sort=Rurale&Habitants__sort=desc"):
        assert client.get(f"{base}?{query}&page_size=50").json()["data"] == both, query
    file = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{base}.csv?sort=Rurale,-Habitants")).decode())))
    assert [row["Commune"] for row in file] == [row["Commune"] for row in both]
    first, second = (client.get(f"{base}?sort=Rurale,-Habitants&page_size=3&page={n}").json()["data"] for n in (1, 2))
    assert first + second == both[:6]
    groups = client.get(f"{base}?Rurale__groupby&Commune__groupby&Habitants__sum&sort=-Rurale,Habitants__sum").json()["data"]
    by_people = sorted(groups, key=lambda row: (not row["Rurale"], row["Habitants__sum"] is None, row["Habitants__sum"] or 0))
    assert [row["Commune"] for row in groups] == [row["Commune"] for row in by_people]
    for query in ("sort=Rurale,absente", "sort=a,b,c,d,e,f", "absente__sort=asc"):
        assert client.get(f"{base}?{query}").status_code == 400


def test_the_description_of_a_table(client: Client, towns: Version) -> None:
    found = client.get(f"/api/v1/resources/{towns.resource_id}/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    validate(found)
    names = {one["name"]: one["schema"] for one in found["components"]["parameters"].values()}
    assert names["Habitants__greater"] == {"type": "integer"}
    assert "Commune__sum" not in names
    for path in found["paths"].values():
        for one in path["get"]["parameters"]:
            assert "$ref" not in one or one["$ref"].rpartition("/")[2] in found["components"]["parameters"]


def test_every_example_of_the_page_works(client: Client, towns: Version) -> None:
    text = unescape(client.get(f"/donnees/{towns.resource.dataset.slug}/{towns.resource_id}/api/").content.decode())
    addresses = set(re.findall(r"https?://[^/\s\"']+(/api/v1/resources/[^\s\"'<]+/rows[^\s\"'<]*)", text))
    assert len(addresses) >= 5
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(b"".join(answer) if answer.streaming else answer.content) > 30
    body = re.search(r"-d '(\{.*?\})'", text)
    assert body
    assert client.post("/api/v1/query", body[1], content_type="application/json").json()["rows"]
