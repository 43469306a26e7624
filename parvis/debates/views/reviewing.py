"""What the team reads before it is shown, and what it writes itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.models import User
from parvis.accounts.public import signed_in
from parvis.debates import statements
from parvis.debates.actions import statements as actions
from parvis.debates.actions.statements import StatementError
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_statements import DecisionForm, SeedForm
from parvis.debates.models import Process, Statement
from parvis.debates.permissions import get_process_for
from parvis.moderation.public import REASONS, Verdict, seen_by_rules

PER_PAGE = 20


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.MODERATE)
    return render(request, "debates/review.html", waiting_on(process, request.GET.get("page"), SeedForm()))


def waiting_on(process: Process, number: str | None, form: SeedForm) -> dict[str, Any]:
    """Each statement that waits, with what the rules of moderation saw in it."""
    page = Paginator(statements.waiting(process), PER_PAGE).get_page(number)
    seen = seen_by_rules([one.reference for one in page])
    return {
        "process": process,
        "page": page,
        "waiting": [(one, seen.get(one.reference, [])) for one in page],
        "reasons": REASONS[Verdict.HIDE],
        "form": form,
    }


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.MODERATE)
    statement = get_object_or_404(process.statements.select_related("process"), number=number)
    form, by = DecisionForm(request.POST), signed_in(request)
    if not form.is_valid():
        messages.error(request, _("Choisissez une décision."))
    else:
        try:
            messages.success(request, settled(statement, form.cleaned_data, by))
        except (StatementError, PermissionDenied) as refusal:
            messages.error(request, str(refusal))
    back = "debates:statement" if "page" in request.POST else "debates:review"
    return redirect(back, slug, number) if back == "debates:statement" else redirect(back, slug)


def settled(statement: Statement, asked: dict[str, str], by: User) -> str:
    """Do what the team decided. Returns the sentence that says so."""
    if asked["decision"] == "show":
        actions.show(statement, by=by)
        return _("L'affirmation n° %(number)s est soumise aux réponses.") % {"number": statement.number}
    actions.refuse(statement, reason=asked["reason"], note=asked["note"], by=by)
    return _("L'affirmation n° %(number)s n'est pas retenue ; son auteur lira le motif.") % {"number": statement.number}


@never_cache
@login_required
@require_POST
def write(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.MODERATE)
    form = SeedForm(request.POST)
    if form.is_valid():
        try:
            made = actions.write(process, form.cleaned_data["text"], by=signed_in(request))
        except StatementError as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("L'affirmation n° %(number)s est soumise aux réponses.") % {"number": made.number})
            return redirect("debates:review", slug)
    return render(request, "debates/review.html", waiting_on(process, "1", form), status=422)
