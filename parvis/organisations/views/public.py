"""The public pages of organisations."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.organisations import register
from parvis.organisations.models import Nature, Role
from parvis.organisations.queries import may, role_in
from parvis.territories.queries import things

PER_PAGE = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    text, nature = request.GET.get("q", "").strip()[:100], request.GET.get("nature", "")
    nature = nature if nature in Nature.values else ""
    found = Paginator(register.organisations(text, nature), PER_PAGE).get_page(request.GET.get("page"))
    context = {"text": text, "nature": nature, "natures": Nature.choices, "organisations": found}
    return render(request, "organisations/index.html", context)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = register.get_organisation(slug)
    context = {
        "organisation": organisation,
        "role": role_in(request.user, organisation),
        "things": things(organisation.reference, request.user),
        "manages": may(request.user, organisation, Role.ADMINISTRATOR),
    }
    return render(request, "organisations/page.html", context)
