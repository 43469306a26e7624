"""Proposing a statement, and correcting it while nobody answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from parvis.debates.actions import statements
from parvis.debates.actions.statements import LONGEST, SHORTEST, AlikeError, StatementError
from parvis.debates.models import Process, Statement
from parvis.debates.opinion_page import afterwards, card_of
from parvis.debates.participation import identity
from parvis.debates.participation.identity import StaleKeyError, Visit
from parvis.debates.permissions import get_process_for
from parvis.debates.views.keyed import arrive, stale
from parvis.shared.limits import TooMany

REFUSALS = (StatementError, PermissionDenied, TooMany)


def visit_of(request: HttpRequest, process: Process) -> Visit:
    if request.method != "POST":
        return arrive(request, process)
    return identity.sending_visit(request, process, request.POST.get("cle", ""))


def form(request: HttpRequest, visit: Visit, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "process": visit.process, "card": card_of(request, visit), "shortest": SHORTEST, "longest": LONGEST,
        "text": request.POST.get("texte", ""), "error": "", "alike": [], "statement": None,
    }  # fmt: skip
    return render(request, "debates/suggest.html", context | more, status=status)


@csrf_exempt  # see opinions.vote
@never_cache
def suggest(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug)
    try:
        visit = visit_of(request, process)
    except StaleKeyError:
        return form(request, identity.visit_of(request, process), status=409, error=stale())
    if request.method != "POST":
        return form(request, visit)
    try:
        made = statements.propose(visit, request.POST.get("texte", ""), sure="sur" in request.POST)
    except AlikeError as error:
        return form(request, visit, status=422, alike=error.found)
    except REFUSALS as refusal:
        return form(request, visit, status=422, error=str(refusal))
    return proposed(request, visit, made)


def proposed(request: HttpRequest, visit: Visit, made: Statement) -> HttpResponseBase:
    if made.state == Statement.State.SHOWN:
        messages.success(request, _("Merci : votre affirmation est soumise aux réponses."))
    else:
        messages.success(
            request, _("Merci : votre affirmation est reçue. Une personne de l'équipe la relit avant de la montrer.")
        )
    known = visit.user is not None or bool(identity.cookie_of(request))
    response: HttpResponseBase = redirect("debates:mine", visit.process.slug)
    if not known:  # the next page could not know who asks, where the browser keeps no cookie: this one does
        identity.remember(response, afterwards(visit, made.author))
    return response


@csrf_exempt  # see opinions.vote
@never_cache
def reword(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug)
    statement = get_object_or_404(process.statements.select_related("process"), number=number)
    try:
        visit = visit_of(request, process)
    except StaleKeyError:
        return form(request, identity.visit_of(request, process), status=409, error=stale(), statement=statement)
    if not statements.may_reword(visit, statement):
        messages.error(request, _("Elle ne peut plus être modifiée : on y a répondu, ou elle n'est pas de vous."))
        return redirect("debates:mine", slug)
    if request.method != "POST":
        return form(request, visit, statement=statement, text=statement.text)
    try:
        statements.reword(visit, statement, request.POST.get("texte", ""))
    except REFUSALS as refusal:
        return form(request, visit, status=422, statement=statement, error=str(refusal))
    messages.success(request, _("Votre affirmation est corrigée."))
    return redirect("debates:mine", slug)
