"""Small documents for tests, made by hand: a PDF with placed lines, a DOCX, and hostile ones."""

from __future__ import annotations

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(pages: list[list[tuple[float, float, str]]], *, extra: str = "", catalog: str = "") -> bytes:
    """Each page: (left, top, words) in Helvetica 11."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, lines in enumerate(pages):
        drawn = b"".join(b"BT /F1 11 Tf %.1f %.1f Td (%s) Tj ET\n" % (left, top, escaped(words)) for left, top, words in lines)
        packed = zlib.compress(drawn)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R {extra} >>".encode()
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream")
    return assembled(objects)


def escaped(words: str) -> bytes:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")


def assembled(objects: list[bytes]) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for n, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % n + content + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def bomb_pdf(megabytes: int = 400) -> bytes:
    """A page whose content is spaces, a thousand times smaller packed."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**20) for _block in range(megabytes)) + packer.flush()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream"
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream])


def docx(paragraphs: list[str], body: str = "") -> bytes:
    text = body or "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{text}</w:body></w:document>")
        archive.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


def programme(*, columns: bool = False) -> bytes:
    left = [(50, 760 - 14 * n, words) for n, words in enumerate(LEFT)]
    right = [(310 if columns else 50, (760 if columns else 600) - 14 * n, words) for n, words in enumerate(RIGHT)]
    mixed = [one for pair in zip(left, right, strict=True) for one in pair]
    return pdf(
        [
            [(50, 800, "Notre programme pour une région qui partage ses moyens et ses idées"), *mixed],
            [(50, 760, "Une seconde page de propositions.")],
        ]
    )


LEFT = [
    "Nous raccorderons toutes les mai-",
    "ries à la fibre avant la fin de",
    "l'année 2029, villages compris.",
    "Rien ne sera oublié.",
]
RIGHT = [
    "Les comptes rendus de séance",
    "seront publiés en données",
    "ouvertes dans le mois qui suit.",
    "Chacun pourra les relire.",
]
