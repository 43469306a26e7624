"""Publishing a process, moving the end of its phases, closing it for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.debates.actions import processes as actions
from parvis.debates.actions.processes import ProcessError
from parvis.debates.core.processes.calendar import shown
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_processes import MoveForm
from parvis.debates.permissions import get_process_for
from parvis.debates.process_page import dates
from parvis.debates.views.who import who
from parvis.shared.limits import TooMany

NO = (ProcessError, TooMany)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug)
    try:
        actions.publish(process, by=who(request))
    except ProcessError as refusal:
        messages.error(request, str(refusal))
        return redirect("debates:prepare", slug)
    messages.success(request, _("La démarche est publique. Faites-la connaître : envoyez son adresse."))
    return redirect("debates:process", slug)


@never_cache
def move(request: HttpRequest, slug: str, position: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.SCHEDULE)
    phase = get_object_or_404(process.phases, position=position)
    day, hour = shown(phase.closes) if phase.closes else (None, None)
    form = MoveForm(request.POST or None, initial={"closes_day": day, "closes_hour": hour})
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_end(phase, form.cleaned_data["closes"], reason=form.cleaned_data["reason"], by=who(request))
        except NO as refusal:
            form.add_error("closes_day", str(refusal))
        else:
            messages.success(request, _("La nouvelle date est enregistrée et affichée avec votre explication."))
            return redirect("debates:process", slug)
    return _asked(request, {"process": process, "phase": phase, "form": form, "dates": dates(phase)})


def _asked(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    return render(request, "debates/move.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def close(request: HttpRequest, slug: str, position: int) -> HttpResponseBase:
    """At once, with a reason."""
    process = get_process_for(request.user, slug, Act.SCHEDULE)
    phase = get_object_or_404(process.phases, position=position)
    reason = " ".join(request.POST.get("reason", "").replace("\x00", "").split())[:400]
    if not reason:
        messages.error(request, _("Dites pourquoi : cette phrase est publique, à côté des dates."))
        return redirect("debates:move", slug, position)
    try:
        actions.close_now(phase, reason=reason, by=who(request))
    except NO as refusal:
        messages.error(request, str(refusal))
        return redirect("debates:move", slug, position)
    messages.success(request, _("La phase est terminée."))
    return redirect("debates:process", slug)


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug)
    actions.archive(process, by=who(request))
    messages.success(request, _("La démarche est archivée : on la lit, elle ne change plus."))
    return redirect("debates:process", slug)


@require_POST
def erase(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.PUBLISH)
    actions.erase_draft(process, by=who(request))
    messages.success(request, _("Le brouillon est effacé."))
    return redirect("debates:list")
