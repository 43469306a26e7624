"""From a neutral record to what our catalogue keeps of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.catalog.models import Dataset, Frequency, HarvestedDataset, HarvestSource, Licence, Resource
from parvis.catalog.reserved import RESERVED
from parvis.organisations.models import Organisation
from parvis.territories.models import Territory

FREQUENCIES = {
    "CONT": Frequency.CONTINUOUS, "UPDATE_CONT": Frequency.CONTINUOUS, "HOURLY": Frequency.CONTINUOUS, "DAILY": Frequency.DAILY,
    "DAILY_2": Frequency.DAILY, "WEEKLY": Frequency.WEEKLY, "WEEKLY_2": Frequency.WEEKLY, "MONTHLY": Frequency.MONTHLY,
    "MONTHLY_2": Frequency.MONTHLY, "BIWEEKLY": Frequency.MONTHLY, "QUARTERLY": Frequency.QUARTERLY, "BIMONTHLY": Frequency.QUARTERLY,
    "ANNUAL": Frequency.ANNUAL, "ANNUAL_2": Frequency.ANNUAL, "ANNUAL_3": Frequency.ANNUAL, "IRREG": Frequency.IRREGULAR,
    "AS_NEEDED": Frequency.IRREGULAR, "NEVER": Frequency.NEVER, "OTHER": Frequency.UNKNOWN,
}  # fmt: skip
KEPT = (
    "themes",
    "contact",
    "spatial",
    "conforms_to",
    "language",
    "hvd_categories",
    "applicable_legislation",
    "access_rights",
    "version",
)
FIRST_LICENCE = re.compile(r"\bfr-lo\b|\blov1\b|\bv?1\.0\b|licence-ouverte-v?1|/lo/?1")
OPEN_LICENCE = re.compile(r"etalab|licence[- _]?ouverte|open[- _]licence|\blov2\b|fr-lo")


class Unkept(ValueError):
    """Why a record cannot stand in the catalogue, in one sentence."""


def key_of(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def check(record: Mapping[str, Any]) -> None:
    """Raises Unkept."""
    if not str(record.get("identifier") or "").strip():
        raise Unkept(
            _("Ce jeu de données n'a pas d'identifiant stable : nous ne saurions pas le reconnaître la prochaine fois.")
        )
    if not str(record.get("title") or "").strip():
        raise Unkept(_("Ce jeu de données n'a pas de titre."))


def licence_of(said: str) -> str:
    """One of ours, "other", or "" where none is said. A Licence Ouverte 1.0 is not passed off as 2.0."""
    text = said.strip().casefold()
    if not text or text in {"notspecified", "not specified", "none", "unknown", "other-nl"}:
        return ""
    if "odbl" in text or "opendatacommons.org/licenses/odbl" in text or "open database license" in text:
        return Licence.ODBL.value
    if OPEN_LICENCE.search(text) and not FIRST_LICENCE.search(text):
        return Licence.LO2.value
    return "other"


def original_of(record: Mapping[str, Any]) -> str:
    """The page of the original, where people read it."""
    for text in (record.get("landing_page"), record.get("iri")):
        if text and str(text).startswith(("http://", "https://")):
            return str(text)[:2000]
    return ""


def moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def credit(record: Mapping[str, Any], source: HarvestSource) -> str:
    """Who is to be thanked, in the words of the page."""
    publisher = str((record.get("publisher") or {}).get("name") or "").strip()
    if publisher and publisher.casefold() != source.name.casefold():
        return _("{publisher}, moissonné depuis {source}").format(publisher=publisher[:180], source=source.name)[:300]
    return _("moissonné depuis {source}").format(source=source.name)[:300]


def fill(
    dataset: Dataset, record: Mapping[str, Any], source: HarvestSource, organisation: Organisation, place: Territory | None
) -> Dataset:
    """What a dataset says of itself, from the record. Its address and whether it is shown are not touched."""
    original = original_of(record)
    dataset.organisation = organisation
    dataset.territory = place or organisation.territory
    dataset.title = str(record["title"]).strip()[:200]
    dataset.description = str(record.get("description") or "")[:20_000]
    dataset.keywords = [str(word)[:60] for word in record.get("keywords") or ()][:30]
    dataset.licence = licence_of(str(record.get("licence") or ""))
    dataset.frequency = FREQUENCIES.get(str(record.get("frequency") or ""), Frequency.UNKNOWN)
    dataset.source = credit(record, source)
    dataset.source_url = original if len(original) <= 500 else ""
    return dataset


def shown_since(record: Mapping[str, Any], now: datetime) -> datetime:
    """A dataset is as old as its publisher says: one of 2015 found today is no news."""
    said = moment(record.get("issued")) or moment(record.get("modified")) or now
    return min(said, now)


def trace(found: HarvestedDataset, record: Mapping[str, Any], publisher_key: str, page: str) -> HarvestedDataset:
    """What ties a dataset to its original."""
    found.page, found.digest = page, str(record["digest"])
    found.iri, found.original_url = str(record.get("iri") or "")[:2000], original_of(record)
    found.publisher_key = publisher_key
    found.publisher = str((record.get("publisher") or {}).get("name") or "")[:500]
    found.licence = str(record.get("licence") or "")[:500]
    found.record = {name: record[name] for name in KEPT if record.get(name)}
    found.issued, found.updated = moment(record.get("issued")), moment(record.get("modified"))
    return found


def resources(dataset: Dataset, record: Mapping[str, Any]) -> list[Resource]:
    """The files of a record, each once, in their order. None of them is copied."""
    found: dict[str, Resource] = {}
    for one in record.get("distributions") or ():
        url = str(one.get("download_url") or one.get("access_url") or "")
        key = key_of(str(one.get("identifier") or url))
        if not url.startswith(("http://", "https://")) or len(url) > 2000 or key in found:
            continue
        title = str(one.get("title") or "").strip() or str(one.get("format") or "").upper() or dataset.title
        found[key] = Resource(
            dataset=dataset,
            title=title[:200],
            description=str(one.get("description") or "")[:5000],
            position=min(len(found), 32_000),
            remote_url=url,
            remote_key=key,
            remote_format=str(one.get("format") or "")[:30],
            remote_bytes=one.get("size"),
            remote_updated=moment(one.get("modified")),
        )
    return list(found.values())


def free_slugs(titles: Mapping[str, str]) -> dict[str, str]:
    """An address for each key, made of its title; those that are taken end with the beginning of the key."""
    wanted = {key: slugify(title)[:90] or "jeu-de-donnees" for key, title in titles.items()}
    longer = {key: f"{base}-{key[:8]}" for key, base in wanted.items()}
    taken = set(Dataset.objects.filter(slug__in=[*wanted.values(), *longer.values()]).values_list("slug", flat=True))
    found = {}
    for key, base in wanted.items():
        slug, number = base, 1
        while slug in taken or slug in RESERVED:
            slug = longer[key] if slug == base else f"{longer[key]}-{(number := number + 1)}"
        taken.add(slug)
        found[key] = slug
    return found
