"""Certain repairs: each rewriting, what is left alone, and the whole file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.repair import Repaired, repair
from parvis.catalog.core.tables.repairs import certain
from parvis.catalog.core.tables.scan import scan
from parvis.catalog.core.tables.schema import parse
from parvis.catalog.core.tables.validation import validate

SIRET_PATTERN = r"^\d{14}$"
CELLS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"type": "date"}, "12/03/2024", "2024-03-12"),
    ({"type": "date"}, "1/3/2024", "2024-03-01"),
    ({"type": "date"}, " 2024-03-12 ", "2024-03-12"),
    ({"type": "date"}, "2024-03-12T00:00:00", "2024-03-12"),
    ({"type": "date"}, "31/02/2024", None),
    ({"type": "date"}, "12/03/24", None),
    ({"type": "number"}, "1 234,56", "1234.56"),
    ({"type": "number"}, "1\u202f234,56 €", "1234.56"),
    ({"type": "number"}, "12,5", "12.5"),
    ({"type": "number"}, "-3,5", "-3.5"),
    ({"type": "number"}, "1.234,56", None),
    ({"type": "number"}, "12 34", None),
    ({"type": "number", "decimalChar": ","}, "12.5", "12,5"),
    ({"type": "integer"}, "1 234", "1234"),
    ({"type": "integer"}, "12,0", "12"),
    ({"type": "integer"}, "12,5", None),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "Vrai", "oui"),
    ({"type": "boolean"}, "NON", "false"),
    ({"type": "boolean"}, "peut-être", None),
    ({"constraints": {"enum": ["aide en numéraire", "aide en nature"]}}, " Aide en Numeraire", "aide en numéraire"),
    ({"constraints": {"enum": ["aide en numéraire", "aide en nature"]}}, "aide", None),
    ({"constraints": {"pattern": SIRET_PATTERN}}, "200 053 791 00014", "20005379100014"),
    ({"constraints": {"pattern": SIRET_PATTERN}}, "20005379100014.0", "20005379100014"),
    ({"constraints": {"pattern": SIRET_PATTERN}}, "1234567400001", "01234567400001"),
    ({"constraints": {"pattern": SIRET_PATTERN}}, "2000537910001", None),
    ({"constraints": {"pattern": SIRET_PATTERN}}, "2,00054E+13", None),
    ({"constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}$"}}, "1004", "01004"),
    ({"type": "string", "format": "email"}, " a@b.fr", "a@b.fr"),
    ({"type": "string", "format": "uri"}, "www.exemple.fr", None),
    ({"type": "string"}, " garde ses espaces ", None),
]


@pytest.mark.parametrize(("field", "before", "after"), CELLS)
def test_a_cell_has_one_certain_rewriting_or_none(field: dict[str, Any], before: str, after: str | None) -> None:
    read = parse({"fields": [{"name": "x", **field}]}).fields[0]
    assert certain(read, before) == after
    if after is not None:
        assert certain(read, after) is None


SCHEMA = {
    "fields": [
        {"name": "dateConvention", "type": "date"},
        {"name": "montant", "type": "number"},
        {"name": "siret"},
        {"name": "objet"},
    ],
    "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
}


def repaired(path: Path, schema: dict[str, Any], out: Path, **options: Any) -> Repaired:
    with duckdb.connect() as connection:
        reading = detect(path)
        return repair(connection, reading, scan(connection, path, reading, path.parent), parse(schema), out, **options)


def test_a_whole_file(tmp_path: Path) -> None:
    path, out, listed = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "changes.csv"
    path.write_bytes(
        "Date Convention;montant;siret;objet\n12/03/2024;1 500,50;200 053 791 00014;Été, « fête »\n;;;\n31/12/2024;12;;Œuvre\n".encode(
            "cp1252"
        )
    )
    done = repaired(path, SCHEMA, out, changes_out=listed)
    assert list(csv.reader(out.read_text(encoding="utf-8").splitlines())) == [
        ["dateConvention", "montant", "siret", "objet"],
        ["2024-03-12", "1500.50", "20005379100014", "Été, « fête »"],
        ["2024-12-31", "12", "", "Œuvre"],
    ]
    cells = [(one.row, one.column, one.before, one.after) for one in done.changes if one.row and one.column]
    assert cells == [
        (1, "dateConvention", "Date Convention", "dateConvention"),
        (2, "dateConvention", "12/03/2024", "2024-03-12"),
        (2, "montant", "1 500,50", "1500.50"),
        (2, "siret", "200 053 791 00014", "20005379100014"),
        (4, "dateConvention", "31/12/2024", "2024-12-31"),
    ]
    assert {one.reason for one in done.changes if one.column is None} == {
        "encodage converti en UTF-8",
        "séparateur remplacé par la virgule",
        "ligne vide retirée",
    }
    assert done.count == len(done.changes) == 8 == sum(done.by_reason.values())
    assert len(listed.read_text(encoding="utf-8").splitlines()) == 9
    with duckdb.connect() as connection:
        reading = detect(out)
        assert validate(connection, reading, scan(connection, out, reading, tmp_path), parse(SCHEMA)).valid


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("montant,objet\n1,x\n")
    with pytest.raises(FileExistsError):
        repaired(path, SCHEMA, path)


def test_a_column_with_a_date_written_month_first_is_left_alone(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("dateConvention,objet\n03/04/2024,x\n03/25/2024,y\n")
    done = repaired(path, SCHEMA, out)
    assert done.count == 0
    assert "03/04/2024" in out.read_text()


def test_the_count_is_exact_and_the_list_is_cut(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("montant;objet\n" + "1,5;x\n" * 3_000)
    done = repaired(path, SCHEMA, out, kept=10)
    assert (done.count, len(done.changes), done.rows) == (3_001, 10, 3_000)


def test_extra_and_missing_cells_lose_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text('montant,objet\n1,x,"y, z",t\n2\n3,u\n')
    repaired(path, SCHEMA, out)
    text = out.read_text()
    assert "y" in text
    assert "t" in text
    assert text.splitlines()[2] == "2,"
