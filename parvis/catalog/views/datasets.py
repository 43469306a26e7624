"""The list of datasets, and the page of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    raise Http404


def page(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404
