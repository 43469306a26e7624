"""The catalogue for machines: pages of DCAT-AP, one dataset, and identifiers that last."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog import queries
from parvis.catalog.core.dcat.writing import FORMATS
from parvis.catalog.dcat import documents
from parvis.organisations.models import Organisation
from parvis.shared.limits import TooMany, check_limit
from parvis.shared.networks import network_of
from parvis.shared.problems import problem

#: A harvester reads page after page: 20,000 datasets are 200 pages.
GOES, SECONDS = 100, 10
HTML = "text/html"
BY_TYPE = {media: extension for extension, (_format, media) in FORMATS.items()}
EXPOSED = "ETag, Last-Modified, Link, Content-Length"

View = Callable[..., HttpResponseBase]


def wanted(request: HttpRequest) -> str:
    """The extension of the format that the request prefers; empty for a page."""
    return BY_TYPE.get(request.get_preferred_type([HTML, "application/xhtml+xml", *BY_TYPE]) or "", "")


def or_rdf(document: Callable[..., HttpResponseBase]) -> Callable[[View], View]:
    """Decorate a page: who asks for RDF there receives `document(request, …, extension)`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def negotiated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            extension = wanted(request)
            response = document(request, *args, extension=extension, **kwargs) if extension else view(request, *args, **kwargs)
            patch_vary_headers(response, ["Accept"])
            return response

        return negotiated

    return decorate


def answer(request: HttpRequest, found: documents.Document, extension: str) -> HttpResponseBase:
    """The document, or 304 to who already has it. Open to pages of any site."""
    moment = int(found.modified.timestamp()) if found.modified else None
    response = get_conditional_response(request, found.tag, moment)
    if response is None:
        kind = FORMATS[extension][1]
        response = HttpResponse(
            found.bytes(extension), content_type=kind if kind != "text/turtle" else f"{kind}; charset=utf-8"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = found.tag
    if moment:
        response.headers["Last-Modified"] = http_date(moment)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Language"] = "fr"  # whoever reads: the texts are those of the publishers
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def limited(view: View) -> View:
    """Decorate a view of documents: too many in too short a while is 429, with the time to wait."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            check_limit(f"dcat:{network_of(request)}", GOES, SECONDS)
        except TooMany as error:
            response = problem(error.status, error.detail)
            response.headers["Retry-After"] = str(SECONDS)
            return response
        return view(request, *args, **kwargs)

    return counted


# ----- Documents -----


@require_safe
@limited
def catalogue(request: HttpRequest, extension: str, organisation: Organisation | None = None) -> HttpResponseBase:
    """`?page=` from 1; `?origine=ici` leaves out what was harvested elsewhere."""
    text = request.GET.get("page", "1")
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return problem(400, _("Le numéro de page doit être un nombre."))
    own = request.GET.get("origine") == "ici"
    return answer(request, documents.page(organisation, int(text), extension, own), extension)


def organisation(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    found = get_object_or_404(Organisation.objects.select_related("territory"), slug=slug)
    return catalogue(request, extension, found)


@require_safe
@limited
def dataset(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    return answer(request, documents.one(documents.dataset_called(slug), extension), extension)


# ----- Identifiers -----


class SeeOther(HttpResponseRedirect):
    status_code = 303


def see(request: HttpRequest, page: str, document: Callable[[str], str]) -> HttpResponse:
    """303: what the identifier names is no page, this is where it is described."""
    extension = wanted(request)
    response = SeeOther(document(extension) if extension else page)
    response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def dataset_id(request: HttpRequest, dataset_id: str) -> HttpResponse:
    found = queries.published_dataset(dataset_id)
    if found is None or found.pk != dataset_id:
        raise Http404
    return see(
        request, found.get_absolute_url(), lambda extension: reverse("catalog:dcat_dataset", args=[found.slug, extension])
    )


@require_safe
def organisation_id(request: HttpRequest, organisation_id: int) -> HttpResponse:
    found = get_object_or_404(Organisation, pk=organisation_id)
    return see(
        request,
        found.get_absolute_url(),
        lambda extension: reverse("catalog_organisations:dcat", args=[found.slug, extension]),
    )


@require_safe
def catalogue_id(request: HttpRequest) -> HttpResponse:
    return see(request, reverse("catalog:datasets"), lambda extension: reverse("catalog:dcat_catalogue", args=[extension]))


@require_safe
def service_id(request: HttpRequest) -> HttpResponse:
    return see(request, "/api/v1/openapi.json", lambda extension: reverse("catalog:dcat_catalogue", args=[extension]))
