"""The list of datasets, and the page of one."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from parvis.catalog import downloads, finding, missed, quality, queries, reuses, rows
from parvis.catalog.columns import columns_of
from parvis.catalog.models import Dataset, Resource
from parvis.catalog.templatetags.catalog import LICENCES
from parvis.catalog.views import dcat
from parvis.organisations.models import Role
from parvis.organisations.queries import may, organisations_of
from parvis.shared.readers import same_for_readers
from parvis.territories import cookies

SHOWN_REUSES = 4
PREVIEWED_ROWS, PREVIEWED_COLUMNS = 5, 8


@require_safe
@dcat.or_rdf(dcat.catalogue)
@same_for_readers
def index(request: HttpRequest) -> HttpResponse:
    """Every list opens on what is near: with a commune remembered, its datasets come first, then those around it."""
    question, place = finding.asked(request.GET), cookies.commune(request)
    found = finding.find(question, place)
    if found.ready and not found.total and question.text and question.page == 1:
        missed.note(question.text)
    pages: Paginator[Any] = Paginator(range(found.total), finding.PER_PAGE)
    context = {
        "question": question,
        "place": place,
        "found": found,
        "page": Page(found.datasets, found.page, pages),
        "groups": finding.groups(question, found, request.GET),
        "sorts": queries.SORTS,
        "may_publish": request.user.is_authenticated and organisations_of(request.user).exists(),
    }
    return render(request, "catalog/datasets.html", context)


@require_safe
@dcat.or_rdf(dcat.dataset)
@same_for_readers
def page(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = queries.get_dataset_for(request.user, slug)
    resources = queries.resources_of(dataset)
    versions = queries.recent_versions(dataset, resources)
    context: dict[str, Any] = {
        "dataset": dataset,
        "resources": resources,
        "preview": preview(resources[0]) if len(resources) == 1 else None,
        "versions": versions,
        "around": [thing.reference for thing in (dataset.organisation, dataset.territory) if thing],
        "latest": next((version.created for version in versions if not version.withdrawn), None),
        "json_ld": json_ld(dataset, resources),
        "quality": quality.report(dataset),
        "reuses": [reuses.card(one) for one in reuses.reuses(dataset=dataset.slug)[:SHOWN_REUSES]],
        "reuses_more": dataset.reuses.count() > SHOWN_REUSES,
        "member": may(request.user, dataset.organisation, Role.AGENT),
    }
    return render(request, "catalog/dataset.html", context)


def preview(resource: Resource) -> dict[str, Any] | None:
    """The first rows of a table that is alone in its dataset; the page does without them when they cannot be read now."""
    version = resource.current
    if version is None or version.withdrawn:
        return None
    columns = columns_of(version)[:PREVIEWED_COLUMNS]
    try:
        found = rows.page(version, columns=[column.name for column in columns], limit=PREVIEWED_ROWS)
    except (rows.OverloadError, OSError):
        return None
    return {"version": version, "columns": columns, "rows": found}


def json_ld(dataset: Dataset, resources: list[Resource]) -> SafeString:
    """The dataset as schema.org describes it, for search engines: data in the page, not a script."""
    files = [
        {
            "@type": "DataDownload",
            "name": resource.title,
            "encodingFormat": downloads.TYPES[kind].partition(";")[0],
            "contentUrl": settings.SITE_URL + reverse("catalog:download", args=[dataset.slug, resource.pk, kind]),
        }
        for resource in resources
        if resource.current and not resource.current.withdrawn
        for kind in ("csv", "json", "parquet")
    ]
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": dataset.title,
        "description": dataset.description or dataset.title,
        "url": settings.SITE_URL + dataset.get_absolute_url(),
        "license": LICENCES.get(dataset.licence),
        "isAccessibleForFree": True,
        "keywords": [str(keyword) for keyword in dataset.keywords],
        "creator": {"@type": "Organization", "name": dataset.organisation.name},
        "spatialCoverage": dataset.territory.name if dataset.territory else None,
        "datePublished": dataset.published.date().isoformat() if dataset.published else None,
        "distribution": files,
    }
    text = json.dumps({name: value for name, value in described.items() if value not in (None, "", [])}, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{safe}</script>')  # noqa: S308 -- nothing in it can end the element
