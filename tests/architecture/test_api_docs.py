"""Every operation of the API is told in a page of docs/: its whole address, or what follows `…` on the page of its room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.test_api_document import document

PAGES = "\n".join(path.read_text() for path in sorted((Path(__file__).resolve().parent.parent.parent / "docs").glob("*.md")))
FILLED = r"[^/\s`?|)]+"
"""What stands for a parameter: `{id}`, `ID`, `abc`."""
ADDRESSES = sorted(document()["paths"])


def told(address: str, pages: str = PAGES) -> bool:
    tail = address.removeprefix("/api/v1")
    whole = re.sub(r"\\\{[^}]*\\\}", lambda _parameter: FILLED, re.escape(tail))
    room = re.match(rf"/[a-z-]+/{re.escape(FILLED)}(/.+)", whole)
    forms = [whole, *([f"…{room[1]}"] if room else [])]
    return any(re.search(rf"{form}(?![\w/-])", pages) for form in forms)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_told(address: str) -> None:
    assert told(address)


def test_what_is_not_told_would_be_seen() -> None:
    assert not told("/api/v1/nothing/{id}")
    assert not told("/api/v1/datasets/{dataset}", "GET /api/v1/datasets and no more")
    assert told("/api/v1/debates/{slug}/next", "| `GET …/next` |")
