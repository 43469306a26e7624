"""Spreadsheets and JSON: the sheet that holds the table, titles above it, bombs."""

from __future__ import annotations

import datetime
import json
import zipfile

import duckdb
import pytest
import xlsxwriter

from parvis.catalog.core.tables import workbook
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.reading import Options, UnreadableTable
from parvis.catalog.core.tables.scan import scan


def rows_of(path, reading, tmp_path):
    with duckdb.connect() as connection:
        found = scan(connection, path, reading, tmp_path)
        rows = connection.execute(f"SELECT * FROM {found.sql}").fetchall()
    assert len(rows) == reading.rows
    return rows, found


@pytest.fixture
def xlsx(tmp_path):
    def made(sheets: dict[str, list[list]]):
        path = tmp_path / "t.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for line, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if isinstance(value, datetime.date):
                            sheet.write_datetime(line, column, value, day)
                        elif value is not None:
                            sheet.write(line, column, value)
        return path

    return made


TITLES = ["nom", "siret", "montant", "date", "actif"]
DATA = [[f"Asso {i}", "73282932000074", 12.5 + i, datetime.date(2024, 1, 1 + i), True] for i in range(9)]


def test_the_sheet_that_holds_the_table_under_its_title(xlsx, tmp_path):
    path = xlsx(
        {
            "Lisez-moi": [["Bonjour"], ["à lire"]],
            "Aides": [["Aides 2024"], [], TITLES, *DATA, ["Total", None, 112.5]],
            "Vide": [],
        }
    )
    reading = detect(path)
    assert (reading.format, reading.sheet, reading.header_row, reading.rows) == ("xlsx", "Aides", 3, 9)
    assert [(s.row, s.reason) for s in reading.skipped] == [(1, "preamble"), (2, "blank"), (13, "total")]
    assert "other-sheets" in reading.warnings
    rows, found = rows_of(path, reading, tmp_path)
    assert rows[0] == ("Asso 0", "73282932000074", "12.5", "2024-01-01", "true", None, 5)
    assert found.line_of(0) == 4


def test_a_sheet_can_be_imposed(xlsx):
    path = xlsx({"A": [TITLES, *DATA], "B": [["x", "y"], [1, 2]]})
    assert detect(path, Options(sheet="B")).names == ("x", "y")
    with pytest.raises(UnreadableTable, match="Feuilles : A, B"):
        detect(path, Options(sheet="C"))


def test_a_table_that_starts_lower_and_further_right(xlsx, tmp_path):
    path = xlsx({"A": [[], [], [None, None, "x", "y"], [None, None, "a", 1], [], [None, None, "b", 2]]})
    reading = detect(path)
    assert (reading.header_row, reading.rows) == (3, 2)
    rows, found = rows_of(path, reading, tmp_path)
    assert [row[2:4] for row in rows] == [("a", "1"), ("b", "2")]
    assert [found.line_of(i) for i in range(2)] == [4, 6]


def test_a_siret_typed_as_a_number_keeps_its_digits(xlsx, tmp_path):
    path = xlsx({"A": [["siret", "n"], [73282932000074, 1], [73282932000074, 0.1]]})
    rows, _ = rows_of(path, detect(path), tmp_path)
    assert [row[:2] for row in rows] == [("73282932000074", "1"), ("73282932000074", "0.1")]


def test_an_empty_workbook(xlsx):
    with pytest.raises(UnreadableTable, match="feuille remplie"):
        detect(xlsx({"A": []}))


def ods(path, body: str):
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Feuille1">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def number(value: str) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_ods(tmp_path):
    path = ods(
        tmp_path / "t.ods",
        row(text("ville"), text("population")) + row(text("Auch"), number("22000")) + row(text("Albi"), number("1.5")),
    )
    reading = detect(path)
    assert (reading.format, reading.names, reading.rows) == ("ods", ("ville", "population"), 2)
    rows, _ = rows_of(path, reading, tmp_path)
    assert [r[:2] for r in rows] == [("Auch", "22000"), ("Albi", "1.5")]


def test_ods_repetitions_that_explode_are_refused(tmp_path):
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
    body = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    with pytest.raises(UnreadableTable, match="démesuré"):
        detect(ods(tmp_path / "t.ods", body))


def test_empty_repeated_rows_are_ordinary(tmp_path):
    blank = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    path = ods(tmp_path / "t.ods", row(text("a"), text("b")) + row(number("1"), number("2")) + blank)
    assert detect(path).rows == 1


def test_zip_bombs_are_refused_before_opening(xlsx, tmp_path, monkeypatch):
    path = xlsx({"A": [TITLES, *DATA]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 40_000_000)
    with pytest.raises(UnreadableTable, match="démesuré"):
        detect(path)
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 100)
    with pytest.raises(UnreadableTable, match="démesuré"):
        workbook.check_size(xlsx({"A": [TITLES, *DATA]}))


def test_two_far_cells_make_no_huge_rectangle(tmp_path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    with pytest.raises(UnreadableTable, match="démesuré"):
        detect(path)


@pytest.mark.parametrize("members", [{"a.csv": "a;b"}, {}])
def test_other_archives(tmp_path, members):
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableTable, match="archive ZIP"):
        detect(path)
    path.write_bytes(b"PK\x03\x04" + b"x" * 100)
    with pytest.raises(UnreadableTable, match="abîmé"):
        detect(path)


@pytest.mark.parametrize("layout", ["lines", "array", "indented"])
def test_json(tmp_path, layout):
    items = [{"a": 1, "b": "é"}, {"b": None, "c": [1, {"x": 1.50}], "a": 1.10}, {"a": True}]
    path = tmp_path / "t.json"
    content = (
        "\n".join(json.dumps(i) for i in items)
        if layout == "lines"
        else json.dumps(items, indent=2 if layout == "indented" else None)
    )
    path.write_text(content.replace("1.1,", "1.10,").replace("1.1}", "1.10}"))
    reading = detect(path)
    assert (reading.format, reading.names, reading.rows) == ("jsonl", ("a", "b", "c"), 3)
    rows, _ = rows_of(path, reading, tmp_path)
    assert rows[0][:3] == ("1", "é", None)
    assert rows[2][:3] == ("true", None, None)
    assert json.loads(rows[1][2]) == [1, {"x": 1.5}]


@pytest.mark.parametrize(
    "content", ['{"a": 1}\n{"a": ', '{"a":1}\n[1,2]', '{"type":"FeatureCollection","features":[{"type":"Feature"}]}', "[]"]
)
def test_json_that_is_no_table(tmp_path, content):
    path = tmp_path / "t.json"
    path.write_text(content)
    with pytest.raises(UnreadableTable, match="JSON"):
        detect(path)


def test_parquet(tmp_path):
    path = tmp_path / "t.parquet"
    duckdb.sql("SELECT 1 AS a, DATE '2024-01-02' AS \"b\"\"c\", '' AS d").write_parquet(str(path))
    reading = detect(path)
    assert (reading.format, reading.names, reading.rows) == ("parquet", ("a", 'b"c', "d"), 1)
    rows, _ = rows_of(path, reading, tmp_path)
    assert rows == [("1", "2024-01-02", None, None, 3)]
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UnreadableTable, match="Parquet"):
        detect(path)
