"""A process as a file: taking it away, bringing one, doing it again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.debates import carrying
from parvis.debates.actions import processes as actions
from parvis.debates.actions.processes import ProcessError
from parvis.debates.actions.statements import StatementError
from parvis.debates.core.processes import files
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_processes import ImportForm, writable_by
from parvis.debates.permissions import get_process_for
from parvis.debates.views.who import who
from parvis.shared.limits import TooMany

NO = (ProcessError, StatementError, TooMany)


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug)
    response = HttpResponse(files.write(carrying.to_file(process)), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.json"'
    return response


@never_cache
@login_required
def import_file(request: HttpRequest) -> HttpResponseBase:
    form = ImportForm(request.POST or None, request.FILES or None, by=who(request))
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            made = carrying.bring(
                given["file"].read(files.LARGEST + 1),
                organisation=given["organisation"],
                territory=given.get("territory"),
                by=who(request),
            )
        except NO as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("La démarche est importée en brouillon. Relisez-la, ses dates d'abord."))
            return redirect("debates:prepare", made.slug)
    context = {"form": form, "may_open": writable_by(who(request)).exists()}
    return render(request, "debates/import.html", context, status=422 if form.is_bound else 200)


@require_POST
def duplicate(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.DUPLICATE)
    try:
        made = actions.duplicate(process, by=who(request))
    except NO as refusal:
        messages.error(request, str(refusal))
        return redirect("debates:prepare", slug)
    messages.success(request, _("Voici la copie, en brouillon. Changez son titre et ses dates."))
    return redirect("debates:prepare", made.slug)
