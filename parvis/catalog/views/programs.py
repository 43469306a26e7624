"""How a program reads a table: its addresses, with examples that work on it."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.catalog import queries, resource_api
from parvis.catalog.columns import columns_of


@require_safe
def page(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    """Published tables only: the API knows no other."""
    version = queries.get_version_for(request.user, slug, resource_id)
    if version.withdrawn or version.resource.dataset.published is None:
        raise Http404
    columns = columns_of(version)
    body = json.dumps(resource_api.sql_body(version, columns), ensure_ascii=False)
    context = {
        "resource": version.resource,
        "version": version,
        "columns": columns,
        "examples": resource_api.examples(version, columns),
        "base": settings.SITE_URL,
        "sql_body": body,
        "sql_shell": body.replace("'", "'\\''"),
        "sql_python": repr(body),
    }
    return render(request, "catalog/programs.html", context)
