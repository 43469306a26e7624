"""Making a chart of a table: proposals, choices, preview. Everything is in the address, pinned to a version."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.models import User
from parvis.catalog import chart_answers, charts, queries, rows
from parvis.catalog.actions import charts as actions
from parvis.catalog.chart_form import form_of
from parvis.catalog.drawing import pictures
from parvis.catalog.models import Version
from parvis.catalog.views.resources import gone
from parvis.shared.limits import TooMany, check_limit

KEPT_AN_HOUR = 30


def pinned(request: HttpRequest, slug: str, resource_id: str) -> Version:
    """The version of the address, or that of today."""
    given = request.GET.get("version") or request.POST.get("version") or ""
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None
    return queries.get_version_for(request.user, slug, resource_id, number)


@require_safe
def build(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    version = pinned(request, slug, resource_id)
    if version.withdrawn:
        return gone(request, version)
    status, context = _preview(version, request)
    context |= {"version": version, "resource": version.resource, "shapes": charts.DRAWN}
    return render(request, "catalog/chart_build.html", context, status=status)


def _preview(version: Version, request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """What the address asks for: a picture and its words, or what is to be corrected."""
    choice, mistakes, fields = charts.asked(version, request.GET)
    context: dict[str, Any] = {
        "form": form_of(request.GET, fields, choice),
        "proposals": charts.proposals(version),
    }
    if not request.GET.get("forme"):
        return 200, context
    context["mistakes"] = mistakes
    if choice is None:
        return 400, context
    try:
        found = charts.seen(version, choice)
    except rows.QuestionError as error:
        context["mistakes"] = [{"role": "filters", "sentence": error.message}]
        return 400, context
    except rows.OverloadError as error:
        context["mistakes"] = [{"role": "filters", "sentence": str(error)}]
        return 503, context
    context |= {"choice": choice, "seen": found, "pictures": charts.pictures_of(version, choice)}
    return 200, context | {"kept_fields": parse_qsl(choice.query, keep_blank_values=True)}


@require_safe
def picture(request: HttpRequest, slug: str, resource_id: str, number: int) -> HttpResponse:
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if version.withdrawn:
        return gone(request, version)
    look = charts.look_called(request.GET.get("vue", "clair-large"))
    if look is None:
        raise Http404
    choice, mistakes, _fields = charts.asked(version, request.GET)
    if choice is None:
        return chart_answers.refused(request, 400, _("Ce graphique ne peut pas être dessiné"), mistakes[0].sentence)
    return chart_answers.picture(request, version, lambda: pictures.svg(version, choice, look))


@require_POST
def keep(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    """Kept by anybody; a title of one's own needs an account, so that somebody answers for it."""
    version = pinned(request, slug, resource_id)
    if version.withdrawn:
        return gone(request, version)
    by = request.user if isinstance(request.user, User) else None
    choice, mistakes, _fields = charts.asked(version, request.POST)
    if choice is None:
        return chart_answers.refused(request, 400, _("Ce graphique ne peut pas être gardé"), mistakes[0].sentence)
    try:
        check_limit(f"chart:{by.pk if by else request.META.get('REMOTE_ADDR', '')}", KEPT_AN_HOUR, 3600)
        found = charts.findings(version, choice)
    except TooMany as error:
        return chart_answers.refused(request, 429, _("Un peu de patience"), error.detail)
    except rows.QuestionError as error:
        return chart_answers.refused(request, 400, _("Ce graphique ne peut pas être gardé"), error.message)
    except rows.OverloadError as error:
        return chart_answers.refused(request, 503, _("Trop de calcul à la fois"), str(error))
    chart = actions.keep(version, choice, findings=found, title=request.POST.get("titre", ""), by=by)
    return redirect(chart)
