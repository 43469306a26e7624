"""How pages show charts that were kept, and their tables."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page

from parvis.catalog import charts, places
from parvis.catalog.core.charts.table import Table
from parvis.catalog.models import Dataset, Resource, Version

register = template.Library()
SHOWN = 6
LINES = 200


@register.inclusion_tag("catalog/_chart_table.html")
def chart_table(table: Table, page: Page[Any] | None = None) -> dict[str, Any]:
    """The table of a chart: one page of it, or its first lines."""
    lines = page.object_list if page is not None else table.shown[:LINES]
    return {
        "columns": list(zip(table.header, table.numeric, strict=True)),
        "lines": [list(zip(line, table.numeric, strict=True)) for line in lines],
        "more": 0 if page is not None else len(table.shown) - LINES,
    }


@register.simple_tag
def charts_of_resource(resource: Resource) -> dict[str, Any]:
    return _first(charts.charts_of(resource.dataset).filter(resource=resource))


@register.simple_tag
def says_where(version: Version) -> bool:
    """Whether its rows can be put on a map."""
    return places.anywhere(version)


@register.simple_tag
def charts_of_dataset(dataset: Dataset) -> dict[str, Any]:
    return _first(charts.charts_of(dataset))


def _first(found: Any) -> dict[str, Any]:
    kept = list(found[: SHOWN + 1])
    more = len(kept) > SHOWN
    return {
        "references": [chart.reference for chart in kept[:SHOWN]],
        "more": more,
        "total": found.count() if more else len(kept),
    }


@register.simple_tag
def embedding_sites(dataset: Dataset) -> str:
    return charts.embedding_of(dataset)
