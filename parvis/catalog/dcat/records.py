"""A dataset of ours as a record. What was harvested keeps the identifier and the address that its publisher gave it."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from django.urls import reverse

from parvis.catalog import downloads
from parvis.catalog.core.dcat import vocabularies
from parvis.catalog.core.dcat.records import Agent, Dataset, Distribution, Place, Standard
from parvis.catalog.dcat import addresses
from parvis.catalog.models import Dataset as Ours
from parvis.catalog.models import Frequency, Resource, Version
from parvis.catalog.templatetags.catalog import LICENCES
from parvis.organisations.models import Organisation
from parvis.territories.models import Territory

FREQUENCIES: Final = {
    Frequency.UNKNOWN.value: "UNKNOWN",
    Frequency.CONTINUOUS.value: "CONT",
    Frequency.DAILY.value: "DAILY",
    Frequency.WEEKLY.value: "WEEKLY",
    Frequency.MONTHLY.value: "MONTHLY",
    Frequency.QUARTERLY.value: "QUARTERLY",
    Frequency.ANNUAL.value: "ANNUAL",
    Frequency.IRREGULAR.value: "IRREG",
    Frequency.NEVER.value: "NEVER",
}
#: Themes of the European Union, by the schema of a table: what the schema says, never a guess on a title.
THEMES: Final = {
    "scdl/budget": "ECON",
    "scdl/catalogue": "GOVE",
    "scdl/deliberations": "GOVE",
    "scdl/equipements": "REGI",
    "scdl/menus-collectifs": "HEAL",
    "scdl/prenoms": "SOCI",
    "scdl/subventions": "GOVE",
    "scdl/adresses": "REGI",
    "etalab/schema-irve-statique": "TRAN",
    "etalab/schema-irve-dynamique": "TRAN",
    "etalab/schema-amenagements-cyclables": "TRAN",
    "etalab/schema-stationnement": "TRAN",
    "etalab/schema-lieux-covoiturage": "TRAN",
    "etalab/schema-comptage-mobilites-mesure": "TRAN",
    "139bercy/format-commande-publique": "ECON",
}
#: Originals that programs read as they are; a spreadsheet is offered as CSV.
PLAIN: Final = ("csv", "tsv", "json", "geojson", "txt")
REGISTRY: Final = "https://schema.data.gouv.fr/"


def of(dataset: Ours) -> Dataset:
    """Needs `organisation`, `territory`, `harvested` and the resources with their current versions: asks the database nothing else."""
    harvested = getattr(dataset, "harvested", None)
    resources = list(dataset.resources.all())
    schemas = [resource.current.schema for resource in resources if resource.current and resource.current.schema]
    themes = dict.fromkeys(THEMES[schema] for schema in schemas if schema in THEMES)
    record = harvested.record if harvested else {}
    categories = tuple(record.get("hvd_categories") or ()) or category(dataset)
    distributions = tuple(found for resource in resources if (found := distribution(dataset, resource)))
    return Dataset(
        identifier=harvested.identifier if harvested else dataset.pk,
        iri=(harvested.iri if harvested else "") or addresses.dataset(dataset),
        title=dataset.title,
        description=dataset.description,
        keywords=tuple(str(word) for word in dataset.keywords),
        # data.gouv.fr reads the categories of high-value data among the themes.
        themes=tuple(record.get("themes") or ())
        or (*(vocabularies.authority("data-theme", code) for code in themes), *categories),
        publisher=publisher(dataset),
        contact=contact(dataset.organisation) if harvested is None else None,
        licence=licence(dataset),
        frequency=FREQUENCIES.get(dataset.frequency, "UNKNOWN"),
        issued=(harvested.issued if harvested else None) or dataset.published,
        modified=modified(dataset, resources),
        spatial=(place(dataset.territory),) if dataset.territory else (),
        landing_page=(harvested.original_url if harvested else "") or addresses.absolute(dataset.get_absolute_url()),
        distributions=distributions,
        language=str(record.get("language") or "fr"),
        hvd_categories=categories,
        applicable_legislation=(vocabularies.HVD_LEGISLATION,) if categories else (),
        access_rights=vocabularies.authority("access-right", "PUBLIC"),
    )


def modified(dataset: Ours, resources: list[Resource]) -> datetime | None:
    """When the data changed, not the page that shows them."""
    if harvested := getattr(dataset, "harvested", None):
        found: datetime | None = harvested.updated
        return found
    moments = [version.created for resource in resources if (version := shown(resource))]
    return max([*moments, *([dataset.published] if dataset.published else [])], default=None)


def category(dataset: Ours) -> tuple[str, ...]:
    """The category of high-value data that its publisher gave."""
    found = vocabularies.HVD_CATEGORIES.get(dataset.high_value)
    return (found[0],) if found else ()


def shown(resource: Resource) -> Version | None:
    version = resource.current
    return None if version is None or version.withdrawn else version


# ----- Who and where -----


def publisher(dataset: Ours) -> Agent:
    """The organisation, or, for what was harvested and attached to nobody here, the name that the source gives."""
    harvested = getattr(dataset, "harvested", None)
    if harvested and harvested.publisher and dataset.organisation_id == harvested.source.organisation_id:
        return Agent(name=harvested.publisher)
    return agent(dataset.organisation)


def agent(organisation: Organisation) -> Agent:
    return Agent(
        iri=addresses.organisation(organisation),
        name=organisation.name,
        page=organisation.website or addresses.absolute(organisation.get_absolute_url()),
        identifier=organisation.siren,
    )


def contact(organisation: Organisation) -> Agent:
    page = addresses.absolute(organisation.get_absolute_url())
    return Agent(
        iri=addresses.organisation(organisation) + "#contact", name=organisation.name, email=organisation.email, page=page
    )


def place(territory: Territory) -> Place:
    """The Insee names communes, départements and régions by their code; an EPCI is named by our page."""
    if territory.level in vocabularies.INSEE_LEVELS:
        return Place(vocabularies.insee(territory.level, territory.code), territory.name)
    return Place(addresses.absolute(territory.get_absolute_url()), territory.name)


def licence(dataset: Ours) -> str:
    """That of ours by its address; that of elsewhere as it was said."""
    harvested = getattr(dataset, "harvested", None)
    return LICENCES.get(dataset.licence) or (harvested.licence if harvested else "")


# ----- Files -----


def distribution(dataset: Ours, resource: Resource) -> Distribution | None:
    """One for each table: the file that its publisher gave when programs read it as it is, otherwise the table as CSV."""
    if getattr(resource, "remote_url", ""):
        return remote(dataset, resource)
    version = shown(resource)
    if version is None:
        return None
    ending = PurePath(version.source_name).suffix.lstrip(".").lower()
    own = ending in PLAIN
    kind = "original" if own else "csv"
    name = vocabularies.format_name(ending) if own else "csv"
    return Distribution(
        identifier=resource.pk,
        iri=f"{addresses.dataset(dataset)}#{resource.pk}",
        title=resource.title,
        description=resource.description,
        access_url=addresses.absolute(reverse("catalog:resource", args=[dataset.slug, resource.pk])),
        download_url=addresses.absolute(reverse("catalog:download", args=[dataset.slug, resource.pk, kind])),
        format=name,
        media_type=vocabularies.FORMATS[name][1] if own else downloads.TYPES["csv"].partition(";")[0],
        size=version.source_bytes if own else None,
        checksum_algorithm="sha256" if own else "",
        checksum=version.source_sha256 if own else "",
        licence=licence(dataset),
        issued=resource.created,
        modified=version.created,
        conforms_to=(standard(version.schema),) if version.schema and version.valid is not False else (),
    )


def remote(dataset: Ours, resource: Any) -> Distribution:
    """A file that stands elsewhere, at its own address."""
    name = resource.remote_format
    return Distribution(
        identifier=resource.pk,
        iri=f"{addresses.dataset(dataset)}#{resource.pk}",
        title=resource.title,
        description=resource.description,
        access_url=resource.remote_url,
        download_url=resource.remote_url if name in vocabularies.FORMATS and name != "html" else "",
        format=name,
        media_type=vocabularies.FORMATS.get(name, ("", ""))[1],
        size=resource.remote_bytes,
        licence=licence(dataset),
        modified=resource.remote_updated,
    )


def standard(schema: str) -> Standard:
    """A schema of the national register, under its name there."""
    return Standard(f"{REGISTRY}{schema}/", schema)
