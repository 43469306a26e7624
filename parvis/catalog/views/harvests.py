"""The sources that are read regularly: their list, one of them, what a look found, what each reading did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import harvest_pages
from parvis.catalog.actions import harvests as actions
from parvis.catalog.forms_harvests import PublisherForm, RhythmForm, SourceForm, of
from parvis.catalog.harvesting import access
from parvis.catalog.models import HarvestPublisher, HarvestSource
from parvis.catalog.views.deposits import who
from parvis.shared.exports import stream_csv
from parvis.shared.limits import TooMany

PER_PAGE = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is read, from where, and whether it went well."""
    found = harvest_pages.sources(access.sources_for(request.user))
    context = {"page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")), "may": access.may_harvest(request.user)}
    return render(request, "catalog/harvests.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    if not access.may_harvest(request.user):
        raise PermissionDenied(_("Il faut administrer une organisation pour déclarer son portail."))
    by = who(request)
    form = SourceForm(
        request.POST or None, organisations=access.organisations_for(by), anyone=by.is_administrator, initial=harvest_pages.asked(request.GET)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            source = actions.declare(address=given["address"], name=given["name"], organisation=given["organisation"], by=by)
            return redirect(source)
        except (actions.HarvestError, TooMany) as error:
            form.add_error("address", str(error))
    return render(request, "catalog/harvest_add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def page(request: HttpRequest, source_id: str) -> HttpResponse:
    return show(request, access.get_source_for(request.user, source_id))


def show(request: HttpRequest, source: HarvestSource, form: RhythmForm | None = None, status: int = 200) -> HttpResponse:
    context = harvest_pages.source_page(source, request.user)
    context |= {
        "form": form or of(source),
        "page": Paginator(context["runs"], 10).get_page(request.GET.get("page")),
        "publishers": Paginator(context["publishers"], PER_PAGE).get_page(request.GET.get("organismes")),
    }
    return render(request, "catalog/harvest_source.html", context, status=status)


def attempt(request: HttpRequest, act: Any, done: str = "") -> None:
    """Do it and say so, or say why it cannot be done."""
    try:
        act()
    except (actions.HarvestError, TooMany) as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)


@login_required
@require_POST
def look(request: HttpRequest, source_id: str) -> HttpResponse:
    source = access.get_source_to_run_for(request.user, source_id)
    attempt(request, lambda: actions.look(source, by=who(request)))
    return redirect(source)


@login_required
@require_POST
def activate(request: HttpRequest, source_id: str) -> HttpResponse:
    source = access.get_source_to_run_for(request.user, source_id)
    form = of(source, request.POST)
    if not form.is_valid():
        return show(request, source, form, status=422)
    given = form.cleaned_data
    attempt(
        request,
        lambda: actions.activate(source, by=who(request), rhythm=given["rhythm"], name=given["name"]),
        _("La source est activée : sa première lecture commence."),
    )
    return redirect(source)


@login_required
@require_POST
def change(request: HttpRequest, source_id: str) -> HttpResponse:
    """Read now, pause, resume, or another rhythm: one button each."""
    source, by = access.get_source_to_run_for(request.user, source_id), who(request)
    if "run" in request.POST:
        attempt(request, lambda: actions.run_now(source, by=by), _("La lecture commence."))
    elif "pause" in request.POST:
        attempt(
            request, lambda: actions.pause(source, by=by), _("La source est en pause : ses jeux de données restent visibles.")
        )
    elif "resume" in request.POST:
        attempt(request, lambda: actions.resume(source, by=by), _("La source reprend : elle sera lue dans la minute."))
    else:
        form = of(source, request.POST)
        if not form.is_valid():
            return show(request, source, form, status=422)
        attempt(request, lambda: actions.set_rhythm(source, by=by, **form.cleaned_data), _("Le réglage est enregistré."))
    return redirect(source)


@login_required
def end(request: HttpRequest, source_id: str) -> HttpResponse:
    """Asked on a page of its own: what came from the source is no longer shown."""
    source = access.get_source_to_run_for(request.user, source_id)
    if request.method == "POST":
        attempt(
            request, lambda: actions.end(source, by=who(request)), _("La source est retirée, et ses jeux de données archivés.")
        )
        return redirect("catalog:harvests")
    shown = source.datasets.filter(archived=None).count()
    return render(request, "catalog/harvest_end.html", {"source": source, "shown": shown})


@login_required
@require_POST
def publishers(request: HttpRequest, source_id: str) -> HttpResponse:
    """Say who one publisher of the source is."""
    source, by = access.get_source_to_run_for(request.user, source_id), who(request)
    found = get_object_or_404(HarvestPublisher.objects.select_related("organisation", "source__organisation"), source=source, pk=harvest_pages.number(request.POST.get("publisher")))  # fmt: skip
    form = PublisherForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(source)
    asked = form.cleaned_data["organisation"] if form.cleaned_data["choice"] == "other" else found.organisation
    if form.cleaned_data["choice"] == "keep" or asked is None:
        attempt(
            request, lambda: actions.keep_name(found, by=by), _("« {name} » restera cité par son nom.").format(name=found.name)
        )
    else:
        attempt(
            request,
            lambda: actions.confirm(found, asked, by=by),
            _("« {name} » est reconnu : ses jeux de données sont sur sa page.").format(name=found.name),
        )
    return redirect(source)


@require_safe
def run(request: HttpRequest, source_id: str, run_id: str) -> HttpResponse:
    """What one reading did, record by record."""
    found = access.get_run_for(request.user, source_id, run_id)
    context = harvest_pages.run_page(found, request.GET, request.user)
    context["page"] = Paginator(context["records"], 50).get_page(request.GET.get("page"))
    return render(request, "catalog/harvest_run.html", context)


@require_safe
def run_export(request: HttpRequest, source_id: str, run_id: str) -> HttpResponseBase:
    found = access.get_run_for(request.user, source_id, run_id)
    body = (piece.encode() for piece in stream_csv(harvest_pages.HEADER, harvest_pages.lines(found, request.GET)))
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="moissonnage-{found.pk}.csv"'
    return response


@login_required
@require_POST
def stop(request: HttpRequest, source_id: str, run_id: str) -> HttpResponse:
    source = access.get_source_to_run_for(request.user, source_id)
    found = access.get_run_for(request.user, source_id, run_id)
    attempt(request, lambda: actions.stop(found, by=who(request)), _("La lecture est arrêtée. Ce qui a été lu est gardé."))
    return redirect(source)
