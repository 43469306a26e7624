"""A chart that was kept: its page, its pictures, its data, and the page that other sites may show."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import chart_answers, chart_questions, charts, queries, rows
from parvis.catalog.actions import charts as actions
from parvis.catalog.drawing import pictures
from parvis.catalog.models import Chart
from parvis.catalog.permissions import Deed, can, get_dataset_to_manage_for
from parvis.catalog.views.deposits import who
from parvis.catalog.views.resources import gone
from parvis.shared.readers import same_for_readers

PER_PAGE = 12
LINES = 100


@require_safe
@same_for_readers
def page(request: HttpRequest, chart_id: str) -> HttpResponse:
    chart = charts.get_chart_for(request.user, chart_id)
    context = _context(request, chart)
    if chart.version.withdrawn:
        return render(request, "catalog/chart_withdrawn.html", context, status=410)
    context |= {
        "citation": charts.citation(chart),
        "iframe": charts.iframe(chart),
        "embedding": charts.embedding_of(chart.resource.dataset),
        "newer": charts.newer(chart),
        "question": chart_questions.address(chart.version, charts.choice_of(chart)),
        "may_remove": can(request.user, Deed.EDIT, chart.resource.dataset.organisation),
    }
    return _with_values(request, chart, "catalog/chart.html", context)


def _context(request: HttpRequest, chart: Chart) -> dict[str, Any]:
    return {"chart": chart, "version": chart.version, "resource": chart.resource, "dataset": chart.resource.dataset}


def _with_values(request: HttpRequest, chart: Chart, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with what the picture says; where too much is asked at once, it says so and is still there."""
    choice, status = charts.choice_of(chart), 200
    context |= {"choice": choice, "pictures": charts.kept_pictures(chart), "origin": charts.origin(chart.version)}
    try:
        found = charts.seen(chart.version, choice)
    except rows.OverloadError as error:
        context["problem"], status = str(error), 503
    except rows.QuestionError as error:
        context["problem"], status = error.message, 422
    else:
        lines = Paginator(found.table.shown, LINES).get_page(request.GET.get("page"))
        context |= {"seen": found, "page": lines}
    return render(request, template, context, status=status)


@require_safe
def embed(request: HttpRequest, chart_id: str) -> HttpResponse:
    """The chart alone, for other sites, as far as its publisher allows."""
    chart = charts.get_chart_for(request.user, chart_id)
    context = _context(request, chart)
    if chart.version.withdrawn:
        response = render(request, "catalog/chart_embed.html", context, status=410)
    else:
        response = _with_values(request, chart, "catalog/chart_embed.html", context)
    return chart_answers.framed(response, charts.frame_ancestors(chart.resource.dataset))


@require_safe
def picture(request: HttpRequest, chart_id: str, look: str) -> HttpResponse:
    chart, wanted = charts.get_chart_for(request.user, chart_id), charts.look_called(look)
    if wanted is None:
        raise Http404
    if chart.version.withdrawn:
        return gone(request, chart.version)
    return chart_answers.picture(request, chart.version, lambda: pictures.svg(chart.version, charts.choice_of(chart), wanted))


@require_safe
def download(request: HttpRequest, chart_id: str, kind: str) -> HttpResponse:
    """The picture with its title and its origin, to be pasted anywhere."""
    chart = charts.get_chart_for(request.user, chart_id)
    draw = {"svg": pictures.svg, "png": pictures.png}.get(kind)
    if draw is None:
        raise Http404
    if chart.version.withdrawn:
        return gone(request, chart.version)
    scheme = charts.SCHEMES.get(request.GET.get("vue", "clair"), "light")
    look = charts.taken_away(chart, scheme)
    response = chart_answers.picture(request, chart.version, lambda: draw(chart.version, charts.choice_of(chart), look), kind)
    return chart_answers.attached(response, chart, kind) if response.status_code == 200 else response


@require_safe
def data(request: HttpRequest, chart_id: str, kind: str) -> HttpResponse:
    chart = charts.get_chart_for(request.user, chart_id)
    if kind not in {"csv", "json"}:
        raise Http404
    if chart.version.withdrawn:
        return gone(request, chart.version)
    try:
        found = charts.seen(chart.version, charts.choice_of(chart))
    except rows.OverloadError as error:
        return chart_answers.refused(request, 503, _("Trop de calcul à la fois"), str(error))
    return chart_answers.table(chart, found.table, kind)


@require_safe
@same_for_readers
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Every chart kept of a dataset."""
    dataset = queries.get_dataset_for(request.user, slug)
    kept = Paginator(charts.charts_of(dataset), PER_PAGE).get_page(request.GET.get("page"))
    context = {"dataset": dataset, "page": kept, "references": [chart.reference for chart in kept]}
    return render(request, "catalog/charts.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, chart_id: str) -> HttpResponse:
    chart = charts.get_chart_for(request.user, chart_id)
    slug = chart.resource.dataset.slug
    actions.remove(chart, by=who(request))
    messages.success(request, _("Le graphique est retiré."))
    return redirect("catalog:charts", slug)


@login_required
@require_POST
def embedding(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may show the charts of a dataset in their pages."""
    dataset = get_dataset_to_manage_for(request.user, slug)
    try:
        actions.choose_embedding(dataset, who=request.POST.get("qui", ""), sites=request.POST.get("sites", ""), by=who(request))
    except actions.ChartError as error:
        return chart_answers.refused(request, 422, _("Ce choix est à corriger"), str(error))
    messages.success(request, _("Votre choix est enregistré."))
    return redirect("catalog:manage", slug)
