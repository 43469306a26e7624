"""One door for every format, called in the bounded child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from parvis.programmes.reading import docx, html, pdf, plain

VERSION = "1"
"""Raised when the same file would give another text."""
MOST_CHARACTERS = 3_000_000
READERS: dict[str, Callable[[Path], list[str]]] = {
    "pdf": pdf.pages,
    "docx": docx.pages,
    "html": html.pages,
    "text": plain.pages,
}
SUFFIXES = {
    ".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".md": "text", ".markdown": "text", ".txt": "text",
}  # fmt: skip


def kind_of(name: str, head: bytes) -> str:
    """By the first bytes, else by the name; "" for a format that is not read."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if b"%pdf-" in head[:1024].lower():
        return "pdf"
    if head[:4] == b"PK\x03\x04":
        return "docx" if name.lower().endswith(".docx") else ""
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    kind = SUFFIXES.get(Path(name).suffix.lower(), "")
    return kind if kind in ("html", "text") and b"\x00" not in head else ""


def read(path: str, kind: str) -> dict[str, Any]:
    """The text, and where each page is in it. Raises ValueError when there is nothing to read."""
    parts = READERS[kind](Path(path))
    text, pages = "", []
    for part in parts:
        start = len(text) + (2 if text else 0)
        text += ("\n\n" if text else "") + part.strip()
        pages.append([min(start, len(text)), len(text)])
        if len(text) > MOST_CHARACTERS:
            raise ValueError("Ce document est trop long : trois millions de signes au plus. Donnez-le en plusieurs fichiers.")
    if not text.strip():
        raise ValueError("Ce document ne contient pas de texte.")
    return {"text": text.replace("\x00", ""), "pages": pages, "reader": f"{kind} {VERSION}"}
