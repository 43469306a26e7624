"""Documents read in the bounded child: good ones well, hostile ones not at all or within bounds."""

from __future__ import annotations

import time

import pytest

from parvis.programmes import texts
from parvis.programmes.reading import documents
from parvis.shared import sandbox
from tests.programmes.documents import assembled, bomb_pdf, docx, pdf, programme


def read(content: bytes, name: str) -> dict:
    kept, kind = texts.received([content], name)
    return texts.read(kept, kind)


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(texts.UnreadableDocument) as caught:
        read(content, name)
    return str(caught.value)


def test_a_pdf_of_two_columns_is_read_column_by_column() -> None:
    found = read(programme(columns=True), "programme.pdf")
    assert "toutes les mairies à la fibre avant la fin de l'année 2029" in found["text"].replace("\n", " ")
    assert found["text"].index("Rien ne sera oublié") < found["text"].index("Les comptes rendus")
    assert len(found["pages"]) == 2
    start, end = found["pages"][1]
    assert found["text"][start:end] == "Une seconde page de propositions."


def test_a_scan_is_refused_with_a_sentence() -> None:
    assert "suite d'images" in refusal(pdf([[], [], []]), "scan.pdf")


def test_a_docx() -> None:
    found = read(docx(["Titre", "La fibre partout &amp; pour tous."]), "p.docx")
    assert found["text"] == "Titre\n\nLa fibre partout & pour tous."


def test_html_without_what_is_not_read() -> None:
    page = """<!doctype html><html><head><title>x</title><style>p{}</style></head><body><nav>Menu</nav>
      <h1>Programme</h1><p>La fibre<br>partout.<script>alert("non")</script></p><p hidden>caché</p><ul><li>Un</li><li>Deux &eacute;</li></ul></body></html>"""
    assert read(page.encode(), "page.html")["text"] == "Programme\n\nLa fibre\n\npartout.\n\nUn\n\nDeux é"


def test_markdown_and_old_encodings() -> None:
    text = "# Titre\n\nUne **mesure** sur\ndeux lignes, [voir](https://exemple.invalid).\n\n- un\n- deux"
    assert read(text.encode(), "p.md")["text"] == "Titre\n\nUne mesure sur deux lignes, voir.\n\n- un\n- deux"
    assert read("Égalité à l'école".encode("cp1252"), "p.txt")["text"] == "Égalité à l'école"


@pytest.mark.parametrize(
    ("content", "name"), [(b"\x89PNG\r\n", "photo.png"), (b"PK\x03\x04", "x.zip"), (b"a\x00b", "x.txt"), (b"MZ", "x.exe")]
)
def test_other_formats_are_refused(content: bytes, name: str) -> None:
    assert "format" in refusal(content, name)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\nrien", b"%PDF-1.4\n" + b"<<" * 5000, programme()[:400], assembled([b"<< /Type /Catalog >>"])]
)
def test_broken_pdf(content: bytes) -> None:
    assert "abîmé" in refusal(content, "x.pdf")


def test_a_bomb_ends_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LIMITS", sandbox.Limits(memory=300 * sandbox.MEGABYTE, seconds=20.0, wait=20.0))
    content, start = bomb_pdf(), time.monotonic()
    assert len(content) < 2_000_000
    assert refusal(content, "bombe.pdf")
    assert time.monotonic() - start < 40


def test_five_thousand_pages_are_refused() -> None:
    assert "600 pages" in refusal(pdf([[(50, 700, "Une page de plus dans ce long document.")]] * 5000), "long.pdf")


def test_scripts_and_attachments_of_a_pdf_are_not_looked_at() -> None:
    hostile = pdf(
        [[(50, 700, "Une phrase assez longue pour que ce ne soit pas une suite d'images.")]],
        catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >>",
    )
    assert read(hostile, "x.pdf")["text"].startswith("Une phrase")


def test_a_page_that_holds_itself_ends() -> None:
    loop = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]
    assert refusal(assembled(loop), "x.pdf")


def test_entities_of_a_docx_are_refused() -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><w:document>&c;</w:document>'
        )
    assert "abîmé" in refusal(out.getvalue(), "x.docx")


def test_a_docx_that_swells_is_refused() -> None:
    assert "trop lourd" in refusal(docx([], "<w:p/>" * 11_000_000), "x.docx")


def test_a_text_too_heavy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_BYTES", 10)
    assert "40 Mo" in refusal(b"un texte plus long", "x.txt")


def test_kinds_follow_the_bytes_before_the_name() -> None:
    assert documents.kind_of("programme.txt", b"%PDF-1.4") == "pdf"
    assert documents.kind_of("programme.pdf", b"<!doctype html>") == "html"
