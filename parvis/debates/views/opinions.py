"""One statement at a time, and answering it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from parvis.debates.actions import votes
from parvis.debates.opinion_page import ANSWERS, Card, afterwards, card_of, number_in
from parvis.debates.participation import identity
from parvis.debates.participation.identity import StaleKeyError, Visit
from parvis.debates.permissions import get_process_for
from parvis.debates.views.keyed import arrive, stale
from parvis.shared.limits import TooMany

UNDO = "annuler"


@never_cache
@require_safe
def opinions(request: HttpRequest, slug: str) -> HttpResponse:
    process = get_process_for(request.user, slug)
    visit = arrive(request, process)
    card = card_of(
        request, visit, answered=number_in(request.GET.get("repondu")), wanted=number_in(request.GET.get("affirmation"))
    )
    return drawn(request, card)


# Django's token needs a cookie before the first answer: the signed key and the origin of the form stand for it.
@csrf_exempt
@never_cache
def vote(request: HttpRequest, slug: str) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("debates:opinions", slug)
    process = get_process_for(request.user, slug)
    number, said = number_in(request.POST.get("affirmation")), request.POST.get("reponse", "")
    try:
        visit = identity.sending_visit(request, process, request.POST.get("cle", ""))
    except StaleKeyError:
        return drawn(request, card_of(request, identity.visit_of(request, process), wanted=number, warning=stale()), 409)
    statement = get_object_or_404(process.statements.select_related("process"), number=number)
    if said not in ANSWERS and said != UNDO:
        return drawn(request, card_of(request, visit, wanted=number, warning=_("Choisissez une des trois réponses.")), 422)
    try:
        if said == UNDO:
            votes.take_back(visit, statement)
            return answered(request, visit, wanted=number, said=_("Réponse annulée."))
        participant = votes.answer(visit, statement, ANSWERS[said])
    except (PermissionDenied, votes.VoteError, TooMany) as refusal:
        return drawn(request, card_of(request, visit, wanted=number, warning=str(refusal)), 403)
    return answered(request, afterwards(visit, participant), number=number)


def answered(
    request: HttpRequest, visit: Visit, *, number: int | None = None, wanted: int | None = None, said: str = ""
) -> HttpResponseBase:
    """What is recorded, and the next statement. A browser that has shown its cookie is sent to a page that it may reload; another one
    is answered at once, since only this answer can carry the key of who keeps no cookie."""
    known = visit.user is not None or bool(identity.cookie_of(request))
    if known and not request.htmx:  # type: ignore[attr-defined]
        question = f"?repondu={number}" if number else f"?affirmation={wanted}"
        return redirect(reverse("debates:opinions", args=[visit.process.slug]) + question)
    refused = _(
        "Votre navigateur refuse les témoins (cookies) : votre réponse est enregistrée, et vous pouvez continuer sur cette page. "
        "Si vous la quittez, nous ne saurons plus que c'est vous."
    )
    card = card_of(request, visit, answered=number, wanted=wanted, sent=True, warning=refused if visit.refuses else "")
    response = drawn(request, card, said=said)
    identity.remember(response, visit)
    return response


def drawn(request: HttpRequest, card: Card, status: int = 200, said: str = "") -> HttpResponse:
    part = "debates/_opinion_answer.html" if request.htmx else "debates/opinions.html"  # type: ignore[attr-defined]
    shown = {"card": card, "process": card.process, "said": said or card.warning}
    return render(request, part, shown, status=200 if request.htmx else status)  # type: ignore[attr-defined]
