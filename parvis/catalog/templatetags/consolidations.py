"""How pages speak of consolidations."""

from __future__ import annotations

from django import template

from parvis.catalog import known_schemas
from parvis.catalog.consolidations import report
from parvis.catalog.models import ConsolidationPart

register = template.Library()


@register.filter
def schema_title(schema: str) -> str:
    return known_schemas.title_of(schema)


@register.filter
def why_left(part: ConsolidationPart) -> str:
    return report.explanation(part)
