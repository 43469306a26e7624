"""Centre, periphery, rural: the table cell by cell, files that say it, and what is done without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from parvis.territories import classes, density, loading
from parvis.territories.cli import app
from parvis.territories.core.classes import GRID, TerritoryClass, by_size
from parvis.territories.models import Level, Loading, Territory
from parvis.territories.sources.density import DensityError, read

ARCEP = Path(__file__).resolve().parents[3] / "shared" / "data" / "observatory" / "arcep-communes-2018.csv"
GRADED = "Grille de densité\n\nCODGEO;LIBGEO;DENS\n31555;Toulouse;1\n46042;Cahors;2\n46102;Figeac;4\n46999;Vieux-Bourg;7\n30350;Le Vigan;5\n99999;Nulle part;3\n"
SAID = (
    "Fibre,,\n,,\nCode commune,Nom commune,Commune rurale\n31555,Toulouse, -    \n46102,Figeac, -    \n46034,Le Bourg, 1    \n"
)


@pytest.fixture(autouse=True)
def heirs_of_the_small_country(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "folder", lambda: package)


def class_of(code: str) -> str:
    return Territory.objects.get(level=Level.COMMUNE, code=code).territory_class


@pytest.mark.parametrize(("level", "expected"), list(zip(range(1, 8), "ccpprrr", strict=True)))
def test_each_level_of_the_grid(level: int, expected: str) -> None:
    assert GRID[level].value[0] == expected
    assert len(GRID) == 7


@pytest.mark.parametrize(
    ("rural", "population", "largest", "expected"),
    [
        (True, 50_000, True, "rural"),
        (False, 100, True, "centre"),
        (False, 100, False, "periphery"),
        (None, 1_999, True, "rural"),
        (None, 2_000, True, "centre"),
        (None, 2_000, False, "periphery"),
        (None, None, True, "rural"),
    ],
)
def test_without_a_grid(rural: bool | None, population: int | None, largest: bool, expected: str) -> None:
    assert by_size(rural, population, largest=largest) == expected


def test_with_nothing_but_inhabitants(country) -> None:
    assert {code: class_of(code) for code in ("31555", "15012", "46102", "46034", "30350", "29083")} == {
        "31555": "centre",
        "15012": "centre",  # 25,000 in the same EPCI as Figeac
        "46102": "periphery",
        "46034": "rural",
        "30350": "centre",  # of no EPCI
        "29083": "rural",
    }
    assert not Territory.objects.exclude(level=Level.COMMUNE).exclude(territory_class="").exists()
    assert "2 000 habitants" in classes.sentence()


def test_the_grid_decides(country, tmp_path: Path) -> None:
    path = tmp_path / "grille.csv"
    path.write_text(GRADED)
    report = density.load(path=path, source="Insee", vintage=2024)
    assert (report.graded, report.read, report.stored) == (True, 6, 5)
    assert report.merged == {"46999": "46034"}
    assert report.dead == ["99999"]
    assert report.missing == ["15012", "29083", "51410"]
    assert [class_of(code) for code in ("31555", "46042", "46102", "46034", "30350")] == [
        "centre", "centre", "periphery", "rural", "rural",
    ]  # fmt: skip
    assert report.classes == {"centre": 3, "periphery": 1, "rural": 4}
    assert "Insee 2024" in classes.sentence()
    assert "densité" in classes.sentence()


def test_a_cell_that_says_nothing_leaves_a_commune_unknown(tmp_path: Path) -> None:
    path = tmp_path / "rural.csv"
    path.write_text("code commune;rural\n31555;non\n46102;\n46034;oui\n46042;?\n30350; - \n15012;inconnu\n")
    assert read(path).rural == {"31555": False, "46034": True, "30350": False}


def test_a_column_decides_between_rural_and_not(country, tmp_path: Path) -> None:
    path = tmp_path / "arcep.csv"
    path.write_text(SAID)
    report = density.load(path=path, source="Arcep", vintage=2018)
    assert (report.graded, report.stored) == (False, 3)
    assert (class_of("46102"), class_of("46034"), class_of("31555")) == ("periphery", "rural", "centre")
    assert "Arcep 2018" in classes.sentence()


def test_a_new_loading_of_the_code_keeps_what_was_said(country, package: Path, tmp_path: Path) -> None:
    path = tmp_path / "grille.csv"
    path.write_text(GRADED)
    density.load(path=path, source="Insee")
    assert loading.load(source=package).reclassified == 0
    assert class_of("30350") == "rural"
    assert density.load(path=path, source="Insee").stored == 5


@pytest.mark.parametrize(
    "text",
    ["", "a;b\n1;2\n", "CODGEO;DENS\n31555;9\n", "CODGEO;DENS\n31555;1\n46042;3\n", "CODGEO;DENS\n", '"' + "x" * 200_000],
    ids=["empty", "no column", "no such level", "grid of three", "no row", "not a table"],
)
def test_a_file_that_cannot_be_used_changes_nothing(country, tmp_path: Path, text: str) -> None:
    path = tmp_path / "faux.csv"
    path.write_text(text)
    with pytest.raises(DensityError, match=r"faux\.csv"):
        density.load(path=path, source="x")
    assert not Loading.objects.filter(what=Loading.What.DENSITY).exists()


def test_a_workbook_that_is_not_one(tmp_path: Path) -> None:
    path = tmp_path / "faux.xlsx"
    path.write_bytes(b"PK nothing")
    with pytest.raises(DensityError, match="workbook"):
        read(path)
    assert CalamineWorkbook  # the reader that refused it


def test_the_command(country, tmp_path: Path) -> None:
    path = tmp_path / "grille.csv"
    path.write_text(GRADED)
    told = CliRunner().invoke(app, ["density", str(path), "--source", "Insee"])
    assert told.exit_code == 0
    assert "46999→46034" in told.stdout
    answer = json.loads(CliRunner().invoke(app, ["density", str(path), "--json"]).stdout)
    assert answer["classes"]["centre"] == 3
    assert CliRunner().invoke(app, ["density", str(tmp_path / "no.csv")]).exit_code == 2


def test_people_by_class(country) -> None:
    lot = Territory.objects.get(level=Level.DEPARTEMENT, code="46")
    assert classes.population_by(lot, "territory_class") == {"rural": 300, "periphery": 9793, "centre": 20000}
    epci = Territory.objects.get(level=Level.EPCI, code="200067361")
    assert classes.population_by(lot, "epci_id") == {epci.pk: 10093}
    assert sum(classes.population_by(epci, "territory_class").values()) == 9793 + 300 + 25000
    figeac = Territory.objects.get(code="46102")
    assert classes.population_by(figeac, "territory_class") == {"periphery": 9793}
    with pytest.raises(ValueError, match="name"):
        classes.population_by(lot, "name")


def test_the_page_and_the_api_say_it(country, client) -> None:
    page = client.get("/territoires/commune/46034/").content.decode()
    assert "commune rurale" in page
    assert "2 000 habitants" in page
    assert "commune rurale" not in client.get("/territoires/departement/46/").content.decode()
    answer = client.get("/api/v1/territories/commune/46034").json()
    assert answer["territory_class"] == "rural"
    assert "2 000 habitants" in answer["class_method"]


@pytest.mark.skipif(not ARCEP.exists(), reason="the file of the Arcep is not there")
def test_the_file_of_the_arcep() -> None:
    found = read(ARCEP)
    assert len(found.rural) > 34_000
    assert found.rural["31555"] is False
    assert set(found.rural.values()) == {True, False}
    assert TerritoryClass.RURAL == "rural"
