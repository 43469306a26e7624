"""The desk of an authority: what is asked of it, and how it answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from parvis.catalog.actions import passing
from parvis.catalog.actions import requests as actions
from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.core.requests.states import OPEN
from parvis.catalog.forms_requests import AnswerForm
from parvis.catalog.requests import lists
from parvis.catalog.requests.permissions import Act, check, get_request_for, shown
from parvis.catalog.views.asking import authorities
from parvis.catalog.views.deposits import who
from parvis.organisations.queries import organisations_of
from parvis.organisations.register import get_organisation


@never_cache
@login_required
def received(request: HttpRequest) -> HttpResponse:
    """What waits for an answer in the organisations of this person, the nearest term first; or all, with `toutes`."""
    everything = bool(request.GET.get("toutes"))
    found = shown().filter(organisation__in=organisations_of(request.user)).prefetch_related(lists.standing_answers())
    if not everything:
        found = found.filter(state__in=[state.value for state in OPEN])
    page = Paginator(found.order_by("answer_by", "published", "pk"), lists.PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    lines = [(one, one.clocks(today)) for one in page]
    context = {"page": page, "lines": lines, "everything": everything, "member": organisations_of(request.user).exists()}
    return render(request, "catalog/requests_received.html", context)


@never_cache
@login_required
def answer(request: HttpRequest, request_id: str) -> HttpResponse:
    """Three ways to answer: with a dataset, with a date, with a reasoned refusal."""
    found = get_request_for(request.user, request_id)
    check(request.user, Act.ANSWER, found, timezone.localdate())
    chosen = request.POST.get("reply") or request.GET.get("reponse", "")
    if chosen not in set(Reply):
        clocks = found.clocks(timezone.localdate())
        return render(request, "catalog/request_answer.html", {"asked": found, "clocks": clocks, "standing": found.standing})
    form = AnswerForm(request.POST or None, reply=Reply(chosen), organisation=found.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(found, reply=Reply(chosen), by=who(request), **form.cleaned_data)
        except actions.RequestError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Votre réponse est publique. La personne qui demande et celles qui suivent sont prévenues.")
            )
            return redirect(found)
    context = {"asked": found, "form": form, "reply": chosen, "standing": found.standing}
    return render(request, "catalog/request_reply.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def pass_on(request: HttpRequest, request_id: str) -> HttpResponse:
    """To whoever holds the data (CRPA L311-2): one looks for it by its name, then chooses it."""
    found = get_request_for(request.user, request_id)
    if request.method != "POST":  # a form sent twice leads to the same page: the action checks
        check(request.user, Act.FORWARD, found, timezone.localdate())
    text, error = " ".join(request.GET.get("aupres", "").split())[:100], ""
    if request.method == "POST":
        try:
            made = passing.pass_on(found, to=get_organisation(request.POST.get("organisation", "")[:120]), by=who(request))
        except actions.RequestError as reason:
            error = str(reason)
        else:
            messages.success(
                request, _("La demande est transmise. La personne qui demande et celles qui suivent sont prévenues.")
            )
            return redirect(made)
    listed = [one for one in authorities(text, None) if one.pk != found.organisation_id] if text else []
    context = {"asked": found, "text": text, "authorities": listed, "error": error}
    return render(request, "catalog/request_pass.html", context, status=422 if error else 200)
