"""What an address is: a catalogue, a portal that has one somewhere known, or neither. And what reading it would make."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from parvis.catalog import storage
from parvis.catalog.harvesting import publishers, reading, records
from parvis.catalog.harvesting.bodies import ACCEPT, MAX_BYTES
from parvis.catalog.models import HarvestRun, HarvestSource
from parvis.shared import fetching, sandbox
from parvis.shared.fetching import FetchError
from parvis.shared.sandbox import MEGABYTE

SHOWN = 20
SECONDS = 60.0
# Where the portals met in France keep their catalogue, in the order of what one learns from each.
KNOWN_PLACES = (
    "/api/3/action/package_search",
    "/api/1/datasets/",
    "/api/explore/v2.1/catalog/exports/dcat",
    "/data.json",
    "/catalog.ttl",
    "/catalog.rdf",
    "/catalog.jsonld",
)


@dataclass(frozen=True)
class Recognised:
    kind: str
    endpoint: str
    answer: Mapping[str, Any]


def candidates(address: str) -> Iterator[str]:
    """The address as it is, one holder's part of a known portal, then the usual places of its site."""
    yield address
    parts = urlsplit(address)
    site = f"{parts.scheme}://{parts.netloc}"
    if found := re.search(r"/(?:fr/)?organizations/([^/]+)", parts.path):
        yield f"{site}/api/1/organizations/{quote(found[1])}/datasets/"
    if found := re.search(r"/(?:fr/)?organization/([^/]+)", parts.path):
        yield f"{site}/api/3/action/package_search?fq=organization:{quote(found[1])}"
    roots = dict.fromkeys([parts.path.rstrip("/"), ""]) if parts.path.count("/") < 3 and "." not in parts.path else {"": None}
    for root in roots:
        for place in KNOWN_PLACES:
            yield f"{site}{root}{place}"


def recognise(address: str, folder: Path) -> Recognised:
    """Raises FetchError when the site does not answer, ValueError with a sentence when it has no catalogue that we can read."""
    found, sentence, announced = tried(address, folder, alone=True)
    for url in [*announced, *list(candidates(address))[1:]]:
        if found:
            break
        found, _said, _links = tried(url, folder)
    if found:
        return found
    raise ValueError(
        _("Nous n'avons reconnu aucun catalogue à cette adresse ({why}). Donnez celle du catalogue lui-même : CKAN, DCAT, data.json ou data.gouv.fr.").format(why=sentence or "?")
    )  # fmt: skip


def tried(url: str, folder: Path, *, alone: bool = False) -> tuple[Recognised | None, str, list[str]]:
    """One address: what it is, or why it is nothing, and what it announces. Only the address that was typed may fail aloud."""
    place = folder / "in"
    place.mkdir(exist_ok=True)
    try:
        found = fetching.fetch(
            url, to=place / "page", max_bytes=MAX_BYTES, seconds=SECONDS, allow=settings.FETCH_ALLOW, accept=ACCEPT["dcat"]
        )
    except FetchError as error:
        if alone and error.code != "status":
            raise
        return None, error.message, []
    (place / "page").chmod(0o644)
    limits = sandbox.Limits(memory=3000 * MEGABYTE, seconds=30 + found.bytes / 500_000, wait=30)
    answer = sandbox.run(reading.recognise, "page", found.content_type, found.final_url, limits=limits, folder=place)
    if not answer["kind"]:
        return None, str(answer["error"]), list(answer["links"])
    kind = str(answer["kind"])
    return Recognised(kind, reading.FIRST[kind](url), answer), "", []


# ----- Preview -----


def preview(run: HarvestRun, now: datetime) -> None:
    """Say what reading the source would make, and of whom, without making it."""
    from parvis.catalog.harvesting.jobs import EndedError

    try:
        with storage.work_folder(f"harvest-{run.pk}") as folder:
            found = recognise(run.source.address, folder)
            shown, problems = first_records(found, folder)
    except FetchError as error:
        raise EndedError(HarvestRun.State.FAILED, error.message) from error
    except sandbox.Refused as error:
        raise EndedError(HarvestRun.State.FAILED, error.message) from error
    except ValueError as error:
        raise EndedError(HarvestRun.State.FAILED, str(error)) from error
    source = run.source
    HarvestSource.objects.filter(pk=source.pk).update(kind=found.kind, endpoint=found.endpoint[:2000])
    HarvestRun.objects.filter(pk=run.pk, generation=run.generation).update(found=described(source, found, shown, problems))


def first_records(found: Recognised, folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of the first page, as a run will read them."""
    place, out = folder / "in", folder / "out"
    out.mkdir(exist_ok=True)
    out.chmod(0o755)
    fetched = fetching.fetch(
        found.endpoint, to=place / "first", max_bytes=MAX_BYTES, seconds=SECONDS, allow=settings.FETCH_ALLOW, accept=ACCEPT[found.kind]
    )  # fmt: skip
    (place / "first").chmod(0o644)
    page = {"path": "first", "media_type": fetched.content_type, "url": found.endpoint, "out": "first.jsonl"}
    limits = sandbox.Limits(
        memory=3000 * MEGABYTE, seconds=30 + fetched.bytes / 500_000, scratch=100 * MEGABYTE + 6 * fetched.bytes, wait=30
    )
    answer = sandbox.run(reading.pages, found.kind, [page], out=str(out), most=500, limits=limits, folder=place, scratch=out)[0]
    if "error" in answer:
        raise ValueError(answer["error"])
    with (out / "first.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(text) for text in lines], answer["problems"]


def described(source: HarvestSource, found: Recognised, shown: list[dict[str, Any]], problems: list[str]) -> dict[str, Any]:
    """What the page of the preview says."""
    known = publishers.Publishers(source)
    known.meet(record.get("publisher") for record in shown)
    counts = Counter(publishers.key_of(record.get("publisher")) for record in shown)
    total = found.answer.get("total")
    return {
        "kind": found.kind,
        "endpoint": found.endpoint,
        "title": found.answer.get("title", ""),
        "total": total if total is not None else (None if found.answer.get("next") else len(shown)),
        "first_page": len(shown),
        "counts": dict(counts),
        "problems": problems[:50],
        "records": [line(source, record, known) for record in shown[:SHOWN]],
    }


def line(source: HarvestSource, record: Mapping[str, Any], known: publishers.Publishers) -> dict[str, Any]:
    """One record of the preview, as it would stand in the catalogue."""
    key = publishers.key_of(record.get("publisher"))
    problem = ""
    try:
        records.check(record)
    except records.Unkept as error:
        problem = str(error)
    files = list(record.get("distributions") or ())
    formats = dict.fromkeys(str(one.get("format") or "?").upper() for one in files)
    if not problem and not files:
        problem = _("Ce jeu de données n'a aucun fichier que l'on puisse ouvrir.")
    return {
        "identifier": str(record.get("identifier") or "")[:200],
        "title": str(record.get("title") or "")[:200],
        "original": records.original_of(record),
        "publisher": str((record.get("publisher") or {}).get("name") or "")[:200],
        "organisation": known.organisation(key).name,
        "licence": records.licence_of(str(record.get("licence") or "")),
        "licence_said": str(record.get("licence") or "")[:100],
        "files": len(files),
        "formats": list(formats)[:8],
        "problem": problem,
    }
