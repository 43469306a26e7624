"""Forms of people without an account: the signed key and the origin of the form stand for Django's token, which needs a cookie."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from parvis.debates.actions import participants
from parvis.debates.models import Process
from parvis.debates.participation import identity
from parvis.debates.participation.identity import StaleKeyError, Visit
from parvis.debates.permissions import get_process_for
from parvis.shared.readers import personal

Keyed = Callable[..., HttpResponseBase]


def stale() -> str:
    return _(
        "Cette page est ouverte depuis longtemps, ou vous avez changé de compte : rien n'est enregistré. Répondez de nouveau."
    )


def arrive(request: HttpRequest, process: Process) -> Visit:
    """Who reads; what they said on this browser before signing in is theirs."""
    personal(request)
    visit = identity.visit_of(request, process)
    return participants.join_account(visit) if visit.user else visit


def keyed(back: str) -> Callable[[Keyed], Keyed]:
    """Decorate a view that takes a visit. `back`: where a reading request, or a key that no longer holds, is sent."""

    def decorate(view: Keyed) -> Keyed:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, **parts: Any) -> HttpResponseBase:
            if request.method != "POST":
                return redirect(f"debates:{back}", slug)
            process = get_process_for(request.user, slug)
            try:
                visit = identity.sending_visit(request, process, request.POST.get("cle", ""))
            except StaleKeyError:
                messages.error(request, stale())
                return redirect(f"debates:{back}", slug)
            response = view(request, participants.join_account(visit), **parts)
            if visit.user is None and not identity.cookie_of(request) and response.cookies.get("participation") is None:
                identity.remember(response, visit)
            return response

        return guarded

    return decorate
