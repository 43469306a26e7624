"""What is written holds the profile whatever the records say, and reads back to the same records."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, parse

from parvis.catalog.core.dcat import checking, reading, vocabularies, writing
from parvis.catalog.core.dcat.records import Agent, Catalogue, Dataset, Distribution, Place, Service, Standard, View
from tests.catalog.core.dcat import generated

NOW = datetime(2026, 11, 23, 2, 3, 4, 567000, tzinfo=UTC)
TOWN = Agent("https://p.test/org/1", "Ville d'ici", "mairie@ici.fr", "https://ici.fr/", "210000012")
ABOUT = Catalogue(
    iri="https://p.test/catalogue",
    title="Données",
    description="Toutes les données",
    publisher=Agent("https://p.test/org/2", "Région"),
    homepage="https://p.test/",
    licence=vocabularies.LICENCE_OUVERTE,
    modified=NOW,
    spatial=(Place(vocabularies.insee("region", "76"), "Occitanie"),),
    service=Service("https://p.test/api", "API", "https://p.test/api/v1/", "https://p.test/openapi.json"),
)


def record(number: int = 1, **changes: Any) -> Dataset:
    whole = Dataset(
        identifier=f"jeu-{number}",
        iri=f"https://p.test/id/{number}",
        title="Vélos & piétons",
        description="Une ligne.\n\nUne autre.",
        keywords=("vélo", "marche"),
        themes=(vocabularies.authority("data-theme", "TRAN"),),
        publisher=TOWN,
        contact=Agent("https://p.test/org/1#contact", "Ville d'ici", "mairie@ici.fr", "https://ici.fr/contact"),
        licence=vocabularies.LICENCE_OUVERTE,
        frequency="MONTHLY",
        issued=NOW,
        modified=NOW,
        spatial=(Place(vocabularies.insee("commune", "46042"), "Cahors"), Place(label="ici")),
        landing_page=f"https://p.test/jeu-{number}/",
        conforms_to=(Standard("https://schema.data.gouv.fr/a/b/", "a/b", "1.2"),),
        distributions=(
            Distribution(
                identifier=f"f{number}",
                iri=f"https://p.test/id/{number}#f",
                title="Comptages",
                description="Un fichier",
                access_url=f"https://p.test/jeu-{number}/f/",
                download_url=f"https://p.test/jeu-{number}/f.csv",
                format="csv",
                media_type="text/csv",
                size=1234,
                checksum_algorithm="sha256",
                checksum="ab" * 32,
                licence=vocabularies.ODBL,
                issued=NOW,
                modified=NOW,
                conforms_to=(Standard("https://schema.data.gouv.fr/a/c/", "a/c"),),
            ),
            Distribution(
                identifier=f"g{number}", iri=f"https://p.test/id/{number}#g", access_url="https://p.test/g", format="inconnu"
            ),
        ),
        language="fr",
        hvd_categories=(vocabularies.HVD_CATEGORIES["mobility"][0],),
        applicable_legislation=(vocabularies.HVD_LEGISLATION,),
        access_rights=vocabularies.authority("access-right", "PUBLIC"),
        version="3",
    )
    return replace(whole, **changes)


def written(datasets: Any, extension: str = "ttl", about: Catalogue = ABOUT, view: View | None = None) -> bytes:
    return writing.document(writing.catalogue(about, datasets, view), extension)


def read(data: bytes, extension: str) -> Any:
    return reading.read(data, writing.FORMATS[extension][1], base="https://p.test/")


@pytest.mark.parametrize("extension", writing.FORMATS)
def test_what_is_written_reads_back_the_same(extension: str) -> None:
    view = View(
        "https://p.test/c?page=2",
        "https://p.test/c?page=1",
        "https://p.test/c?page=3",
        250,
        "https://p.test/c?page=1",
        "https://p.test/c?page=3",
    )
    datasets = [
        record(1),
        record(2, publisher=None, contact=None, distributions=(), hvd_categories=(), applicable_legislation=()),
    ]
    page = read(written(datasets, extension, view=view), extension)
    assert page.datasets == tuple(datasets)
    assert (page.next, page.total, page.title, page.problems) == ("https://p.test/c?page=3", 250, "Données", ())
    assert page.publisher == ABOUT.publisher


@pytest.mark.parametrize("extension", writing.FORMATS)
def test_one_dataset_alone_names_the_service_that_serves_it(extension: str) -> None:
    data = writing.document(writing.dataset(record(), ABOUT.service), extension)
    assert read(data, extension).datasets == (record(),)
    assert b"servesDataset" in data


def test_a_stream_says_the_same_as_a_list() -> None:
    datasets = [record(number) for number in range(20)]
    output = io.BytesIO()
    writing.write(writing.catalogue(ABOUT, iter(datasets)), output, "ttl")
    triples = {str(quad) for quad in parse(written(datasets), format=writing.FORMATS["ttl"][0])}
    assert {str(quad) for quad in parse(output.getvalue(), format=writing.FORMATS["ttl"][0])} == triples


def test_a_dataset_said_twice_is_described_once() -> None:
    data = written([record(1), record(1, publisher=Agent("https://p.test/org/9", "Autre"))])
    assert checking.check(data, "text/turtle").valid
    assert len(read(data, "ttl").datasets) == 1


def test_high_value_categories_carry_their_law_down_to_the_files() -> None:
    quads = list(parse(written([record()]), format=writing.FORMATS["ttl"][0]))
    law = NamedNode(vocabularies.HVD_LEGISLATION)
    subjects = {quad.subject.value for quad in quads if quad.object == law}
    assert subjects == {"https://p.test/id/1", "https://p.test/id/1#f", "https://p.test/id/1#g"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://p.test/a b", "https://p.test/a%20b"),
        ('https://p.test/<"{}|\\^`>', "https://p.test/%3C%22%7B%7D%7C%5C%5E%60%3E"),
        ("https://p.test/100%", "https://p.test/100%25"),
        ("https://p.test/%C3%A9", "https://p.test/%C3%A9"),
        ("relative/a", None),
        ("", None),
        ("https://[::1", None),
    ],
)
def test_addresses_are_escaped_or_left_out(given: str, expected: str | None) -> None:
    found = writing.iri(given)
    assert (found.value if found else None) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(generated.catalogue, st.lists(generated.dataset, max_size=3), st.sampled_from(list(writing.FORMATS)))
def test_any_record_makes_a_document_that_follows_the_profile(
    about: Catalogue, datasets: list[Dataset], extension: str
) -> None:
    data = written(datasets, extension, about)
    verdict = checking.check(data, writing.FORMATS[extension][1])
    core = [finding for finding in verdict.findings if finding.core and finding.code != "vocabulary"]
    assert not core
    # Every dataset is there, with a title, and nothing of it was refused.
    page = read(data, extension)
    assert len(page.datasets) <= len(datasets)
    assert all(dataset.title for dataset in page.datasets)


# ----- The official shapes -----


@pytest.fixture(scope="module")
def shapes(official_data: Path) -> dict[str, Any]:
    """`shapes.ttl` (the constraints of the profile) and `range.ttl` (the classes of values), where they are at hand."""
    import rdflib

    folder = official_data / "dcat" / "shapes"
    if not folder.is_dir():
        pytest.skip("the official shapes of DCAT-AP are not here (PARVIS_DATA)")
    return {name: rdflib.Graph().parse(folder / f"{name}.ttl") for name in ("shapes", "range")}


def results(data: bytes, shapes: Any) -> list[str]:
    """Every result, of any severity, as text."""
    import pyshacl
    import rdflib

    graph = rdflib.Graph().parse(data=data, format="turtle")
    _conforms, report, text = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    found = list(report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult))
    return [text] if found else []


@pytest.mark.parametrize("name", ["shapes", "range"])
def test_the_official_shapes_have_nothing_to_say(shapes: dict[str, Any], name: str) -> None:
    view = View("https://p.test/c?page=1", "https://p.test/c?page=1", "https://p.test/c?page=1", 2)
    assert results(written([record(1), record(2, publisher=None, title="", description="")], view=view), shapes[name]) == []
    assert results(writing.document(writing.dataset(record(), ABOUT.service), "ttl"), shapes[name]) == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(generated.catalogue, st.lists(generated.dataset, min_size=1, max_size=3))
def test_the_official_shapes_have_nothing_to_say_of_any_record(
    shapes: dict[str, Any], about: Catalogue, datasets: list[Dataset]
) -> None:
    assert results(written(datasets, about=about), shapes["shapes"]) == []


# ----- Outside Django -----


def test_the_core_needs_neither_django_nor_a_network(tmp_path: Path) -> None:
    program = (
        "import sys, socket; socket.socket = None\n"
        "from parvis.catalog.core.dcat import reading, writing, checking\n"
        "assert not any(name.partition('.')[0] in {'django', 'rdflib', 'pyshacl', 'httpx'} for name in sys.modules)\n"
        "print(len(reading.read(open(sys.argv[1], 'rb').read(), 'text/turtle', base='https://p.test/').datasets))"
    )
    (tmp_path / "c.ttl").write_bytes(written([record(1), record(2)]))
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "c.ttl")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert done.stdout.strip() == "2", done.stderr


def test_json_ld_is_plain_json_without_a_context_to_fetch() -> None:
    value = json.loads(written([record()], "jsonld"))
    assert "@context" not in json.dumps(value)
