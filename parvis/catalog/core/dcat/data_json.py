"""Project Open Data (`data.json`, also called DCAT-US): the same records from plain JSON, as ArcGIS Hub and others write it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from parvis.catalog.core.dcat import values, vocabularies
from parvis.catalog.core.dcat.records import Agent, Dataset, Distribution, Page, Place, Standard

LIMIT_DISTRIBUTIONS = 1_000
LIMIT_KEYWORDS = 100


def is_data_json(value: Any) -> bool:
    """Whether it lists datasets the way of Project Open Data, rather than as JSON-LD with a vocabulary of its own."""
    if not isinstance(value, dict) or not isinstance(value.get("dataset"), list):
        return False
    context = value.get("@context")
    return context is None or (isinstance(context, str) and "project-open-data" in context)


def read(value: dict[str, Any], base: str) -> Page:
    datasets: list[Dataset] = []
    problems: list[str] = []
    for number, record in enumerate(value["dataset"], start=1):
        try:
            datasets.append(_dataset(record, base, problems))
        except (ValueError, TypeError, AttributeError) as error:
            problems.append(f"Le jeu de données n° {number} n'a pas pu être lu. ({error})")
    return Page(tuple(datasets), problems=tuple(problems), title=values.line(_text(value, "title")))


def _text(record: Any, name: str) -> str:
    found = record.get(name) if isinstance(record, dict) else None
    return str(found) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else ""


def _items(record: dict[str, Any], name: str) -> list[Any]:
    found = record.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _texts(record: dict[str, Any], name: str) -> tuple[str, ...]:
    found = (values.line(str(item), 200) for item in _items(record, name) if isinstance(item, (str, int, float)))
    return tuple(dict.fromkeys(text for text in found if text))[:LIMIT_KEYWORDS]


def _dataset(record: Any, base: str, problems: list[str]) -> Dataset:
    if not isinstance(record, dict):
        raise ValueError("ce n'est pas un objet")
    title = values.line(_text(record, "title"))
    landing = values.address(_text(record, "landingPage"), base)
    iri = values.address(_text(record, "@id"), base)
    identifier = values.line(_text(record, "identifier")) or iri or landing
    if not identifier:
        raise ValueError(f"« {title or '?'} » n'a ni identifiant ni adresse qui dure")
    if not title:
        problems.append(f"Le jeu de données {identifier} n'a pas de titre.")
    return Dataset(
        identifier=identifier,
        iri=iri or values.address(identifier, "") if "://" in identifier[:10] else iri,
        title=title,
        description=values.prose(_text(record, "description")),
        keywords=_texts(record, "keyword"),
        themes=_texts(record, "theme"),
        publisher=_agent(record.get("publisher"), base),
        contact=_agent(record.get("contactPoint"), base),
        licence=_licence(record),
        frequency=vocabularies.frequency(_text(record, "accrualPeriodicity")),
        issued=values.moment(_text(record, "issued")),
        modified=values.moment(_text(record, "modified")),
        spatial=_places(record),
        landing_page=landing,
        conforms_to=_standards(record),
        distributions=_distributions(record, title or identifier, base, problems),
        language=next((code for text in _texts(record, "language") if (code := vocabularies.language(text))), ""),
        access_rights="" if _text(record, "accessLevel") == "public" else values.line(_text(record, "accessLevel")),
    )


def _agent(value: Any, base: str) -> Agent | None:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        return None
    name = values.line(_text(value, "name") or _text(value, "fn"))
    found = Agent(iri=values.address(_text(value, "@id"), ""), name=name, email=values.email(_text(value, "hasEmail")))
    return found if found != Agent() else None


def _licence(record: dict[str, Any]) -> str:
    """The address that the text of a licence holds, when it holds one."""
    text = values.line(_text(record, "license"), 2_000)
    start = text.find("http")
    found = values.address(text[start:].split()[0].rstrip('.,;)»"'), "") if start >= 0 else ""
    return found or text


def _places(record: dict[str, Any]) -> tuple[Place, ...]:
    texts = _texts(record, "spatial")
    return tuple(Place(label=text) for text in texts if any(letter.isalpha() for letter in text) and not text.startswith("{"))


def _standards(record: dict[str, Any]) -> tuple[Standard, ...]:
    iris = (values.address(text, "") for text in _texts(record, "conformsTo"))
    return tuple(Standard(iri) for iri in iris if iri)


def _distributions(record: dict[str, Any], owner: str, base: str, problems: list[str]) -> tuple[Distribution, ...]:
    found: dict[str, Distribution] = {}
    for item in _items(record, "distribution")[:LIMIT_DISTRIBUTIONS]:
        distribution = _distribution(item, base) if isinstance(item, dict) else None
        if distribution is None:
            problems.append(f"Une ressource de « {owner[:120]} » n'a pas d'adresse : elle n'a pas été gardée.")
        else:
            found.setdefault(distribution.identifier, distribution)
    return tuple(found.values())


def _distribution(item: dict[str, Any], base: str) -> Distribution | None:
    download = values.address(_text(item, "downloadURL"), base)
    access = values.address(_text(item, "accessURL"), base) or download
    if not access:
        return None
    given = _text(item, "format") or _text(item, "mediaType")
    return Distribution(
        identifier=values.line(_text(item, "identifier")) or values.address(_text(item, "@id"), base) or download or access,
        iri=urljoin(base, _text(item, "@id")) if _text(item, "@id") else "",
        title=values.line(_text(item, "title")),
        description=values.prose(_text(item, "description")),
        access_url=access,
        download_url=download,
        format=vocabularies.format_name(given) or vocabularies.format_of_address(download or access),
        media_type=vocabularies.media_type(_text(item, "mediaType")),
        size=values.size(_text(item, "byteSize")),
        licence=values.line(_text(item, "license"), 2_000),
        issued=values.moment(_text(item, "issued")),
        modified=values.moment(_text(item, "modified")),
        conforms_to=_standards(item),
    )
