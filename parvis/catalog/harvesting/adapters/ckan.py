"""CKAN, Action API 3: `package_search` by pages of 500, sorted by identifier so that a page keeps its place.

https://docs.ckan.org/en/latest/api/#ckan.logic.action.get.package_search"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from parvis.catalog.core.dcat.records import Agent, Dataset, Distribution, Page, Place
from parvis.catalog.harvesting.adapters import answers, texts
from parvis.catalog.harvesting.adapters.answers import BadRecord, UnreadableAnswer

ROWS = 500
FREQUENCIES = {
    "annuelle": "ANNUAL", "annual": "ANNUAL", "mensuelle": "MONTHLY", "monthly": "MONTHLY", "quotidienne": "DAILY", "daily": "DAILY",
    "hebdomadaire": "WEEKLY", "weekly": "WEEKLY", "trimestrielle": "QUARTERLY", "quarterly": "QUARTERLY", "irrégulière": "IRREG",
    "ponctuelle": "NEVER", "temps réel": "CONT", "continuous": "CONT", "semestrielle": "ANNUAL_2",
}  # fmt: skip


def first(url: str) -> str:
    return answers.with_parameters(url, rows=ROWS, start=0, sort="id asc")


def read(data: bytes, media_type: str, *, base: str) -> Page:
    """Raises UnreadableAnswer."""
    answer = answers.read_json(data)
    if not isinstance(answer, dict) or not isinstance(answer.get("result"), dict):
        said = answer.get("error") if isinstance(answer, dict) else None
        why = texts.line(said.get("message")) if isinstance(said, dict) else ""
        raise UnreadableAnswer(f"CKAN a répondu une erreur{' : ' + why if why else ''}.")
    result = answer["result"]
    records = result.get("results")
    if not isinstance(records, list):
        raise UnreadableAnswer("La réponse de CKAN ne contient pas de liste de jeux de données.")
    site = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    datasets, problems = answers.take(records, lambda record: dataset(record, site))
    total, start = answers.whole_number(result.get("count")), answers.whole_number(answers.parameter(base, "start"))
    more = bool(records) and start + len(records) < total
    following = answers.with_parameters(base, start=start + len(records)) if more else None
    return Page(datasets, following, problems, total=total)


def dataset(record: dict[str, Any], site: str) -> Dataset:
    identifier = texts.line(record.get("id") or record.get("name"))
    if not identifier:
        raise BadRecord("elle n’a pas d’identifiant")
    extras = {
        texts.line(one.get("key")).casefold(): texts.line(one.get("value"))
        for one in record.get("extras") or ()
        if isinstance(one, dict)
    }
    holder = record.get("organization") if isinstance(record.get("organization"), dict) else {}
    name = texts.line(record.get("name")) or identifier
    page = texts.address(f"{site}/dataset/{name}")
    said = texts.line(record.get("frequency") or extras.get("frequency") or extras.get("accrual_periodicity")).casefold()
    files = [one for one in record.get("resources") or () if isinstance(one, dict)]
    return Dataset(
        identifier=identifier,
        iri=texts.address(extras.get("uri")) or page,
        title=texts.line(record.get("title")) or texts.line(record.get("name")),
        description=texts.plain(record.get("notes")),
        keywords=texts.words([tag.get("display_name") or tag.get("name") for tag in record.get("tags") or () if isinstance(tag, dict)]),
        themes=texts.words([one.get("display_name") or one.get("title") for one in record.get("groups") or () if isinstance(one, dict)]),
        publisher=publisher(holder or {}, extras, site),
        contact=contact(record),
        licence=texts.address(record.get("license_url")) or texts.line(record.get("license_id") or record.get("license_title")),
        frequency=FREQUENCIES.get(said, said.rpartition("/")[2].upper()),
        issued=texts.moment(extras.get("issued")) or texts.moment(record.get("metadata_created")),
        modified=texts.moment(extras.get("modified")) or texts.moment(record.get("metadata_modified")),
        spatial=tuple(Place(iri=uri) for uri in [texts.address(extras.get("spatial_uri"))] if uri),
        landing_page=page,
        distributions=tuple(found for one in files if (found := distribution(one))),
        language=texts.line(record.get("language") or extras.get("language"), 2),
        version=texts.line(record.get("version"), 60),
    )  # fmt: skip


def publisher(holder: dict[str, Any], extras: dict[str, str], site: str) -> Agent | None:
    name = extras.get("publisher_name") or texts.line(holder.get("title") or holder.get("name"))
    if not name:
        return None
    page = texts.address(f"{site}/organization/{texts.line(holder.get('name'))}") if holder.get("name") else ""
    numbers = [
        holder.get("siret"),
        holder.get("siren"),
        extras.get("publisher_identifier"),
        extras.get("siret"),
        extras.get("siren"),
    ]
    identifier = next((text for one in numbers if (text := texts.line(one, 60))), "")
    return Agent(iri=extras.get("publisher_uri", ""), name=name, page=page, identifier=identifier)  # fmt: skip


def contact(record: dict[str, Any]) -> Agent | None:
    name = texts.line(record.get("maintainer") or record.get("author"))
    email = texts.line(record.get("maintainer_email") or record.get("author_email"), 254)
    return Agent(name=name, email=email) if name or email else None


def distribution(record: dict[str, Any]) -> Distribution | None:
    url = texts.address(record.get("url"))
    identifier = texts.line(record.get("id")) or url
    if not identifier or not url:
        return None
    return Distribution(
        identifier=identifier,
        title=texts.line(record.get("name")),
        description=texts.plain(record.get("description")),
        access_url=url,
        download_url=url,
        format=texts.short_format(record.get("format"), url, record.get("mimetype")),
        media_type=texts.line(record.get("mimetype"), 100),
        size=texts.count(record.get("size")),
        issued=texts.moment(record.get("created")),
        modified=texts.moment(record.get("last_modified")),
    )
