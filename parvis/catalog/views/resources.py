"""The page of a resource: rows, columns, verdict, versions, downloads."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def page(request: HttpRequest, **names: Any) -> HttpResponse:
    raise Http404


column = row = verdict = ask_export = download = version = errors = export = export_file = page
