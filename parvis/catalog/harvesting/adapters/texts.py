"""What strangers write, as plain values: texts without markup, moments, numbers, addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

BLOCKS = {"p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table"}
SILENT = {"script", "style", "template", "head", "noscript"}
MARKUP = re.compile(r"<[A-Za-z!/][^>]*>|&#?\w{1,30};")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST = 20_000


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in SILENT))
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def plain(value: Any) -> str:
    """A text without markup: paragraphs stay, tags and entities go. Anything that is no text is the empty one."""
    if not isinstance(value, str):
        return ""
    text = CONTROL.sub("", value[: 10 * LONGEST])
    if MARKUP.search(text):
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.pieces)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST]


def line(value: Any, most: int = 500) -> str:
    """A text on one line; a number is written as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return " ".join(plain(value).split())[:most]


def moment(value: Any) -> datetime | None:
    """A moment with its zone (UTC where none is said). None for anything else than a date of ISO 8601."""
    if not isinstance(value, str) or len(value) < 4:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        text += "-01-01" if len(text) == 4 else "-01"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= found.year <= 2200:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def count(value: Any) -> int | None:
    """A number of bytes, or None."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:18])
    if isinstance(value, float) and value == value and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**15:
        return value
    return None


def address(value: Any) -> str:
    """A web address, or the empty text."""
    if not isinstance(value, str) or len(value) > 2000:
        return ""
    text = CONTROL.sub("", value).strip().replace(" ", "%20")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.hostname else ""


def words(values: Any) -> tuple[str, ...]:
    """Keywords, each once, in their order."""
    if not isinstance(values, list):
        return ()
    return tuple(dict.fromkeys(found for one in values[:200] if (found := line(one, 80))))


def short_format(said: Any, url: str = "", media: Any = "") -> str:
    """ "CSV", "text/csv", ".csv", or the end of the address → "csv"."""
    for one in (said, media):
        text = line(one, 120).casefold().strip(" .")
        text = text.rpartition("/")[2].partition(";")[0].strip()
        text = {"vnd.geo+json": "geojson", "geo+json": "geojson", "vnd.ms-excel": "xls", "plain": "txt", "octet-stream": "",
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "web page": "html", "esri shape": "shp",
                "vnd.oasis.opendocument.spreadsheet": "ods", "vnd.google-earth.kml+xml": "kml", "shapefile": "shp"}.get(text, text)  # fmt: skip
        if text and re.fullmatch(r"[a-z0-9][a-z0-9+._ -]{0,29}", text):
            return text
    suffix = urlsplit(url).path.rpartition("/")[2].rpartition(".")[2].casefold() if url and "." in url else ""
    return suffix if re.fullmatch(r"[a-z0-9]{2,8}", suffix) and "." in urlsplit(url).path.rpartition("/")[2] else ""
