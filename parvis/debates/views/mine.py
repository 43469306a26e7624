"""One's own participation: commune, e-mail, answers, leaving. No account is needed for any of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.debates import mine
from parvis.debates.actions import links, participants, statements
from parvis.debates.core.processes.rules import Act, Obstacle
from parvis.debates.opinion_page import card_of
from parvis.debates.participation import identity
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import SENTENCES, get_process_for, verdict
from parvis.debates.views.keyed import arrive, keyed
from parvis.shared.limits import TooMany
from parvis.territories import cookies
from parvis.territories.forms import Remember
from parvis.territories.models import Level
from parvis.territories.search import search


@never_cache
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug)
    visit = arrive(request, process)
    person = visit.participant
    context = {
        "process": process,
        "card": card_of(request, visit),
        "participant": person,
        "votes": Paginator(mine.votes(person), mine.PER_PAGE).get_page(request.GET.get("page")) if person else None,
        "proposals": mine.answered(person) if person else [],
    }
    return render(request, "debates/mine.html", context)


@never_cache
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    visit = arrive(request, get_process_for(request.user, slug))
    if visit.participant is None:
        messages.info(request, _("Rien n'est gardé de vous dans cette démarche."))
        return redirect("debates:mine", slug)
    answer = JsonResponse(mine.copy_of(visit.participant), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="ma-participation-{slug}.json"'
    return answer


@never_cache
@require_safe
def commune(request: HttpRequest, slug: str) -> HttpResponse:
    """The picker: a name, its matches, one button each."""
    process = get_process_for(request.user, slug)
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "process": process,
        "card": card_of(request, arrive(request, process)),
        "text": text,
        "matches": search(text, level=Level.COMMUNE, near=cookies.code(request), limit=20) if text else [],
    }
    return render(request, "debates/commune.html", context)


@keyed("commune")
def choose_commune(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    obstacle = verdict(visit.user, Act.VOTE, visit.process, participant=visit.participant).obstacle
    if obstacle not in (None, Obstacle.ELSEWHERE, Obstacle.CONFIRM):
        messages.error(request, str(SENTENCES[obstacle]))
        return redirect("debates:opinions", visit.process.slug)
    if "sans" in request.POST and not visit.process.residents_only:
        participants.live_in(participants.begin(visit), None)
        messages.success(request, _("C'est noté : votre commune ne vous sera plus demandée."))
        return redirect("debates:opinions", visit.process.slug)
    form = Remember(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez une commune dans la liste."))
        return redirect("debates:commune", visit.process.slug)
    found = form.cleaned_data["commune"]
    participants.live_in(participants.begin(visit), found)
    messages.success(request, _("C'est noté : %(name)s.") % {"name": found.name})
    return redirect("debates:opinions", visit.process.slug)


@keyed("mine")
def email(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    try:
        links.ask(visit, request.POST.get("email", ""))
    except (links.LinkError, TooMany) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Un lien vous est envoyé. Ouvrez-le pour confirmer : il vaut un jour."))
    return redirect("debates:opinions", visit.process.slug)


@never_cache
@require_safe
def link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A button: programs that open every link of a message confirm nothing."""
    process = get_process_for(request.user, slug)
    found = links.find(process, token)
    context = {
        "process": process,
        "token": token,
        "link": found,
        "key": identity.make_key(identity.visit_of(request, process)),
    }
    return render(request, "debates/link.html", context, status=200 if found and not found.used else 410)


@keyed("opinions")
def confirm(request: HttpRequest, visit: Visit, token: str) -> HttpResponseBase:
    try:
        links.confirm(visit, token)
    except links.LinkError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Votre participation est confirmée : vos réponses comptent."))
    return redirect("debates:opinions", visit.process.slug)


@keyed("mine")
def contest(request: HttpRequest, visit: Visit, number: int) -> HttpResponseBase:
    statement = get_object_or_404(visit.process.statements.select_related("process"), number=number)
    try:
        statements.contest(visit, statement, request.POST.get("pourquoi", ""))
    except (statements.StatementError, TooMany) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Votre recours est reçu : une autre personne va relire la décision."))
    return redirect("debates:mine", visit.process.slug)


@keyed("mine")
def leave(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Somebody else comes to this computer: the browser forgets, the answers stay."""
    messages.success(request, _("Ce navigateur ne sait plus qui vous êtes. Vos réponses restent comptées."))
    response = redirect("debates:opinions", visit.process.slug)
    identity.forget(response)
    return response


@keyed("mine")
def erase(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    if "sur" not in request.POST:
        messages.error(request, _("Cochez la case pour confirmer : rien n'est effacé."))
        return redirect("debates:mine", visit.process.slug)
    participants.erase(visit)
    messages.success(request, _("C'est fait : rien ne relie plus cette démarche à vous."))
    return redirect("debates:opinions", visit.process.slug)
