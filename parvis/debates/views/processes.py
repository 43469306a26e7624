"""The list of processes, and the page of one: read by everybody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parvis.debates import process_kind, process_page, processes
from parvis.debates.forms_processes import writable_by
from parvis.debates.permissions import get_process_for
from parvis.debates.processes import RANK, STATES, Asked
from parvis.shared.readers import same_for_readers
from parvis.territories import cookies

PER_PAGE = 18


def _asked(request: HttpRequest) -> Asked:
    territory, organisation, state = (
        request.GET.get(name, "").replace("\x00", "")[:120] for name in ("territoire", "organisation", "etat")
    )
    return Asked(territory, organisation, state if state in RANK else "")


@require_safe
@same_for_readers
def index(request: HttpRequest) -> HttpResponse:
    asked, now, near = _asked(request), timezone.now(), cookies.commune(request)
    page = Paginator(processes.listed(asked, now, near), PER_PAGE).get_page(request.GET.get("page"))
    may_open = request.user.is_authenticated and writable_by(request.user).exists()
    context = {
        "page": page, "cards": [process_kind.card(one) for one in page], "asked": asked, "near": near,
        "choices": processes.choices(), "states": [(one.value, label) for one, label in STATES.items()], "may_open": may_open,
    }  # fmt: skip
    return render(request, "debates/list.html", context)


@require_safe
@same_for_readers
def page(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug)
    return render(request, "debates/process.html", process_page.context(process, request.user, timezone.now()))
