"""For editors: what was entered is corrected, of an election, of a list, of a measure; who answers in public for a list."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.accounts.models import User
from parvis.programmes import cutting_page
from parvis.programmes.actions import elections, lists, measures
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.forms import ElectionDetailsForm, ListDetailsForm, MeasureDetailsForm, SpokespersonForm
from parvis.programmes.permissions import allowed, get_election_for, get_list_for, get_measure_for
from parvis.programmes.views.coding import who
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem


@never_cache
@login_required
def election(request: HttpRequest, slug: str) -> HttpResponse:
    """Its words and its dates."""
    found = get_election_for(request.user, slug, Act.PREPARE)
    initial = {name: getattr(found, name) for name in ("title", "summary", "first_round", "second_round")}
    form = ElectionDetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            elections.correct(found, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("C'est corrigé."))
            return redirect("programmes:prepare", slug)
    context = {"election": found, "form": form}
    return render(request, "programmes/edit_election.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def candidate_list(request: HttpRequest, slug: str, list_slug: str) -> HttpResponse:
    """Its details, and those who answer for it."""
    found = get_list_for(request.user, slug, list_slug, Act.PREPARE)
    form = ListDetailsForm(request.POST or None, candidate_list=found)
    if request.method == "POST" and form.is_valid():
        try:
            lists.correct(found, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("C'est corrigé."))
            return redirect("programmes:prepare", slug)
    context = {
        "election": found.election, "list": found, "form": form, "speaking": SpokespersonForm(auto_id="porte-parole-%s"),
        "spokespeople": list(found.spokespeople.select_related("user")), "acts": allowed(request.user, found.election),
    }  # fmt: skip
    return render(request, "programmes/edit_list.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def speak(request: HttpRequest, slug: str, list_slug: str) -> HttpResponse:
    """Somebody who has an account answers for the list from now on; asking is limited, since the answer says whether an address has one."""
    found = get_list_for(request.user, slug, list_slug, Act.ORGANISE)
    form = SpokespersonForm(request.POST)
    try:
        check_limit(f"programmes-invite:{who(request).pk}", 250, 86_400)
        if not form.is_valid():
            raise ElectionError(_("Donnez l'adresse de son compte."))
        user = User.objects.filter(email__iexact=form.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise ElectionError(_("Cette personne doit d'abord créer un compte avec cette adresse."))
        lists.let_speak(found, user=user, by=who(request))
    except (ElectionError, Problem) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Cette personne peut répondre au nom de la liste, sous chacune de ses mesures."))
    return redirect("programmes:edit_list", slug, list_slug)


@login_required
@require_POST
def no_longer_speak(request: HttpRequest, slug: str, list_slug: str) -> HttpResponse:
    found = get_list_for(request.user, slug, list_slug, Act.ORGANISE)
    given = request.POST.get("qui", "")
    spokesperson = get_object_or_404(found.spokespeople, pk=int(given) if given.isdecimal() and len(given) < 19 else 0)
    spokesperson.candidate_list = found
    lists.no_longer_speaks(spokesperson, by=who(request))
    messages.success(request, _("Cette personne ne répond plus au nom de la liste. Ses réponses restent."))
    return redirect("programmes:edit_list", slug, list_slug)


@never_cache
@login_required
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """How it is stated, and what of the site stands beside it."""
    found = get_measure_for(request.user, key, Act.PREPARE)
    initial = {"title": found.title, "references": "\n".join(found.references)}
    form = MeasureDetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            measures.correct(found, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("C'est corrigé."))
            return redirect(found)
    context = {
        "form": form, "measure": found, "list": found.candidate_list, "election": found.candidate_list.election,
        "alike": cutting_page.alike(found),
    }  # fmt: skip
    return render(request, "programmes/edit_measure.html", context, status=422 if form.is_bound else 200)
