"""The real package: figures that can be checked elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from parvis.territories.core.siren import valid
from parvis.territories.sources import cog
from tests.territories.conftest import write_package

PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / cog.PACKAGE
needs_package = pytest.mark.skipif(not PACKAGE.is_dir(), reason="the npm package is not installed")


@needs_package
def test_occitanie() -> None:
    code = cog.read(PACKAGE)
    assert code.vintage == 2026
    communes = [row for row in code.of("commune") if row.region == "76"]
    assert len(communes) == 4_446
    assert sum(row.population or 0 for row in communes) == 6_124_653
    assert len([row for row in code.of("departement") if row.region == "76"]) == 13
    region = next(row for row in code.of("region") if row.code == "76")
    assert (region.population, region.siren) == (6_124_653, "200053791")
    inside = {row.code for row in communes}
    members: dict[str, set[str]] = {}
    for row in code.of("commune"):
        members.setdefault(row.epci, set()).add(row.code)
    touching = [epci for epci, codes in members.items() if epci and codes & inside]
    wholly = [epci for epci in touching if members[epci] <= inside]
    accompanied = [row for row in code.of("epci") if row.region == "76"]
    assert (len(touching), len(wholly), len(accompanied)) == (164, 158, 161)


@needs_package
def test_every_siren_of_the_country_is_a_siren() -> None:
    code = cog.read(PACKAGE)
    assert [row for row in code.rows if row.siren and not valid(row.siren)] == []
    without = {row.departement or row.code for row in code.rows if not row.siren}
    assert all(len(departement) == 3 and departement.startswith(("975", "977", "978", "98")) for departement in without)


@needs_package
def test_old_codes_have_an_heir() -> None:
    heirs = cog.merged(PACKAGE)
    assert heirs["12076"] == "12218"  # Conques-en-Rouergue changed its code
    assert heirs["32260"] == "32365"


def test_the_table_of_sirens_says_where_each_comes_from() -> None:
    with cog.SIRENS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 119
    assert all(valid(row["siren"]) and row["source"] for row in rows)
    assert len({(row["level"], row["code"]) for row in rows}) == len(rows)


def test_a_missing_package_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(cog.CogError, match="npm ci"):
        cog.read(tmp_path)
    (tmp_path / "package.json").write_text("{")
    with pytest.raises(cog.CogError, match="not JSON"):
        cog.read(tmp_path)


def test_an_epci_lies_where_most_of_its_people_live(tmp_path: Path) -> None:
    code = cog.read(write_package(tmp_path))
    figeac = next(row for row in code.of("epci") if row.code == "200067361")
    assert (figeac.region, figeac.departement, figeac.population) == ("84", "15", 35_093)
