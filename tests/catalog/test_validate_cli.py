"""`validate` and `schemas`: exit codes, JSON, and one sentence where nothing can be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from parvis.catalog import schemas_cli
from parvis.catalog.validate_cli import validate

app = typer.Typer()
app.command()(validate)
runner = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARVIS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "prenoms.csv"
    path.write_text(
        "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\nAuch,32013,F,Zoé,7,2023\n", encoding="utf-8"
    )
    return path


def test_a_valid_file(names: Path) -> None:
    done = runner.invoke(app, [str(names), "--schema", "scdl/prenoms"])
    assert done.exit_code == 0
    assert "Fichier valide" in done.stdout


def test_a_broken_file_as_json_and_repaired(names: Path, tmp_path: Path) -> None:
    names.write_text(names.read_text(encoding="utf-8").replace(",7,", ",0,").replace(",F,", ", f,"), encoding="utf-8")
    out = tmp_path / "out.csv"
    done = runner.invoke(app, [str(names), "--schema", "prenoms", "--json", "--repaired", str(out)])
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert (report["valid"], report["rows"], report["schema"], report["counts"]) == (
        False,
        1,
        "scdl/prenoms 1.1.6",
        {"constraint-error": 2},
    )
    assert [(one["row"], one["column"], one["value"]) for one in report["errors"]] == [
        (2, "ENFANT_SEXE", " f"),
        (2, "NOMBRE_OCCURRENCES", "0"),
    ]
    assert ",F," in out.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_understood_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"%PDF-1.7 ...")
    done = runner.invoke(app, [str(path), "--schema", "scdl/prenoms", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["counts"] == {"source-error": 1}


def test_what_cannot_be_done_is_one_sentence(names: Path, tmp_path: Path) -> None:
    broken = tmp_path / "schema.json"
    broken.write_text("{}")
    for words in (
        [str(tmp_path / "absent.csv"), "--schema", "scdl/prenoms"],
        [str(tmp_path), "--schema", "scdl/prenoms"],
        [str(names), "--schema", "scdl/inconnu"],
        [str(names), "--schema", str(tmp_path / "absent.json")],
        [str(names), "--schema", str(broken)],
        [str(names), "--schema", "scdl/prenoms", "--repaired", str(names)],
        [str(names), "--schema", "http://127.0.0.1:1/schema.json"],
    ):
        done = runner.invoke(app, words)
        assert done.exit_code == 2, words
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1
        assert "Traceback" not in done.stderr


def test_schemas_are_updated_then_listed_and_used(names: Path, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "local.json"
    path.write_text(
        json.dumps(
            {"name": "ville/prenoms", "title": "Prénoms", "version": "1", "fields": [{"name": "ANNEE", "type": "date"}]}
        ),
        encoding="utf-8",
    )
    assert runner.invoke(schemas_cli.app, ["update", str(path)]).exit_code == 0
    assert (home / "schemas" / "ville--prenoms.json").is_file()
    listed = json.loads(runner.invoke(schemas_cli.app, ["list", "--json"]).stdout)
    assert {"name": "ville/prenoms", "title": "Prénoms", "version": "1", "origin": "updated"} in listed
    assert runner.invoke(app, [str(names), "--schema", "ville/prenoms"]).exit_code == 1
    assert runner.invoke(schemas_cli.app, ["update", str(tmp_path / "absent.json")]).exit_code == 2
