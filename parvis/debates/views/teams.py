"""The team of a process."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.debates import processes
from parvis.debates.actions import teams as actions
from parvis.debates.actions.processes import ProcessError
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_processes import MateForm
from parvis.debates.permissions import get_process_for
from parvis.debates.views.who import who
from parvis.shared.limits import TooMany


@never_cache
def team(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.DUPLICATE)
    form = MateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(process, form.cleaned_data["email"], form.cleaned_data["role"], by=who(request))
        except (ProcessError, TooMany) as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("L'équipe est à jour."))
            return redirect("debates:team", slug)
    context = {"process": process, "form": form, "mates": processes.mates_of(process)}
    return render(request, "debates/team.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, slug: str, teammate_id: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.DUPLICATE)
    actions.remove(process, teammate_id, by=who(request))
    messages.success(request, _("Cette personne n'est plus de l'équipe."))
    return redirect("debates:team", slug)
