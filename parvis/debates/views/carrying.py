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
from parvis.debates.models import Process
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
            made = brought(form, request)
        except files.FormatError as error:
            form.add_error("file", unreadable(error))
        except NO as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("La démarche est importée en brouillon. Relisez-la, ses dates d'abord."))
            return redirect("debates:prepare", made.slug)
    context = {"form": form, "may_open": writable_by(who(request)).exists()}
    return render(request, "debates/import.html", context, status=422 if form.is_bound else 200)


def brought(form: ImportForm, request: HttpRequest) -> Process:
    file = form.cleaned_data["file"]
    found = files.read(file.read(files.LARGEST + 1))
    territory = form.cleaned_data.get("territory") or carrying.territory_called(found.territory)
    if territory is None:
        raise ProcessError(_("Le territoire du fichier n'est pas connu ici : choisissez-en un ci-dessous."))
    return carrying.from_file(found, organisation=form.cleaned_data["organisation"], territory=territory, by=who(request))


def unreadable(error: files.FormatError) -> str:
    if error.where:
        return _("Ce fichier ne peut pas être lu : vérifiez « %(where)s ».") % {"where": error.where}
    return _("Ce n'est pas un fichier de démarche : exportez-en un depuis la page d'une démarche.")


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
