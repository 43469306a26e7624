"""Pages of territories."""

from __future__ import annotations

import gzip

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.shared.readers import same_for_readers
from parvis.territories import areas, classes, cookies, maps, queries
from parvis.territories.forms import Remember
from parvis.territories.models import Level
from parvis.territories.search import search

PER_PAGE = 50


@require_safe
@same_for_readers
def index(request: HttpRequest) -> HttpResponse:
    """The Région: its map, its départements, and a search over the whole country."""
    text, region = request.GET.get("q", "").strip()[:100], queries.region()
    context = {
        "text": text,
        "matches": search(text, near=cookies.code(request), limit=20) if text else [],
        "region": region,
        "counts": queries.counts(region) if region else {},
        "departements": queries.members(region, Level.DEPARTEMENT) if region else [],
        "map": maps.region_map() if region else None,
        "code": queries.last_code(),
        "commune": cookies.commune(request),
    }
    return render(request, "territories/index.html", context)


@require_safe
@same_for_readers
def page(request: HttpRequest, level: str, code: str) -> HttpResponse:
    if level not in Level.values:
        raise Http404
    territory = queries.get_territory(level, code)
    tabs, sort = queries.tabs(territory), request.GET.get("tri", "")
    tab = next((tab for tab in tabs if tab.level == request.GET.get("membres")), tabs[0] if tabs else None)
    members = queries.members(territory, tab.level if tab else "", sort)
    context = {
        "territory": territory,
        "tabs": tabs,
        "tab": tab,
        "sort": sort if sort in queries.SORTS else "nom",
        "members": Paginator(members, PER_PAGE).get_page(request.GET.get("page")),
        "map": maps.territory_map(territory),
        "things": queries.things(territory.reference, request.user),
        "code": queries.last_code(),
        "class_method": classes.sentence() if territory.territory_class else "",
        "remembered": level == Level.COMMUNE and cookies.code(request) == code,
    }
    return render(request, "territories/page.html", context)


@require_safe
def contours(request: HttpRequest, stamp: str, level: str) -> HttpResponse:
    """The contours of one level of the Région, kept for ever at an address that changes with them."""
    if level not in Level.values or not areas.areas(level).drawn or areas.areas(level).outlined:
        raise Http404
    current = areas.stamp()
    if stamp != current:
        return redirect("territories:contours", current, level)
    tag = f'"{current}-{level}"'
    response = get_conditional_response(request, tag) or HttpResponse(content_type="application/json")
    if response.status_code == 200:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response.content = areas.packed(level) if packed else gzip.decompress(areas.packed(level))
        if packed:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = tag
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def choose(request: HttpRequest) -> HttpResponse:
    """The picker: a name, its matches, one button each; a second button forgets."""
    if request.method == "POST":
        return _forget(request) if "forget" in request.POST else _remember(request)
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "text": text,
        "matches": search(text, level=Level.COMMUNE, near=cookies.code(request), limit=20) if text else [],
        "commune": cookies.commune(request),
        "next": request.GET.get("next") or request.headers.get("referer", ""),
    }
    return render(request, "territories/choose.html", context)


def _remember(request: HttpRequest) -> HttpResponse:
    form = Remember(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["commune"][0]) if "commune" in form.errors else _("Choisissez une commune."))
        return redirect("territories:choose")
    commune = form.cleaned_data["commune"]
    response = redirect(_back(request) or commune.get_absolute_url())
    cookies.remember(response, commune)
    messages.success(request, _("C'est noté : les listes s'ouvriront autour de %(name)s.") % {"name": commune.name})
    return response


def _forget(request: HttpRequest) -> HttpResponse:
    response = redirect("territories:choose")
    cookies.forget(response)
    messages.success(request, _("Votre commune est oubliée."))
    return response


def _back(request: HttpRequest) -> str:
    """The page to go back to, if it is one of ours and not the picker itself."""
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if ours and "/territoires/choisir/" not in address else ""
