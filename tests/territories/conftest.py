"""A very small country in the shape of the npm package, and the whole one where a test needs it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.db import transaction

from parvis.territories import loading

COMMUNES = [
    ("46102", "Figeac", 0, "46", "76", "214601023", ["46100"], 9793, []),
    ("46042", "Cahors", 0, "46", "76", "214600421", ["46000"], 20000, []),
    ("46034", "Le Bourg", 2, "46", "76", "214600348", ["46120"], 300, ["46999"]),
    ("31555", "Toulouse", 0, "31", "76", "213105554", ["31000", "31100", "31200", "31300", "31400", "31500"], 514819, []),
    ("30350", "Le Vigan", 2, "30", "76", "213003502", ["30120"], 3900, []),
    ("51410", "Œuilly", 1, "51", "44", "215103831", ["51480"], 600, []),
    ("15012", "Aurillac", 1, "15", "84", "211500145", ["15000"], 25000, []),
    ("29083", "Île-de-Sein", 0, "29", "53", "", [], None, []),
]
EPCI = [
    ("200067361", "CC Grand-Figeac", "CC", ["46102", "46034", "15012"]),
    ("243100518", "Toulouse Métropole", "METRO", ["31555"]),
]
DEPARTEMENTS = [
    ("46", "Lot", 2, "76"), ("31", "Haute-Garonne", 3, "76"), ("30", "Gard", 2, "76"), ("51", "Marne", 3, "44"), ("15", "Cantal", 2, "84"), ("29", "Finistère", 2, "53"),
]  # fmt: skip
REGIONS = [("76", "Occitanie", 1), ("44", "Grand Est", 2), ("84", "Auvergne-Rhône-Alpes", 1), ("53", "Bretagne", 0)]


def write_package(folder: Path, communes=COMMUNES, epci=EPCI, release: str = "6.0.0") -> Path:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"version": release}))
    rows = [
        {"code": code, "nom": name, "typeLiaison": link, "departement": departement, "region": region, "siren": siren,
         "codesPostaux": postcodes, "population": people, "anciensCodes": old, "type": "commune-actuelle"}
        for code, name, link, departement, region, siren, postcodes, people, old in communes
    ]  # fmt: skip
    for row in rows:
        if row["population"] is None:
            del row["population"], row["codesPostaux"], row["siren"]
    rows.append(
        {
            "code": "46999",
            "nom": "Vieux-Bourg",
            "type": "commune-deleguee",
            "departement": "46",
            "region": "76",
            "chefLieu": "46034",
        }
    )
    (data / "communes.json").write_text(json.dumps(rows))
    (data / "epci.json").write_text(
        json.dumps([{"code": c, "nom": n, "type": t, "membres": [{"code": m} for m in members]} for c, n, t, members in epci])
    )
    (data / "departements.json").write_text(
        json.dumps([{"code": c, "nom": n, "typeLiaison": k, "region": r} for c, n, k, r in DEPARTEMENTS])
    )
    (data / "regions.json").write_text(json.dumps([{"code": c, "nom": n, "typeLiaison": k} for c, n, k in REGIONS]))
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "package")


@pytest.fixture
def country(db, package: Path) -> loading.Report:
    """The very small country, loaded."""
    return loading.load(source=package)


@pytest.fixture(scope="module")
def france(django_db_setup, django_db_blocker):
    """The whole country, loaded once for a module and taken back after it: the report, and the seconds of processor that it took
    (other work on the machine must not decide)."""
    if not loading.folder().is_dir():
        pytest.skip("the npm package is not installed")
    with django_db_blocker.unblock(), transaction.atomic():
        start = time.process_time()
        yield loading.load(), time.process_time() - start
        transaction.set_rollback(True)
