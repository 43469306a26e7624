"""What the law asks of one authority: its page, a rule, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.catalog import known_schemas
from parvis.catalog.actions import obligations as actions
from parvis.catalog.core.tables import registry, templates
from parvis.catalog.downloads import TYPES
from parvis.catalog.forms_obligations import ContestForm, ElsewhereForm, SituationForm
from parvis.catalog.models import ObligationStatement
from parvis.catalog.obligations.page import Line, Page, deposit_url, get_authority, page_of
from parvis.catalog.permissions import Deed, can, check
from parvis.catalog.views.deposits import who
from parvis.shared.limits import TooMany, check_limit


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked and what is published, for everybody; the next steps, for those who work there."""
    organisation = get_authority(slug)
    context = {
        "page": page_of(organisation),
        "organisation": organisation,
        "agent": can(request.user, Deed.STATE, organisation),
    }
    return render(request, "catalog/obligations_authority.html", context)


@require_safe
def rule(request: HttpRequest, slug: str, rule: str) -> HttpResponse:
    found = page_of(get_authority(slug))
    return show(request, found, found.line(rule))


def show(request: HttpRequest, found: Page, line: Line, status: int = 200, **forms: Form) -> HttpResponse:
    organisation = found.organisation
    context: dict[str, Any] = {
        "page": found,
        "line": line,
        "organisation": organisation,
        "agent": can(request.user, Deed.STATE, organisation),
        "deposit_url": deposit_url(organisation, line),
        "columns": [(name, known_schemas.title_of(name), explained(name)) for name in line.templates],
        "elsewhere_form": forms.get("elsewhere") or ElsewhereForm(initial={"url": line.elsewhere and line.elsewhere.url}),
        "contest_form": forms.get("contest") or ContestForm(),
    }
    return render(request, "catalog/obligation.html", context, status=status)


def explained(schema: str) -> tuple[templates.Explained, ...]:
    return templates.explained(registry.read(known_schemas.get(schema).path))


@login_required
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    """What only the authority knows: one form, where what is left empty changes nothing."""
    organisation = get_authority(slug)
    check(request.user, Deed.STATE, organisation)
    found = page_of(organisation)
    form = SituationForm(request.POST or None, questions=found.questions)
    if request.method == "POST" and form.is_valid():
        say(request, found, form)
        messages.success(request, _("C'est noté. Cette page tient compte de vos réponses."))
        return redirect("catalog:authority_obligations", slug)
    context = {"page": found, "organisation": organisation, "form": form}
    return render(request, "catalog/obligations_situation.html", context, status=422 if form.is_bound else 200)


def say(request: HttpRequest, found: Page, form: SituationForm) -> None:
    """Keep each answer; an answer that is taken away no longer holds."""
    by = who(request)
    for question in found.questions:
        given = form.cleaned_data.get(question.key)
        if given in (None, ""):
            if question.held:
                actions.take_back(question.held, by=by)
        elif question.key == "staff":
            actions.state_staff(found.organisation, number=given, by=by)
        else:
            actions.state_activity(found.organisation, activity=question.key, yes=given == "yes", by=by)


@login_required
@require_POST
def elsewhere(request: HttpRequest, slug: str, rule: str) -> HttpResponse:
    """« Notre portail le publie déjà. »"""
    form = ElsewhereForm(request.POST)

    def act(found: Page) -> None:
        actions.state_elsewhere(found.organisation, rule=rule, url=form.cleaned_data["url"], by=who(request))

    return stated(request, slug, rule, form, "elsewhere", act, _("C'est noté : le public pourra suivre cette adresse."))


@login_required
@require_POST
def contest(request: HttpRequest, slug: str, rule: str) -> HttpResponse:
    form = ContestForm(request.POST)

    def act(found: Page) -> None:
        actions.contest(found.organisation, rule=rule, reason=form.cleaned_data["reason"], by=who(request))

    return stated(request, slug, rule, form, "contest", act, _("C'est noté. La Région vous répondra ici."))


def stated(
    request: HttpRequest, slug: str, rule: str, form: Form, name: str, act: Callable[[Page], None], thanks: str
) -> HttpResponse:
    """Do it, or show the form again with what is to be corrected and what was typed."""
    found = page_of(get_authority(slug))
    check(request.user, Deed.STATE, found.organisation)
    line = found.line(rule)
    if form.is_valid():
        try:
            check_limit(f"statement:{who(request).pk}", 60, 3600)
            act(found)
            messages.success(request, thanks)
            return redirect("catalog:obligation", slug, rule)
        except (actions.StatementError, TooMany) as error:
            form.add_error(next(iter(form.fields)), str(error))
    return show(request, found, line, status=422, **{name: form})


@login_required
@require_POST
def take_back(request: HttpRequest, slug: str, rule: str) -> HttpResponse:
    """What was said of a rule no longer holds: the address, or the contest."""
    organisation = get_authority(slug)
    check(request.user, Deed.STATE, organisation)
    about = request.POST.get("about", "")
    if about not in {ObligationStatement.About.ELSEWHERE, ObligationStatement.About.CONTEST}:
        raise Http404
    for held in ObligationStatement.objects.filter(organisation=organisation, about=about, subject=rule, ended=None):
        actions.take_back(held, by=who(request))
    messages.success(request, _("C'est annulé."))
    return redirect("catalog:obligation", slug, rule)


@require_safe
def template(request: HttpRequest, schema: str, kind: str) -> HttpResponse:
    """A file to fill in, made from a schema."""
    makers = {"csv": templates.csv_template, "xlsx": templates.workbook}
    try:
        maker, entry = makers[kind], known_schemas.get(schema)
    except (KeyError, known_schemas.UnknownSchemaError) as error:
        raise Http404 from error
    response = HttpResponse(maker(registry.read(entry.path)), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="modele-{slugify(schema.replace("/", "-"))}.{kind}"'
    response["Cache-Control"] = "public, max-age=3600"
    return response
