"""One case or more for each code, type, format, constraint and custom check: the cells that pass, and those that do not."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.report import Report
from parvis.catalog.core.tables.scan import scan
from parvis.catalog.core.tables.schema import parse
from parvis.catalog.core.tables.validation import blank_lines, validate

SIRET = "20005379100014"
SIREN = "200053791"


def checked(folder: Path, rows: list[list[str]], schema: dict[str, Any], limit: int | None = 1_000) -> Report:
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return read(path, schema, limit)


def read(path: Path, schema: dict[str, Any], limit: int | None = 1_000) -> Report:
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        reading = detect(path)
        table = scan(connection, path, reading, scratch)
        return validate(connection, reading, table, parse(schema), limit=limit, blank_rows=blank_lines(path, reading))


def found(report: Report) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.row, one.column) for one in report.errors]


TYPES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"type": "string"}, ["a", " ", "é€"], []),
    ({"type": "string", "format": "email"}, ["a@b.fr", "a.b+c@sous.domaine.fr", "élu@mairie.fr"], ["a", "a@b", "a b@c.fr", ".a@b.fr", "@b.fr"]),
    ({"type": "string", "format": "uri"}, ["https://a.fr", "http://a.fr/b?c=d#e", "mailto:a@b.fr", "https://a.fr/é"], ["a.fr", "www.a.fr", "https://", "https://a b"]),
    ({"type": "string", "format": "uuid"}, ["65d5b6c7-102c-4440-ac3b-768f708edc0a"], ["65d5b6c7", "65d5b6c7102c4440ac3b768f708edc0a!"]),
    ({"type": "string", "format": "binary"}, ["YWJj", "YQ=="], ["Y", "é"]),
    ({"type": "number"}, ["1", "-1.5", ".5", "5.", "1e5", " 12 ", "NaN", "INF"], ["1,5", "1 000", "a", "1_0", "12 €", "--1", "+-1", "1.2.3"]),
    ({"type": "number", "decimalChar": ",", "groupChar": " "}, ["1 234,56", "12"], ["1.5", "a"]),
    ({"type": "number", "bareNumber": False}, ["12 €", "95%", "€ 3.5"], ["abc"]),
    ({"type": "integer"}, ["1", "-12", "+3", " 4 ", "007"], ["1.0", "1,0", "1 000", "a", "1e3"]),
    ({"type": "integer", "bareNumber": False}, ["12 km", "n° 4"], ["rue"]),
    ({"type": "boolean"}, ["true", "FALSE", "1", "0"], ["oui", "vrai", "2"]),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, ["oui", "non"], ["Oui", "true", "1"]),
    ({"type": "date"}, ["2024-02-29", "0001-01-01"], ["2023-02-29", "12/03/2024", "2024-3-1", "2024-03-12 ", "20240312", "2024-03-12T00:00:00", "0000-01-01"]),
    ({"type": "date", "format": "%d/%m/%Y"}, ["12/03/2024", "1/3/2024"], ["2024-03-12", "31/02/2024", "12/03/24"]),
    ({"type": "date", "format": "any"}, ["2024-03-12", "12/03/2024", "12 mars 2024", "1er août 2024"], ["demain", "31/02/2024"]),
    ({"type": "time"}, ["12:30:00", "23:59:59"], ["24:30:00", "12:30", "12h30"]),
    ({"type": "time", "format": "%Hh%M"}, ["12h30"], ["12:30:00", "25h00"]),
    ({"type": "datetime"}, ["2024-03-12T12:30:00Z", "2024-03-12T12:30:00", "2024-03-12 12:30:00+02:00"], ["2024-03-12", "2024-02-30T12:30:00Z", "2024-03-12T25:00:00Z"]),
    ({"type": "datetime", "format": "any"}, ["12/03/2024 12:30", "2024-03-12T12:30:00Z"], ["12/03/2024", "midi"]),
    ({"type": "year"}, ["2024", "0099"], ["24", "20245", "an 1", "2024.0"]),
    ({"type": "yearmonth"}, ["2024-03"], ["2024-13", "2024", "03/2024"]),
    ({"type": "duration"}, ["P1Y", "PT1H30M", "P2W", "-P1D"], ["P", "PT", "P1", "1 an", "P1DT"]),
    ({"type": "geopoint"}, ["1.44,43.6", " 1 , 2 "], ["200,0", "0,91", "1", "a,b", "1,2,3"]),
    ({"type": "geopoint", "format": "array"}, ["[1.44, 43.6]"], ["1.44,43.6", "[1]"]),
    ({"type": "geopoint", "format": "object"}, ['{"lon": 1.44, "lat": 43.6}'], ['{"lon": 1.44}', "[1,2]"]),
    ({"type": "geojson"}, ['{"type": "Point", "coordinates": [1, 43]}'], ['{"type": "Point"}', "{}", "POINT(1 43)"]),
    ({"type": "geojson", "format": "topojson"}, ['{"type": "Topology", "objects": {}, "arcs": []}'], ['{"type": "Point", "coordinates": [1, 43]}']),
    ({"type": "object"}, ["{}", '{"a": 1}'], ["[]", "a", "{"]),
    ({"type": "array"}, ["[]", "[1]"], ["{}", "a", "["]),
    ({"type": "array", "arrayItem": {"type": "integer"}}, ["[1, 2]"], ['["a"]', "[1.5]"]),
    ({"type": "list", "itemType": "integer"}, ["1,2", "3"], ["1,b", "a"]),
    ({"type": "any"}, ["a", "1"], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "good", "bad"), TYPES, ids=[f"{one[0]['type']}-{one[0].get('format', '')}-{at}" for at, one in enumerate(TYPES)]
)
def test_a_type_accepts_and_refuses(tmp_path: Path, field: dict[str, Any], good: list[str], bad: list[str]) -> None:
    rows = [["id", "x"], *([str(at), cell] for at, cell in enumerate([*good, *bad]))]
    report = checked(tmp_path, rows, {"fields": [{"name": "id"}, {"name": "x", **field}]})
    assert [one.value for one in report.errors] == bad
    assert found(report) == [("type-error", 2 + len(good) + at, "x") for at in range(len(bad))]
    assert report.counts == ({"type-error": len(bad)} if bad else {})
    assert report.valid is not bool(bad)
    assert all(one.message.endswith((".", "?")) for one in report.errors)


CONSTRAINTS: list[tuple[dict[str, Any], dict[str, Any], list[str], list[str]]] = [
    ({}, {"required": True}, ["a"], [""]),
    ({}, {"pattern": r"^\d{14}$"}, ["00000000000000", SIRET, ""], ["1234567890123", "1234567890123a", "123456789012e5", "1_234567890123", "+1234567890123"]),
    ({}, {"pattern": "a|b"}, ["a", "b"], ["ab", "c"]),
    ({}, {"pattern": r"^[\u00C0-\u00FF]+\s\w+$"}, ["é à", "É b"], ["e a"]),
    ({}, {"pattern": r"^(?!0)\d+$"}, ["12"], ["012"]),
    ({}, {"pattern": r"^(?:(?:^|\|)(un|deux))+$"}, ["un", "un|deux"], ["trois"]),
    ({}, {"enum": ["oui", "l'autre"]}, ["oui", "l'autre"], ["Oui", "non"]),
    ({"type": "integer"}, {"enum": [1, 2]}, ["1", "02"], ["3"]),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, {"enum": [True]}, ["oui"], ["non"]),
    ({"type": "number"}, {"minimum": 0.01, "maximum": 1}, ["0.01", "1", "1.0", "5e-1"], ["0", "1.01", "-3"]),
    ({"type": "number", "decimalChar": ","}, {"minimum": 0.5}, ["0,5", "1"], ["0,4"]),
    ({"type": "integer"}, {"exclusiveMinimum": 0, "exclusiveMaximum": 10}, ["1", "9"], ["0", "10"]),
    ({"type": "date"}, {"minimum": "2020-01-01", "maximum": "2020-12-31"}, ["2020-06-01"], ["2019-12-31", "2021-01-01"]),
    ({"type": "date", "format": "%d/%m/%Y"}, {"minimum": "01/01/2020"}, ["02/01/2020"], ["31/12/2019"]),
    ({"type": "year"}, {"minimum": 2000}, ["2000"], ["1999"]),
    ({"type": "yearmonth"}, {"minimum": "2020-02"}, ["2020-02"], ["2020-01"]),
    ({"type": "datetime"}, {"minimum": "2020-01-01T00:00:00Z"}, ["2020-01-01T00:00:00Z"], ["2019-12-31T23:59:59Z"]),
    ({"type": "time"}, {"maximum": "12:00:00"}, ["12:00:00"], ["12:00:01"]),
    ({}, {"maxLength": 3}, ["abc", "éàè"], ["abcd"]),
    ({}, {"minLength": 2}, ["ab", "éà", ""], ["a", "é"]),
    ({"type": "array", "arrayItem": {"type": "string", "constraints": {"enum": ["a", "b"]}}}, {}, ['["a"]', "[]"], ['["c"]']),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "constraints", "good", "bad"),
    CONSTRAINTS,
    ids=[f"{at}-{'-'.join(one[1]) or 'items'}" for at, one in enumerate(CONSTRAINTS)],
)
def test_a_constraint_accepts_and_refuses(
    tmp_path: Path, field: dict[str, Any], constraints: dict[str, Any], good: list[str], bad: list[str]
) -> None:
    rows = [["id", "x"], *([str(at), cell] for at, cell in enumerate([*good, *bad]))]
    report = checked(tmp_path, rows, {"fields": [{"name": "id"}, {"name": "x", **field, "constraints": constraints}]})
    assert found(report) == [("constraint-error", 2 + len(good) + at, "x") for at in range(len(bad))]
    assert report.counts == {"constraint-error": len(bad)}


SPECIAL: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"name": "french-siret-value", "params": {"column": "x"}}, [SIRET, "35600000000048", "35600000049837", "01234567400001", ""],
     ["20005379100015", "200 053 791 00014", f"{SIRET}.0", "2,00054E+13", "abc", "00000000000000", SIREN, "2000537910001a"]),
    ({"name": "french-siren-value", "params": {"column": "x"}}, [SIREN, "356000000", "012345674"], ["200053792", "000000000", "20005379", SIRET]),
    ({"name": "year-interval-value", "params": {"column": "x"}}, ["2017/2018"], ["2017", "2018/2017", "2017/2017", "2017-2018"]),
    ({"name": "year-interval-value", "params": {"column": "x", "allow-year-only": "yes"}}, ["2017/2018", "2017"], ["17", "2018/2017"]),
    ({"name": "nomenclature-actes-value", "params": {"column": "x"}},
     ["Finances locales/Subventions", "LIBERTES PUBLIQUES et pouvoirs de police/Police municipale", "Domaines de compétences par thèmes/Culture/Musées"],
     ["Finances locales", "Finances locales /Subventions", "Finances locales/ Subventions", "Finance/Subventions", "/Subventions"]),
    ({"name": "opening-hours-value", "params": {"column": "x"}},
     ["24/7", "Mo-Fr 08:30-12:00,13:30-17:30; Sa 08:30-12:00", "Mo,We 10:00-12:00; PH off", "Apr-Sep: Mo-Su 09:00-19:00", 'Mo-Fr 10:00-18:00 "sur rendez-vous"', "08:00-20:00", "Sa[1] 10:00-12:00"],
     ["Lundi 8h-12h", "Mo-Fr 08:30", "8h30-12h", "Mo-Fr 08:30-12:60", "Xx 10:00-12:00", "Mo-Fr 10:00-12:00;; ;a"]),
    ({"name": "phone-number-value", "params": {"column": "x"}},
     ["01 99 00 27 37", "0199002737", "+33 1 99 00 27 37", "+33(0)199002737", "0033199002737", "3949", "115", "+590 590 12 34 56", "+32 2 555 12 12"],
     ["01 99 00 27", "99 00 27 37 01", "abc", "+33 01 99", "12"]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "good", "bad"), SPECIAL, ids=[f"{one[0]['name']}-{at}" for at, one in enumerate(SPECIAL)])
def test_a_national_check_of_one_column(tmp_path: Path, check: dict[str, Any], good: list[str], bad: list[str]) -> None:
    rows = [["id", "x"], *([str(at), cell] for at, cell in enumerate([*good, *bad]))]
    report = checked(tmp_path, rows, {"fields": [{"name": "id"}, {"name": "x"}], "custom_checks": [check]})
    assert [one.value for one in report.errors] == bad
    assert found(report) == [(check["name"], 2 + len(good) + at, "x") for at in range(len(bad))]


PAIRS: list[tuple[str, dict[str, Any], str, list[tuple[str, ...]], list[tuple[str, ...]]]] = [
    ("one-of-required", {"column1": "a", "column2": "b"}, "string", [("1", ""), ("", "1"), ("1", "1")], [("", "")]),
    ("cohesive-columns-value", {"column": "a", "othercolumns": ["b", "c"]}, "string", [("1", "1", "1"), ("", "", "")], [("1", "", "1"), ("", "1", "1"), ("1", "", "")]),
    ("compare-columns-value", {"column": "a", "op": ">=", "column2": "b"}, "string", [("10", "9"), ("b", "a"), ("", "9"), ("9", ""), ("1.0", "1")], [("9", "10"), ("a", "b"), ("a", "1")]),
    ("compare-columns-value", {"column": "a", "op": "==", "column2": "b"}, "integer", [("10", "010"), ("7 ", " 7")], [("9", "10")]),
    ("sum-columns-value", {"column": "a", "columns": ["b", "c"]}, "number", [("3", "1", "2"), ("0.3", "0.1", "0.2"), ("", "1", "2"), ("9", "", "2")], [("4", "1", "2"), ("0.31", "0.1", "0.2")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "params", "kind", "good", "bad"), PAIRS, ids=[f"{one[0]}-{at}" for at, one in enumerate(PAIRS)]
)
def test_a_national_check_of_several_columns(
    tmp_path: Path, name: str, params: dict[str, Any], kind: str, good: list[tuple[str, ...]], bad: list[tuple[str, ...]]
) -> None:
    rows = [["id", "a", "b", "c"], *([str(at), *cells, *[""] * (3 - len(cells))] for at, cells in enumerate([*good, *bad]))]
    fields = [{"name": "id"}, *({"name": one, "type": kind} for one in "abc")]
    report = checked(tmp_path, rows, {"fields": fields, "custom_checks": [{"name": name, "params": params}]})
    assert found(report) == [(name, 2 + len(good) + at, "a") for at in range(len(bad))]


THREE = {"fields": [{"name": "a", "constraints": {"required": True}}, {"name": "b", "type": "integer"}, {"name": "c"}]}

STRUCTURE: list[tuple[str, list[tuple[str, int | None, str | None]]]] = [
    ("a,b,c\nx,1,y\n", []),
    ("a,b,c\nx,1,y\n\nz,2,t\n", [("blank-row", 3, None)]),
    ("a,b,c\nx,1,y\n,,\nz,2,t\n,,\n", [("blank-row", 3, None), ("blank-row", 5, None)]),
    ("a,b,c\nx,1,y,z\n", [("extra-cell", 2, None)]),
    ("a,b,c\nx,1,y,\n", [("extra-cell", 2, None)]),
    ("a,b,c\nx,1\ny,2,z\n", [("missing-cell", 2, "c")]),
    ("a,b,c\nx\ny,2,z\n", [("missing-cell", 2, "b"), ("missing-cell", 2, "c")]),
    ("b,c\n1,x\n", [("missing-label", None, "a")]),
    ("a,c\nx,y\n", []),
    ("a,b,c,d\nx,1,y,z\n", []),
    ("c,b,a\nx,1,y\n", []),
    ("a,b,b,c\nx,1,2,y\n", [("duplicate-label", None, "b")]),
    ("a,b,,c\nx,1,2,y\n", [("blank-header", None, None)]),
    ("a,b,c,\nx,1,y,\n", []),
    ("a,b,c\n,1,y\n", [("constraint-error", 2, "a")]),
    ('a,b,c\n"two\nlines",1,y\n,2,z\n', [("constraint-error", 3, "a")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), STRUCTURE, ids=[str(at) for at in range(len(STRUCTURE))])
def test_the_shape_of_the_table(tmp_path: Path, text: str, expected: list[tuple[str, int | None, str | None]]) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    assert found(read(path, THREE)) == expected


WARNINGS: list[tuple[str, list[str]]] = [
    ("a,c\nx,y\n", ["missing-label"]),
    ("a,b,c,d\nx,1,y,z\n", ["extra-label"]),
    ("c,b,a\nx,1,y\n", ["incorrect-label"]),
    ("a,b,c,\nx,1,y,\n", ["blank-header"]),
    ("a,b,C\nx,1,y\n", ["missing-label"]),
]


@pytest.mark.parametrize(("text", "codes"), WARNINGS)
def test_what_is_only_a_warning(tmp_path: Path, text: str, codes: list[str]) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    report = read(path, THREE)
    assert report.valid
    assert report.counts == {}
    assert [one.code for one in report.warnings] == codes


def test_a_file_without_a_shared_header_gets_a_helpful_answer(tmp_path: Path) -> None:
    report = checked(tmp_path, [["x", "y"], ["1", "2"]], THREE)
    assert found(report) == [("missing-label", None, "a")]
    assert "bon schéma" in next(one.message for one in report.warnings if one.code == "unmatched-header")
    report = checked(tmp_path, [["x", "y"], ["1", "2"]], {"fields": [{"name": "a"}, {"name": "b"}]})
    assert found(report) == [("missing-label", None, "a"), ("missing-label", None, "b")]


def test_a_label_as_long_as_a_page_is_cut_in_the_sentences_that_quote_it(tmp_path: Path) -> None:
    label = "x" * 5_000
    report = checked(tmp_path, [["a", label, label], ["1", "2", "3"], ["1"]], {"fields": [{"name": "b"}, {"name": "a"}]})
    said = [error.message for error in (*report.errors, *report.warnings)]
    assert any("xxx… »" in one for one in said)
    assert max(len(one) for one in said) < 600


def test_a_type_error_silences_the_other_checks_of_its_cell(tmp_path: Path) -> None:
    schema = {
        "fields": [
            {"name": "a", "type": "integer", "constraints": {"minimum": 5, "pattern": "[0-9]"}},
            {"name": "b", "type": "integer"},
        ],
        "custom_checks": [{"name": "compare-columns-value", "params": {"column": "a", "op": ">", "column2": "b"}}],
    }
    report = checked(tmp_path, [["a", "b"], ["x", "9"], ["3", "9"]], schema)
    assert found(report) == [("type-error", 2, "a"), ("compare-columns-value", 3, "a"), ("constraint-error", 3, "a")]


def test_missing_values_of_the_schema_and_of_a_column(tmp_path: Path) -> None:
    schema = {
        "missingValues": ["", "-"],
        "fields": [
            {"name": "a", "type": "integer"},
            {"name": "b", "type": "integer", "missingValues": ["NC"], "constraints": {"required": True}},
        ],
    }
    report = checked(tmp_path, [["a", "b"], ["-", "1"], ["", "NC"], ["NC", "-"], ["1", ""]], schema)
    assert found(report) == [
        ("constraint-error", 3, "b"),
        ("type-error", 4, "a"),
        ("type-error", 4, "b"),
        ("type-error", 5, "b"),
    ]


def test_unique_values_and_keys(tmp_path: Path) -> None:
    rows = [["a", "b"], ["1", "x"], ["1", "y"], ["", "x"], ["", "y"], ["1", "x"]]
    schema: dict[str, Any] = {"fields": [{"name": "a", "constraints": {"unique": True}}, {"name": "b"}]}
    assert found(checked(tmp_path, rows, schema)) == [("unique-error", 3, "a"), ("unique-error", 6, "a")]
    keyed: dict[str, Any] = {"fields": [{"name": "a"}, {"name": "b"}], "primaryKey": ["a", "b"]}
    report = checked(tmp_path, rows, keyed)
    assert found(report) == [("primary-key", 4, "a"), ("primary-key", 5, "a"), ("primary-key", 6, "a")]
    assert "ligne 2" in report.errors[-1].message


def test_a_foreign_key_inside_the_table(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "id"}, {"name": "parent"}],
        "foreignKeys": [{"fields": "parent", "reference": {"resource": "", "fields": "id"}}],
    }
    assert found(checked(tmp_path, [["id", "parent"], ["1", ""], ["2", "1"], ["3", "9"]], schema)) == [
        ("foreign-key", 4, "parent")
    ]
    schema["foreignKeys"] = [{"fields": "parent", "reference": {"resource": "ailleurs", "fields": "id"}}]
    report = checked(tmp_path, [["id", "parent"], ["1", "9"]], schema)
    assert report.valid
    assert [one.code for one in report.warnings] == ["foreign-key"]


def test_columns_that_go_together_and_are_not_all_there(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
        "custom_checks": [
            {"name": "one-of-required", "params": {"column1": "a", "column2": "b"}},
            {"name": "cohesive-columns-value", "params": {"column": "b", "othercolumns": ["c"]}},
            {"name": "une-regle-locale", "params": {}},
        ],
    }
    report = checked(tmp_path, [["c", "d"], ["1", "2"]], schema)
    assert found(report) == [("one-of-required", None, "a"), ("cohesive-columns-value", None, "b")]
    assert "unknown-check" in [one.code for one in report.warnings]
    assert found(checked(tmp_path, [["a", "d"], ["", "2"]], schema)) == [("one-of-required", 2, "a")]


def test_counts_are_exact_and_the_list_is_cut(tmp_path: Path) -> None:
    rows = [["id", "a", "b"], *([str(at), "x", "" if at == 4_000 else "1"] for at in range(5_000))]
    schema = {"fields": [{"name": "id"}, {"name": "a", "type": "integer"}, {"name": "b", "constraints": {"required": True}}]}
    report = checked(tmp_path, rows, schema)
    assert len(report.errors) == 1_000
    assert report.errors[-1].row == 1_001
    assert report.counts == {"constraint-error": 1, "type-error": 5_000}
    tally = next(one for one in report.tallies if one.code == "constraint-error")
    assert [one.row for one in tally.first] == [4_002]
    assert len(checked(tmp_path, rows, schema, limit=None).errors) == 5_001
    assert checked(tmp_path, rows, schema, limit=0).errors == ()


def test_more_blank_lines_than_a_reading_keeps(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + "x,1,y\n,,\n" * 1_500)
    report = read(path, THREE)
    assert report.counts == {"blank-row": 1_500}
    assert report.rows == 1_500


def test_a_label_is_never_read_as_sql(tmp_path: Path) -> None:
    label = "a'); DROP TABLE x; --\""
    report = checked(
        tmp_path,
        [[label, "b"], ["", "1"], ["y", "o'k"]],
        {"fields": [{"name": label, "constraints": {"required": True}}, {"name": "b", "constraints": {"enum": ["1", "o'k"]}}]},
    )
    assert found(report) == [("constraint-error", 2, label)]


def test_the_published_shape(tmp_path: Path) -> None:
    report = checked(tmp_path, [["a", "b", "c"], ["", "x", "y"]], THREE).as_dict()
    assert list(report) == ["valid", "rows", "schema", "errors", "warnings", "counts", "seconds"]
    assert [list(one) for one in report["errors"]] == [["code", "row", "column", "value", "message"]] * 2
