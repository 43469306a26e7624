"""The interactive map of a table, with the picture and the table that say the same to everybody."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog import chart_answers, charts, downloads, map_page, map_values, queries, rows
from parvis.catalog.models import Version
from parvis.catalog.views.charts import pinned
from parvis.catalog.views.resources import gone
from parvis.shared.security import STRICT

POLICY = f"{STRICT}; worker-src 'self'"
"""MapLibre draws in a worker, which is a file of this site: nothing else is opened."""
LINES = 100


@require_safe
def of_chart(request: HttpRequest, chart_id: str) -> HttpResponse:
    """The same map, to move in."""
    chart = charts.get_chart_for(request.user, chart_id)
    choice = charts.choice_of(chart)
    if not choice.level and not choice.latitude:
        raise Http404
    address = reverse("catalog:map", args=[chart.resource.dataset.slug, chart.resource_id])
    return redirect(f"{address}?version={chart.version.number}&{choice.query}")


@require_safe
def page(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    version = pinned(request, slug, resource_id)
    if version.withdrawn:
        return gone(request, version)
    choice, mistakes, fields = map_page.asked(version, request.GET)
    context: dict[str, Any] = {"version": version, "resource": version.resource, "origin": charts.origin(version)}
    if choice is None:
        proposals = map_page.proposals(version, fields)
        if len(proposals) == 1 and not request.GET.get("forme"):
            return redirect(f"{request.path}?version={version.number}&{proposals[0].choice.query}")  # nothing to choose from
        context |= {"mistakes": mistakes, "proposals": proposals}
        return render(request, "catalog/map.html", context, status=400 if request.GET.get("forme") else 200)
    status = 200
    try:
        drawn = map_values.drawn(version, choice)
    except (rows.QuestionError, rows.OverloadError) as error:
        status = 503 if isinstance(error, rows.OverloadError) else 400
        return render(request, "catalog/map.html", context | {"problem": str(error)}, status=status)
    lines = Paginator(map_page.lines(drawn), LINES).get_page(request.GET.get("page"))
    context |= {"choice": choice, "map": drawn, "page": lines, "addresses": map_page.addresses(version, choice, drawn)}
    response = render(request, "catalog/map.html", context)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@require_safe
def values(request: HttpRequest, slug: str, resource_id: str, number: int) -> HttpResponse:
    """What the script draws: classes, the class of each code, or the places."""
    version = _readable(request, slug, resource_id, number)
    choice, mistakes, _fields = map_page.asked(version, request.GET)
    if choice is None:
        return HttpResponse(json.dumps({"detail": mistakes[0].sentence}), status=400, content_type="application/json")
    try:
        with chart_answers.in_language_of(request):
            content = json.dumps(map_page.values(version, choice), ensure_ascii=False)
    except rows.QuestionError as error:
        return HttpResponse(json.dumps({"detail": error.message}), status=400, content_type="application/json")
    except rows.OverloadError as error:
        return HttpResponse(json.dumps({"detail": str(error)}), status=503, content_type="application/json")
    return _kept(HttpResponse(content, content_type="application/json"), version)


@require_safe
def picture(request: HttpRequest, slug: str, resource_id: str, number: int, scheme: str) -> HttpResponse:
    version = _readable(request, slug, resource_id, number)
    choice, mistakes, _fields = map_page.asked(version, request.GET)
    if scheme not in charts.SCHEMES:
        raise Http404
    if choice is None:
        return chart_answers.refused(request, 400, _("Cette carte ne peut pas être dessinée"), mistakes[0].sentence)
    attribute = {"clair": "svg_light", "sombre": "svg_dark"}[scheme]
    return chart_answers.picture(request, version, lambda: getattr(map_values.drawn(version, choice), attribute))


def _readable(request: HttpRequest, slug: str, resource_id: str, number: int) -> Version:
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if version.withdrawn:
        raise Http404
    return version


def _kept(response: HttpResponse, version: Version) -> HttpResponse:
    public = version.resource.dataset.published is not None
    downloads.protected(response, public)
    response.headers["Cache-Control"] = chart_answers.KEPT if public else "private, no-store"
    return response
