"""A catalogue, its datasets and their distributions, as one says them to other portals.

What is unknown is the empty text, the empty tuple or `None`: never an invented value.
Texts are plain, in one language, the one preferred by `reading.py` (French, then English, then any). Dates have a zone, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Agent:
    """Who publishes, or who answers questions."""

    iri: str = ""
    name: str = ""
    email: str = ""
    page: str = ""
    #: SIREN or SIRET where the publisher says one (`dct:identifier`).
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data are about: an IRI (INSEE, EU authority, Geonames…), a label, or both."""

    iri: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """What the data conform to (`dct:conformsTo`): a schema, a specification."""

    iri: str = ""
    title: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file, an API or a page through which one takes the data."""

    #: Stable: `dct:identifier`, else the IRI of the node, else its address. Never empty.
    identifier: str
    iri: str = ""
    title: str = ""
    description: str = ""
    #: `dcat:accessURL`; a record with only a download address says it here too.
    access_url: str = ""
    download_url: str = ""
    #: A short name in lower case ("csv", "geojson"…), whatever the way it was said.
    format: str = ""
    media_type: str = ""
    size: int | None = None
    #: "sha256", "sha1", "md5"…; the checksum in lower case.
    checksum_algorithm: str = ""
    checksum: str = ""
    #: IRI, or text as it was given when the publisher gave no IRI.
    licence: str = ""
    issued: datetime | None = None
    modified: datetime | None = None
    conforms_to: tuple[Standard, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of a catalogue."""

    #: Stable: `dct:identifier`, else the IRI. Never empty, and unique in a page.
    identifier: str
    #: Empty for a blank node or a relative address that nothing could complete.
    iri: str = ""
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    #: IRIs (EU data themes for instance), or texts where there is no IRI.
    themes: tuple[str, ...] = ()
    publisher: Agent | None = None
    contact: Agent | None = None
    #: Of the dataset, else the one that all its distributions share.
    licence: str = ""
    #: A code of the EU authority in capitals ("MONTHLY", "UNKNOWN"…), or the text as given when it is not known.
    frequency: str = ""
    issued: datetime | None = None
    modified: datetime | None = None
    spatial: tuple[Place, ...] = ()
    landing_page: str = ""
    conforms_to: tuple[Standard, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    #: Primary language, two letters where known.
    language: str = ""
    #: `dcatap:hvdCategory` IRIs; `applicable_legislation` IRIs (`dcatap:applicableLegislation`).
    hvd_categories: tuple[str, ...] = ()
    applicable_legislation: tuple[str, ...] = ()
    access_rights: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """An API through which datasets are served (`dcat:DataService`)."""

    iri: str
    title: str
    endpoint_url: str
    endpoint_description: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a catalogue says of itself when it is written. `publisher` has a name."""

    iri: str
    title: str
    description: str
    publisher: Agent
    homepage: str = ""
    language: str = "fr"
    licence: str = ""
    issued: datetime | None = None
    modified: datetime | None = None
    spatial: tuple[Place, ...] = ()
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Where a page stands among those of its catalogue (Hydra): absolute addresses, none where there is nothing."""

    address: str
    first: str
    last: str
    total: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One document of a catalogue. `next` is the absolute address of the next page, as its publisher says it."""

    datasets: tuple[Dataset, ...] = ()
    next: str | None = None
    #: One plain French sentence for each record (or distribution) that could not be kept whole, and for what it lacks.
    problems: tuple[str, ...] = ()
    #: What the catalogue says of itself, when it does.
    title: str = ""
    publisher: Agent | None = None
    #: `hydra:totalItems`, when said.
    total: int | None = None
