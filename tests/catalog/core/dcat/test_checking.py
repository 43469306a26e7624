"""The checker: each thing that the profile forbids has its sentence, and the official shapes agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from parvis.catalog import dcat_cli
from parvis.catalog.core.dcat import checking
from parvis.catalog.core.dcat.parsing import UnreadableCatalogue
from tests.catalog.core.dcat.test_writing import ABOUT, record, results, shapes, written

__all__ = ["shapes"]

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcatap: <http://data.europa.eu/r5r/> . @prefix eu: <http://publications.europa.eu/resource/authority/> .
"""
GOOD = """
<https://p.test/c> a dcat:Catalog ; dct:title "C" ; dct:description "D" ; dct:publisher <https://p.test/o> ; dcat:dataset <https://p.test/d> .
<https://p.test/o> a foaf:Agent ; foaf:name "O" .
<https://p.test/d> a dcat:Dataset ; dct:title "T" ; dct:description "D" ; dct:identifier "d" ; dct:publisher <https://p.test/o> ;
  dcat:distribution <https://p.test/f> .
<https://p.test/f> a dcat:Distribution ; dcat:accessURL <https://p.test/f.csv> .
"""
#: What is added to a good catalogue, or what replaces a part of it → (code, property).
BROKEN = {
    "no title": (('dct:title "T" ;', ""), "missing", "dct:title"),
    "no description": (('dct:description "D" ; dct:identifier', "dct:identifier"), "missing", "dct:description"),
    "no access": ((" ; dcat:accessURL <https://p.test/f.csv>", ""), "missing", "dcat:accessURL"),
    "no publisher of the catalogue": (("dct:publisher <https://p.test/o> ; dcat:dataset", "dcat:dataset"), "missing", "dct:publisher"),
    "no name": ((' ; foaf:name "O"', ""), "missing", "foaf:name"),
    "two publishers": ("<https://p.test/d> dct:publisher <https://p.test/x> .", "too_many", "dct:publisher"),
    "two licences": ("<https://p.test/f> dct:license <https://p.test/x>, <https://p.test/y> .", "too_many", "dct:license"),
    "two sizes": ('<https://p.test/f> dcat:byteSize "1"^^xsd:nonNegativeInteger, "2"^^xsd:nonNegativeInteger .', "too_many", "dcat:byteSize"),
    "page as a text": ('<https://p.test/d> dcat:landingPage "https://p.test/" .', "nature", "dcat:landingPage"),
    "access as a text": ('<https://p.test/f> dcat:accessURL "https://p.test/" .', "nature", "dcat:accessURL"),
    "keyword as an address": ("<https://p.test/d> dcat:keyword <https://p.test/k> .", "nature", "dcat:keyword"),
    "theme without address": ("<https://p.test/d> dcat:theme [] .", "nature", "dcat:theme"),
    "publisher as a text": (('dct:identifier "d" ; dct:publisher <https://p.test/o>', 'dct:identifier "d" ; dct:publisher "O"'), "nature", "dct:publisher"),
    "date as a text": ('<https://p.test/f> dct:issued "2026-01-01" .', "nature", "dct:issued"),
    "size as an integer": ("<https://p.test/f> dcat:byteSize 12 .", "nature", "dcat:byteSize"),
    "date that is none": ('<https://p.test/f> dct:modified "2026-13-41"^^xsd:date .', "nature", "dct:modified"),
    "size that is none": ('<https://p.test/f> dcat:byteSize "gros"^^xsd:nonNegativeInteger .', "nature", "dcat:byteSize"),
    "checksum without algorithm": ('<https://p.test/f> spdx:checksum [ a spdx:Checksum ; spdx:checksumValue "ab"^^xsd:hexBinary ] .', "missing", "spdx:algorithm"),
    "checksum as a text": (
        '<https://p.test/f> spdx:checksum [ a spdx:Checksum ; spdx:algorithm <https://p.test/md5> ; spdx:checksumValue "ab" ] .', "nature", "spdx:checksumValue"
    ),
    "concept without label": ("<https://p.test/d> dcat:theme <https://p.test/t> . <https://p.test/t> a skos:Concept .", "missing", "skos:prefLabel"),
    "service without address": ('<https://p.test/s> a dcat:DataService ; dct:title "S" .', "missing", "dcat:endpointURL"),
    "law as a text": ('<https://p.test/d> dcatap:applicableLegislation "2023/138" .', "nature", "dcatap:applicableLegislation"),
}  # fmt: skip
#: What only our checker knows.
OURS = {
    "frequency of one's own": (
        "<https://p.test/d> dct:accrualPeriodicity <https://p.test/often> .",
        "vocabulary",
        "dct:accrualPeriodicity",
    ),
    "format of one's own": ("<https://p.test/f> dct:format <https://p.test/csv> .", "vocabulary", "dct:format"),
    "media type of one's own": ("<https://p.test/f> dcat:mediaType <https://p.test/csv> .", "vocabulary", "dcat:mediaType"),
    "language of one's own": ("<https://p.test/d> dct:language <https://p.test/fr> .", "vocabulary", "dct:language"),
    "address with a space": ("<https://p.test/d> dcat:landingPage <https://p.test/a b> .", "address", "dcat:landingPage"),
    "address without scheme": ("<https://p.test/d> dcat:landingPage <a> .", "address", "dcat:landingPage"),
}


def broken(change: Any) -> bytes:
    if isinstance(change, str):
        return (PREFIXES + GOOD + change).encode()
    assert change[0] in GOOD
    return (PREFIXES + GOOD.replace(*change)).encode()


def test_a_good_catalogue_has_nothing_to_correct() -> None:
    verdict = checking.check((PREFIXES + GOOD).encode(), "text/turtle")
    assert verdict.valid
    assert not verdict.findings
    assert verdict.counts == {"dcat:Catalog": 1, "foaf:Agent": 1, "dcat:Dataset": 1, "dcat:Distribution": 1}


@pytest.mark.parametrize("name", BROKEN | OURS)
def test_each_fault_has_its_sentence(name: str) -> None:
    change, code, path = (BROKEN | OURS)[name]
    verdict = checking.check(broken(change), "text/turtle")
    assert [(finding.code, finding.path) for finding in verdict.findings if finding.core] == [(code, path)]
    assert not verdict.valid
    sentence = verdict.findings[0].sentence
    assert sentence.endswith(".")
    assert path in sentence or code == "address"


@pytest.mark.parametrize("name", BROKEN)
def test_the_official_shapes_refuse_the_same(shapes: dict[str, Any], name: str) -> None:
    assert results(broken(BROKEN[name][0]), shapes["shapes"])


def test_the_official_shapes_accept_the_same(shapes: dict[str, Any]) -> None:
    assert not results((PREFIXES + GOOD).encode(), shapes["shapes"])
    assert checking.check(written([record(1), record(2)]), "text/turtle").valid


def test_advice_does_not_make_a_catalogue_wrong() -> None:
    verdict = checking.check(
        (PREFIXES + '<https://p.test/d> a dcat:Dataset ; dct:title "T" ; dct:description "D" .').encode(), "text/turtle"
    )
    assert verdict.valid
    assert {finding.path for finding in verdict.findings} == {"dct:identifier", "dct:publisher", "dcat:distribution"}


def test_half_a_file_is_not_valid() -> None:
    verdict = checking.check(written([record(1), record(2)])[:-400], "text/turtle")
    assert not verdict.valid
    assert any("coupé" in finding.sentence for finding in verdict.findings)


def test_what_is_no_catalogue_is_refused_with_a_sentence() -> None:
    for data in (b"", b"<html><body>non</body></html>", b"{", b'{"dataset": []}'):
        with pytest.raises(UnreadableCatalogue):
            checking.check(data)
    assert not checking.check(b"<https://p.test/a> <https://p.test/b> 'c' .", "text/turtle").valid


def run(*words: str) -> Any:
    return CliRunner().invoke(dcat_cli.app, list(words))


def test_the_command_says_yes_no_or_cannot(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ttl", tmp_path / "bad.ttl"
    good.write_bytes(written([record()], about=ABOUT))
    bad.write_bytes(broken(BROKEN["no title"][0]))
    assert (run("check", str(good)).exit_code, run("check", str(bad)).exit_code) == (0, 1)
    assert "n'a pas de titre" in run("check", str(bad)).output
    missing = run("check", str(tmp_path / "absent.ttl"))
    assert missing.exit_code == 2
    assert "Traceback" not in missing.output
    as_json = run("check", str(bad), "--json")
    assert as_json.exit_code == 1
    assert '"valid": false' in as_json.output


def test_the_command_guesses_the_format_from_the_content(tmp_path: Path) -> None:
    for extension in ("ttl", "rdf", "jsonld"):
        path = tmp_path / "catalogue.txt"
        path.write_bytes(written([record()], extension))
        assert run("check", str(path)).exit_code == 0
