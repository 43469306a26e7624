"""What the team does before and beside: choosing a blueprint, writing, the first statements, the synthesis."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.debates import blueprints, process_page, readiness
from parvis.debates.actions import processes as actions
from parvis.debates.actions.processes import ElsewhereError, ProcessError
from parvis.debates.actions.statements import StatementError
from parvis.debates.core.processes.blueprints import BLUEPRINTS, LEAST_STATEMENTS
from parvis.debates.core.processes.calendar import instant
from parvis.debates.core.processes.rules import Act
from parvis.debates.forms_processes import (
    CreateForm,
    EditForm,
    PhaseFormSet,
    SeedsForm,
    SynthesisForm,
    initial_of,
    writable_by,
)
from parvis.debates.models import Process
from parvis.debates.permissions import get_process_for
from parvis.debates.views.who import who
from parvis.shared.limits import TooMany

NO = (ProcessError, TooMany)


@never_cache
@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    context = {"blueprints": blueprints.all_of_them(), "may_open": writable_by(who(request)).exists()}
    return render(request, "debates/choose.html", context)


@never_cache
@login_required
def create(request: HttpRequest, blueprint: str) -> HttpResponse:
    if blueprint not in BLUEPRINTS:
        raise Http404
    form = CreateForm(request.POST or None, by=who(request), initial=beginning(request, blueprint))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(blueprint=blueprint, by=who(request), **_given(form.cleaned_data))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La démarche est prête à compléter. Vous seul·e et votre équipe la voyez."))
            return redirect("debates:prepare", made.slug)
    context = {"form": form, "words": blueprints.WORDS[blueprint], "may_open": writable_by(who(request)).exists()}
    return render(request, "debates/create.html", context, status=422 if form.is_bound else 200)


def _given(cleaned: dict[str, Any]) -> dict[str, Any]:
    """From the morning of the first day to the midnight that ends the last."""
    found = {name: cleaned[name] for name in ("title", "summary", "organisation", "territory")}
    opens, closes = instant(cleaned["opens_day"], time(8)), instant(cleaned["closes_day"] + timedelta(days=1), time(0))
    return found | {"opens": opens, "closes": closes}


def beginning(request: HttpRequest, blueprint: str) -> dict[str, Any]:
    """A week to prepare, and the length that the blueprint proposes."""
    first = timezone.localdate() + timedelta(days=7)
    organisation = writable_by(who(request)).select_related("territory").first()
    return {
        "opens_day": first,
        "closes_day": first + timedelta(days=BLUEPRINTS[blueprint].lasts - 1),
        "organisation": organisation.slug if organisation else None,
        "territory": organisation.territory.reference if organisation and organisation.territory else "",
    }


@never_cache
@require_safe
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """What is missing, what was done, and every door of the team."""
    process = get_process_for(request.user, slug, Act.DUPLICATE)
    now = timezone.now()
    context = process_page.context(process, request.user, now)
    written = process.statements.filter(seed=True).count()
    missing = readiness.missing(process, now) if process.published is None else []
    return render(request, "debates/prepare.html", context | {"missing": missing, "written": written})


@never_cache
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug, Act.EDIT)
    fixed, bound = process.published is not None, request.method == "POST"
    form = EditForm(request.POST if bound else None, process=process, by=who(request), initial=_known(process))
    phases = PhaseFormSet(
        request.POST if bound else None, prefix="phases", fixed=fixed, initial=[initial_of(one) for one in process.phases.all()]
    )
    if bound and "ajouter" not in request.POST and form.is_valid() and phases.is_valid():
        try:
            saved = actions.change(process, form.values, phases.values, revision=form.cleaned_data["revision"], by=who(request))
        except ElsewhereError as refusal:
            return _elsewhere(request, refusal, form, phases)
        messages.success(request, _("C'est enregistré."))
        return redirect("debates:prepare", saved.slug)
    context = {"process": process, "form": form, "phases": phases, "theirs": None}
    return render(request, "debates/edit.html", context, status=422 if bound else 200)


def _elsewhere(request: HttpRequest, refusal: ElsewhereError, form: EditForm, phases: Any) -> HttpResponse:
    """The page as it was typed, beside what the other wrote; saving again replaces it knowingly."""
    data = request.POST.copy()
    data["revision"] = str(refusal.process.revision)
    again = EditForm(data, process=refusal.process, by=form.by)
    again.is_valid()
    theirs = [
        (again.fields[name].label, value)
        for name, value in _known(refusal.process).items()
        if name in again.fields and name != "revision" and value != form.data.get(name, "") and isinstance(value, str)
    ]
    theirs += [(phase.title, f"{process_page.dates(phase)}\n{phase.text}") for phase in refusal.process.phases.all()]
    context = {"process": refusal.process, "form": again, "phases": phases, "theirs": theirs, "sentence": str(refusal)}
    return render(request, "debates/edit.html", context, status=409)


def _known(process: Process) -> dict[str, Any]:
    found = {name: getattr(process, name) for name in EditForm.SAVED}
    return found | {
        "territory": process.territory.reference, "sources": "\n".join(process.sources), "revision": process.revision
    }  # fmt: skip


@never_cache
def seeds(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The first statements, one a line."""
    process = get_process_for(request.user, slug, Act.MODERATE)
    form = SeedsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.write_seeds(process, form.cleaned_data["lines"].splitlines(), by=who(request))
        except (StatementError, *NO) as refusal:
            form.add_error("lines", str(refusal))
        else:
            messages.success(request, _("C'est enregistré : %(count)s affirmations sont prêtes.") % {"count": count})
            return redirect("debates:seeds", slug)
    written = process.statements.filter(seed=True).order_by("number")[:200]
    context = {"process": process, "form": form, "written": written, "least": LEAST_STATEMENTS}
    return render(request, "debates/seeds.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_seed(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.PUBLISH)
    actions.remove_seed(process, number, by=who(request))
    return redirect("debates:seeds", slug)


@never_cache
def synthesis(request: HttpRequest, slug: str) -> HttpResponseBase:
    process = get_process_for(request.user, slug, Act.SYNTHESISE)
    form = SynthesisForm(request.POST or None, initial={"text": process.synthesis})
    if request.method == "POST" and form.is_valid():
        actions.synthesise(process, form.cleaned_data["text"], by=who(request))
        messages.success(request, _("La synthèse est enregistrée."))
        return redirect("debates:process", slug)
    return render(request, "debates/synthesis.html", {"process": process, "form": form}, status=422 if form.is_bound else 200)
