"""DOCX: the paragraphs of the main text, in their order. Nothing else of the archive is opened: no macro, no picture, no link."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

BODY = "word/document.xml"
MOST_BYTES = 60_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BROKEN = "Ce fichier DOCX est abîmé : il n'a pas pu être lu."


def pages(path: Path) -> list[str]:
    """One text: pages of a DOCX exist only once it is printed. Raises ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo(BODY).file_size
            if size > MOST_BYTES:
                raise ValueError("Ce fichier DOCX est trop lourd une fois ouvert.")
            with archive.open(BODY) as body:
                content = body.read(MOST_BYTES + 1)  # what the archive says of its size may be a lie
    except (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, OSError) as error:
        raise ValueError(BROKEN) from error
    if len(content) > MOST_BYTES:
        raise ValueError("Ce fichier DOCX est trop lourd une fois ouvert.")
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise ValueError(BROKEN)  # no word processor writes entities
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 -- no entity, in the bounded child
    except ElementTree.ParseError as error:
        raise ValueError(BROKEN) from error
    return ["\n\n".join(text for paragraph in root.iter(f"{_W}p") if (text := text_of(paragraph)))]


def text_of(paragraph: ElementTree.Element) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}noBreakHyphen": "-"}
    parts = [one.text or "" if one.tag == f"{_W}t" else signs.get(one.tag, "") for one in paragraph.iter()]
    return " ".join("".join(parts).split())
