"""What a page says to machines that read it: where its RDF is, and the catalogue as schema.org describes it."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from parvis.catalog.core.dcat import vocabularies
from parvis.catalog.core.dcat.writing import FORMATS
from parvis.catalog.dcat import addresses

register = template.Library()


@register.simple_tag
def rdf_links(name: str, slug: str = "") -> SafeString:
    """`<link rel="alternate">` for each format. name: of the address, with its namespace; slug: of what the page is about."""
    links = (
        (kind, reverse(name, args=[slug, extension] if slug else [extension])) for extension, (_format, kind) in FORMATS.items()
    )
    return format_html_join("\n    ", '<link rel="alternate" type="{}" href="{}">', links)


@register.simple_tag
def catalogue_json_ld() -> SafeString:
    """The catalogue for search engines: data in the page, not a script."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "@id": addresses.catalogue(),
        "name": f"Données ouvertes : {settings.REGION_NAME}",
        "url": addresses.absolute(reverse("catalog:datasets")),
        "inLanguage": "fr",
        "license": vocabularies.LICENCE_OUVERTE,
        "publisher": {"@type": "Organization", "name": settings.REGION_NAME},
        "spatialCoverage": vocabularies.insee("region", settings.REGION_CODE),
    }
    text = json.dumps(described, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{safe}</script>')  # noqa: S308 -- nothing in it can end the element
