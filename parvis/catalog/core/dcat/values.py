"""What strangers write where a text, a date, a number or an address is expected, to what we keep of it."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

LIMIT_TITLE: Final = 1_000
LIMIT_TEXT: Final = 100_000
LIMIT_ADDRESS: Final = 4_000

_ELEMENT: Final = re.compile(
    r"</?(?:a|abbr|article|b|blockquote|body|br|code|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|i|iframe|img|li|meta|ol|p|pre|q|s|script|section"
    r"|small|span|strong|style|sub|sup|svg|table|tbody|td|th|thead|title|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FRENCH_DATE: Final = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DATE: Final = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:Z|[+-]\d{2}:\d{2})?$")
_FRACTION: Final = re.compile(r"\.(\d+)")
_SIZE: Final = re.compile(r"^\s*\+?(\d{1,18})(?:\.\d*)?(?:[eE]\+?\d{1,2})?\s*$")
_HEX: Final = re.compile(r"^[0-9a-f]{8,128}$")


def writable(text: str) -> str:
    """Without the characters that neither XML nor a database can hold."""
    return _UNWRITABLE.sub("", text)


def _is_simple(text: str) -> bool:
    """Most texts: one line without an element nor a control character, kept as they are."""
    return text.isprintable() and "<" not in text


def line(text: str, limit: int = LIMIT_TITLE) -> str:
    """One line of plain text."""
    if len(text) <= limit and _is_simple(text):
        return text.strip() if "  " not in text else " ".join(text.split())
    return " ".join(prose(text, limit * 4).split())[:limit]


def prose(text: str, limit: int = LIMIT_TEXT) -> str:
    """Plain text: elements of HTML become line ends or nothing. Text that only looks like it (`a < b`) stays."""
    if len(text) <= limit and _is_simple(text):
        return text.strip()
    found = writable(text[: limit * 4])
    if _ELEMENT.search(found):
        found = _ELEMENT.sub("", _BLOCK.sub("\n", found))
        found = re.sub(r"[ \t\xa0]+", " ", html.unescape(found))
        found = re.sub(r" ?\n ?", "\n", re.sub(r"\n{3,}", "\n\n", found))
    return writable(found).strip()[:limit]


@lru_cache(maxsize=10_000)
def address(text: str, base: str) -> str:
    """An absolute address of the web, or nothing."""
    candidate = writable(text).strip()
    if not candidate or len(candidate) > LIMIT_ADDRESS or re.search(r"[\r\n\t]", candidate):
        return ""
    try:
        found = candidate if "://" in candidate[:12] else urljoin(base, candidate)
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found.replace(" ", "%20") if parts.scheme.lower() in ("http", "https", "ftp") and parts.netloc else ""


@lru_cache(maxsize=10_000)
def moment(text: str) -> datetime | None:
    """A date or a date and time; midnight where there is no time, UTC where there is no zone."""
    value = text.strip()
    try:
        if found := _ISO_DATE.match(value):
            day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        if found := _FRENCH_DATE.match(value):
            return datetime(int(found[3]), int(found[2]), int(found[1]), tzinfo=UTC)
        parsed = datetime.fromisoformat(_FRACTION.sub(lambda part: "." + part[1][:6], value, count=1))
    except ValueError:
        return None
    try:
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def size(text: str) -> int | None:
    """A number of bytes: `1024`, `1024.0`, `1.0E3`."""
    if not _SIZE.match(text):
        return None
    number = int(float(text)) if re.search(r"[.eE]", text) else int(text)
    return number if number < 2**63 else None


def checksum(text: str) -> str:
    value = text.strip().lower()
    return value if _HEX.match(value) else ""


def email(text: str) -> str:
    found = text.strip().removeprefix("mailto:").partition("?")[0].strip()
    return found[:254] if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found) else ""
