"""What `make fuzz` throws bytes at. A target takes any bytes and may refuse them in its own words; anything else is a crash."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="parvis-fuzz-"))
Target = Callable[[bytes], None]


def _written(content: bytes) -> Path:
    path = FOLDER / "source"
    path.write_bytes(content)
    return path


def _read(path: Path) -> None:
    """Detected, scanned whole, profiled: the reading must keep its word on the number of rows."""
    import duckdb

    from parvis.catalog.core.tables.detection import detect
    from parvis.catalog.core.tables.reading import UnreadableTable
    from parvis.catalog.core.tables.scan import scan

    try:
        reading = detect(path)
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch, duckdb.connect() as connection:
            found = scan(connection, path, reading, Path(scratch))
            rows = connection.execute(f"SELECT * FROM {found.sql}").fetchall()
    except UnreadableTable as refused:
        assert str(refused).endswith((".", ":")) or "«" in str(refused), str(refused)  # noqa: PT017
        return
    assert len(rows) == reading.rows, (len(rows), reading.rows)
    assert all(len(row) == len(reading.names) + 2 for row in rows)


def text(content: bytes) -> None:
    _read(_written(content))


def profiled(content: bytes) -> None:
    """A table that reads is profiled and converted, whatever its cells."""
    from parvis.catalog.core.tables.convert import convert
    from parvis.catalog.core.tables.detection import detect
    from parvis.catalog.core.tables.profile import profile
    from parvis.catalog.core.tables.reading import UnreadableTable

    path = _written(content)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        try:
            reading = detect(path)
            if len(reading.names) > 12:
                return
            found = profile(path, reading, Path(scratch))
            made = convert(path, reading, "parquet", Path(scratch) / "out.parquet", Path(scratch))
        except UnreadableTable:
            return
    assert found.rows == made.rows == reading.rows


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(content: bytes) -> None:
    """The sheet of a sound workbook; a content that starts as an archive is taken as it is."""
    if content.startswith(b"PK"):
        _read(_written(content))
        return
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, part in PARTS.items():
            file.writestr(name, part)
        file.writestr("xl/worksheets/sheet1.xml", b'<worksheet xmlns="%s"><sheetData>' % MAIN.encode() + content)
    _read(_written(out.getvalue()))


def records(content: bytes) -> None:
    """JSON, an array or an object a line."""
    _read(_written((b"" if content[:1] in (b"{", b"[") else b'[{"a":') + content))


def schema(content: bytes) -> None:
    from parvis.catalog.core.tables.schema import SchemaError, parse

    try:
        descriptor = json.loads(content)
    except (ValueError, RecursionError):
        return
    try:
        found = parse(descriptor)
    except SchemaError as refused:
        assert str(refused)  # noqa: PT017
        return
    assert all(isinstance(field.name, str) for field in found.fields)


@cache
def _small_table() -> Path:
    import duckdb

    path = FOLDER / "small.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT range AS n, range / 3.0 AS x, 'Été ' || range AS t, range % 2 = 0 AS b, "
            f"DATE '2024-01-01' + range::INTEGER AS d, TIMESTAMP '2024-01-01' + to_days(range::INTEGER) AS m FROM range(20)) "
            f"TO '{path}' (FORMAT parquet)"
        )
    return path


def _django() -> None:
    from django.apps import apps

    if not apps.ready:
        import django

        home = FOLDER / "home"
        (home / "static").mkdir(parents=True, exist_ok=True)
        os.environ["PARVIS_HOME"] = str(home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
        django.setup()


def filters(content: bytes) -> None:
    """The end of an address: what the page and the API make of it, then the question itself on a small table."""
    _django()
    from django.http import QueryDict

    from parvis.catalog import rows

    parameters = QueryDict(content[:2000], encoding="utf-8")
    with rows.opened(_small_table()) as table:
        names = [field.name for field in table.fields]
        for parameter, values in list(parameters.lists())[:4]:
            column, _separator, operator = parameter.rpartition("__")
            for value in values[:2]:
                asked = [rows.Filter(column, operator, value)]
                try:
                    numbers, total = table.find(asked, rows.Sort(column) if column in names else None, 0, 5, None)
                except (rows.QuestionError, rows.OverloadError):
                    continue
                assert len(numbers) == min(5, total) <= 20
                table.run("DROP TABLE IF EXISTS hit")


TARGETS: dict[str, Target] = {
    "text": text, "profiled": profiled, "workbook": workbook, "records": records, "schema": schema, "filters": filters,
}  # fmt: skip
