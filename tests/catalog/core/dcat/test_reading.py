"""Catalogues as they are: real samples, every format, and documents that are wrong in a way of their own."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.catalog.core.dcat import parsing, reading, values, vocabularies
from parvis.catalog.core.dcat.reading import UnreadableCatalogue
from parvis.catalog.core.dcat.records import Agent, Page, Place, Standard
from tests.catalog.core.dcat.test_writing import record, written

BASE = "https://p.test/catalogue/"
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def turtle(text: str) -> Page:
    return reading.read((PREFIXES + text).encode(), "text/turtle; charset=utf-8", base=BASE)


def one(text: str):
    (found,) = turtle(text).datasets
    return found


# ----- Real samples -----


@pytest.fixture
def samples(official_data: Path) -> Path:
    folder = official_data / "dcat" / "samples"
    if not folder.is_dir():
        pytest.skip("the samples are not here (PARVIS_DATA)")
    return folder


def test_a_data_json_of_arcgis(samples: Path) -> None:
    page = reading.read((samples / "evian.json").read_bytes(), "application/json", base=BASE)
    assert (len(page.datasets), page.problems) == (8, ())
    first = page.datasets[0]
    assert first.title == "stationnement velos"
    assert "<" not in first.description
    assert vocabularies.licence_name(first.licence) == "lov2"
    assert [file.format for file in first.distributions] == ["html", "api", "csv", "geojson", "zip", "kml"]
    assert first.publisher == Agent(name="Ville d'Evian-les-Bains")


def test_pages_of_hydra_are_followed(samples: Path) -> None:
    first = reading.read((samples / "partial-collection-1.jsonld").read_bytes(), "application/ld+json", base=BASE)
    assert [dataset.identifier for dataset in first.datasets] == ["1", "2", "3"]
    assert (first.next, first.total) == ("http://data.test.org/catalog.jsonld?page=2", 4)
    last = reading.read((samples / "partial-collection-2.jsonld").read_bytes(), "application/ld+json", base=BASE)
    assert ([dataset.identifier for dataset in last.datasets], last.next) == (["4"], None)


# ----- What people write -----


def test_french_is_preferred_then_english_then_anything() -> None:
    everything = '<d> a dcat:Dataset ; dct:title "Titel"@de, "Title"@en, "Titre"@fr-FR, "Sans" ; dcat:keyword "a"@en, "b"@fr .'
    assert (one(everything).title, one(everything).keywords) == ("Titre", ("b",))
    assert one('<d> a dcat:Dataset ; dct:title "Titel"@de, "Title"@en .').title == "Title"
    assert one('<d> a dcat:Dataset ; dct:title "Titel"@de ; dcat:keyword "a"@de, "b"@en .').title == "Titel"


def test_what_should_be_an_address_may_be_a_text() -> None:
    found = one(
        '<d> a dcat:Dataset ; dct:title "T" ; dcat:landingPage "/page" ; dct:publisher "La mairie" ; dcat:theme "Vélos" ; '
        'dcat:distribution [ dcat:accessURL "https://p.test/f.geojson" ; dct:license "Licence ouverte" ] .'
    )
    assert found.landing_page == "https://p.test/page"
    assert found.publisher == Agent(name="La mairie")
    assert (found.themes, found.licence) == (("Vélos",), "Licence ouverte")
    assert found.distributions[0].format == "geojson"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("<http://publications.europa.eu/resource/authority/frequency/MONTHLY>", "MONTHLY"),
        ("<http://purl.org/cld/freq/semiannual>", "ANNUAL_2"),
        ('"R/P1D"', "DAILY"),
        ('"Hebdomadaire"', "WEEKLY"),
        ('"à la demande du maire"', "à la demande du maire"),
        ('[ rdfs:label "annuelle" ]', "ANNUAL"),
    ],
)
def test_frequencies(said: str, code: str) -> None:
    assert one(f'<d> a dcat:Dataset ; dct:title "T" ; dct:accrualPeriodicity {said} .').frequency == code


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("dct:format <http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE>", "ttl"),
        ("dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv>", "csv"),
        ('dcat:mediaType "application/vnd.geo+json"', "geojson"),
        ('dct:format "Excel"', "xlsx"),
        ('dct:format [ rdfs:label "ESRI Shapefile" ]', "shp"),
        ('dct:format ".CSV"', "csv"),
        ("", "csv"),
    ],
)
def test_formats(said: str, name: str) -> None:
    found = one(
        f'<d> a dcat:Dataset ; dct:title "T" ; dcat:distribution [ dcat:downloadURL <https://p.test/a.csv?x=1> ; {said} ] .'
    )
    assert found.distributions[0].format == name


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-04Z", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03-04T05:06:07.123456789+02:00", datetime(2026, 3, 4, 3, 6, 7, 123456, tzinfo=UTC)),
        ("2026-03-04T05:06:07", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("04/03/2026", datetime(2026, 3, 4, tzinfo=UTC)),
        ("hier", None),
        ("2026-13-45", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_dates(text: str, moment: datetime | None) -> None:
    assert values.moment(text) == moment


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://www.etalab.gouv.fr/licence-ouverte-open-licence/", "lov2"),
        ("fr-lo", "lov2"),
        ("Licence Ouverte / Open Licence version 2.0", "lov2"),
        ("http://opendatacommons.org/licenses/odbl/summary/", "odbl"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "cc-by-sa"),
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by"),
        ("Tous droits réservés", ""),
    ],
)
def test_licences(text: str, name: str) -> None:
    assert vocabularies.licence_name(text) == name


def test_places_checksums_contacts_and_schemas() -> None:
    found = one(
        """<d> a dcat:Dataset ; dct:title "T" ; dct:spatial <http://id.insee.fr/geo/commune/46042>, [ rdfs:label "Le Lot" ], "1.2,3.4,5.6,7.8" ;
        dcat:contactPoint [ vcard:fn "Service" ; vcard:hasEmail <mailto:a@b.fr> ] ; dct:conformsTo <https://schema.test/x>, "Norme maison" ;
        dcat:distribution <f> .
        <https://schema.test/x> dct:title "x" .
        <f> dcat:accessURL <page> ; dcat:byteSize "1.2E3" ; spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha1 ; spdx:checksumValue "AB12AB12" ] ."""
    )
    assert found.spatial == (Place("http://id.insee.fr/geo/commune/46042"), Place(label="Le Lot"))
    assert vocabularies.insee_code(found.spatial[0].iri) == ("commune", "46042")
    assert found.contact == Agent(name="Service", email="a@b.fr")
    assert found.conforms_to == (Standard("https://schema.test/x", "x"), Standard(title="Norme maison"))
    (file,) = found.distributions
    assert (file.access_url, file.size, file.checksum_algorithm, file.checksum) == (f"{BASE}page", 1200, "sha1", "ab12ab12")


def test_html_becomes_text_and_what_only_looks_like_it_stays() -> None:
    assert values.prose("<p>Un</p><p>Deux &amp; trois</p><script>x</script>") == "Un\nDeux & trois\nx"
    assert values.prose("si a < b et c > d") == "si a < b et c > d"
    assert values.line("Jeu <beta> de\ndonnées") == "Jeu <beta> de données"


def test_the_next_page_may_be_said_in_the_old_way() -> None:
    assert turtle("<> a hydra:PagedCollection ; hydra:nextPage <?page=2> . <c> a dcat:Catalog .").next == f"{BASE}?page=2"


# ----- What is wrong -----


def test_one_bad_record_never_loses_the_others() -> None:
    page = turtle(
        """<a> a dcat:Dataset ; dct:title "A" ; dct:identifier "a" .
        <b> a dcat:Dataset ; dct:title "B ; dct:identifier "b" .
        <c> a dcat:Dataset ; dct:title "C" ; dct:identifier "c" .
        [] a dcat:Dataset ; dct:title "Sans nom" .
        <e> a dcat:Dataset ; dct:description "Sans titre" .
        <f> a dcat:Dataset ; dct:title "F" ; dcat:distribution [ dct:title "Sans adresse" ], <https://p.test/f.csv> ; dct:issued "demain" .
        <http://exa mple/> a dcat:Dataset ; dct:title "G" ; dct:identifier "g" ."""
    )
    assert {dataset.identifier for dataset in page.datasets} >= {"a", "g", f"{BASE}f"}
    assert len(page.problems) >= 4
    assert all(problem.rstrip(")").endswith((".", "é.", "e.")) or problem.endswith(")") for problem in page.problems)


def test_an_unknown_prefix_costs_one_statement() -> None:
    page = turtle('<a> a dcat:Dataset ; dct:title "A" .\n<b> inconnu:x "y" .\n<c> a dcat:Dataset ; dct:title "C" .')
    assert [dataset.title for dataset in page.datasets] == ["A", "C"]
    assert "ligne" in page.problems[0]


def test_a_document_cut_in_the_middle_gives_what_precedes() -> None:
    whole = written([record(number) for number in range(10)])
    page = reading.read(whole[: len(whole) // 2], "text/turtle", base=BASE)
    assert 0 < len(page.datasets) < 10
    assert any("coupé" in problem for problem in page.problems)


def test_identifiers_that_several_share_are_told_apart() -> None:
    page = turtle(
        '<a> a dcat:Dataset ; dct:title "A" ; dct:identifier "x" . <b> a dcat:Dataset ; dct:title "B" ; dct:identifier "x" .'
    )
    assert [dataset.identifier for dataset in page.datasets] == [f"{BASE}a", f"{BASE}b"]
    assert len(page.problems) == 2


@pytest.mark.parametrize(
    ("data", "media_type", "word"),
    [
        (b"", "text/turtle", "vide"),
        (b"<!doctype html><html><body>Erreur</body></html>", "text/turtle", "page web"),
        (b"\n\n<html lang='fr'>", "application/rdf+xml", "page web"),
        (b'{"dataset": [{"title": "coup', "application/json", "coup"),
        (b'"texte"', "application/json", "JSON"),
        (b"ceci n'est rien", "text/turtle", "RDF"),
        (b"<a:b xmlns:a='http://x/'>", "application/rdf+xml", "aucun jeu"),
        (b"<http://a/> <http://b/> <http://c/> .", "text/turtle", "aucun jeu"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF/>', "application/rdf+xml", "entit"),
        (b"[" * 100_000, "application/json", "JSON"),
        (b'{"@context": {}, "a": ' + b'{"a": ' * 500 + b"1" + b"}" * 500 + b"}", "application/ld+json", "profond"),
    ],
)
def test_what_is_no_catalogue_says_why(data: bytes, media_type: str, word: str) -> None:
    with pytest.raises(UnreadableCatalogue, match=word):
        reading.read(data, media_type, base=BASE)


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written([record()])
    monkeypatch.setattr(parsing, "LIMIT_BYTES", 100)
    with pytest.raises(UnreadableCatalogue, match="dépasse"):
        reading.read(data, "text/turtle", base=BASE)
    monkeypatch.setattr(parsing, "LIMIT_BYTES", 10_000_000)
    monkeypatch.setattr(parsing, "LIMIT_TRIPLES", 10)
    for extension, kind in (("ttl", "text/turtle"), ("rdf", "application/rdf+xml"), ("jsonld", "application/ld+json")):
        with pytest.raises(UnreadableCatalogue, match="trop d'énoncés"):
            reading.read(written([record()], extension), kind, base=BASE)


def test_a_context_that_lies_elsewhere_is_never_fetched() -> None:
    value = {
        "@context": "https://www.data.gouv.fr/api/1/site/context.jsonld",
        "@graph": [
            {
                "@id": "https://p.test/1",
                "@type": "Dataset",
                "title": "Un",
                "identifier": "1",
                "distribution": ["https://p.test/f"],
            },
            {"@id": "https://p.test/f", "@type": "Distribution", "accessURL": "https://p.test/f.csv", "format": "csv"},
            {"@id": "https://p.test/v", "@type": "hydra:PartialCollectionView", "next": "https://p.test/?page=2"},
        ],
    }
    page = reading.read(json.dumps(value).encode(), "application/json", base=BASE)
    assert ([dataset.title for dataset in page.datasets], page.next, page.problems) == (["Un"], "https://p.test/?page=2", ())
    assert page.datasets[0].distributions[0].format == "csv"
    page = reading.read(json.dumps(value | {"@context": "http://10.0.0.1/secret"}).encode(), "application/ld+json", base=BASE)
    assert len(page.datasets) == 1
    assert "10.0.0.1" in page.problems[0]


def test_a_faulty_record_of_json_ld_costs_itself() -> None:
    value = [
        {"@id": "https://p.test/1", "@type": "http://www.w3.org/ns/dcat#Dataset", "http://purl.org/dc/terms/title": "Un"},
        {"@id": 12, "@type": {"a": "b"}},
        {
            "@id": "https://p.test/2",
            "@type": "http://www.w3.org/ns/dcat#Dataset",
            "http://purl.org/dc/terms/title": [{"@value": "Deux"}],
        },
    ]
    page = reading.read(json.dumps(value).encode(), "application/ld+json", base=BASE)
    assert [dataset.title for dataset in page.datasets] == ["Un", "Deux"]
    assert page.problems


def test_a_faulty_record_of_data_json_costs_itself() -> None:
    value = {
        "dataset": [
            {"title": "Un", "identifier": "1"},
            "rien",
            {"title": "Sans identifiant"},
            {"identifier": "2", "distribution": [{}, 3]},
        ]
    }
    page = reading.read(json.dumps(value).encode(), "application/json", base=BASE)
    assert [dataset.identifier for dataset in page.datasets] == ["1", "2"]
    assert len(page.problems) == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_xml_in_any_encoding(encoding: str) -> None:
    text = written([record()], "rdf").decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert reading.read(text.encode(encoding), "text/xml", base=BASE).datasets == (record(),)


def test_turtle_that_is_not_utf8() -> None:
    data = (PREFIXES + '<d> a dcat:Dataset ; dct:title "Vélos" .').encode("cp1252")
    assert reading.read(data, "", base=BASE).datasets[0].title == "Vélos"


def test_nothing_unwritable_comes_out() -> None:
    found = one('<d> a dcat:Dataset ; dct:title "a\\u0000b\\u0008" ; dct:description "x\\uFFFEy" .')
    assert (found.title, found.description) == ("ab", "xy")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_document_is_read_in_part_or_refused_with_a_sentence(data: st.DataObject) -> None:
    extension, kind = data.draw(
        st.sampled_from([("ttl", "text/turtle"), ("rdf", "application/rdf+xml"), ("jsonld", "application/ld+json")])
    )
    whole = bytearray(written([record(1), record(2)], extension))
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
    try:
        page = reading.read(bytes(whole), kind, base=BASE)
    except UnreadableCatalogue:
        return
    json.dumps(asdict(page), default=str)
    assert all(dataset.identifier for dataset in page.datasets)
    assert len({dataset.identifier for dataset in page.datasets}) == len(page.datasets)


def test_a_thousand_datasets_are_read_in_little_time() -> None:
    data = written([replace(record(number), title=f"Jeu {number}") for number in range(1_000)])
    start = time.process_time()
    page = reading.read(data, "text/turtle", base=BASE)
    assert len(page.datasets) == 1_000
    assert time.process_time() - start < 4  # 0.5 s on the machine where it was written: wide, for those that are slower
