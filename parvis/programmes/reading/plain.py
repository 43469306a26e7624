"""Plain text and Markdown: read as they are, without the marks of Markdown; a line that ends is not a paragraph that ends."""

from __future__ import annotations

import re
from pathlib import Path

MOST_BYTES = 12_000_000
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?)|(?<!\*)\*\*(?!\s)|(?<!\s)\*\*|(?<!_)__(?!\s)|`+", re.M)
_LINK = re.compile(r"!?\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")


def decoded(path: Path) -> str:
    """UTF-8, else the Western encoding of old files. Raises ValueError when it is too long."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError("Ce texte est trop long : douze mégaoctets au plus.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def pages(path: Path) -> list[str]:
    """Pages are those that form feeds mark."""
    text = decoded(path).replace("\r\n", "\n").replace("\r", "\n")
    return [cleaned(part) for part in text.split("\f")]


def cleaned(text: str) -> str:
    text = _MARKS.sub("", _LINK.sub(r"\1", text))
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n\n".join(lines_joined(one) for one in paragraphs if one.strip())


def lines_joined(paragraph: str) -> str:
    """Lines of a list stay lines."""
    text = ""
    for line in paragraph.strip().split("\n"):
        item = re.match(r"\s*(?:[-–•*]|\d{1,3}[.)])\s+", line)
        text += ("\n" if item and text else " " if text else "") + line.strip()
    return text
