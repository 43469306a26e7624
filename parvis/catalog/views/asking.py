"""Asking for data: what exists already, then the words, then the message that confirms; and what its author does next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.models import User
from parvis.catalog.actions import requests as actions
from parvis.catalog.core.requests.clocks import LAW, add_months
from parvis.catalog.forms_requests import AskForm, CloseForm, DayForm
from parvis.catalog.models import DataRequest
from parvis.catalog.requests import letters, lists
from parvis.catalog.requests.page import page_of
from parvis.catalog.requests.permissions import ASKED, get_request_for
from parvis.catalog.views.deposits import who
from parvis.organisations.models import Organisation
from parvis.organisations.register import organisations
from parvis.shared.limits import TooMany
from parvis.shared.networks import network_of
from parvis.territories import cookies

MOST_AUTHORITIES = 8
NO = (actions.RequestError, TooMany)


def _authority(slug: str) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("territory"), slug=slug.replace("\x00", ""), nature__in=ASKED)


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Whom, and what: then what exists already."""
    text, place = " ".join(request.GET.get("q", "").split())[:160], " ".join(request.GET.get("aupres", "").split())[:100]
    chosen = _authority(slug) if (slug := request.GET.get("organisation", "")) else None
    context: dict[str, Any] = {"text": text, "place": place, "chosen": chosen, "authorities": []}
    if chosen is None:
        near = cookies.commune(request)
        context["authorities"] = authorities(place, near) if place or near else []
    elif text:
        context["proposals"] = lists.proposals(chosen, text)
    return render(request, "catalog/request_begin.html", context)


def authorities(text: str, near: Any) -> list[Organisation]:
    """Those that these words name; without words, those of the commune that is remembered."""
    natures = [nature.value for nature in ASKED]
    if text:
        return list(organisations(text).filter(nature__in=natures)[:MOST_AUTHORITIES])
    circles = [one.pk for one in (near, near.epci, near.departement, near.region) if one]
    found = Organisation.objects.filter(territory__in=circles, nature__in=natures).select_related("territory")
    return sorted(found, key=lambda one: circles.index(one.territory_id))


@never_cache
def write(request: HttpRequest) -> HttpResponse:
    """The words of the request, with help; what will be public is said beside."""
    organisation = _authority(request.POST.get("organisation") or request.GET.get("organisation", ""))
    by = request.user if isinstance(request.user, User) else None
    form = AskForm(request.POST or None, signed_in=by is not None, initial={"title": request.GET.get("q", "")[:160]})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        key, email = given.pop("form_key"), given.pop("email", "")
        try:
            made = actions.ask(
                organisation, actions.Words(**given), by=by, email=email, form_key=key, network=network_of(request)
            )
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            return asked(request, made)
    context = {"organisation": organisation, "form": form, "answer_by": add_months(timezone.localdate(), LAW["answer"].months)}
    return render(request, "catalog/request_write.html", context, status=422 if form.is_bound else 200)


def asked(request: HttpRequest, made: DataRequest) -> HttpResponse:
    """Public; or what comes next: a message to open, or somebody who reads it first."""
    if made.published is None:
        return render(request, "catalog/request_sent.html", {"asked": made})
    messages.success(request, _("Votre demande est publique. Voici ses dates."))
    return redirect(made)


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows a button, since mail scanners open every link; the button publishes."""
    found = actions.waiting_for(token)
    if found is None:
        return render(request, "catalog/request_confirm.html", {"asked": None, "refusal": ""}, status=410)
    refusal = ""
    if found.author_id:
        return asked(request, found) if found.waits else redirect(found)
    if request.method == "POST":
        try:
            made = actions.confirm(token)
        except NO as error:
            refusal = str(error)
        else:
            return asked(request, made)
    context = {"asked": found, "letter": letters.request_letter(found), "refusal": refusal}
    return render(request, "catalog/request_confirm.html", context)


# ----- What happens next -----


@login_required
@require_POST
def support(request: HttpRequest, request_id: str) -> HttpResponse:
    """« Je demande aussi », or no more."""
    found, by = get_request_for(request.user, request_id), who(request)
    try:
        if request.POST.get("stop"):
            actions.stop_supporting(found, by=by)
            messages.success(request, _("Votre soutien est retiré."))
        else:
            actions.support(found, by=by)
            messages.success(request, _("C'est compté : vous demandez aussi ces données, et vous suivez la demande."))
    except TooMany as error:
        messages.error(request, str(error))
    return redirect(found)


@login_required
@require_POST
def close(request: HttpRequest, request_id: str) -> HttpResponse:
    found, form = get_request_for(request.user, request_id), CloseForm(request.POST)
    if form.is_valid():
        actions.close(found, satisfied=form.cleaned_data["satisfied"] == "yes", by=who(request))
        messages.success(request, _("Votre demande est close. Sa page reste, pour que d'autres la lisent."))
        return redirect(found)
    return again(request, found, close_form=form)


@login_required
@require_POST
def bring(request: HttpRequest, request_id: str) -> HttpResponse:
    """Given by hand, or by another way, on a day."""
    return _dated(request, request_id, actions.bring, _("C'est noté : le délai court depuis ce jour."))


@login_required
@require_POST
def note_cada(request: HttpRequest, request_id: str) -> HttpResponse:
    return _dated(request, request_id, actions.note_cada, _("C'est noté : les dates suivantes sont sur la page."))


def _dated(request: HttpRequest, request_id: str, act: Any, thanks: str) -> HttpResponse:
    found, form = get_request_for(request.user, request_id), DayForm(request.POST)
    if form.is_valid():
        try:
            act(found, day=form.cleaned_data["day"], by=who(request))
            messages.success(request, thanks)
            return redirect(found)
        except actions.RequestError as error:
            form.add_error("day", str(error))
    return again(request, found, day_form=form)


def again(request: HttpRequest, found: DataRequest, **forms: Form) -> HttpResponse:
    """The page once more, with what was typed and what is to be corrected."""
    page = page_of(found, request.user, timezone.localdate())
    context = {"page": page, "asked": found, "day_form": DayForm(), "close_form": CloseForm()} | forms
    return render(request, "catalog/request.html", context, status=422)


@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What this person asked."""
    found = DataRequest.objects.filter(author=who(request)).select_related("organisation")
    page = Paginator(found.prefetch_related(lists.standing_answers()), lists.PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalog/requests_mine.html", {"page": page})
