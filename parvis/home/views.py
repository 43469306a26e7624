"""Pages that cross rooms: a person's desk, and the search over everything."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.catalog import public as catalog
from parvis.debates import public as debates
from parvis.discussions import public as discussions
from parvis.moderation import public as moderation
from parvis.organisations.queries import organisations_of
from parvis.shared.readers import same_for_readers
from parvis.shared.search import everywhere
from parvis.territories import cookies

PER_PAGE = 20


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What awaits this person: their organisations, their deposits, their drafts."""
    organisations = list(organisations_of(request.user))
    context = {
        "organisations": organisations,
        "obligations": [(one, found) for one in organisations[:5] if (found := catalog.obligations_of(one))],
        "deposits": catalog.deposits_of(request.user)[:20],
        "drafts": catalog.drafts_of(request.user)[:20],
        "requests": catalog.requests_for(request.user),
        "questions": discussions.unanswered(catalog.references_of(organisations) + debates.references_run_by(request.user))[
            :20
        ],
        "processes": debates.prepared_by(request.user),
        "doors": catalog.doors_for(request.user),
        "to_moderate": moderation.waiting() if moderation.moderates(request.user) else 0,
    }
    return render(request, "home/desk.html", context)


@require_safe
@same_for_readers
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the rooms declare, a kind after another; with `genre`, all the answers of one kind."""
    text = " ".join(request.GET.get("q", "").split())[:200]
    context: dict[str, Any] = {"text": text, "sections": [], "near": cookies.commune(request)}
    if name := request.GET.get("genre", ""):
        kind = next((kind for kind in everywhere.searchable() if kind.name == name), None)
        if kind is None or not text:
            raise Http404
        asked = request.GET.get("page", "")
        number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1
        found = everywhere.section(kind, text, request.user, limit=PER_PAGE, page=number)
        pages: Paginator[Any] = Paginator(range(found.total), PER_PAGE)
        page = Page(list(found.cards), number, pages)
        context |= {"one": found, "page": page}
    elif text:
        context["sections"] = everywhere.sections(text, request.user)
    return render(request, "home/search.html", context)
