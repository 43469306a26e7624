"""Pages for readers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from parvis.organisations.queries import organisations_of
from parvis.programmes import adjudication_page, pages, search, texts
from parvis.programmes.core.rules import Act
from parvis.programmes.permissions import allowed, get_election_for, get_list_for, get_measure_for, get_source_for, may
from parvis.programmes.results import reading
from parvis.shared.readers import same_for_readers

PER_PAGE = 50


@same_for_readers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    found = reading.elections(drafts_of=list(organisations_of(request.user).values_list("pk", flat=True)))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "programmes/index.html", {"page": page, "publishers": pages.publishers(request.user)})


@same_for_readers
@require_safe
def election(request: HttpRequest, slug: str) -> HttpResponse:
    """The lists, what was read of each, the calendar, and where to go on."""
    found = get_election_for(request.user, slug)
    context = pages.election(found) | {"acts": allowed(request.user, found)}
    return render(request, "programmes/election.html", context)


@same_for_readers
@require_safe
def comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """A theme at a time: each list's measures beside the others', with their quotations."""
    found = get_election_for(request.user, slug)
    return render(request, "programmes/comparison.html", pages.comparison(found, request.GET.get("theme", "")))


@same_for_readers
@require_safe
def candidate_list(request: HttpRequest, slug: str, list_slug: str) -> HttpResponse:
    found = get_list_for(request.user, slug, list_slug)
    context = pages.candidate_list(found, request.GET.get("theme", ""), request.GET.get("page"))
    return render(request, "programmes/list.html", context | {"acts": allowed(request.user, found.election)})


@same_for_readers
@require_safe
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """One that was merged leads to the one that it says the same as."""
    found = get_measure_for(request.user, key)
    if found.merged_into is not None:
        return redirect(found.merged_into)
    context = pages.measure(found) | {"acts": allowed(request.user, found.candidate_list.election)}
    return render(request, "programmes/measure.html", context | {"speaks": pages.speaks_for(request.user, found)})


@same_for_readers
@require_safe
def barometer(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_election_for(request.user, slug)
    return render(request, "programmes/barometer.html", pages.barometer(found))


@same_for_readers
@require_safe
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """A word in all programmes."""
    found = get_election_for(request.user, slug)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    filters = {"list": request.GET.get("liste", ""), "theme": request.GET.get("theme", "")}
    number = int(page) if (page := request.GET.get("page", "1")).isdecimal() and 0 < int(page) < 10_000 else 1
    answer = search.search(found, text, filters, number)
    return render(request, "programmes/search.html", pages.found(found, text, filters, number, answer))


@same_for_readers
@require_safe
def find_everywhere(request: HttpRequest) -> HttpResponse:
    """A word in the programmes of every election."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    number = int(page) if (page := request.GET.get("page", "1")).isdecimal() and 0 < int(page) < 10_000 else 1
    answer = search.search(None, text, {}, number) if text else None
    return render(request, "programmes/search_all.html", pages.found_everywhere(text, number, answer))


@same_for_readers
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """What each vote to come suspends, and from when to when."""
    page = Paginator(reading.to_come(timezone.localdate()), PER_PAGE).get_page(request.GET.get("page"))
    lines = [(one, pages.calendar(one)) for one in page]
    return render(request, "programmes/calendar.html", {"page": page, "lines": lines})


@require_safe
def document(request: HttpRequest, source_id: int) -> HttpResponse:
    """The file, as it was received: for the team, and for everybody when it was invented. Others have its address."""
    source = get_source_for(request.user, source_id)
    election = source.candidate_list.election
    if source.missing or not (election.invented or may(request.user, Act.COMPARE, election)):
        raise Http404
    answer = HttpResponse(texts.content_of(source), content_type=texts.SERVED_AS[source.format])
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = content_disposition_header(source.format != "text", source.name) or "attachment"
    return answer


@same_for_readers
@require_safe
def method(request: HttpRequest, slug: str) -> HttpResponse:
    """Who read, with which grid, how far they agree, in which order lists stand."""
    found = get_election_for(request.user, slug)
    context = pages.method(found)
    if context["round"] is not None:
        context |= adjudication_page.agreement_tables(context["round"])
    return render(request, "programmes/method.html", context)


@require_safe
def grid(request: HttpRequest, slug: str) -> JsonResponse:
    """The grid of the published round, whole: whoever wants to ask the same questions elsewhere starts from it."""
    kept = pages.published(get_election_for(request.user, slug)).grid
    answer = JsonResponse(kept.content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = f'attachment; filename="grille-{kept.name}-{kept.version}.json"'
    return answer


@same_for_readers
@require_safe
def powers(request: HttpRequest) -> HttpResponse:
    return render(request, "programmes/powers.html", {"powers": pages.powers()})
