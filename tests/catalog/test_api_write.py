"""The API for programs: prepare, deposit, follow, publish, with a token and its scopes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from parvis.accounts import actions as accounts
from parvis.accounts.models import User
from parvis.catalog import storage
from parvis.catalog.actions import deposits
from parvis.catalog.models import Dataset, Deposit
from parvis.organisations.models import Membership, Organisation

WRITE, PUBLISH, READ = "datasets:write", "datasets:publish", "datasets:read-drafts"
CSV = b"code,nom\n1,un\n2,deux\n"


class Api:
    """A program with its token."""

    def __init__(self, user: User, *scopes: str) -> None:
        _token, self.secret = accounts.create_token("programme", scopes, 30, by=user)
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1{path}", json.dumps(body), content_type="application/json")

    def deposit(self, path: str = "/deposits", content: bytes = CSV, name: str = "table.csv", **fields: str) -> Any:
        return self.client.post(f"/api/v1{path}", fields | {"file": SimpleUploadedFile(name, content)})


@pytest.fixture(autouse=True)
def _home(settings, tmp_path) -> None:
    settings.PARVIS_HOME = tmp_path
    cache.clear()  # limits of one test are not those of the next


@pytest.fixture
def town(db) -> Organisation:
    return Organisation.objects.create(name="Commune de Figeac", slug="figeac", nature="commune")


@pytest.fixture
def editor(town) -> User:
    user = User.objects.create_user("editrice@exemple.fr", "x")
    Membership.objects.create(user=user, organisation=town, role="editor")
    return user


@pytest.fixture
def api(editor) -> Api:
    return Api(editor, WRITE, PUBLISH, READ)


def run(answer: Any) -> Deposit:
    assert answer.status_code == 202, answer.content
    return deposits.run(Deposit.objects.get(pk=answer.json()["id"]))


def test_from_an_empty_dataset_to_rows_that_everybody_reads(api, town, client) -> None:
    made = api.post(
        "/datasets", {"organisation": "figeac", "title": "Nos codes", "keywords": ["codes"], "high_value": "statistics"}
    )
    assert made.status_code == 201, made.content
    dataset = made.json()
    assert dataset["high_value"] == "statistics"
    assert (dataset["slug"], dataset["published"], dataset["keywords"]) == ("nos-codes", None, ["codes"])
    assert [one["id"] for one in api.get("/drafts").json()["data"]] == [dataset["id"]]
    assert client.get(f"/api/v1/datasets/{dataset['id']}").status_code == 404

    resource = api.post(f"/datasets/{dataset['id']}/resources", {"title": "Codes"}).json()
    sent = api.deposit(f"/resources/{resource['id']}/deposits")
    assert sent.json()["state"] == "waiting"
    run(sent)
    followed = api.get(f"/deposits/{sent.json()['id']}").json()
    assert (followed["state"], followed["progress"], followed["understood"]["rows"]) == ("ready", 100, 2)
    assert followed["understood"]["names"] == ["code", "nom"]
    assert [one["id"] for one in api.get("/deposits").json()["data"]] == [followed["id"]]

    published = api.post(f"/deposits/{followed['id']}/publish", {"description": {"description": "Tous nos codes."}})
    assert published.status_code == 200, published.content
    assert published.json() | {"page": ""} == {
        "dataset": "nos-codes", "resource": resource["id"], "version": 1, "created": True, "page": "",
    }  # fmt: skip
    again = api.post(f"/deposits/{followed['id']}/publish")
    assert (again.status_code, again.json()["version"], again.json()["created"]) == (200, 1, False)
    read = client.get("/api/v1/datasets/nos-codes").json()
    assert (read["description"], read["resources"][0]["version"]["rows"]) == ("Tous nos codes.", 2)
    assert client.get(f"/api/v1/resources/{resource['id']}/rows").json()["data"][1]["nom"] == "deux"


def test_a_deposit_alone_makes_its_dataset(api) -> None:
    deposit = run(api.deposit(organisation="figeac", schema="scdl/subventions", options='{"delimiter": ","}'))
    seen = api.get(f"/deposits/{deposit.pk}").json()
    assert (seen["schema_name"], seen["options"], seen["valid"]) == ("scdl/subventions", {"delimiter": ","}, False)
    assert sum(seen["counts"].values()) >= 1
    assert seen["causes"][0]["title"]
    titleless = api.post(f"/deposits/{deposit.pk}/publish")
    assert titleless.status_code == 409
    assert "titre" in titleless.json()["detail"]
    done = api.post(f"/deposits/{deposit.pk}/publish", {"description": {"title": "Aides"}})
    assert done.status_code == 200, done.content
    assert Dataset.objects.get(slug="aides").resources.get().current.valid is False


def test_options_and_schema_are_corrected(api) -> None:
    deposit = run(api.deposit(content=b"titre;;\ncode;nom;x\n1;un;2\n", organisation="figeac"))
    changed = api.patch(f"/deposits/{deposit.pk}", {"options": {"header_row": 2}, "schema": "scdl/prenoms"}).json()
    assert (changed["state"], changed["options"], changed["schema_name"]) == ("waiting", {"header_row": 2}, "scdl/prenoms")
    deposit = deposits.run(deposit)
    assert (deposit.state, deposit.reading["names"]) == ("ready", ["code", "nom", "x"])
    assert api.patch(f"/deposits/{deposit.pk}", {"schema": "rien/du-tout"}).status_code == 422
    assert api.patch(f"/deposits/{deposit.pk}", {"options": {"header_row": 0}}).status_code == 422
    assert api.client.delete(f"/api/v1/deposits/{deposit.pk}").status_code == 204
    assert api.post(f"/deposits/{deposit.pk}/publish").status_code == 409


def test_personal_data_must_be_confirmed(api) -> None:
    deposit = run(api.deposit(content=b"prenom,date_naissance\nAda,1990-01-02\nLou,1991-02-03\n", organisation="figeac"))
    seen = api.get(f"/deposits/{deposit.pk}").json()
    assert {one["column"] for one in seen["personal"]} == {"prenom", "date_naissance"}
    body = {"description": {"title": "Agents"}}
    refused = api.post(f"/deposits/{deposit.pk}/publish", body)
    assert refused.status_code == 409
    assert "personnes" in refused.json()["detail"]
    assert api.post(f"/deposits/{deposit.pk}/publish", body | {"personal_confirmed": True}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"organisation": "nulle-part"}, 404), ({}, 422), ({"organisation": "figeac", "schema": "inconnu"}, 422),
        ({"organisation": "figeac", "options": "pas du json"}, 422), ({"organisation": "figeac", "options": "[" * 3000}, 422),
        ({"organisation": "figeac", "options": '{"format": "exe"}'}, 422),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(api, fields, status) -> None:
    answer = api.deposit(**fields)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not Deposit.objects.exists()
    assert not list((storage.root() / "incoming").glob("*"))


@pytest.mark.parametrize("url", ["http://127.0.0.1/x.csv", "http://169.254.169.254/", "file:///etc/passwd", "http://[::1]:80/"])
def test_addresses_of_our_own_network_are_refused(api, url) -> None:
    answer = api.client.post("/api/v1/deposits", {"organisation": "figeac", "url": url})
    assert answer.status_code == 422
    assert not Deposit.objects.exists()


def test_neither_file_nor_address(api) -> None:
    assert api.client.post("/api/v1/deposits", {"organisation": "figeac"}).status_code == 422


def test_too_heavy(api, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    answer = api.deposit(content=b"x" * 2000, organisation="figeac")
    assert (answer.status_code, answer.json()["title"]) == (413, "Fichier trop lourd")
    announced = api.deposit(content=b"x" * 3_000_000, organisation="figeac")
    assert announced.status_code == 413
    assert not Deposit.objects.exists()
    assert not list((storage.root() / "incoming").glob("*"))


NEEDS = [
    ("post", "/datasets", WRITE), ("get", "/drafts", READ), ("patch", "/datasets/x", WRITE), ("post", "/datasets/x/resources", WRITE),
    ("post", "/deposits", WRITE), ("get", "/deposits", WRITE), ("post", "/resources/x/deposits", WRITE), ("get", "/deposits/x", WRITE),
    ("patch", "/deposits/x", WRITE), ("post", "/deposits/x/repair", WRITE), ("post", "/deposits/x/publish", PUBLISH),
    ("delete", "/deposits/x", WRITE),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "scope"), NEEDS)
def test_each_operation_needs_its_scope(editor, client, method, path, scope) -> None:
    assert getattr(client, method)(f"/api/v1{path}").status_code == 401
    others = Api(editor, *({WRITE, PUBLISH, READ} - {scope}))
    answer = getattr(others.client, method)(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["missing_scopes"]) == (403, [scope])


def test_a_token_may_no_more_than_its_owner(api, town) -> None:
    agent = User.objects.create_user("agent@exemple.fr", "x")
    Membership.objects.create(user=agent, organisation=town, role="agent")
    stranger = Api(User.objects.create_user("autre@exemple.fr", "x"), WRITE, PUBLISH, READ)
    deposit = run(Api(agent, WRITE).deposit(organisation="figeac"))
    refused = Api(agent, PUBLISH).post(f"/deposits/{deposit.pk}/publish", {"description": {"title": "Codes"}})
    assert (refused.status_code, "éditeur" in refused.json()["detail"]) == (403, True)
    assert stranger.get(f"/deposits/{deposit.pk}").status_code == 404
    assert stranger.deposit(organisation="figeac").status_code == 403
    assert stranger.post("/datasets", {"organisation": "figeac", "title": "X"}).status_code == 403
    assert stranger.get("/deposits").json()["meta"]["total"] == 0
    assert api.post(f"/deposits/{deposit.pk}/publish", {"description": {"title": "Codes"}}).status_code == 200
    assert Api(agent, WRITE).patch("/datasets/codes", {"title": "Autre"}).status_code == 403
    assert api.patch("/datasets/codes", {"title": "Codes 2025"}).json()["title"] == "Codes 2025"
    assert stranger.patch("/datasets/codes", {"title": "Autre"}).status_code == 404


def test_a_draft_never_becomes_a_dangerous_link(api) -> None:
    deposit = run(api.deposit(organisation="figeac"))
    assert api.patch(f"/deposits/{deposit.pk}", {"description": {"source_url": "javascript:alert(1)"}}).status_code == 422
    Deposit.objects.filter(pk=deposit.pk).update(form={"title": "T" * 300, "source_url": "javascript:alert(1)", "licence": "x"})
    assert api.post(f"/deposits/{deposit.pk}/publish").status_code == 200
    dataset = Dataset.objects.get()
    assert (len(dataset.title), dataset.source_url, dataset.licence) == (200, "", "lov2")


def test_what_no_database_keeps_is_refused(api) -> None:
    """PostgreSQL keeps NUL in no text; it must not come out as an error of ours."""
    deposit = run(api.deposit(organisation="figeac"))
    page = f"/deposits/{deposit.pk}"
    answers = [
        api.post("/datasets", {"organisation": "figeac", "title": "a\x00b"}),
        api.post("/datasets", {"organisation": "fig\x00eac", "title": "ab"}),
        api.post("/datasets", {"organisation": "figeac", "title": "ab", "keywords": ["a\x00b"]}),
        api.patch(page, {"options": {"delimiter": "\x00"}}),
        api.patch(page, {"schema": "scdl\x00"}),
        api.patch(page, {"description": {"description": "a\x00b"}}),
        api.post(f"{page}/publish", {"description": {"title": "a\x00b"}}),
        api.deposit(organisation="figeac", options='{"sheet": "a\\u0000b"}'),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)
    assert all(answer.headers["Content-Type"] == "application/problem+json" for answer in answers)
