"""The catalogue for machines, with the real client: documents, negotiation, pages, identifiers that last, and back again."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from typer.testing import CliRunner

from parvis.catalog import dcat_cli
from parvis.catalog.core.dcat import checking, reading, vocabularies
from parvis.catalog.core.dcat.records import Page
from parvis.catalog.core.dcat.writing import FORMATS
from parvis.catalog.dcat import documents, records
from parvis.catalog.models import Dataset, HarvestedDataset, HarvestSource, Resource
from parvis.catalog.views import dcat as views
from parvis.organisations.models import Role
from parvis.territories.models import Level, Territory
from tests.catalog.core.dcat.test_writing import results, shapes
from tests.catalog.publishing import dataset, member, organisation, published, withdraw

__all__ = ["shapes"]
pytestmark = pytest.mark.django_db
HOSTILE = ["</script><script>alert(1)</script>", 'Guillemets """ et \\ et <a>', "  \n ", "x" * 200, "🚲 ]]> &amp; %zz"]


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Files of this test alone."""


def document(client: Client, address: str, **headers: str) -> tuple[Any, Page]:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return response, reading.read(response.content, response["Content-Type"], base="http://testserver/")


def many(count: int) -> None:
    """Datasets with a file each, made in four queries."""
    publisher = organisation()
    now = timezone.now()
    made = Dataset.objects.bulk_create(
        Dataset(
            title=f"Jeu {number}", slug=f"jeu-{number}", organisation=publisher, published=now, description="Une description"
        )
        for number in range(count)
    )
    source = published(title="Premier", slug="premier").resource.current
    resources = Resource.objects.bulk_create(Resource(dataset=one, title="Table") for one in made)
    for resource in resources:
        copy = type(source)(
            **{field.attname: getattr(source, field.attname) for field in source._meta.fields if field.name != "id"}
        )
        copy.resource = resource
        resource.current = copy
    type(source).objects.bulk_create(resource.current for resource in resources)
    Resource.objects.bulk_update(resources, ["current"])


# ----- Documents -----


@pytest.mark.parametrize("extension", FORMATS)
def test_the_same_catalogue_in_three_formats(client: Client, extension: str) -> None:
    first = published(title="Communes", keywords=["commune", "insee"], description="Deux\n\nparagraphes", frequency="monthly")
    response, page = document(client, f"/donnees/catalogue.{extension}")
    assert response["Content-Type"].partition(";")[0] == FORMATS[extension][1]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    (found,) = page.datasets
    ours = first.resource.dataset
    assert (found.identifier, found.title, found.keywords, found.frequency) == (
        ours.pk,
        "Communes",
        ("commune", "insee"),
        "MONTHLY",
    )
    assert found.licence == vocabularies.LICENCE_OUVERTE
    (file,) = found.distributions
    assert (file.identifier, file.format, file.size, file.checksum) == (
        first.resource.pk,
        "csv",
        first.source_bytes,
        first.source_sha256,
    )
    assert (page.total, page.next) == (1, None)
    assert checking.check(response.content, response["Content-Type"]).valid


def test_what_is_written_is_what_our_records_say(client: Client) -> None:
    town = Territory.objects.create(level=Level.COMMUNE, code="46102", name="Figeac", vintage=2026)
    for number, title in enumerate(HOSTILE):
        published(title=title, slug=f"jeu-{number}", territory=town, description=title * 30, keywords=[title[:20], "b"])
    _response, page = document(client, "/donnees/catalogue.ttl")
    expected = [records.of(one) for one in documents.listed(None)]
    assert [found.identifier for found in page.datasets] == [found.identifier for found in expected]
    for found, ours in zip(page.datasets, expected, strict=True):
        assert (found.distributions, found.spatial, found.licence, found.modified) == (
            ours.distributions,
            ours.spatial,
            ours.licence,
            ours.modified,
        )
        assert found.title
    assert not page.problems


def test_the_official_shapes_have_nothing_to_say_of_a_site(client: Client, shapes: dict[str, Any]) -> None:
    publisher = organisation(
        "Ville de Cahors", siren="214600421", email="donnees@cahors.example", website="https://cahors.example/"
    )
    for number, title in enumerate(HOSTILE):
        published(title=title, slug=f"jeu-{number}", description=title * 3, organisation=publisher if number % 2 else None)
    dataset(title="Sans fichier", slug="vide")
    for address in (
        "/donnees/catalogue.ttl",
        "/donnees/jeu-0.ttl",
        "/organisations/ville-de-cahors/catalogue.ttl",
        "/donnees/vide.ttl",
    ):
        content = client.get(address).content
        assert results(content, shapes["shapes"]) == [], address
        assert results(content, shapes["range"]) == [], address


def test_an_empty_catalogue_is_one_page(client: Client, shapes: dict[str, Any]) -> None:
    response, page = document(client, "/donnees/catalogue.ttl")
    assert (page.datasets, page.total, page.next) == ((), 0, None)
    assert results(response.content, shapes["shapes"]) == []


def test_an_organisation_has_its_own_catalogue(client: Client) -> None:
    published(title="D'ici", slug="ici", organisation=organisation("Ici"))
    published(title="D'ailleurs", slug="ailleurs", organisation=organisation("Ailleurs"))
    _response, page = document(client, "/organisations/ici/catalogue.jsonld")
    assert [found.title for found in page.datasets] == ["D'ici"]
    assert page.publisher is not None
    assert page.publisher.name == "Ici"
    assert client.get("/organisations/nulle-part/catalogue.ttl").status_code == 404


def test_drafts_and_withdrawn_files_are_nowhere(client: Client) -> None:
    dataset(title="Secret", slug="secret", draft=True)
    shown = published(title="Montré", slug="montre")
    withdraw(shown)
    response, page = document(client, "/donnees/catalogue.ttl")
    assert b"Secret" not in response.content
    assert [found.distributions for found in page.datasets] == [()]
    assert client.get("/donnees/secret.ttl").status_code == 404
    assert client.get("/donnees/secret/", headers={"accept": "text/turtle"}).status_code == 404
    assert client.get(f"/donnees/id/{Dataset.objects.get(slug='secret').pk}").status_code == 404


def test_a_valid_table_conforms_to_its_schema_and_has_its_theme(client: Client) -> None:
    made = published(slug="budget")
    for valid, expected in (
        (True, ["https://schema.data.gouv.fr/scdl/budget/"]),
        (None, ["https://schema.data.gouv.fr/scdl/budget/"]),
        (False, []),
    ):
        made.schema, made.valid = "scdl/budget", valid
        made.save()
        _response, page = document(client, "/donnees/budget.ttl")
        assert [standard.iri for standard in page.datasets[0].distributions[0].conforms_to] == expected
        assert page.datasets[0].themes == (vocabularies.authority("data-theme", "ECON"),)


def test_a_spreadsheet_is_offered_as_csv(client: Client) -> None:
    made = published(slug="classeur")
    made.source_name = "classeur.xlsx"
    made.save()
    (file,) = document(client, "/donnees/classeur.ttl")[1].datasets[0].distributions
    assert (file.format, file.media_type, file.size, file.checksum) == ("csv", "text/csv", None, "")
    assert client.get(file.download_url, follow=True).status_code == 200


def test_a_person_says_that_data_are_of_high_value(client: Client, shapes: dict[str, Any]) -> None:
    made = published(slug="arrets")
    publisher = made.resource.dataset.organisation
    client.force_login(member(publisher, Role.EDITOR))
    page = client.get("/donnees/arrets/gerer/").content.decode()
    assert 'name="high_value"' in page
    form = {"title": "Arrêts", "description": "Les arrêts", "licence": "lov2", "frequency": "daily"}
    for value, expected in (("mobility", 1), ("n'importe", 1), ("", 0)):
        client.post("/donnees/arrets/gerer/decrire/", form | {"high_value": value})
        response, page = document(client, "/donnees/arrets.ttl")
        (found,) = page.datasets
        assert len(found.hvd_categories) == len(found.applicable_legislation) == expected
        assert results(response.content, shapes["shapes"]) == []


# ----- Negotiation, conditions, limits -----


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("text/html;q=0.5, text/turtle", "text/turtle; charset=utf-8"),
    ],
)
def test_pages_answer_what_is_asked_for(client: Client, accept: str, kind: str) -> None:
    published()
    for address in ("/donnees/communes-du-lot/", "/donnees/"):
        response = client.get(address, headers={"accept": accept} if accept else {})
        assert response["Content-Type"] == kind
        assert "Accept" in [part.strip() for part in response["Vary"].split(",")]


def test_who_has_the_document_does_not_receive_it_again(client: Client) -> None:
    published()
    for address in ("/donnees/catalogue.ttl", "/donnees/communes-du-lot.ttl"):
        first = client.get(address)
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
        assert client.get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
        assert client.get(address.replace("ttl", "rdf"), headers={"if-none-match": first["ETag"]}).status_code == 200
        Dataset.objects.update(title=f"Autre titre de {address}")
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_dataset_that_leaves_changes_the_catalogue(client: Client) -> None:
    published()
    first = client.get("/donnees/catalogue.ttl")
    Dataset.objects.update(published=None)
    assert client.get("/donnees/catalogue.ttl", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_too_many_in_too_short_a_while_is_429(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "GOES", 2)
    answers = [client.get("/donnees/catalogue.ttl") for _go in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert answers[2]["Retry-After"] == "10"


def test_only_reading(client: Client) -> None:
    assert client.post("/donnees/catalogue.ttl").status_code == 405
    assert client.head("/donnees/catalogue.ttl").status_code == 200
    for number in ("0", "9", "-1", "abc", "²", "1" * 50):
        assert client.get("/donnees/catalogue.ttl", {"page": number}).status_code in {400, 404}


# ----- Pages -----


def test_pages_follow_one_another_to_the_last(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PER_PAGE", 2)
    for number in range(5):
        published(title=f"Jeu {number}", slug=f"jeu-{number}")
    seen, address = [], "http://testserver/donnees/catalogue.jsonld"
    while address:
        response, page = document(client, re.sub(r"^https?://[^/]+", "", address))
        assert page.total == 5
        seen += [found.title for found in page.datasets]
        address = page.next or ""
    assert seen == [f"Jeu {number}" for number in range(5)]
    assert b"http://www.w3.org/ns/hydra/core#previous" in response.content


def test_a_page_asks_the_database_as_many_questions_for_one_dataset_as_for_many(client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/donnees/catalogue.ttl").status_code == 200
        return len(queries)

    published(title="Un", slug="un")
    one = asked()
    many(60)
    assert asked() <= one


def test_a_page_of_a_hundred_is_quick(client: Client) -> None:
    many(100)
    client.get("/donnees/catalogue.ttl")
    start = time.process_time()
    _response, page = document(client, "/donnees/catalogue.ttl")
    assert len(page.datasets) == 100
    assert time.process_time() - start < 1.5  # 0.15 s on the machine where it was written, reading included


# ----- Identifiers that last -----


def test_identifiers_survive_a_change_of_title_and_of_address(client: Client) -> None:
    published(slug="avant")
    (before,) = document(client, "/donnees/catalogue.ttl")[1].datasets
    Dataset.objects.update(title="Un tout autre titre", slug="apres")
    (after,) = document(client, "/donnees/catalogue.ttl")[1].datasets
    assert (before.identifier, before.iri, before.distributions[0].iri) == (
        after.identifier,
        after.iri,
        after.distributions[0].iri,
    )
    assert before.publisher == after.publisher


def test_identifiers_lead_to_the_page_or_to_the_document(client: Client) -> None:
    made = published()
    path = f"/donnees/id/{made.resource.dataset_id}"
    publisher = made.resource.dataset.organisation
    for address, page, turtle in (
        (path, "/donnees/communes-du-lot/", "/donnees/communes-du-lot.ttl"),
        ("/donnees/id/catalogue", "/donnees/", "/donnees/catalogue.ttl"),
        (
            f"/donnees/id/organisations/{publisher.pk}",
            "/organisations/commune-de-figeac/",
            "/organisations/commune-de-figeac/catalogue.ttl",
        ),
    ):
        for accept, expected in (("text/html", page), ("text/turtle", turtle)):
            response = client.get(address, headers={"accept": accept})
            assert (response.status_code, response["Location"]) == (303, expected)
            assert client.get(expected).status_code == 200
    assert client.get("/donnees/id/api").status_code == 303
    assert client.get("/donnees/id/rien").status_code == 404
    assert client.get("/donnees/id/organisations/999999").status_code == 404


def test_every_address_of_ours_in_a_document_answers(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://donnees.exemple.fr"
    published()
    content = client.get("/donnees/catalogue.ttl").content.decode()
    found = set(re.findall(r"<https://donnees\.exemple\.fr(/[^>#]*)[^>]*>", content))
    assert len(found) >= 8
    for path in found - {"/api/v1/"}:
        assert client.get(path, follow=True).status_code == 200, path


# ----- What was harvested -----


@pytest.fixture
def harvested() -> Dataset:
    owner = organisation("Région d'essai")
    made = dataset(title="Pistes cyclables", slug="pistes", organisation=owner, licence="other")
    source = HarvestSource.objects.create(organisation=owner, name="Portail", address="https://portail.example/")
    HarvestedDataset.objects.create(
        dataset=made, source=source, key="k", identifier="https://portail.example/id/7", iri="https://portail.example/id/7", digest="d",
        original_url="https://portail.example/pistes", publisher="Ville d'ailleurs", licence="https://creativecommons.org/licenses/by/4.0/",
        record={"hvd_categories": [vocabularies.HVD_CATEGORIES["mobility"][0]]}, updated=timezone.now(),
    )  # fmt: skip
    Resource.objects.create(
        dataset=made,
        title="Tracés",
        remote_url="https://portail.example/pistes.geojson",
        remote_format="geojson",
        remote_bytes=12,
    )
    return made


def test_what_was_harvested_keeps_the_identity_and_the_credit_of_its_publisher(
    client: Client, harvested: Dataset, shapes: dict[str, Any]
) -> None:
    response, page = document(client, "/donnees/catalogue.ttl")
    (found,) = page.datasets
    assert (found.identifier, found.iri) == ("https://portail.example/id/7", "https://portail.example/id/7")
    assert found.landing_page == "https://portail.example/pistes"
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert found.publisher is not None
    assert found.publisher.name == "Ville d'ailleurs"
    (file,) = found.distributions
    assert (file.download_url, file.format, file.size) == ("https://portail.example/pistes.geojson", "geojson", 12)
    assert found.hvd_categories == (vocabularies.HVD_CATEGORIES["mobility"][0],)
    assert found.applicable_legislation == (vocabularies.HVD_LEGISLATION,)
    assert results(response.content, shapes["shapes"]) == []


def test_one_may_ask_for_what_is_published_here_only(client: Client, harvested: Dataset) -> None:
    published(title="D'ici", slug="ici")
    response, page = document(client, "/donnees/catalogue.ttl?origine=ici")
    assert ([found.title for found in page.datasets], page.total) == (["D'ici"], 1)
    assert b"origine=ici&page=1" in response.content


# ----- Pages that people read -----


def test_pages_announce_their_documents(client: Client) -> None:
    published()
    for address, document in (("/donnees/communes-du-lot/", "/donnees/communes-du-lot"), ("/donnees/", "/donnees/catalogue"), ("/organisations/commune-de-figeac/", "/organisations/commune-de-figeac/catalogue")):  # fmt: skip
        text = client.get(address).content.decode()
        for extension, (_format, kind) in FORMATS.items():
            assert f'<link rel="alternate" type="{kind}" href="{document}.{extension}">' in text, address


def test_the_list_says_to_search_engines_that_it_is_a_catalogue(client: Client, settings: Any) -> None:
    settings.REGION_NAME = "</script><script>alert(1)</script>"
    published()
    text = client.get("/donnees/").content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert json.loads(found)["@type"] == "DataCatalog"
    assert "<" not in found


# ----- The command -----


def test_the_command_writes_what_the_site_publishes(tmp_path: Path, client: Client) -> None:
    published(title="D'ici", slug="ici", organisation=organisation("Ici"))
    published(title="D'ailleurs", slug="ailleurs", organisation=organisation("Ailleurs"))
    run = CliRunner().invoke
    for extension in FORMATS:
        path = tmp_path / f"tout.{extension}"
        assert run(dcat_cli.app, ["export", str(path)]).exit_code == 0
        written = reading.read(path.read_bytes(), FORMATS[extension][1], base="http://testserver/")
        assert written.datasets == document(client, f"/donnees/catalogue.{extension}")[1].datasets
        assert run(dcat_cli.app, ["check", str(path)]).exit_code == 0
    path = tmp_path / "ici.ttl"
    assert run(dcat_cli.app, ["export", str(path), "--organisation", "ici"]).exit_code == 0
    assert [found.title for found in reading.read(path.read_bytes(), "text/turtle", base="").datasets] == ["D'ici"]
    for words in (["export", str(path)], ["export", str(tmp_path / "a.csv")], ["export", str(tmp_path / "b.ttl"), "--organisation", "x"], ["export", str(tmp_path / "non" / "c.ttl")]):  # fmt: skip
        refused = run(dcat_cli.app, words)
        assert refused.exit_code == 2, words
        assert "Traceback" not in refused.output
    assert sorted(found.name for found in tmp_path.iterdir() if found.is_file()) == [
        "ici.ttl",
        "tout.jsonld",
        "tout.rdf",
        "tout.ttl",
    ]
