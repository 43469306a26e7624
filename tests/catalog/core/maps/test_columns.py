"""Which column says where."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from parvis.catalog.core.maps.columns import level_of, place_columns, territory_column


@dataclass(frozen=True)
class Column:
    label: str
    format: str = ""
    frequent: tuple[tuple[str, int], ...] = ()
    minimum: str | None = None
    maximum: str | None = None

    @property
    def name(self) -> str:
        return self.label.lower().replace(" ", "_")


def holding(label: str, *values: str, format_: str = "") -> Column:
    return Column(label, format_, tuple((value, 1) for value in values))


@pytest.mark.parametrize(
    ("column", "level"),
    [
        (Column("Code commune", "code-commune"), "commune"),
        (Column("Département", "code-departement"), "departement"),
        (holding("code", "46102", "46042", "2A004"), "commune"),
        (holding("code", "46", "31", "2B"), "departement"),
        (holding("EPCI", "200067361", "243100518"), "epci"),
        (holding("code", "200067361", "243100518"), "epci"),
        (holding("siren", "200067361", "243100518", format_="siren"), "epci"),
        (holding("siren", "200067361", "552100554", format_="siren"), ""),
        (holding("Code postal", "46100", "46000", format_="code-postal"), ""),
        (holding("code", "46102", "Figeac"), ""),
        (holding("montant", "46102", "46042"), ""),
        (holding("code", "46102"), ""),
        (holding("code"), ""),
    ],
)
def test_level_of_a_column(column: Column, level: str) -> None:
    assert level_of(column) == level


def test_the_finest_level_first_and_coordinates_in_pairs() -> None:
    columns = [Column("dep", "code-departement"), Column("insee", "code-commune"), Column("lat", "latitude")]
    assert territory_column(columns) == ("commune", "insee")
    assert place_columns(columns).coordinates is None
    assert place_columns([*columns, Column("lon", "longitude")]).coordinates == ("lat", "lon")
    assert territory_column([Column("nom")]) is None
