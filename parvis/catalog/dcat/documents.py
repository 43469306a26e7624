"""Pages of a catalogue: a hundred datasets each, in the order of their publication so that what is new comes last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404
from django.urls import reverse

from parvis.catalog import queries
from parvis.catalog.core.dcat import vocabularies, writing
from parvis.catalog.core.dcat.records import Agent, Catalogue, Dataset, Service, View
from parvis.catalog.dcat import addresses, records
from parvis.catalog.models import Dataset as Ours
from parvis.organisations.models import Nature, Organisation
from parvis.territories.models import Level, Territory

PER_PAGE = 100
#: Part of every tag: raise it when what is written of the same records changes.
FORM = 1
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be written, and what tells whether it changed."""

    tag: str
    modified: datetime | None
    catalogue: Catalogue | None
    datasets: tuple[Dataset, ...]
    view: View | None = None

    def bytes(self, extension: str) -> bytes:
        if self.catalogue is None:
            return writing.document(writing.dataset(self.datasets[0], service()), extension)
        return writing.document(writing.catalogue(self.catalogue, self.datasets, self.view), extension)


def listed(organisation: Organisation | None, own: bool = False) -> QuerySet[Ours]:
    """What everybody sees, of one organisation or of all; `own` leaves out what was harvested elsewhere."""
    found = queries.published().select_related("harvested__source").prefetch_related(queries.light())
    if organisation:
        found = found.filter(organisation=organisation)
    if own:
        found = found.filter(harvested=None)
    return found.order_by("published", "pk")


def page(organisation: Organisation | None, number: int, extension: str, own: bool = False) -> Document:
    """Raises Http404 beyond the last page. An empty catalogue has one page."""
    found = listed(organisation, own)
    total = found.count()
    last = max(1, -(-total // PER_PAGE))
    if not 1 <= number <= last:
        raise Http404
    datasets = tuple(records.of(dataset) for dataset in found[(number - 1) * PER_PAGE : number * PER_PAGE])
    changed = last_change(organisation)
    about = catalogue(organisation, changed)
    view = view_of(organisation, extension, number, last, total, own)
    return Document(tag_of(extension, about, view, *datasets), changed, about, datasets, view)


def one(dataset: Ours, extension: str) -> Document:
    """The document of one dataset (see `records.of` for what it needs)."""
    record = records.of(dataset)
    return Document(tag_of(extension, record), dataset.modified, None, (record,))


def dataset_called(slug: str) -> Ours:
    """A published dataset by its slug. Raises Http404."""
    found = listed(None).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def everything(organisation: Organisation | None) -> Iterator[Dataset]:
    """Every record, one chunk of rows in memory at a time."""
    return (records.of(dataset) for dataset in listed(organisation).iterator(chunk_size=CHUNK))


def last_change(organisation: Organisation | None) -> datetime | None:
    """Also of what is no longer published: a dataset that left changes its catalogue."""
    datasets = Ours.objects.filter(organisation=organisation) if organisation else Ours.objects.all()
    found = datasets.aggregate(datasets=Max("modified"), publishers=Max("organisation__modified"))
    return max((moment for moment in found.values() if moment), default=organisation.modified if organisation else None)


def tag_of(*parts: object) -> str:
    """Weak: the same records may be written with their prefixes in another order."""
    return f'W/"{hashlib.sha256(repr((FORM, parts)).encode("utf-8", "replace")).hexdigest()[:32]}"'


# ----- What a catalogue says of itself: always in French, which its triples say -----


def catalogue(organisation: Organisation | None, modified: datetime | None = None) -> Catalogue:
    if organisation is None:
        return whole(modified)
    name = organisation.name
    return Catalogue(
        iri=addresses.catalogue(organisation),
        title=f"Données ouvertes : {name}",
        description=organisation.description or f"Les jeux de données que publie {name}.",
        publisher=records.agent(organisation),
        homepage=addresses.absolute(organisation.get_absolute_url()),
        licence=vocabularies.LICENCE_OUVERTE,
        modified=modified,
        spatial=(records.place(organisation.territory),) if organisation.territory else (),
        service=service(),
    )


def whole(modified: datetime | None) -> Catalogue:
    """The catalogue of the site, which the Région publishes."""
    region = Territory.objects.filter(level=Level.REGION, code=settings.REGION_CODE).first()
    owner = Organisation.objects.filter(nature=Nature.REGION, territory=region).first() if region else None
    return Catalogue(
        iri=addresses.catalogue(),
        title=f"Données ouvertes : {settings.REGION_NAME}",
        description="Les données ouvertes de la Région et des collectivités de son territoire.",
        publisher=records.agent(owner) if owner else Agent(iri=addresses.absolute("/#editeur"), name=settings.REGION_NAME),
        homepage=addresses.absolute(reverse("catalog:datasets")),
        licence=vocabularies.LICENCE_OUVERTE,
        modified=modified,
        spatial=(records.place(region),) if region else (),
        service=service(),
    )


def service() -> Service:
    return Service(
        iri=addresses.service(),
        title="API des données",
        endpoint_url=addresses.absolute("/api/v1/"),
        endpoint_description=addresses.absolute("/api/v1/openapi.json"),
        description="Lire le catalogue et les lignes de chaque table, sans clé.",
    )


def view_of(organisation: Organisation | None, extension: str, number: int, last: int, total: int, own: bool) -> View:
    base = addresses.document(extension, organisation)

    def address(page: int) -> str:
        return f"{base}?{urlencode(([('origine', 'ici')] if own else []) + [('page', page)])}"

    return View(
        address=address(number),
        first=address(1),
        last=address(last),
        total=total,
        previous=address(number - 1) if number > 1 else "",
        next=address(number + 1) if number < last else "",
    )


def write_all(organisation: Organisation | None, output: IO[bytes], extension: str) -> None:
    """The whole catalogue, written as it is read."""
    about = catalogue(organisation, last_change(organisation))
    writing.write(writing.catalogue(about, everything(organisation)), output, extension)
