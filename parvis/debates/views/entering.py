"""Writing down the answers of people without internet, and the sheet that they fill."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.accounts.public import signed_in
from parvis.debates import sheets
from parvis.debates.actions import sheets as actions
from parvis.debates.actions.sheets import SheetError
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Process
from parvis.debates.permissions import get_process_for

ORIGINS = (Participant.Origin.ASSISTED, Participant.Origin.PAPER)


@never_cache
@login_required
def enter(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One person at a time; after one, the same origin and commune are ready for the next."""
    process = get_process_for(request.user, slug, Act.ENTER)
    if request.method != "POST":
        return page(request, process)
    try:
        person = written_down(request, process)
    except SheetError as refusal:
        return page(request, process, error=str(refusal))
    said = _("Enregistré : personne n° %(number)s, %(answers)s réponses. À la suivante !")
    messages.success(request, said % {"number": person.number, "answers": person.votes.count()})
    request.session["sheet"] = {"origin": person.origin, "commune": person.commune.code if person.commune else ""}
    return redirect("debates:enter", slug)


def written_down(request: HttpRequest, process: Process) -> Participant:
    answers = sheets.typed(request.POST.get("rapide", ""))
    for number, value in sheets.ticked(request.POST.dict()).items():
        if answers.setdefault(number, value) != value:
            raise SheetError(_("L'affirmation n° %(number)s a deux réponses différentes.") % {"number": number})
    return actions.enter(
        process,
        answers,
        by=signed_in(request),
        sheet=f"{request.user.pk}:{request.POST.get('feuille', '')[:60] or secrets.token_urlsafe(16)}",
        origin=request.POST.get("origine", ""),
        commune=sheets.commune_called(request.POST.get("commune", "")),
    )


def page(request: HttpRequest, process: Process, error: str = "") -> HttpResponse:
    last = request.session.get("sheet", {})
    context = {
        "process": process,
        "error": error,
        "statements": [(one, request.POST.get(f"a{one.number}", "")) for one in sheets.shown(process)],
        "origins": [(origin.value, origin.label) for origin in ORIGINS],
        "origin": request.POST.get("origine") or last.get("origin") or ORIGINS[0].value,
        "commune": request.POST.get("commune", last.get("commune", "")),
        "typed": request.POST.get("rapide", ""),
        "sheet": request.POST.get("feuille") or secrets.token_urlsafe(16),
        "entered": Participant.objects.filter(process=process, entered_by=request.user.pk).count(),
    }
    return render(request, "debates/enter.html", context, status=422 if error else 200)


@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """The statements with their numbers and boxes, for a printer."""
    process = get_process_for(request.user, slug)
    return render(request, "debates/paper.html", {"process": process, "statements": sheets.shown(process)})
