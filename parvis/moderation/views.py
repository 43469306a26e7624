"""Reporting, the queue, decisions, appeals, and the public figures."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.accounts.models import User
from parvis.accounts.public import signed_in
from parvis.moderation import actions, figures, permissions, queries
from parvis.moderation.forms import AppealForm, DecisionForm, ReportForm
from parvis.moderation.models import Case, Verdict
from parvis.shared import kinds
from parvis.shared.exports import stream_csv
from parvis.shared.limits import TooMany
from parvis.shared.networks import network_of

PER_PAGE = 20
NO = (actions.ModerationError, TooMany)


@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """Anybody may report a thing, with or without an account."""
    reference = (request.POST.get("chose") or request.GET.get("chose", ""))[:240]
    by = request.user if isinstance(request.user, User) else None
    try:
        card = actions.check_reportable(reference, request.user)
    except actions.ModerationError as error:
        raise Http404 from error
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report(reference, **form.cleaned_data, by=by, network=network_of(request))
        except NO as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("Merci : votre signalement est reçu. Une personne va le lire."))
            return redirect(card.url)
    context = {"card": card, "reference": reference, "form": form}
    return render(request, "moderation/report.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    permissions.check_moderates(request.user)
    reportable = {one.name: one for one in kinds.all_kinds() if one.reportable}
    origin, kind = request.GET.get("origine", ""), request.GET.get("nature", "")
    origin, kind = origin if origin in Case.Origin.values else "", kind if kind in reportable else ""
    page = Paginator(queries.queue(origin, kind), PER_PAGE).get_page(request.GET.get("page"))
    cards = kinds.cards([case.reference for case in page], request.user)
    context = {
        "page": page,
        "cases": list(zip(page, cards, strict=True)),
        "origin": origin,
        "origins": Case.Origin.choices[:-1],  # what a team decides is settled at once
        "kind": kind,
        "kinds": reportable.values(),
        "appeals": queries.appeals()[:PER_PAGE],
        "decisions": queries.history()[:10],
    }
    return render(request, "moderation/queue.html", context)


@never_cache
@login_required
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    found = permissions.get_case_for(request.user, case_id)
    form = DecisionForm(request.POST or None, verdicts=actions.verdicts(found.reference))
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(found, **form.cleaned_data, by=signed_in(request))
        except (*NO, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre décision est enregistrée."))
            return redirect("moderation:queue")
    context = {
        "case": found,
        "card": kinds.cards([found.reference], request.user)[0],
        "written": actions.written(found.reference),
        "hits": found.hits.all(),
        "reports": found.reports.select_related("by"),
        "decisions": found.decisions.select_related("by"),
        "form": form,
    }
    return render(request, "moderation/case.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """For the author: what was decided, why, and the appeal."""
    found = permissions.get_decision_for(request.user, decision_id)
    form = AppealForm(request.POST or None)
    may = permissions.may_appeal(request.user, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal(found, text=form.cleaned_data["text"], by=signed_in(request))
        except NO as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Votre recours est reçu : une autre personne va relire la décision."))
            return redirect(found)
    hits = found.case.hits.all()
    context = {"decision": found, "appeal": getattr(found, "appeal", None), "may_appeal": may, "form": form, "hits": hits}
    return render(request, "moderation/decision.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    found = permissions.get_appeal_for(request.user, appeal_id)
    form: Form = DecisionForm(request.POST or None, verdicts=(Verdict.RESTORE.value, Verdict.HIDE.value))
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(found, **form.cleaned_data, by=signed_in(request))
        except (*NO, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre réponse est enregistrée."))
            return redirect("moderation:queue")
    context = {"appeal": found, "decision": found.decision, "form": form}
    return render(request, "moderation/appeal.html", context, status=422 if form.is_bound else 200)


@require_safe
def statistics(request: HttpRequest) -> HttpResponseBase:
    if request.GET.get("format") == "csv":
        pieces = stream_csv(figures.HEADER, figures.lines())
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="moderation.csv"'
        return answer
    return render(request, "moderation/statistics.html", {"figures": figures.figures()})
