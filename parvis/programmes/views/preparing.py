"""For editors: an election, its lists, their documents, passages and measures."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.programmes import cutting_page, pages
from parvis.programmes.actions import elections, measures, sources
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.forms import ElectionForm, ListForm, MeasureForm, ReplyForm, SourceForm
from parvis.programmes.models import Measure
from parvis.programmes.permissions import (
    allowed,
    check_speaks_for,
    get_election_for,
    get_list_for,
    get_measure_for,
    get_source_for,
)
from parvis.programmes.results import reading
from parvis.programmes.views.coding import who


@never_cache
@login_required
def create(request: HttpRequest) -> HttpResponse:
    publishers = pages.publishers(request.user)
    if not publishers:
        raise Http404
    form = ElectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        territory = pages.region()
        try:
            made = elections.create(organisation=publishers[0], territory=territory, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("programmes:prepare", made.slug)
    return render(
        request, "programmes/create.html", {"form": form, "publisher": publishers[0]}, status=422 if form.is_bound else 200
    )


@never_cache
@login_required
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Lists and what is done of each; a form that adds one."""
    found = get_election_for(request.user, slug, Act.PREPARE)
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            elections.add_list(found, by=who(request), **form.cleaned_data)
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("La liste est ajoutée."))
            return redirect("programmes:prepare", slug)
    context = {
        "election": found, "lists": reading.lists_of(found), "form": form, "acts": allowed(request.user, found),
        "rounds": list(found.coding_rounds.all()),
    }  # fmt: skip
    return render(request, "programmes/prepare.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish or archive the election."""
    found = get_election_for(request.user, slug)
    action = {"publish": elections.publish, "archive": elections.archive}.get(request.POST.get("vers", ""))
    if action is None:
        raise Http404
    try:
        action(found, by=who(request))
    except ElectionError as error:
        messages.error(request, str(error))
        return redirect("programmes:prepare", slug)
    return redirect(found)


@never_cache
@login_required
def list_sources(request: HttpRequest, slug: str, list_slug: str) -> HttpResponse:
    """Documents of a list, and a form that brings one or says that none was found."""
    found = get_list_for(request.user, slug, list_slug, Act.PREPARE)
    form = SourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = cutting_page.brought(found, form.cleaned_data, by=who(request))
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("programmes:prepare", slug) if source.missing else redirect("programmes:cut", source.pk)
    context = {
        "election": found.election, "list": found, "form": form, "sources": list(found.sources.all()),
        "page": cutting_page.measures_page(found, request.GET.get("page")),
    }  # fmt: skip
    return render(request, "programmes/sources.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def cut(request: HttpRequest, source_id: int) -> HttpResponse:
    """The text of a document, cut in sentences; those that a person keeps become a measure."""
    source = get_source_for(request.user, source_id, Act.PREPARE)
    form, status = MeasureForm(request.POST or None), 200
    chosen = cutting_page.spans(request.POST.getlist("phrase"))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = cutting_page.stated(source, chosen, form.cleaned_data["title"], by=who(request))
            except ElectionError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Mesure %(n)s relevée.") % {"n": made.number})
                return redirect(f"{request.path}?page={cutting_page.page_number(request.GET.get('page'))}")
    context = cutting_page.context(source, request.GET.get("page"), chosen) | {"form": form}
    return render(request, "programmes/cut.html", context, status=status)


@login_required
@require_POST
def read_again(request: HttpRequest, source_id: int) -> HttpResponse:
    source = get_source_for(request.user, source_id, Act.PREPARE)
    try:
        sources.read_again(source, by=who(request))
    except ElectionError as error:
        messages.error(request, str(error))
    else:
        lost = source.passages.filter(lost=True).count()
        messages.success(request, _("Le document a été relu. Passages introuvables : %(n)s.") % {"n": lost})
    return redirect("programmes:cut", source_id)


@login_required
@require_POST
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """Two measures of a list that say the same become one; the other is named by its number."""
    found = get_measure_for(request.user, key, Act.PREPARE)
    given = request.POST.get("numero", "")
    number = int(given) if given.isdecimal() and len(given) < 9 else 0
    into = Measure.objects.filter(candidate_list=found.candidate_list, number=number).first()
    try:
        if into is None:
            raise ElectionError(_("Aucune mesure de cette liste n'a ce numéro."))
        measures.merge(found, into=into, by=who(request))
    except ElectionError as error:
        messages.error(request, str(error))
        return redirect("programmes:edit_measure", key)
    messages.success(request, _("Les deux mesures sont réunies."))
    return redirect("programmes:sources", found.candidate_list.election.slug, found.candidate_list.slug)


@never_cache
@login_required
def reply(request: HttpRequest, key: str) -> HttpResponse:
    """A list answers to the reading of its measure."""
    found = get_measure_for(request.user, key)
    check_speaks_for(request.user, found.candidate_list)
    form = ReplyForm(request.POST or None, initial={"text": getattr(getattr(found, "reply", None), "text", "")})
    if request.method == "POST" and form.is_valid():
        try:
            measures.reply(found, text=form.cleaned_data["text"], by=who(request))
        except ElectionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Votre réponse est publiée sous la mesure."))
            return redirect(found)
    context = {"form": form, "measure": found, "election": found.candidate_list.election}
    return render(request, "programmes/reply.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done, by whom, newest first."""
    found = get_election_for(request.user, slug, Act.COMPARE)
    return render(request, "programmes/trail.html", cutting_page.trail(found, request.GET.get("page")))
