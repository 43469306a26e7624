"""Encoding, delimiter, header, skipped lines: small made cases for every rule."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from parvis.catalog.core.tables.detection import detect
from parvis.catalog.core.tables.reading import Options, Reading, UnreadableTable
from parvis.catalog.core.tables.scan import scan

TABLE = "nom;ville;montant\nÉcole;Béziers;12,50\nMusée;Sète;3,00\n"


@pytest.fixture
def write(tmp_path):
    def made(content: str | bytes, encoding: str = "utf-8", name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return made


def rows_of(path: Path, reading: Reading, tmp_path: Path) -> list[tuple]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        found = scan(connection, path, reading, scratch)
        rows = connection.execute(f"SELECT * FROM {found.sql}").fetchall()
    assert len(rows) == reading.rows
    return rows


def skipped(reading: Reading) -> list[tuple[int, str]]:
    return [(s.row, s.reason) for s in reading.skipped]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("mac_roman", "mac_roman"),
        ("cp850", "cp850"),
    ],
)
def test_each_encoding_gives_the_same_table(write, tmp_path, encoding, found):
    path = write(TABLE, encoding)
    reading = detect(path)
    assert (reading.encoding, reading.delimiter, reading.header_row, reading.rows) == (found, ";", 1, 2)
    assert reading.names == ("nom", "ville", "montant")
    assert reading.decimal == ","
    assert rows_of(path, reading, tmp_path)[0] == ("École", "Béziers", "12,50", None, 3)


def test_cp1252_keeps_the_euro_and_the_oe(write, tmp_path):
    path = write("objet;prix\nBœuf – à l’étouffée;12 €\n", "cp1252")
    reading = detect(path)
    assert reading.encoding == "cp1252"
    assert rows_of(path, reading, tmp_path)[0][:2] == ("Bœuf – à l’étouffée", "12 €")


def test_latin_1_when_cp1252_has_no_such_byte(write):
    assert detect(write(b"a;b\n\xe9t\xe9;\x8d\n")).encoding == "latin-1"


def test_an_encoding_is_judged_on_the_whole_file(write):
    text = "a;b\n" + "x;1\n" * 700_000
    assert detect(write(text.encode() + "été;2\n".encode("cp1252"))).encoding == "cp1252"


def test_mixed_encodings_are_read_line_by_line_and_pointed_out(write, tmp_path):
    path = write(b"a;b\n" + "été;1\n".encode() + "hôtel;2\n".encode("cp1252"))
    reading = detect(path)
    assert "mixed-encoding" in reading.warnings
    assert [row[0] for row in rows_of(path, reading, tmp_path)] == ["été", "hôtel"]


def test_double_encoding_is_pointed_out(write):
    assert "double-encoding" in detect(write("a;b\n" + "été".encode().decode("cp1252") + ";1\n")).warnings


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter(write, delimiter):
    text = "".join(delimiter.join(cells) + "\n" for cells in (("a", "b", "c"), ("1", "x", "y"), ("2", "z", "t")))
    reading = detect(write(text))
    assert reading.delimiter == delimiter
    assert reading.names == ("a", "b", "c")


def test_decimal_commas_do_not_make_the_delimiter(write):
    reading = detect(write("x;y;z\n1,5;2,5;3,5\n4,5;5,5;6,5\n"))
    assert (reading.delimiter, reading.decimal, reading.names) == (";", ",", ("x", "y", "z"))


def test_commas_in_sentences_do_not_make_the_delimiter(write):
    reading = detect(write('titre;texte\nun;"a, b, c"\ndeux;"d, e, f"\n'))
    assert reading.delimiter == ";"


def test_one_column(write, tmp_path):
    path = write("commune\nAuch\nAlbi\n")
    reading = detect(path)
    assert (reading.names, reading.rows) == (("commune",), 2)
    assert [row[0] for row in rows_of(path, reading, tmp_path)] == ["Auch", "Albi"]


def test_quotes_delimiters_and_line_breaks_inside_cells(write, tmp_path):
    path = write('a;b\n"x;y";"dit ""oui"""\n"sur\ndeux lignes";2\n')
    reading = detect(path)
    assert (reading.rows, reading.regular) == (2, True)
    assert [row[:2] for row in rows_of(path, reading, tmp_path)] == [("x;y", 'dit "oui"'), ("sur\ndeux lignes", "2")]


def test_a_record_on_several_lines_is_one_spreadsheet_row(write, tmp_path):
    path = write('a;b\n"sur\ndeux";1\n\nx;2\n')
    reading = detect(path)
    assert skipped(reading) == [(3, "blank")]
    with duckdb.connect() as connection:
        found = scan(connection, path, reading, tmp_path)
    assert [found.line_of(i) for i in range(2)] == [2, 4]


def test_a_quote_never_closed_swallows_nothing(write, tmp_path):
    path = write("objet;prix\n" + '"5 pouces;12\n' + "vis;3\nclou;4\n")
    reading = detect(path)
    assert "unclosed-quote" in reading.warnings
    assert [row[:2] for row in rows_of(path, reading, tmp_path)] == [('"5 pouces', "12"), ("vis", "3"), ("clou", "4")]


def test_a_quote_inside_a_cell_is_a_character(write, tmp_path):
    path = write('objet;prix\ntuyau 5" noir;12\nvis;3\n')
    assert rows_of(path, detect(path), tmp_path)[0][0] == 'tuyau 5" noir'


@pytest.mark.parametrize(
    "preamble",
    [
        "Aides 2024;;;\nExtrait du 12/03/2024;;;\n;;;\n",
        "Aides 2024\nExtrait du 12/03/2024\n\n",
        ";;;\nAides 2024;;;\nService;Culture;;\n",
    ],
)
def test_a_preamble_padded_or_narrow(write, tmp_path, preamble):
    path = write(preamble + "siret;nom;montant;date\n1;a;2;2024-01-01\n2;b;3;2024-01-02\n")
    reading = detect(path)
    assert (reading.header_row, reading.names, reading.rows) == (4, ("siret", "nom", "montant", "date"), 2)
    assert {row for row, _ in skipped(reading)} == {1, 2, 3}
    assert rows_of(path, reading, tmp_path)[1][:2] == ("2", "b")


def test_a_group_header_above_the_labels(write):
    reading = detect(write(";;Population;;Logements;\ncode;nom;2019;2020;vacants;total\n01001;A;1;2;3;4\n01002;B;1;2;3;4\n"))
    assert reading.header_row == 2
    assert reading.names == ("code", "nom", "2019", "2020", "vacants", "total")


def test_years_are_labels(write):
    assert detect(write("code;2019;2020\n01001;5;6\n01002;7;8\n")).header_row == 1


def test_no_header(write, tmp_path):
    path = write("01001;12,5;2024-01-01\n01002;13,5;2024-01-02\n01003;14;2024-01-03\n")
    reading = detect(path)
    assert (reading.header_row, reading.rows, reading.names) == (None, 3, ("", "", ""))
    assert "no-header" in reading.warnings
    assert len(rows_of(path, reading, tmp_path)) == 3


def test_blank_and_repeated_headers_are_kept_as_they_stand(write):
    assert detect(write("nom;;nom;x\na;b;c;1\nd;e;f;2\n")).names == ("nom", "", "nom", "x")


def test_blank_lines_repeated_headers_totals_and_notes_are_set_aside(write, tmp_path):
    text = "nom;ville;montant\na;Auch;1\n;;\n\nnom;ville;montant\nb;Albi;2\nTotal;;3\n;;\nSource : mairie;;\n"
    path = write(text)
    reading = detect(path)
    assert reading.rows == 2
    assert skipped(reading) == [
        (3, "blank"),
        (4, "blank"),
        (5, "repeated-header"),
        (7, "total"),
        (8, "blank"),
        (9, "note"),
    ]
    with duckdb.connect() as connection:
        found = scan(connection, path, reading, tmp_path)
    assert [found.line_of(i) for i in range(2)] == [2, 6]


@pytest.mark.parametrize("total", ["Total;;;123", "TOTAL GÉNÉRAL;;;123,50", ";Total;;123", "Sous-total;;4;123"])
def test_a_total_ends_a_regular_file(write, total):
    reading = detect(write("a;b;c;d\n" + "x;y;1;2\n" * 50 + total + "\n"))
    assert (reading.rows, skipped(reading)) == (50, [(52, "total")])


@pytest.mark.parametrize("row", ["TotalEnergies;Pau;x;12", "Total;Pau;énergie;12", "Ensemble vocal;Auch;;12"])
def test_a_row_that_starts_like_a_total_is_kept(write, row):
    assert detect(write("a;b;c;d\n" + "x;y;z;2\n" * 50 + row + "\n")).rows == 51


def test_ragged_rows_keep_their_extra_cells(write, tmp_path):
    path = write("a;b\n1;2;3;4\n5\n6;7\n")
    reading = detect(path)
    assert "ragged-rows" in reading.warnings
    assert rows_of(path, reading, tmp_path) == [("1", "2", "3;4", 4), ("5", None, None, 1), ("6", "7", None, 2)]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_line_endings(write, tmp_path, newline):
    path = write(TABLE.replace("\n", newline))
    reading = detect(path)
    assert reading.rows == 2
    assert rows_of(path, reading, tmp_path)[1][:2] == ("Musée", "Sète")


def test_mixed_line_endings(write, tmp_path):
    path = write("a;b\r\n1;2\n3;4\r\n")
    reading = detect(path)
    assert [row[:2] for row in rows_of(path, reading, tmp_path)] == [("1", "2"), ("3", "4")]


def test_gzip(write, tmp_path):
    path = write(gzip.compress(TABLE.encode("cp1252")), name="t.csv.gz")
    reading = detect(path)
    assert (reading.compression, reading.encoding, reading.rows) == ("gzip", "cp1252", 2)
    assert rows_of(path, reading, tmp_path)[0][0] == "École"


def test_gzip_bombs_and_broken_gzip_are_refused(write):
    bomb = gzip.compress(b"a;b\n" + b"0" * 80 * 1024**2)
    with pytest.raises(UnreadableTable, match=r"démesuré|dépasse"):
        detect(write(bomb, name="b.gz"))
    with pytest.raises(UnreadableTable, match="abîmé"):
        detect(write(gzip.compress(TABLE.encode() * 100)[:-20], name="c.gz"))


def test_300_columns(write, tmp_path):
    text = ";".join(f"colonne {i}" for i in range(300)) + "\n" + (";".join(str(i) for i in range(300)) + "\n") * 5
    path = write(text)
    reading = detect(path)
    assert (len(reading.names), reading.rows, reading.regular) == (300, 5, True)
    assert rows_of(path, reading, tmp_path)[4][299] == "299"


def test_a_very_long_line(write, tmp_path):
    path = write("a;b\nx;" + "y" * 5_000_000 + "\nz;t\n")
    reading = detect(path)
    assert [len(row[1]) for row in rows_of(path, reading, tmp_path)] == [5_000_000, 1]


def test_an_endless_line_is_refused(write):
    with pytest.raises(UnreadableTable, match="16 Mo"):
        detect(write("a;b\n" + "y" * 17 * 1024**2))


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b";;;\n;;\n"])
def test_nothing_in_the_file(write, content):
    with pytest.raises(UnreadableTable, match="vide") as caught:
        detect(write(content))
    assert caught.value.code == "source-error"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (bytes(range(256)) * 40, "octets nuls"),
        (bytes(i for i in range(1, 256)) * 40, "tableau"),
        (b"a;b\n1;\x00\n", "octets nuls"),
        (b"a;b\n" + b"1;2\n" * 500_000 + b"3;\x00\n", "octets nuls"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xlsx"),
        (b"<!DOCTYPE html><html></html>", "page web"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "octets nuls"),
    ],
)
def test_what_is_no_table(write, content, word):
    with pytest.raises(UnreadableTable, match=word) as caught:
        detect(write(content))
    assert caught.value.code == "source-error"
    assert caught.value.message.endswith(".") or "»" in caught.value.message


def test_broken_utf_16(write):
    with pytest.raises(UnreadableTable) as caught:
        detect(write("é;b\n1;2\n".encode("utf-16") + b"\xd8"))
    assert caught.value.code == "encoding-error"


def test_options_are_obeyed(write):
    text = "x|y;z\na|b;c\n1|2;3\n"
    reading = detect(write(text), Options(delimiter="|", header_row=2, encoding="utf-8"))
    assert (reading.names, reading.rows) == (("a", "b;c"), 1)
    with pytest.raises(UnreadableTable) as caught:
        detect(write("été;b\n1;2\n", "cp1252"), Options(encoding="utf-8"))
    assert caught.value.code == "encoding-error"


def test_a_header_alone_is_a_table_of_no_row(write):
    reading = detect(write("a;b;c\n"))
    assert (reading.rows, reading.header_row, reading.names) == (0, 1, ("a", "b", "c"))


def test_spaces_around_cells_stand(write, tmp_path):
    path = write("a,b\n 1 , x\n")
    assert rows_of(path, detect(path), tmp_path)[0][:2] == (" 1 ", " x")


@pytest.mark.parametrize(
    "options", [Options(delimiter="||"), Options(delimiter='"'), Options(encoding="klingon"), Options(header_row=9999)]
)
def test_options_that_mean_nothing(write, options):
    with pytest.raises(UnreadableTable):
        detect(write(TABLE), options)
