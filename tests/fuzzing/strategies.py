"""Bytes that look enough like files to go deep, for Hypothesis; and seeds for atheris, which finds the rest."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

PIECES = [
    b";", b",", b"\t", b"|", b"\n", b"\r\n", b"\r", b'"', b'""', b"'", b" ", b"\xc2\xa0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff",
    b"\x00", b"\x1a", b"\x85", b"\xe9", b"\xc3\xa9", b"\xc3\x83\xc2\xa9", b"\xed\xa0\x80", b"\xf0\x9f\x8f\x9b", b"code", b"nom", b"date",
    b"Total", b"Source : INSEE", b"0", b"1", b"-1", b"1,5", b"1.5", b"1e999", b"01/02/2024", b"2024-02-30", b"31/12/0000", b"oui", b"non",
    b"NaN", b"46102", b"2A004", b"21460102300018", b"0" * 40, b"9" * 30, b"=1+1", b"http://x.fr", b"a@b.fr", b"POINT(1 2)", b"48.8,2.3",
]  # fmt: skip
csv_like = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)), max_size=60).map(b"".join)
tables = st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(b";".join), max_size=12).map(b"\n".join)
SHEET = [
    b'<row r="1">', b"<row>", b"</row>", b'<c r="A1" t="str">', b'<c r="XFD1048576">', b'<c t="s">', b'<c t="b">', b'<c t="d">', b'<c t="e">',
    b"<c>", b"</c>", b"<v>", b"</v>", b"<f>1+1</f>", b"<is><t>x</t></is>", b"1", b"-5", b"1e400", b"999999", b"nom", b"</sheetData>",
    b"</worksheet>", b"&amp;", b"&#0;", b"&x;", b"<!--", b"-->", b"<![CDATA[", b'<dimension ref="A1:XFD1048576"/>', b'<mergeCell ref="A1:Z9"/>',
]  # fmt: skip
sheets = st.lists(st.one_of(st.sampled_from(SHEET), st.binary(max_size=3)), max_size=60).map(b"".join)
values: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "é", "", "A", "a "]), inner, max_size=4)
    ),
    max_leaves=20,
)
json_like = st.one_of(
    st.lists(st.dictionaries(st.text(max_size=3), values, max_size=4), max_size=6).map(lambda found: json.dumps(found).encode()),
    st.lists(st.one_of(st.sampled_from([b'{"a":', b"}", b"[", b"]", b",", b"\n", b'"', b"\\u", b"1e9", b"null"]), st.binary(max_size=3)), max_size=30).map(b"".join),
)  # fmt: skip
KEYS = [
    "name", "type", "format", "constraints", "fields", "missingValues", "primaryKey", "foreignKeys", "uniqueKeys", "required", "unique",
    "pattern", "enum", "minimum", "maximum", "minLength", "trueValues", "decimalChar", "custom_checks", "params", "reference", "resource",
    "example", "arrayItem", "itemType", "delimiter", "column", "columns",
]  # fmt: skip
WORDS = [
    "string",
    "integer",
    "number",
    "date",
    "year",
    "any",
    "array",
    "boolean",
    "%d/%m/%Y",
    "default",
    "(",
    "[a-z]+",
    "a",
    "",
    "siret-valid",
]
schema_values: Any = st.recursive(
    st.one_of(st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(-3, 10**20), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)),
    max_leaves=25,
)
fields = st.dictionaries(st.sampled_from(KEYS), schema_values, max_size=5).map(lambda found: {"name": "a"} | found)
schemas = st.tuples(st.lists(fields, min_size=1, max_size=3), st.dictionaries(st.sampled_from(KEYS), schema_values, max_size=3)).map(
    lambda pair: json.dumps(pair[1] | {"fields": pair[0]}).encode()
)  # fmt: skip
QUERY = [
    b"n", b"x", b"t", b"b", b"d", b"m", b"__exact=", b"__contains=", b"__notcontains=", b"__in=", b"__notin=", b"__less=", b"__greater=",
    b"__isnull=", b"__differs=", b"__strictly_less=", b"__sort=", b"&", b",", b"1", b"-1", b"1e36", b"1e-36", b"NaN", b"Infinity", b"oui",
    b"2024", b"9999-12-31", b"0001-01-01", b"31/12/2024", b"2024-01-01T24:00", b"%00", b"%ED%A0%80", b"%FF", b"\xc5\x93", b"%C5%93", b"(",
    b"[", b"\\", b"*", b"'", b'"', b"%27", b"%20", b"9" * 38, b"e" * 30,
]  # fmt: skip
queries = st.lists(st.one_of(st.sampled_from(QUERY), st.binary(max_size=3)), max_size=20).map(b"".join)

STRATEGIES: dict[str, st.SearchStrategy[bytes]] = {
    "text": st.one_of(csv_like, tables, st.binary(max_size=200)),
    "profiled": tables,
    "workbook": st.one_of(sheets, st.binary(max_size=100).map(lambda rest: b"PK\x03\x04" + rest)),
    "records": json_like,
    "schema": schemas,
    "filters": queries,
}
SEEDS: dict[str, list[bytes]] = {
    "text": [b"code;nom\n1;Figeac\n2;Cahors\n", 'Titre\n\ncode,"n ""o"" m"\n1,"é\n2"\n'.encode("cp1252"), "a\tb\n1\t2\n".encode("utf-16")],
    "profiled": [b"code;date;n\n46102;01/02/2024;1,5\n46042;02/02/2024;2\n"],
    "workbook": [b'<row r="1"><c r="A1" t="str"><v>nom</v></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>'],
    "records": [b'[{"a": 1, "b": "x"}, {"a": 2.5, "c": [1]}]', b'{"a": 1}\n{"a": null}\n'],
    "schema": [b'{"fields": [{"name": "a", "type": "date", "format": "%d/%m/%Y", "constraints": {"required": true}}], "primaryKey": "a"}'],
    "filters": [b"n__exact=3&t__contains=%C3%A9&d__less=31/12/2024"],
}  # fmt: skip
