"""Profile, conversion and personal data."""

from __future__ import annotations

import csv
import datetime
import io
import json

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from parvis.catalog.core.tables import convert as conversion
from parvis.catalog.core.tables.convert import ConversionRefused, column_names, convert
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.personal import Evidence, likely_personal
from parvis.catalog.core.tables.profile import profile

TABLE = (
    "Nom;Nom;;prix;jour;actif;siret;reste\n"
    "=1+2;@x;a;1 234,50;12/03/2024;oui;73282932000074;-5\n"
    "+33 5;-2,5;b;-2,00;01/01/2023;non;35600000049837;-x\n"
    "  Été ;\t;c;;;;;\n"
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TABLE, encoding="cp1252")
    return path


def converted(path, target, tmp_path):
    out = tmp_path / f"out.{target}"
    done = convert(path, detect(path), target, out, tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
    return out, done


def test_names():
    assert column_names(["a", " A ", "", "a\tb", "a\n b", "colonne_3", "e\u0301"]) == (
        "a", "A_2", "colonne_3", "a b", "a b_2", "colonne_3_2", "é",
    )  # fmt: skip


def test_parquet_is_typed_and_in_order(table, tmp_path):
    out, done = converted(table, "parquet", tmp_path)
    assert [t.type for t in done.types] == ["string", "string", "string", "number", "date", "boolean", "string", "string"]
    relation = duckdb.sql(f"SELECT * FROM '{out}'")
    assert relation.columns == ["Nom", "Nom_2", "colonne_3", "prix", "jour", "actif", "siret", "reste"]
    rows = relation.fetchall()
    assert rows[0][3:6] == (1234.5, datetime.date(2024, 3, 12), True)
    assert rows[2][0] == "  Été "
    codec = duckdb.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{out}')").fetchall()
    assert codec == [("ZSTD",)]


def test_csv_has_no_formula_and_iso_dates(table, tmp_path):
    out, _ = converted(table, "csv", tmp_path)
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert rows[1] == ["'=1+2", "'@x", "a", "1234.50", "2024-03-12", "true", "73282932000074", "-5"]
    assert rows[2] == ["+33 5", "-2,5", "b", "-2.00", "2023-01-01", "false", "35600000049837", "'-x"]
    assert rows[3][:3] == ["  Été ", "'\t", "c"]


def test_json_is_an_array_with_one_object_a_line(table, tmp_path):
    out, _ = converted(table, "json", tmp_path)
    items = json.loads(out.read_text(encoding="utf-8"))
    assert items[1] == {
        "Nom": "+33 5", "Nom_2": "-2,5", "colonne_3": "b", "prix": -2.0, "jour": "2023-01-01",
        "actif": False, "siret": "35600000049837", "reste": "-x",
    }  # fmt: skip
    assert len(out.read_text(encoding="utf-8").splitlines()) == len(items) + 2
    assert detect(out).rows == 3


def test_xlsx_has_values_and_no_formula(table, tmp_path):
    out, _ = converted(table, "xlsx", tmp_path)
    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "=1+2"
    assert rows[1][3] == 1234.5
    assert rows[1][6] == "73282932000074"
    assert detect(out).rows == 3


def test_nothing_is_overwritten(table, tmp_path):
    (tmp_path / "out.csv").write_text("mien")
    with pytest.raises(ConversionRefused, match="existe déjà"):
        convert(table, detect(table), "csv", tmp_path / "out.csv", tmp_path)
    assert (tmp_path / "out.csv").read_text() == "mien"


def test_xlsx_limits(table, tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "XLSX_ROWS", 3)
    with pytest.raises(ConversionRefused, match="CSV ou Parquet"):
        convert(table, detect(table), "xlsx", tmp_path / "o.xlsx", tmp_path)
    monkeypatch.undo()
    long = tmp_path / "l.csv"
    long.write_text("a;b\n" + "x" * 40_000 + ";1\n")
    with pytest.raises(ConversionRefused, match="trop longue"):
        convert(long, detect(long), "xlsx", tmp_path / "o.xlsx", tmp_path)
    assert not (tmp_path / "o.xlsx").exists()


def test_a_value_that_does_not_fit_is_never_lost(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("n;m\n1;1\n2;2;trop\nnd;3\n")
    out, done = converted(path, "parquet", tmp_path)
    assert [t.type for t in done.types] == ["string", "integer"]
    assert duckdb.sql(f"SELECT n, m, cellules_en_trop FROM '{out}'").fetchall() == [
        ("1", 1, None),
        ("2", 2, "trop"),
        ("nd", 3, None),
    ]


def test_profile(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "ville;n;jour\n"
        + "".join(f"{'Auch' if i % 3 else 'Albi'};{i};2024-01-{1 + i % 30:02d}\n" for i in range(300))
        + " ;;\nX;;\n"
    )
    found = profile(path, detect(path), tmp_path)
    town, n, day = found.columns
    assert found.rows == 301  # the blank line is set aside
    assert (town.type, town.distinct, town.frequent[0], town.min, town.max) == ("string", 3, ("Auch", 200), "Albi", "X")
    assert (n.type, n.empty, n.distinct, n.min, n.max, n.distinct_exact) == ("integer", 1, 300, 0, 299, True)
    assert sum(b.count for b in n.histogram) == 300
    assert (day.type, day.min, day.max) == ("date", "2024-01-01", "2024-01-30")
    assert sum(b.count for b in day.histogram) == 300
    assert n.examples[:2] == ("0", "1")


def test_profile_of_a_table_without_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b;c\n")
    found = profile(path, detect(path), tmp_path)
    assert [(c.type, c.distinct, c.min) for c in found.columns] == [("string", 0, None)] * 3


def kinds(*columns: Evidence):
    return [(p.column, p.kind, p.level) for p in likely_personal(columns)]


def test_personal_data():
    assert kinds(
        Evidence("Prénom", None, "string", ["Anne"]),
        Evidence("Nom", None, "string", ["Durand"]),
        Evidence("date_naissance", None, "date", ["1980-01-01"]),
        Evidence("Adresse", None, "string", ["1 rue X"]),
        Evidence("Téléphone", "phone", "string", ["0561234567"]),
    ) == [
        (0, "name", "strong"),
        (1, "name", "strong"),
        (2, "birth-date", "strong"),
        (3, "address", "strong"),
        (4, "phone", "strong"),
    ]
    assert kinds(Evidence("mel", "email", "string", ["anne.durand@orange.fr", "p.martin@free.fr"])) == [(0, "email", "strong")]
    assert kinds(Evidence("nir", "nir", "string", ["255081416802538"])) == [(0, "nir", "strong")]
    assert kinds(Evidence("signataire", None, "string", ["M. Paul Durand", "Mme Anne Martin"])) == [(0, "name", "strong")]


def test_data_of_organisations_are_not_flagged_as_strongly():
    assert kinds(Evidence("courriel", "email", "string", ["accueil@a.fr", "mairie@b.fr", "contact@c.fr"])) == [
        (0, "email", "possible")
    ]
    assert kinds(Evidence("tel", "phone", "string", ["0561234567"])) == [(0, "phone", "possible")]
    assert (
        kinds(
            Evidence("nom_commune", None, "string", ["Auch"]),
            Evidence("nomBeneficiaire", None, "string", ["Asso"]),
            Evidence("adresse", None, "string", ["1 rue X"]),
            Evidence("genre_musical", None, "string", ["rock"]),
        )
        == []
    )


@pytest.mark.parametrize(
    ("values", "type", "kept"),
    [
        (["12", " - ", "1 218", "–"], "integer", [12, None, 1218, None]),
        (["1,5", "-", "2"], "number", [1.5, None, 2.0]),
        (["31/01/2024", "—", "01/02/2024"], "date", [datetime.date(2024, 1, 31), None, datetime.date(2024, 2, 1)]),
        (["FRTE", "-", "12"], "string", ["FRTE", "-", "12"]),
        (["01", "-", "02"], "string", ["01", "-", "02"]),
        (["oui", "-", "non"], "string", ["oui", "-", "non"]),
        (["-", "-", "-"], "string", ["-", "-", "-"]),
        (["-3", "-", "4"], "integer", [-3, None, 4]),
    ],
)
def test_a_lone_dash_among_numbers_or_dates_is_no_value(tmp_path, values, type, kept):
    """And never zero; among texts it stays what was written."""
    path = tmp_path / "a.csv"
    path.write_text("nom;valeur\n" + "".join(f"ligne {at};{value}\n" for at, value in enumerate(values)))
    done = convert(path, detect(path), "parquet", tmp_path / "a.parquet", tmp_path)
    assert done.types[1].type == type
    found = [row[0] for row in duckdb.sql(f"SELECT valeur FROM '{tmp_path / 'a.parquet'}'").fetchall()]
    assert found == kept
