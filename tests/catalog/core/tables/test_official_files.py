"""Real files, read by eye first: what they are is written here."""

from __future__ import annotations

import pytest

from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.profile import profile

FILES = {  # path → encoding, delimiter, header row, rows, columns, skipped
    "observatory/arcep-communes-2018.csv": ("utf-8", ",", 5, 35_361, 13, 4),
    "observatory/arcep-ftth-communes-2017-2018.csv": ("utf-8", ",", 5, 70_722, 5, 4),
    "observatory/ifn-2023-communes.csv": ("utf-8", ",", 1, 35_008, 9, 0),
    "observatory/ifn-2023-07-communes-14var.csv": ("utf-8", ",", 1, 35_008, 9, 0),
    "observatory/ifn-2023-epci.csv": ("utf-8", ",", 1, 1_255, 9, 0),
    "observatory/personnes-accompagnees-par-code-postal-2023.csv": ("utf-8", ",", 1, 4_812, 11, 0),
    "actors/conseillers-numeriques-2023.csv": ("utf-8", ";", 1, 2_889, 16, 0),
    "actors/aidants-connect-2024.csv": ("utf-8", ",", 1, 5_227, 23, 0),
    "panels/respondents.csv": ("utf-8", ",", 1, 200, 2, 0),
    "search/queries.csv": ("utf-8", ",", 1, 31, 3, 0),
    "opinions/vtaiwan.uberx/participants-votes.csv": ("utf-8", ",", 1, 1_921, 203, 0),
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_understood(official_data, name):
    reading = detect(official_data / name)
    found = (reading.encoding, reading.delimiter, reading.header_row, reading.rows, len(reading.names), reading.skipped_count)
    assert found == FILES[name]
    assert reading.warnings == ()


def test_the_columns_of_two_files(official_data, tmp_path):
    path = official_data / "actors/conseillers-numeriques-2023.csv"
    columns = {c.name: c for c in profile(path, detect(path), tmp_path).columns}
    assert columns["SIRET"].format == "siret"
    assert (columns["Code commune INSEE"].format, columns["Code commune INSEE"].exceptions) == ("code-commune", 197)
    assert (columns["Date de validation en comité de sélection"].type, columns["ZRR"].type) == ("date", "boolean")
    path = official_data / "actors/aidants-connect-2024.csv"
    columns = {c.name: c for c in profile(path, detect(path), tmp_path).columns}
    assert (columns["Siret"].type, columns["Siret"].format) == ("string", "siret-damaged")
    assert columns["City Insee Code"].format == "code-commune"
