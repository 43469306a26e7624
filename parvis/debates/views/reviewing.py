"""What the team reads before it is shown, and what it writes itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.public import signed_in
from parvis.debates import statements
from parvis.debates.actions import statements as actions
from parvis.debates.actions.statements import StatementError
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_statements import DecisionForm, SeedForm
from parvis.debates.permissions import get_process_for

PER_PAGE = 20


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.MODERATE)
    context = {
        "process": process,
        "page": Paginator(statements.waiting(process), PER_PAGE).get_page(request.GET.get("page")),
        "reasons": actions.REASONS.items(),
        "form": SeedForm(),
    }
    return render(request, "debates/review.html", context)


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.MODERATE)
    statement = get_object_or_404(process.statements.select_related("process"), number=number)
    form, by = DecisionForm(request.POST), signed_in(request)
    if not form.is_valid():
        messages.error(request, _("Choisissez une décision."))
    elif form.cleaned_data["decision"] == "show":
        actions.show(statement, by=by)
        messages.success(request, _("L'affirmation n° %(number)s est soumise aux réponses.") % {"number": number})
    else:
        try:
            actions.refuse(statement, reason=form.cleaned_data["reason"], note=form.cleaned_data["note"], by=by)
        except StatementError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("L'affirmation n° %(number)s n'est pas retenue ; son auteur lira le motif.") % {"number": number}
            )
    back = "debates:statement" if "page" in request.POST else "debates:review"
    return redirect(back, slug, number) if back == "debates:statement" else redirect(back, slug)


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
    page = Paginator(statements.waiting(process), PER_PAGE).get_page(1)
    context = {"process": process, "page": page, "reasons": actions.REASONS.items(), "form": form}
    return render(request, "debates/review.html", context, status=422)
