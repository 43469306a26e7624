"""The fast look at a file and the slow one agree, and every reader gives what Python's csv gives."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.catalog.core.tables import source
from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.encoding import _utf8_sequences
from parvis.catalog.core.tables.reading import Options
from parvis.catalog.core.tables.scan import scan
from parvis.catalog.core.tables.shape import Shape

cell = st.text(alphabet='abé€ "\n,;-1', max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=12),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_what_csv_writes_is_read_back(rows, ending, encoding):
    kept = [row for row in rows if "".join(row).strip()]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator=ending)
    writer.writerow(("premier", "second", "tiers"))
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        reading = detect(path, Options(delimiter=";", header_row=1))
        with duckdb.connect() as connection:
            found = scan(connection, path, reading, Path(folder))
            got = connection.execute(f"SELECT c0, c1, c2 FROM {found.sql}").fetchall()
    assert reading.rows == len(got)
    if not reading.skipped:
        assert [tuple(value or "" for value in row) for row in got] == [tuple(row) for row in kept]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet='a,"\n ', max_size=40), cut=st.integers(1, 39))
def test_a_regular_text_is_regular_however_it_is_cut(text, cut):
    def shape(*chunks: str) -> tuple[bool, int]:
        found = Shape(b",", 2, b"x,y\n", 1)
        for chunk in chunks:
            found.add(chunk.encode())
        found.add(b"", last=True)
        return found.regular, found.rows if found.regular else 0

    whole = "x,y\n" + text
    at = whole.find("\n", min(cut, len(whole))) + 1
    assert shape(whole) == shape(whole[:at], whole[at:]) if at else True
    regular, count = shape(whole)
    if regular:
        records = list(csv.reader(io.StringIO(text, newline="")))
        assert count == len(records)
        assert all(len(record) == 2 for record in records)


@given(
    st.binary(max_size=12)
    | st.text(alphabet="aé€😀Ã°", max_size=6).map(str.encode)
    | st.text(alphabet="aéà°É", max_size=6).map(lambda t: t.encode("cp1252"))
)
def test_utf_8_is_what_python_decodes(chunk):
    try:
        chunk.decode()
    except UnicodeDecodeError:
        assert _utf8_sequences(chunk) is None
    else:
        assert _utf8_sequences(chunk) == bytes(code for code in chunk if code > 127)


def test_blocks_are_cut_at_line_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "BLOCK", 7)
    path = tmp_path / "t.csv"
    path.write_text('a;b\n"x\ny";1\nz;"2;3"\n' * 5, encoding="utf-8")
    chunks = list(source.lines(path, source.Container()))
    assert b"".join(chunks) == path.read_bytes()
    assert all(chunk.endswith(b"\n") for chunk in chunks)
