"""Pictures and data of charts, as answers: kept by readers as long as a version is public, forgotten when it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.catalog import downloads, rows
from parvis.catalog.core.charts.table import Table
from parvis.catalog.models import Chart, Version
from parvis.shared.security import STRICT

DRAWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"
"""A picture opened by itself runs nothing and loads nothing but the letters that it holds."""
PICTURE_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
KEPT = "public, max-age=86400"


def picture(request: HttpRequest, version: Version, draw: Callable[[], bytes], kind: str = "svg") -> HttpResponse:
    """What `draw` gives, or a status that says why not: in a page, the text alternative is then read."""
    try:
        with in_language_of(request):
            content = draw()
    except rows.QuestionError as error:
        return refused(request, 400, _("Ce graphique ne peut pas être dessiné"), error.message)
    except rows.OverloadError as error:
        return refused(request, 503, _("Trop de calcul à la fois"), str(error))
    public = version.resource.dataset.published is not None
    response = downloads.protected(HttpResponse(content, content_type=PICTURE_TYPES[kind]), public)
    response.headers["Content-Security-Policy"] = DRAWN_POLICY
    response.headers["Cache-Control"] = KEPT if public else "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if public else "same-origin"
    assert isinstance(response, HttpResponse)
    return response


def in_language_of(request: HttpRequest) -> AbstractContextManager[None]:
    """What is kept under one address is in the language that the address names, whoever asks."""
    return translation.override("en" if request.GET.get("langue") == "en" else "fr")


def attached(response: HttpResponse, chart: Chart, kind: str) -> HttpResponse:
    name = f"{slugify(chart.title)[:60] or 'graphique'}-v{chart.version.number}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def table(chart: Chart, found: Table, kind: str) -> HttpResponse:
    """The values that are drawn. `kind`: csv or json."""
    if kind == "csv":
        content = b"".join(downloads.csv_text(found.header, found.raw))
    else:
        lines = [dict(zip(found.header, map(downloads.plain, line), strict=True)) for line in found.raw]
        content = json.dumps(lines, ensure_ascii=False, indent=1).encode()
    public = chart.resource.dataset.published is not None
    response = downloads.protected(HttpResponse(content, content_type=downloads.TYPES[kind]), public)
    response.headers["Cache-Control"] = KEPT if public else "private, no-store"
    assert isinstance(response, HttpResponse)
    return attached(response, chart, kind)


def framed(response: HttpResponse, ancestors: str) -> HttpResponse:
    """A page that other sites may show inside theirs, as far as its publisher allows."""
    response.headers["Content-Security-Policy"] = STRICT.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")
    # The old header knows no list of sites: only the policy speaks.
    response.xframe_options_exempt = True
    return response


def refused(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "shared/error.html", {"title": title, "sentence": sentence}, status=status)
