"""DCAT in RDF (Turtle, RDF/XML, JSON-LD, Hydra pages) and DCAT-US (`data.json`): `core/dcat/reading.py` reads both.

Texts that came with markup leave without it, as those of the other adapters do."""

from __future__ import annotations

from dataclasses import replace

from parvis.catalog.core.dcat import reading
from parvis.catalog.core.dcat.records import Dataset, Page
from parvis.catalog.harvesting.adapters import texts


def first(url: str) -> str:
    return url


def read(data: bytes, media_type: str, *, base: str) -> Page:
    """Raises `core.dcat.reading.UnreadableCatalogue`."""
    page = reading.read(data, media_type, base=base)
    return replace(page, datasets=tuple(map(cleaned, page.datasets)))


def cleaned(dataset: Dataset) -> Dataset:
    files = tuple(
        replace(one, title=texts.line(one.title), description=texts.plain(one.description)) for one in dataset.distributions
    )
    return replace(
        dataset,
        title=texts.line(dataset.title),
        description=texts.plain(dataset.description),
        keywords=texts.words(list(dataset.keywords)),
        licence=texts.line(dataset.licence),
        distributions=files,
    )
