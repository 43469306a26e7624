"""Tables of one schema brought together: the list, the report of one, and what the Région may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import known_schemas
from parvis.catalog.actions import consolidations as actions
from parvis.catalog.consolidations import report, tables
from parvis.catalog.models import Consolidation
from parvis.catalog.permissions import Deed, may_for_region
from parvis.catalog.views.deposits import who
from parvis.catalog.views.obligations_region import table
from parvis.shared.limits import TooMany

PER_PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every consolidation; for the Région's editors, those that could begin."""
    found = Consolidation.objects.select_related("resource__dataset", "version")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    decides = may_for_region(request.user, Deed.SETTLE)
    context = {
        "page": page,
        "offers": tables.offers() if decides else (),
    }
    return render(request, "catalog/consolidations.html", context)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What came in, what stayed out and why."""
    found = get_object_or_404(Consolidation.objects.select_related("resource__dataset", "version"), slug=slug)
    wanted = request.GET.get("voir", "")
    parts = report.parts(found, wanted)
    context = {
        "found": found,
        "title": known_schemas.title_of(found.schema),
        "wanted": wanted,
        "choices": report.choices(found),
        "page": Paginator(parts, PER_PAGE).get_page(request.GET.get("page")),
        "decides": may_for_region(request.user, Deed.SETTLE),
    }
    return render(request, "catalog/consolidation.html", context)


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The whole report."""
    found = get_object_or_404(Consolidation, slug=slug)
    return table(report.HEADER, rows(found), f"rapport-{slug}.csv")


def rows(found: Consolidation) -> Iterator[tuple[Any, ...]]:
    return map(report.line, report.parts(found).iterator(chunk_size=500))


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    try:
        found = actions.begin(request.POST.get("schema", "")[:200], by=who(request))
    except actions.ConsolidationError as error:
        messages.error(request, str(error))
        return redirect("catalog:consolidations")
    messages.success(request, _("C'est demandé : la table se construit, cette page dit où elle en est."))
    return redirect(found)


@login_required
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Build again now, stop following, follow again."""
    found = get_object_or_404(Consolidation, slug=slug)
    what = request.POST.get("quoi", "")
    try:
        if what in {"suivre", "arreter"}:
            actions.follow(found, active=what == "suivre", by=who(request))
        else:
            actions.rebuild(found, by=who(request))
            messages.success(request, _("C'est demandé : la table se construit, cette page dit où elle en est."))
    except TooMany as error:
        messages.error(request, str(error))
    return redirect(found)
