"""Pages that cross rooms: a person's desk, and the form that remembers a commune."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parvis.catalog import public as catalog
from parvis.organisations.queries import organisations_of


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What awaits this person: their organisations, their deposits, their drafts."""
    context = {
        "organisations": organisations_of(request.user),
        "deposits": catalog.deposits_of(request.user)[:20],
        "drafts": catalog.drafts_of(request.user)[:20],
    }
    return render(request, "home/desk.html", context)
