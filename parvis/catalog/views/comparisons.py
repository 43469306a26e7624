"""What changed between two versions of a table."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import comparison_page, comparison_rows, comparisons, downloads, queries, rows
from parvis.catalog.models import Comparison, Version
from parvis.catalog.views.resources import gone

PER_PAGE = 25


def _pair(request: HttpRequest, slug: str, resource_id: str, before: int, after: int) -> tuple[Version, Version]:
    old = queries.get_version_for(request.user, slug, resource_id, before)
    new = old.resource.versions.filter(number=after).first()
    if new is None:
        raise Http404
    new.resource = old.resource
    return old, new


def _withdrawn(request: HttpRequest, old: Version, new: Version) -> HttpResponse | None:
    """What is answered where one of the two has no bytes left."""
    return next((gone(request, version) for version in (old, new) if version.withdrawn), None)


@require_safe
def choose(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    """Any two versions: the form of the page leads here, and from here to the address of the comparison."""
    resource = queries.get_resource_for(request.user, slug, resource_id)
    given = [request.GET.get(name, "") for name in ("avant", "apres")]
    numbers = [int(text) for text in given if text.isdecimal() and len(text) < 10]
    if len(numbers) == 2 and numbers[0] != numbers[1]:
        return redirect("catalog:comparison", slug, resource_id, *numbers)
    versions = queries.with_resource(queries.history(resource), resource)
    pair = comparisons.latest_pair(versions)
    if pair and not any(given):
        return redirect("catalog:comparison", slug, resource_id, pair[0].number, pair[1].number)
    context = {"resource": resource, "versions": comparison_page.choices(versions), "problem": any(given), "pair": pair}
    return render(request, "catalog/comparison_choose.html", context, status=400 if any(given) else 200)


@require_safe
def page(request: HttpRequest, slug: str, resource_id: str, before: int, after: int) -> HttpResponse:
    old, new = _pair(request, slug, resource_id, before, after)
    if old.pk == new.pk:
        return redirect("catalog:version", slug, resource_id, after)
    if refused := _withdrawn(request, old, new):
        return refused
    found = comparisons.known(old, new)
    if comparisons.is_small(old, new) and (found is None or found.state == comparisons.FAILED):
        found = comparisons.ask(before=old, after=new)
    context = comparison_page.around(old, new, found)
    if found is None or found.state != comparisons.DONE:
        return render(request, "catalog/comparison_wait.html", context)
    return _show(request, found, context)


def _show(request: HttpRequest, found: Comparison, context: dict[str, Any]) -> HttpResponse:
    asked = comparison_page.read(request.GET, found)
    pages = Paginator(range(comparison_rows.total(found, asked.kind, asked.column)), PER_PAGE)
    context["page"] = pages.get_page(request.GET.get("page"))
    offset = (context["page"].number - 1) * PER_PAGE
    context |= comparison_page.described(found, asked)
    status = 200
    try:
        changes = comparison_rows.page(found, kind=asked.kind, column=asked.column, offset=offset, limit=PER_PAGE)
        context["changes"] = comparison_page.drawn(found, changes)
    except rows.OverloadError as error:
        context["problem"], status = str(error), 503
    return render(request, "catalog/comparison.html", context, status=status)


@require_POST
def ask(request: HttpRequest, slug: str, resource_id: str, before: int, after: int) -> HttpResponse:
    """Long tables are compared by a job, that somebody asks for."""
    old, new = _pair(request, slug, resource_id, before, after)
    if refused := _withdrawn(request, old, new):
        return refused
    try:
        comparisons.ask(before=old, after=new)
    except comparisons.CannotCompareError as error:
        return _refused(request, 422, str(error))
    except comparisons.TooManyError as error:
        return _refused(request, 503, str(error))
    return redirect("catalog:comparison", slug, resource_id, before, after)


def _refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    context = {"title": _("Ces versions ne peuvent pas être comparées"), "sentence": sentence}
    return render(request, "shared/error.html", context, status=status)


@require_safe
def file(request: HttpRequest, slug: str, resource_id: str, before: int, after: int, kind: str) -> HttpResponseBase:
    """Every change, or those of one kind (`?quoi=ajoutees`), as CSV or JSON."""
    if kind not in downloads.STREAMED:
        raise Http404
    old, new = _pair(request, slug, resource_id, before, after)
    if refused := _withdrawn(request, old, new):
        return refused
    found = comparisons.known(old, new)
    if found is None or found.state != comparisons.DONE:
        return redirect("catalog:comparison", slug, resource_id, before, after)
    only = comparison_page.KINDS.get(request.GET.get("quoi", ""), "")
    try:
        parts = comparison_rows.everything(found, only)
        # Read the first part now: what cannot be answered is then said with a proper status.
        started = chain([next(parts, [])], parts)
    except rows.OverloadError as error:
        return _refused(request, 503, str(error))
    body = comparison_rows.csv_pieces(found, started) if kind == "csv" else comparison_rows.json_pieces(started)
    response = StreamingHttpResponse(body, content_type=downloads.TYPES[kind])
    name = comparison_page.filename(found, kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return downloads.protected(response, new.resource.dataset.published is not None)
