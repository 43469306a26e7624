"""The official geographic code, as the npm package `@etalab/decoupage-administratif` holds it (INSEE, DGCL; Licence Ouverte)."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.territories.core.siren import valid

PACKAGE = "@etalab/decoupage-administratif"
SIRENS = Path(__file__).resolve().parent.parent / "data" / "sirens.csv"


class CogError(Exception):
    """The package is absent or not what it was; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """One territory as the registries give it. Parents are codes; `link` is INSEE's TNCC."""

    level: str
    code: str
    name: str
    link: int = 0
    siren: str = ""
    population: int | None = None
    region: str = ""
    departement: str = ""
    epci: str = ""
    postcodes: tuple[str, ...] = ()
    nature: str = ""


@dataclass(frozen=True)
class Cog:
    vintage: int
    source: str
    rows: tuple[Row, ...]

    def of(self, level: str) -> list[Row]:
        return [row for row in self.rows if row.level == level]


def _load(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_bytes())
    except FileNotFoundError:
        raise CogError(f"{folder / name} is not there: run `npm ci --ignore-scripts`, or give --from FOLDER.") from None
    except ValueError as error:
        raise CogError(f"{folder / name} is not JSON ({error}).") from None


def vintage(package: dict[str, Any], folder: Path) -> int:
    """The year of the code. The package counts majors from 2020 (6.x is 2026), and its page says it in a table."""
    release = str(package.get("version", ""))
    major = release.split(".")[0]
    readme = folder / "README.md"
    if readme.is_file():
        for year, listed in re.findall(r"^\|\s*(\d{4})\s*\|\s*([\d.]+)", readme.read_text(), re.MULTILINE):
            if listed == release:
                return int(year)
    if not major.isdecimal():
        raise CogError(f"{folder / 'package.json'} gives no version, hence no vintage.")
    return 2020 + int(major)


def sirens() -> dict[tuple[str, str], str]:
    """SIREN of régions and départements, by level and code, from the table of this repository (`data/sirens.csv`)."""
    with SIRENS.open(newline="", encoding="utf-8") as file:
        return {(row["level"], row["code"]): row["siren"] for row in csv.DictReader(file) if valid(row["siren"])}


def merged(folder: Path) -> dict[str, str]:
    """The commune of today for each code that left the official code."""
    communes = _load(folder / "data", "communes.json")
    return {old: row["code"] for row in communes if row["type"] == "commune-actuelle" for old in row.get("anciensCodes", [])}


def _most(populations: dict[str, int]) -> str:
    """The code that has most people; the smallest code if two are equal."""
    return min(populations, key=lambda code: (-populations[code], code)) if populations else ""


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def read(folder: Path) -> Cog:
    """Every région, département, EPCI and commune in force.

    The population of an EPCI, a département or a région is the sum of its communes', so that all figures have one vintage.
    """
    package = _load(folder, "package.json")
    data, known = folder / "data", sirens()
    epcis = _load(data, "epci.json")
    epci_of = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    communes = [
        Row(
            "commune", row["code"], row["nom"], row.get("typeLiaison", 0), row.get("siren", ""), row.get("population"),
            row["region"], row["departement"], epci_of.get(row["code"], ""), tuple(row.get("codesPostaux", [])),
        )
        for row in _load(data, "communes.json")
        if row["type"] == "commune-actuelle"
    ]  # fmt: skip
    inside: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in communes:
        for level in ("region", "departement", "epci"):
            inside[level, getattr(row, level)].append(row)
    rows: list[Row] = []
    for level, name in (("region", "regions.json"), ("departement", "departements.json")):
        for row in _load(data, name):
            people = _sum(commune.population for commune in inside[level, row["code"]])
            rows.append(
                Row(
                    level,
                    row["code"],
                    row["nom"],
                    row.get("typeLiaison", 0),
                    known.get((level, row["code"]), ""),
                    people,
                    row.get("region", ""),
                )
            )
    rows += [_epci(row, inside["epci", row["code"]]) for row in epcis]
    release = package.get("version", "")
    return Cog(vintage(package, folder), f"{PACKAGE} {release}", (*rows, *communes))


def _epci(row: dict[str, Any], communes: list[Row]) -> Row:
    people: dict[str, dict[str, int]] = {"region": defaultdict(int), "departement": defaultdict(int)}
    for commune in communes:
        for level, counts in people.items():
            counts[getattr(commune, level)] += commune.population or 0
    return Row(
        "epci", row["code"], row["nom"], 0, row["code"], _sum(commune.population for commune in communes),
        _most(people["region"]), _most(people["departement"]), nature=row["type"],
    )  # fmt: skip
