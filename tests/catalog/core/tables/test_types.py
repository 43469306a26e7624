"""Types and formats: the Python predicate and the SQL say the same, and columns get what they deserve."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.catalog.core.tables.formats import FORMATS, luhn
from parvis.catalog.core.tables.types import SHAPES, ColumnType, infer, plain_label, typed_sql

RIGHT = {
    "siret": ["73282932000074", "35600000049837", "35600000000048"],
    "siret-damaged": ["3805449320029.0", "3,80545E+12", "3.80545e+13", "13002603200016.0", "13002603200016,00"],
    "siren": ["732829320"],
    "rna": ["W123456789", "W2A1234567"],
    "iban": ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189", "DE89370400440532013000"],
    "nir": ["255081416802538", "2 55 08 14 168 025 38"],
    "uuid": ["76813e41-71c9-4696-b743-ba2e44ba5f8b"],
    "email": ["a.b@mairie.fr", "jean+x@sous.domaine.example"],
    "url": ["https://data.gouv.fr", "http://a.fr/x?y=é#z"],
    "phone": [
        "0561234567",
        "05 61 23 45 67",
        "05.61.23.45.67",
        "+33 5 61 23 45 67",
        "+33 (0)5 61 23 45 67",
        "+262 262 12 34 56",
    ],
    "code-commune": ["31555", "2A004", "97411", "01001"],
    "code-departement": ["01", "2A", "974", "75"],
    "code-region": ["76", "01", "06"],
    "code-postal": ["31000", "20000", "97400", "01000"],
    "latitude": ["43.6", "-21,1", "+0.5"],
    "longitude": ["1.44", "-179.9"],
    "lat-lon": ["43.6, 1.44", "-21.1;55.5"],
    "wkt": ["POINT (1 2)", "SRID=4326;Polygon((0 0,1 1,1 0,0 0))", "POINT Z (1 2 3)"],
    "geojson": ['{"type":"Point","coordinates":[1,2]}', '{"coordinates":[1,2],\n "type": "MultiPolygon"}'],
}
WRONG = {
    "siret": ["73282932000075", "7328293200007", "00000000000000", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "73282932000074 "],
    "siret-damaged": ["73282932000074", "12.0", "3.8"],
    "siren": ["732829321", "000000000"],
    "rna": ["W12345678", "w123456789"],
    "iban": ["FR7630006000011234567890188"],
    "nir": ["255081416802539"],
    "email": ["a@b", "@a.fr", "a b@c.fr", "a@-b.fr"],
    "url": ["www.a.fr", "https://a", "ftp:/a.b"],
    "phone": ["00561234567", "056123456", "15", "0061234567"],
    "code-commune": ["20001", "99001", "2C001", "1001", "31 555"],
    "code-departement": ["20", "96", "1", "979", "2C"],
    "code-region": ["05", "31"],
    "code-postal": ["99000", "1000", "2A004"],
    "latitude": ["90.5", "43", "x"],
    "longitude": ["180.1"],
    "geojson": ['{"type":"Feature"}'],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in RIGHT.items() for text in texts])
def test_right(name, text):
    assert FORMATS[name].matches(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_wrong(name, text):
    assert not FORMATS[name].matches(text)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


digits = st.text("0123456789", min_size=1, max_size=15)
near = st.one_of(
    digits,
    st.from_regex(r"[0-9]{9}|[0-9]{14}|356000000[0-9]{5}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9 .,\u00a0]{1,8}([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"[0-3]?[0-9]/[01]?[0-9]/[12][0-9]{3}( [0-2][0-9]:[0-6][0-9])?", fullmatch=True),
    st.from_regex(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?Z?)?", fullmatch=True),
    st.from_regex(r"[a-zé@.+-]{1,8}@[a-z.-]{1,10}", fullmatch=True),
    st.from_regex(r"(\+33|0)[ .()0-9-]{5,14}", fullmatch=True),
    st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{10,14}", fullmatch=True),
    st.sampled_from([text for texts in (*RIGHT.values(), *WRONG.values()) for text in texts]),
    st.sampled_from(
        ["oui", "VRAI", "Faux", "0", "1", "O", "1999", "2150", "1e5", "1e400", ".5", "5.", "1 234,56", "1 23", "-", "007"]
    ),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(near.filter(lambda text: "\0" not in text and text.isprintable()), min_size=1, max_size=40))
def test_sql_says_what_python_says(connection, texts):
    tests = [(name, found.matches, found.sql) for name, found in FORMATS.items()]
    tests += [(f"{shape.type}-{shape.format}", shape.matches, shape.sql) for shape in SHAPES]
    fields = ", ".join(sql("x") for _, _, sql in tests)
    rows = connection.execute(f"SELECT x, {fields} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [texts]).fetchall()
    for text, *answers in rows:
        for (name, matches, _), answer in zip(tests, answers, strict=True):
            assert answer is matches(text), (name, text)


def test_null_stays_null(connection):
    for found in (*FORMATS.values(), *SHAPES):
        assert connection.execute(f"SELECT {found.sql('x')} FROM (SELECT NULL::VARCHAR AS x)").fetchone() == (None,)


@given(st.text("0123456789", min_size=14, max_size=14))
def test_luhn_against_the_obvious(text):
    doubled = [int(digit) * (2 if i % 2 == 0 else 1) for i, digit in enumerate(text)]
    assert luhn(text) == (sum(sum(map(int, str(value))) for value in doubled) % 10 == 0)


def typed(connection, label, values) -> ColumnType:
    connection.execute("CREATE OR REPLACE TABLE t AS SELECT unnest(?::VARCHAR[]) AS c0", [values])
    return infer(connection, "t", "t", ["c0"], [label])[0]


@pytest.mark.parametrize(
    ("label", "values", "type", "format"),
    [
        ("n", ["1", "-2", "1 234", None], "integer", None),
        ("n", ["1,5", "1 234,56", "2"], "number", None),
        ("n", ["1.5e3", "0"], "number", None),
        ("code", ["012", "1"], "string", None),
        ("n", ["1234567890123456789012"], "string", None),
        ("actif", ["oui", "non", "OUI"], "boolean", None),
        ("actif", ["0", "1"], "boolean", None),
        ("nombre", ["0", "0"], "integer", None),
        ("d", ["2024-01-31", "2023-12-01"], "date", None),
        ("d", ["2024-02-31"], "string", None),
        ("d", ["31/01/2024", "1/2/2024"], "date", "date-fr"),
        ("d", ["2024-01-31T10:00:00Z", "2024-01-31 10:00"], "datetime", None),
        ("d", ["31/01/2024 10:30"], "datetime", "datetime-fr"),
        ("annee", ["2019", "2020"], "year", None),
        ("habitants", ["2019", "2020"], "integer", None),
        ("siret", ["73282932000074"], "string", "siret"),
        ("SIRET", ["3805449320029.0", "73282932000074"], "string", "siret-damaged"),
        ("mesure", ["3805449320029.0"], "number", None),
        ("code_insee", ["31555", "2A004"], "string", "code-commune"),
        ("Code postal", ["31000", "81000", "1000", "31200", "31300"], "string", "code-postal"),
        ("valeur", ["31000", "81000"], "integer", None),
        ("Code Département", ["31", "2A"], "string", "code-departement"),
        ("lat", ["43.6", "43.7"], "number", "latitude"),
        ("x", [None, None], "string", None),
        ("texte", ["a", "1"], "string", None),
    ],
)
def test_columns(connection, label, values, type, format):
    found = typed(connection, label, values)
    assert (found.type, found.format) == (type, format)


def test_exceptions_and_misfits_are_counted(connection):
    found = typed(connection, "siret", ["73282932000074"] * 98 + ["12", "x"])
    assert (found.format, found.exceptions) == ("siret", 2)
    found = typed(connection, "n", ["12"] * 98 + ["-", "nd"])
    assert (found.type, found.almost, found.misfits) == ("string", "integer", 2)


def test_types_are_judged_on_every_value(connection):
    connection.execute(
        "CREATE OR REPLACE TABLE t AS SELECT CASE WHEN i = 99999 THEN 'x' ELSE i::VARCHAR END AS c0 FROM range(100000) r(i)"
    )
    found = infer(connection, "t", "(SELECT * FROM t LIMIT 100)", ["c0"], ["n"])[0]
    assert (found.type, found.misfits) == ("string", 1)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(near.filter(str.isprintable))
def test_what_fits_a_type_has_a_value(connection, text):
    for shape in SHAPES:
        if shape.matches(text):
            value = connection.execute(
                f"SELECT {typed_sql('x', ColumnType(shape.type, shape.format))} FROM (SELECT ? AS x)", [text]
            ).fetchone()
            assert value != (None,), (shape, text)


def test_plain_labels():
    assert plain_label("idBénéficiaire") == "id_beneficiaire"
    assert plain_label(" Code  Postal (INSEE) ") == "code_postal_insee"
