"""Requests of data: the list, the page of one, its letter to the CADA, the public figures."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.catalog.core.requests.states import State
from parvis.catalog.forms_requests import CloseForm, DayForm
from parvis.catalog.models import DataRequest
from parvis.catalog.queries import territory_called
from parvis.catalog.requests import figures, letters, lists
from parvis.catalog.requests.page import page_of
from parvis.catalog.requests.permissions import ASKED, Act, check, get_request_for
from parvis.organisations.models import Organisation
from parvis.shared.exports import stream_csv


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    question = lists.asked(request.GET)
    page = Paginator(lists.requests(question), lists.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "question": question,
        "page": page,
        "states": [choice for choice in DataRequest.StateOf.choices if choice[0] != State.TO_CONFIRM],
        "sorts": lists.SORTS,
        "organisation": Organisation.objects.filter(slug=question.organisation).first() if question.organisation else None,
        "territory": territory_called(question.territory) if question.territory else None,
    }
    return render(request, "catalog/requests.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list, with the same filters, as a table."""
    rows = lists.lines(lists.asked(request.GET), settings.SITE_URL)
    return table("demandes-de-donnees.csv", lists.HEADER, rows)


def table(name: str, header: tuple[str, ...], rows: object) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(stream_csv(header, rows), content_type="text/csv; charset=utf-8")  # type: ignore[arg-type]
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def page(request: HttpRequest, request_id: str) -> HttpResponse:
    found = get_request_for(request.user, request_id)
    shown = page_of(found, request.user, timezone.localdate())
    context = {"page": shown, "asked": found, "day_form": DayForm(), "close_form": CloseForm()}
    return render(request, "catalog/request.html", context)


@never_cache
@login_required
@require_safe
def cada(request: HttpRequest, request_id: str, kind: str = "") -> HttpResponse:
    """The letter, with its dates, once the time is right: to print, or as plain text."""
    found, today = get_request_for(request.user, request_id), timezone.localdate()
    check(request.user, Act.CADA, found, today)
    letter = letters.cada_letter(found, today)
    if kind == "txt":
        answer = HttpResponse(letter + "\n", content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="lettre-cada.txt"'
        return answer
    return render(request, "catalog/request_cada.html", {"asked": found, "letter": letter, "clocks": found.clocks(today)})


@require_safe
def letter(request: HttpRequest, request_id: str) -> HttpResponse:
    """What the authority reads, for who gives it by hand. The name that is not public is not on it."""
    found = get_request_for(request.user, request_id)
    check(request.user, Act.READ, found, timezone.localdate())
    found.given_name = found.given_name if found.author_id == request.user.pk else ""
    return render(request, "catalog/request_letter.html", {"asked": found, "letter": letters.request_letter(found)})


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Of all, then of each authority; or of one, with `organisation`."""
    today, slug = timezone.localdate(), request.GET.get("organisation", "").replace("\x00", "")
    organisation = get_object_or_404(Organisation, slug=slug, nature__in=ASKED) if slug else None
    total = figures.of(organisation, today) if organisation else figures.of_all(today)
    rows = [] if organisation else figures.by_authority(today)
    context = {
        "organisation": organisation,
        "figures": total,
        "grounds": figures.ground_labels(total),
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
    }
    return render(request, "catalog/requests_figures.html", context)


@require_safe
def numbers_export(request: HttpRequest) -> StreamingHttpResponse:
    return table("chiffres-des-demandes.csv", figures.HEADER, figures.lines(timezone.localdate()))
