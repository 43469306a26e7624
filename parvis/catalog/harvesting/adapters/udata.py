"""udata, the software of data.gouv.fr: `/api/1/datasets/` (or those of one organisation) by pages of 100, the most it gives.

https://www.data.gouv.fr/api/1/"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from parvis.catalog.core.dcat.records import Agent, Dataset, Distribution, Page, Place, Standard
from parvis.catalog.harvesting.adapters import answers, texts
from parvis.catalog.harvesting.adapters.answers import BadRecord, UnreadableAnswer

SIZE = 100
FREQUENCIES = {
    "annual": "ANNUAL", "semiannual": "ANNUAL_2", "threeTimesAYear": "ANNUAL_3", "quarterly": "QUARTERLY", "bimonthly": "BIMONTHLY",
    "monthly": "MONTHLY", "semimonthly": "MONTHLY_2", "biweekly": "BIWEEKLY", "weekly": "WEEKLY", "daily": "DAILY",
    "continuous": "CONT", "punctual": "NEVER", "irregular": "IRREG", "hourly": "HOURLY", "biennial": "BIENNIAL",
}  # fmt: skip


def first(url: str) -> str:
    return answers.with_parameters(url, page=1, page_size=SIZE)


def read(data: bytes, media_type: str, *, base: str) -> Page:
    """Raises UnreadableAnswer."""
    answer = answers.read_json(data)
    records = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(records, list):
        raise UnreadableAnswer("La réponse ne contient pas de liste de jeux de données au format de data.gouv.fr.")
    kept = [
        one
        for one in records
        if not (isinstance(one, dict) and (one.get("private") or one.get("archived") or one.get("deleted")))
    ]
    datasets, problems = answers.take(kept, dataset)
    return Page(datasets, following(answer, base, len(records)), problems, total=answers.whole_number(answer.get("total")))  # fmt: skip


def following(answer: dict[str, Any], base: str, count: int) -> str | None:
    """The next page at the address where this one was, so that its parameters stay; only the API says whether there is one."""
    said = answer.get("next_page")
    if not isinstance(said, str) or not said or not count:
        return None
    number = answers.whole_number(answers.parameter(urljoin(base, said), "page"))
    return answers.with_parameters(base, page=number) if number else texts.address(urljoin(base, said)) or None


def dataset(record: dict[str, Any]) -> Dataset:
    identifier = texts.line(record.get("id"))
    if not identifier:
        raise BadRecord("elle n’a pas d’identifiant")
    page = texts.address(record.get("page"))
    said = record.get("frequency")
    said = texts.line(said.get("id") if isinstance(said, dict) else said, 40)
    files = [one for one in record.get("resources") or () if isinstance(one, dict)]
    distributions = tuple(found for one in files if (found := distribution(one)))
    schemas = dict.fromkeys(standard for one in distributions for standard in one.conforms_to)
    return Dataset(
        identifier=identifier,
        iri=texts.address(record.get("uri")) or page,
        title=texts.line(record.get("title")),
        description=texts.plain(record.get("description")),
        keywords=texts.words(record.get("tags")),
        publisher=publisher(record),
        licence=texts.line(record.get("license"), 100),
        frequency=FREQUENCIES.get(said, said.upper()),
        issued=texts.moment(record.get("created_at")),
        modified=texts.moment(record.get("last_update")) or texts.moment(record.get("last_modified")),
        spatial=places(record.get("spatial")),
        landing_page=page,
        conforms_to=tuple(schemas),
        distributions=distributions,
    )


def publisher(record: dict[str, Any]) -> Agent | None:
    holder = record.get("organization")
    if isinstance(holder, dict) and holder.get("name"):
        page = texts.address(holder.get("page"))
        number = texts.line(holder.get("business_number_id"), 20)
        return Agent(iri=texts.address(holder.get("uri")), name=texts.line(holder["name"]), page=page, identifier=number)
    owner = record.get("owner")
    if isinstance(owner, dict):
        name = " ".join(filter(None, [texts.line(owner.get("first_name")), texts.line(owner.get("last_name"))]))
        return Agent(name=name, page=texts.address(owner.get("page"))) if name else None
    return None


def places(spatial: Any) -> tuple[Place, ...]:
    """Zones are `fr:commune:46102`, or objects that hold such an identifier."""
    zones = spatial.get("zones") if isinstance(spatial, dict) else None
    named = [texts.line(one.get("id") if isinstance(one, dict) else one, 80) for one in zones or () if one]
    return tuple(Place(iri=zone) for zone in named if re.fullmatch(r"[a-z]+:[\w-]+:[\w@-]+", zone))


def distribution(record: dict[str, Any]) -> Distribution | None:
    url = texts.address(record.get("latest")) or texts.address(record.get("url"))
    identifier = texts.line(record.get("id")) or url
    if not url:
        return None
    checksum = record.get("checksum")
    checksum = checksum if isinstance(checksum, dict) else {}
    schema = record.get("schema")
    name = texts.line(schema.get("name") or schema.get("url")) if isinstance(schema, dict) else ""
    return Distribution(
        identifier=identifier,
        title=texts.line(record.get("title")),
        description=texts.plain(record.get("description")),
        access_url=url,
        download_url=url,
        format=texts.short_format(record.get("format"), url, record.get("mime")),
        media_type=texts.line(record.get("mime"), 100),
        size=texts.count(record.get("filesize")),
        checksum_algorithm=texts.line(checksum.get("type"), 20).casefold(),
        checksum=texts.line(checksum.get("value"), 128).casefold(),
        issued=texts.moment(record.get("created_at")),
        modified=texts.moment(record.get("last_modified")),
        conforms_to=(Standard(iri=name, title=name),) if name else (),
    )
