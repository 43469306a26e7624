"""The schemas that Parvis brings: each is read, its own examples are valid, and they keep the facts of the national registry."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from parvis.catalog.core.tables import registry
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.scan import scan
from parvis.catalog.core.tables.schema import SchemaError
from parvis.catalog.core.tables.validation import validate

NAMES = ["budget", "catalogue", "deliberations", "equipements", "menus-collectifs", "prenoms", "subventions"]


def test_the_list_of_bundled_schemas() -> None:
    assert [one.name for one in registry.known()] == [
        *(f"parvis/programmes-{name}" for name in ("accord", "codages", "mesures")),
        *(f"scdl/{name}" for name in NAMES),
    ]
    assert all(one.title and one.version and one.origin == "bundled" for one in registry.known())


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_make_a_valid_file(name: str, tmp_path: Path) -> None:
    schema = registry.load(f"scdl/{name}")
    assert schema == registry.load(name)
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([[one.name for one in schema.fields], *[[one.example for one in schema.fields]] * 3])
    with duckdb.connect() as connection:
        reading = detect(path)
        report = validate(connection, reading, scan(connection, path, reading, tmp_path), schema)
    assert report.errors == ()
    assert report.warnings == ()
    assert report.rows == 3


@pytest.mark.parametrize("name", NAMES)
def test_it_says_where_it_comes_from(name: str) -> None:
    descriptor = json.loads((registry.BUNDLED / f"scdl-{name}.json").read_text(encoding="utf-8"))
    assert descriptor["version"]
    assert descriptor["sources"]
    assert descriptor["licenses"][0]["name"] == "etalab-2.0"
    assert all(one["title"] and one["description"] and one["example"] for one in descriptor["fields"])


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_the_facts_of_the_registry(name: str, official_data: Path) -> None:
    national = registry.read(official_data / "schemas" / f"{name}.json")
    ours = registry.load(f"scdl/{name}")
    assert [(one.name, one.type, one.format, one.constraints, one.true_values, one.false_values) for one in ours.fields] == [
        (one.name, one.type, one.format, one.constraints, one.true_values, one.false_values) for one in national.fields
    ]
    assert ours.custom_checks == national.custom_checks
    assert (ours.primary_key, ours.missing_values) == (national.primary_key, national.missing_values)


def test_unknown_names_are_told_what_exists() -> None:
    with pytest.raises(registry.UnknownSchemaError, match="scdl/subventions"):
        registry.load("scdl/inconnu")
    with pytest.raises(registry.UnknownSchemaError, match=r"absent\.json"):
        registry.load("dossier/absent.json")


def test_a_damaged_schema_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{")
    with pytest.raises(SchemaError, match="JSON"):
        registry.load(str(path))


def test_an_update_takes_a_whole_registry(tmp_path: Path) -> None:
    schema = {"title": "Arbres", "version": "2", "fields": [{"name": "espece"}]}
    listed = [
        {
            "name": "ville/arbres",
            "title": "Arbres",
            "schema_type": "tableschema",
            "schema_url": "https://exemple.fr/arbres.json",
        },
        {"name": "ville/bancs", "schema_type": "tableschema", "schema_url": "https://exemple.fr/bancs.json"},
        {"name": "ville/../fuite", "schema_type": "tableschema", "schema_url": "https://exemple.fr/x.json"},
        {"name": "ville/autre", "schema_type": "jsonschema", "schema_url": "https://exemple.fr/autre.json"},
    ]
    path = tmp_path / "schemas.json"
    path.write_text(json.dumps({"schemas": listed}), encoding="utf-8")
    served = {"https://exemple.fr/arbres.json": json.dumps(schema).encode(), "https://exemple.fr/bancs.json": b"<html>"}
    done = registry.update(path, tmp_path / "home", served.__getitem__)
    assert done.stored == ("ville/arbres",)
    assert [name for name, _ in done.refused] == ["ville/bancs"]
    assert registry.load("ville/arbres", tmp_path / "home").title == "Arbres"
    assert [one.origin for one in registry.known(tmp_path / "home")].count("updated") == 1
    assert sorted(one.name for one in (tmp_path / "home").iterdir()) == ["ville--arbres.json"]


def test_an_update_takes_one_schema_which_replaces_a_bundled_one(tmp_path: Path) -> None:
    path = tmp_path / "prenoms.json"
    path.write_text(json.dumps({"name": "scdl/prenoms", "version": "9", "fields": [{"name": "a"}]}))
    assert registry.update(path, tmp_path / "home").stored == ("scdl/prenoms",)
    assert registry.load("scdl/prenoms", tmp_path / "home").version == "9"
    assert registry.load("scdl/prenoms").version == "1.1.6"


def test_a_registry_beside_its_schemas_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "arbres.json").write_text(json.dumps({"fields": [{"name": "a"}]}))
    listed = [
        {"name": f"ville/{name}", "schema_type": "tableschema", "schema_url": "https://exemple.fr"}
        for name in ("arbres", "bancs")
    ]
    (tmp_path / "schemas.json").write_text(json.dumps({"schemas": listed}))
    done = registry.update(tmp_path / "schemas.json", tmp_path / "home")
    assert (done.stored, done.refused) == (("ville/arbres",), (("ville/bancs", registry.NOT_BESIDE),))
