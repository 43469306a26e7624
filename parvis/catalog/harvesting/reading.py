"""What runs in the sandbox: the documents of some pages become lines of JSON, one a record, each with its digest.

No Django here: the child imports nothing that it does not need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from parvis.catalog.core.dcat.records import Dataset, Page
from parvis.catalog.harvesting.adapters import ckan, dcat, udata

REVISION = 1
"""Raised when an adapter reads the same document otherwise: pages that did not change are then read again."""
ADAPTERS: dict[str, Callable[..., Page]] = {"dcat": dcat.read, "ckan": ckan.read, "udata": udata.read}
FIRST: dict[str, Callable[[str], str]] = {"dcat": dcat.first, "ckan": ckan.first, "udata": udata.first}
MOST_SENTENCES = 200
CUT = "Le document est coupé"
"""How `core/dcat/parsing.py` says that what follows is missing: nothing is then said to have left the catalogue."""


def pages(kind: str, given: list[dict[str, str]], *, out: str, most: int = 0) -> list[dict[str, Any]]:
    """Read documents (`path`, `media_type`, `url`) in their order. The records of each are the lines of its `out`, in `out`.

    most: keep the first records only (a preview). Each answer: count, next, problems, total, title, or `error` with a sentence."""
    return [page(kind, one, Path(out) / one["out"], most) for one in given]


def page(kind: str, given: dict[str, str], out: Path, most: int) -> dict[str, Any]:
    try:
        found = ADAPTERS[kind](Path(given["path"]).read_bytes(), given["media_type"], base=given["url"])
    except ValueError as error:
        return {"error": str(error)[:1000]}
    kept = found.datasets[:most] if most else found.datasets
    with out.open("w", encoding="utf-8", errors="replace") as lines:
        for dataset in kept:
            lines.write(one_line(dataset) + "\n")
    return summary(found) | {"written": len(kept)}


def summary(found: Page) -> dict[str, Any]:
    problems = [sentence[:500] for sentence in found.problems]
    return {
        "count": len(found.datasets),
        "next": found.next,
        "problems": problems[:MOST_SENTENCES],
        "more_problems": max(0, len(problems) - MOST_SENTENCES),
        "cut": any(sentence.startswith(CUT) for sentence in problems),
        "total": found.total,
        "title": found.title[:200],
    }


def one_line(dataset: Dataset) -> str:
    """A record in JSON. Its digest changes when anything that is kept of it does."""
    text = ENCODER.encode(plainly(bounded(dataset)))
    digest = hashlib.sha256(f"{REVISION}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return f'{text[:-1]}, "digest": "{digest}"}}'


def plainly(value: Any) -> Any:
    """What `dataclasses.asdict` gives, without copying texts one by one: half of the reading went there."""
    kind: Any = type(value)
    if kind is str:
        return value
    if kind is tuple:
        return [plainly(one) for one in value]
    names = names_of(kind)
    return {name: plainly(getattr(value, name)) for name in names} if names else value


@cache
def names_of(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()


def bounded(dataset: Dataset) -> Dataset:
    """No record takes more than its share: a stranger wrote it."""
    return replace(
        dataset,
        identifier=dataset.identifier[:500],
        title=dataset.title[:500],
        description=dataset.description[:20_000],
        keywords=dataset.keywords[:40],
        themes=dataset.themes[:40],
        spatial=dataset.spatial[:40],
        conforms_to=dataset.conforms_to[:40],
        distributions=dataset.distributions[:300],
    )


def as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=as_text)


# ----- Recognising a portal -----


class _Links(HTMLParser):
    """The catalogues that a web page announces in its head."""

    TYPES = ("text/turtle", "application/rdf+xml", "application/ld+json")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"link", "a"} and given.get("type", "").partition(";")[0].strip().lower() in self.TYPES:
            self.found.append(given.get("href", ""))


def recognise(path: str, media_type: str, url: str) -> dict[str, Any]:
    """What a document is: `{"kind": …}` when an adapter reads it, otherwise the catalogues that it announces, if it is a page."""
    data = Path(path).read_bytes()
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    sentence = ""
    for kind in ("ckan", "udata", "dcat") if start[:1] in {b"{", b"["} else ("dcat",):
        try:
            found = ADAPTERS[kind](data, media_type, base=url)
        except ValueError as error:
            sentence = str(error)[:500]
            continue
        if found.datasets or found.total is not None or found.next:
            return {"kind": kind} | summary(found)
        sentence = "Ce document ne contient aucun jeu de données."
    return {"kind": "", "error": sentence, "links": announced(data, url) if start[:1] == b"<" else []}


def announced(data: bytes, url: str) -> list[str]:
    reader = _Links()
    reader.feed(data[:500_000].decode("utf-8", "replace"))
    found = [urljoin(url, link) for link in reader.found if link]
    return [link[:2000] for link in dict.fromkeys(found) if urlsplit(link).scheme in {"http", "https"}][:3]
