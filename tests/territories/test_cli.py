from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parvis.shared.fetching import FetchError
from parvis.territories import official
from parvis.territories.cli import app
from parvis.territories.models import Territory
from tests.territories.test_contours import square, write


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_load(db, package: Path) -> None:
    result = run("load", "--from", str(package))
    assert result.exit_code == 0
    assert "Code officiel géographique 2026" in result.stdout
    assert "organisations created: 20" in result.stdout
    again = json.loads(run("load", "--from", str(package), "--json").stdout)
    assert again["levels"]["commune"] == {"created": 0, "updated": 0, "unchanged": 8, "gone": 0}


def test_load_without_package(db, tmp_path: Path) -> None:
    result = run("load", "--from", str(tmp_path))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "npm ci" in result.stderr


def test_contours(country, tmp_path: Path) -> None:
    path = write(tmp_path / "lot.geojson", square("46102", 2.0), square("99123", 3.0))
    result = run("contours", str(path), "--source", "IGN", "--vintage", "2018")
    assert result.exit_code == 0
    assert "Dead codes, left out (1): commune:99123" in result.stdout
    assert "Communes without a contour (2): 46034, 46042" in result.stdout
    assert json.loads(run("contours", str(path), "--json").stdout)["stored"]["commune"] == 1


def test_contours_that_are_not_there(country, tmp_path: Path) -> None:
    assert run("contours", str(tmp_path / "no.geojson")).exit_code == 2
    assert run("contours", str(write(tmp_path / "none.geojson"))).exit_code == 2


def test_official_contours_come_departement_by_departement(country, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch(url: str, *, to: Path, **_limits: object) -> None:
        asked.append(url)
        write(to, square("46102", 2.0) if "/46/" in url else square("31555", 1.0))

    monkeypatch.setattr(official, "fetch", fetch)
    result = run("contours")
    assert result.exit_code == 0
    assert [url.split("/")[4] for url in asked] == ["30", "31", "46"]
    assert Territory.objects.get(code="46102").contour.source == official.SOURCE


def test_a_network_that_refuses_is_said_in_a_sentence(country, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(url: str, **_limits: object) -> None:
        raise FetchError("unresolved")

    monkeypatch.setattr(official, "fetch", fetch)
    result = run("contours")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "introuvable" in result.stderr
    result = run("contours", "--optional", "--patience", "3")
    assert result.exit_code == 0
    assert "Contours skipped" in result.stdout
    assert run("contours", "https://example.org/contours.geojson").exit_code == 2


def test_what_came_before_the_network_stopped_is_kept(country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(url: str, *, to: Path, **_limits: object) -> None:
        if "/46/" in url:
            raise FetchError("timeout")
        to.write_text("{}")

    monkeypatch.setattr(official, "fetch", fetch)
    official.bring("", tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.geojson")) == ["communes-30.geojson", "communes-31.geojson"]
