"""Who may do what to a request of data: asked here and nowhere else."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.core.requests.clocks import Window
from parvis.catalog.core.requests.states import OPEN, Event, State, can
from parvis.catalog.models import DataRequest
from parvis.catalog.permissions import Deed
from parvis.catalog.permissions import can as may
from parvis.moderation.public import moderates
from parvis.organisations.models import Nature, Organisation

ASKED = (Nature.COMMUNE, Nature.EPCI, Nature.DEPARTEMENT, Nature.REGION, Nature.PUBLIC)
"""Whom the law binds to answer (CRPA L300-2), among those of the register."""


class Act(StrEnum):
    READ = "read"  # the text, where moderation hid it
    ANSWER = "answer"
    FORWARD = "forward"  # to the authority that holds the data
    SUPPORT = "support"
    BRING = "bring"  # say that one gave it to the authority oneself
    CADA = "cada"  # prepare the letter
    CLOSE = "close"


def visible() -> QuerySet[DataRequest]:
    """What everybody sees, the hidden ones included: their pages say why."""
    return DataRequest.objects.filter(published__isnull=False).select_related("organisation", "passed_to")


def shown() -> QuerySet[DataRequest]:
    """What lists, figures, search and exports hold."""
    return visible().filter(hidden=None)


def get_request_for(user: Any, request_id: str) -> DataRequest:
    """The request, or 404: what waits for its author's e-mail exists for nobody, what waits for moderation for its author and for
    those who moderate."""
    found = confirmed().prefetch_related("answers").filter(pk=request_id.replace("\x00", "")).first()
    if found is None or (found.published is None and not reads_early(user, found)):
        raise Http404
    return found


def confirmed() -> QuerySet[DataRequest]:
    """What is visible, and what waits for moderation."""
    known = Q(published__isnull=False) | Q(author__isnull=False)
    return DataRequest.objects.filter(known).select_related("organisation", "passed_to")


def reads_early(user: Any, request: DataRequest) -> bool:
    return moderates(user) or (isinstance(user, User) and user.is_active and request.author_id == user.pk)


def acts(user: Any, request: DataRequest, today: date) -> frozenset[Act]:
    """What this person may do to it today."""
    person = user if isinstance(user, User) and user.is_active else None
    author = person is not None and request.author_id == person.pk
    found = set()
    if request.hidden is None or author or moderates(person):
        found.add(Act.READ)
    if request.hidden is None and request.published:
        state = State(request.state)
        if can(state, Event.GIVE) and may(person, Deed.ANSWER, request.organisation):
            found.add(Act.ANSWER)
        if can(state, Event.FORWARD) and may(person, Deed.ANSWER, request.organisation):
            found.add(Act.FORWARD)
        if person is not None and not author and state in OPEN:
            found.add(Act.SUPPORT)
        if author and can(state, Event.TRANSMIT):
            found.add(Act.BRING)
        if author and state not in (State.CLOSED, State.PASSED) and request.clocks(today).window is Window.OPEN:
            found.add(Act.CADA)
        if author and can(state, Event.CLOSE):
            found.add(Act.CLOSE)
    return frozenset(found)


def check(user: Any, act: Act, request: DataRequest, today: date) -> None:
    """Raise PermissionDenied, with a sentence, unless it is among `acts`."""
    if act not in acts(user, request, today):
        raise PermissionDenied(
            {
                Act.ANSWER: _("Seules les personnes qui publient pour cette collectivité peuvent répondre."),
                Act.FORWARD: _("Seules les personnes qui publient pour cette collectivité peuvent transmettre la demande."),
                Act.SUPPORT: _("Cette demande n'attend plus de soutien, ou c'est la vôtre."),
                Act.CADA: _("Cette lettre se prépare quand le délai de réponse est passé, et pendant deux mois."),
            }.get(act, _("Seule la personne qui a fait cette demande peut le faire, tant qu'elle est ouverte."))
        )


def may_be_asked(organisation: Organisation) -> bool:
    return organisation.nature in {nature.value for nature in ASKED}
