"""The table itself: every value of every file, typed by the schema, with where it comes from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from parvis.catalog.core.consolidation.build import LINE, PROVENANCE, Built, Source, build
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.schema import parse

SCHEMA = parse(
    {
        "missingValues": ["", "n.c."],
        "fields": [
            {"name": "code", "type": "string"},
            {"name": "aide", "type": "string", "constraints": {"enum": ["oui", "non"]}},
            {"name": "montant", "type": "number"},
            {"name": "nombre", "type": "integer"},
            {"name": "jour", "type": "date"},
            {"name": "ue", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
            {"name": "an", "type": "year"},
        ],
    }
)
HEAD = "code,aide,montant,nombre,jour,ue,an"


def source(folder: Path, name: str, text: str | bytes) -> Source:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Source(
        path, detect(path), (f"Commune {name}", "210000001", "Aides", f"https://p/{name}/", 2, date(2026, 3, 1), "lov2")
    )


def made(sources: list[Source], folder: Path) -> tuple[Built, list[tuple[Any, ...]]]:
    out = folder / "out.parquet"
    built = build(sources, SCHEMA, out, folder)
    return built, duckdb.sql(f"SELECT * FROM read_parquet('{out}')").fetchall()


def test_types_are_those_of_the_schema_and_text_stays_as_it_was_written(tmp_path: Path) -> None:
    one = source(tmp_path, "a.csv", f"{HEAD}\n7,oui,12.50,3,2026-01-02,oui,2025\n8,non,n.c.,,2026-01-03,non,2024\n")
    other = source(
        tmp_path, "b.csv", "jour;code;en plus;montant\n2026-02-01;007;x;10\n".encode("cp1252")
    )  # its own order, fewer columns, one of its own
    built, rows = made([one, other], tmp_path)
    assert built.types[:7] == ("VARCHAR", "VARCHAR", "DOUBLE", "BIGINT", "DATE", "BOOLEAN", "BIGINT")
    assert built.names == (*(field.name for field in SCHEMA.fields), *(name for name, _kind in PROVENANCE), LINE)
    told = ("210000001", "Aides")
    day = date(2026, 3, 1)
    assert rows == [
        ("7", "oui", 12.5, 3, date(2026, 1, 2), True, 2025, "Commune a.csv", *told, "https://p/a.csv/", 2, day, "lov2", 1),
        ("8", "non", None, None, date(2026, 1, 3), False, 2024, "Commune a.csv", *told, "https://p/a.csv/", 2, day, "lov2", 2),
        ("007", None, 10.0, None, date(2026, 2, 1), None, None, "Commune b.csv", *told, "https://p/b.csv/", 2, day, "lov2", 1),
    ]
    assert [part.rows for part in built.parts] == [2, 1]
    assert built.parts[1].extra == ("en plus",)
    assert built.rows == 3
    assert built.as_text == ()


def test_a_value_that_does_not_fit_keeps_its_column_in_text(tmp_path: Path) -> None:
    big = "12345678901234567890"  # an integer, and no number of 64 bits
    built, rows = made([source(tmp_path, "a.csv", f"{HEAD}\n1,oui,1,{big},2026-01-02,oui,2025\n")], tmp_path)
    assert built.as_text == ("nombre",)
    assert rows[0][3] == big


def test_a_file_that_went_bad_leaves_the_others(tmp_path: Path) -> None:
    good = source(tmp_path, "a.csv", f"{HEAD}\n1,oui,1,1,2026-01-02,oui,2025\n")
    gone = source(tmp_path, "b.csv", f"{HEAD}\n2,oui,1,1,2026-01-02,oui,2025\n")
    torn = source(tmp_path, "c.csv", f"{HEAD}\n" + "3,oui,1,1,2026-01-02,oui,2025\n" * 5)
    gone.path.unlink()
    torn.path.write_bytes(torn.path.read_bytes()[:-8])  # the last row lost its end: all of the file stays out, not half of it
    built, rows = made([gone, good, torn], tmp_path)
    assert [bool(part.error) for part in built.parts] == [True, False, True]
    assert [row[0] for row in rows] == ["1"]


def test_a_column_of_the_schema_that_bears_our_name_is_not_lost(tmp_path: Path) -> None:
    schema = parse({"fields": [{"name": "_siren", "type": "string"}]})
    path = tmp_path / "a.csv"
    path.write_text("_siren,x\nabc,1\n")
    given = Source(path, detect(path), ("A", "1", "T", "u", 1, date(2026, 1, 1), "lov2"))
    built = build([given], schema, tmp_path / "o.parquet", tmp_path)
    assert built.names[:3] == ("_siren", "_organisation", "_siren_2")


def test_memory_is_bounded_and_order_is_kept(tmp_path: Path) -> None:
    many = "\n".join(f"{number},oui,1.5,{number},2026-01-02,oui,2025" for number in range(60_000))
    built, rows = made([source(tmp_path, f"{name}.csv", f"{HEAD}\n{many}\n") for name in "ab"], tmp_path)
    assert built.rows == 120_000
    assert [row[0] for row in rows] == [str(number) for number in range(60_000)] * 2
    assert [row[-1] for row in rows] == list(range(1, 60_001)) * 2


@pytest.mark.parametrize("kind", ["xlsx"])
def test_a_workbook_is_read_too(tmp_path: Path, kind: str) -> None:
    import xlsxwriter

    path = tmp_path / f"a.{kind}"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ["1", "oui", 2.5, 3, "2026-01-02", "oui", 2025])
        sheet.write_row(2, 0, ["2", "non", 3, 4, "2026-01-02", "non", 2024])
    given = Source(path, detect(path), ("A", "1", "T", "u", 1, date(2026, 1, 1), "lov2"))
    _built, rows = made([given], tmp_path)
    assert [row[:4] for row in rows] == [("1", "oui", 2.5, 3), ("2", "non", 3.0, 4)]
