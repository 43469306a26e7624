"""The pages of a catalogue, fetched: several ahead where their addresses can be told, and none that did not change."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from parvis.catalog.harvesting.adapters import answers
from parvis.catalog.harvesting.reading import REVISION
from parvis.catalog.models import HarvestPage, HarvestRun, HarvestSource
from parvis.shared import fetching

AHEAD = 8
MAX_BYTES = 200_000_000
SECONDS = 120.0
ACCEPT = {
    "dcat": "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/json;q=0.7, */*;q=0.5",
    "ckan": "application/json",
    "udata": "application/json",
}
PAGE_PARAMETERS = ("page", "start", "offset")


@dataclass(frozen=True)
class Body:
    """One page. `path` is None where nothing changed since `known` was read: there is nothing to read again."""

    url: str
    key: str
    known: HarvestPage | None
    path: Path | None
    media_type: str = ""
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


def key_of(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def fetch(source: HarvestSource, url: str, folder: Path, number: int) -> Body:
    """Raises FetchError."""
    known = source.pages.filter(key=key_of(url)).first()
    trusted = known if known is not None and unchanged_counts(source, known) else None
    try:
        found = fetching.fetch(
            url,
            to=folder / f"page-{number}",
            max_bytes=MAX_BYTES,
            seconds=SECONDS,
            allow=settings.FETCH_ALLOW,
            accept=ACCEPT[source.kind or "dcat"],
            etag=trusted.etag if trusted else "",
            last_modified=trusted.last_modified if trusted else "",
        )
    except fetching.NotModifiedError:
        return Body(url, key_of(url), trusted, None, sha256=trusted.body if trusted else "")
    with found.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    same = trusted is not None and trusted.body == sha256
    return Body(
        url=url,
        key=key_of(url),
        known=trusted if same else known,
        path=None if same else found.path,
        media_type=found.content_type,
        sha256=sha256,
        etag=found.etag[:300],
        last_modified=found.last_modified[:100],
    )


def unchanged_counts(source: HarvestSource, page: HarvestPage) -> bool:
    """Whether what we kept of a page can be trusted as it is: all of it stood in the catalogue, and still does."""
    if not page.sound or page.revision != REVISION:
        return False
    return source.datasets.filter(page=page.key, archived=None).count() == page.count


def ahead(run: HarvestRun, source: HarvestSource) -> list[str]:
    """The address at the cursor, then those that follow it for sure: their number is said, only a parameter of theirs moves."""
    here = run.cursor
    step = step_of(source, run)
    if step is None or run.total is None:
        return [here]
    name, width = step
    size = max(1, run.read // max(1, run.page - 1))
    left = max(0, run.total - run.read)
    pages = min(AHEAD, -(-left // size))
    start = answers.whole_number(answers.parameter(here, name))
    return [here, *(answers.with_parameters(here, **{name: start + width * rank}) for rank in range(1, pages))]


def step_of(source: HarvestSource, run: HarvestRun) -> tuple[str, int] | None:
    """By which parameter, and by how much, the last page led to this one; None where it cannot be told."""
    before = source.pages.filter(run=run, next=run.cursor).first()
    if before is None:
        return None
    return moved(before.url, run.cursor)


def moved(before: str, after: str) -> tuple[str, int] | None:
    one, other = urlsplit(before), urlsplit(after)
    if (one.scheme, one.netloc, one.path) != (other.scheme, other.netloc, other.path):
        return None
    left, right = dict(parse_qsl(one.query)), dict(parse_qsl(other.query))
    names = [name for name in right if left.get(name) != right[name]]
    if len(names) != 1 or names[0] not in PAGE_PARAMETERS or not re.fullmatch(r"\d{1,9}", right[names[0]]):
        return None
    name = names[0]
    first = left.get(name) or ("1" if name == "page" else "0")
    width = int(right[name]) - int(first) if first.isdigit() else 0
    # What we build must be, letter for letter, what the portal would have given.
    same = answers.with_parameters(after, **{name: right[name]}) == after
    return (name, width) if width > 0 and same else None
