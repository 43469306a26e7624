"""Identifiers that last: made from what never changes (the key of a row), never from a title nor from the address of a page.

`/donnees/id/…` answers 303 to the page or, when RDF is asked for, to the document.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from parvis.catalog.models import Dataset
from parvis.organisations.models import Organisation


def absolute(path: str) -> str:
    return str(settings.SITE_URL).rstrip("/") + path


def dataset(found: Dataset) -> str:
    return absolute(reverse("catalog:dcat_dataset_id", args=[found.pk]))


def organisation(found: Organisation) -> str:
    return absolute(reverse("catalog:dcat_organisation_id", args=[found.pk]))


def catalogue(found: Organisation | None = None) -> str:
    if found is None:
        return absolute(reverse("catalog:dcat_catalogue_id"))
    return organisation(found) + "#catalogue"


def service() -> str:
    return absolute(reverse("catalog:dcat_service_id"))


def document(extension: str, found: Organisation | None = None) -> str:
    """The first page of a catalogue, without its query."""
    if found is None:
        return absolute(reverse("catalog:dcat_catalogue", args=[extension]))
    return absolute(reverse("catalog_organisations:dcat", args=[found.slug, extension]))
