"""For managers: rounds of coding, from their preparation to their publication."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.accounts.models import User
from parvis.programmes import tables
from parvis.programmes.actions import rounds as actions
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.forms import EvaluatorForm, RoundForm
from parvis.programmes.permissions import get_election_for, get_round_for
from parvis.programmes.views.coding import who
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem

MOVES = {"open": actions.open_round, "close": actions.close, "publish": actions.publish, "measure": actions.measure}


@login_required
@require_POST
def new_round(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_election_for(request.user, slug, Act.ORGANISE)
    form = RoundForm(request.POST)
    try:
        if not form.is_valid():
            raise ElectionError(_("Donnez la graine de la répartition et au moins deux évaluateurs par mesure."))
        content = tables.read_grid(request.FILES.get("grid"))
        made = actions.prepare(found, by=who(request), content=content, **form.cleaned_data)
    except (ElectionError, tables.UnreadableTable) as error:
        messages.error(request, str(error))
        return redirect("programmes:prepare", slug)
    return redirect("programmes:round", slug, made.number)


@login_required
@require_POST
def invite(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Somebody who has an account is invited to code; asking is limited, since the answer says whether an address has one."""
    found = get_round_for(request.user, slug, number, Act.ORGANISE)
    form = EvaluatorForm(request.POST)
    try:
        check_limit(f"programmes-invite:{who(request).pk}", 250, 86_400)
        if not form.is_valid():
            raise ElectionError(_("Donnez l'adresse de son compte et le nom à afficher."))
        user = User.objects.filter(email__iexact=form.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise ElectionError(_("Cette personne doit d'abord créer un compte avec cette adresse."))
        actions.invite(
            found, user=user, label=form.cleaned_data["label"], presented=form.cleaned_data["presented"], by=who(request)
        )
    except (ElectionError, Problem) as error:
        messages.error(request, str(error))
    return redirect("programmes:round", slug, number)


@login_required
@require_POST
def move_round(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Open, close, measure, publish: the action asks for the right."""
    found = get_round_for(request.user, slug, number, Act.COMPARE)
    wanted = request.POST.get("vers", "")
    if wanted not in MOVES:
        raise Http404
    try:
        MOVES[wanted](found, by=who(request))
    except ElectionError as error:
        messages.error(request, str(error))
    return redirect("programmes:agreement" if wanted == "measure" else "programmes:round", slug, number)
