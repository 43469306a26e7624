"""Who may do what in a process: asked here and nowhere else. The table is `core.processes.rules`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.debates.core.processes.rules import Act, Obstacle, Role, Verdict, judge
from parvis.debates.models import Participant, Process
from parvis.organisations.models import Organisation
from parvis.organisations.models import Role as OrganisationRole
from parvis.organisations.queries import may as may_in_organisation
from parvis.territories.models import Level, Territory

SENTENCES = {
    Obstacle.NEVER: gettext_lazy("Cela ne se fait pas dans une démarche."),
    Obstacle.NOT_NOW: gettext_lazy("Ce n'est pas possible à ce moment de la démarche. Les dates sont sur sa page."),
    Obstacle.NOT_YOURS: gettext_lazy("C'est réservé à l'équipe qui anime cette démarche."),
    Obstacle.ELSEWHERE: gettext_lazy("Cette démarche est réservée aux habitants de son territoire. Vous pouvez la lire."),
    Obstacle.CONFIRM: gettext_lazy("Confirmez d'abord votre adresse électronique : un lien vous est envoyé."),
    Obstacle.SIGN_IN: gettext_lazy("Connectez-vous d'abord."),
}


def role_in(user: Any, process: Process, participant: Participant | None = None) -> Role:
    """The strongest role of a person; an editor of the organisation manages its processes."""
    if isinstance(user, User) and user.is_active:
        if may_in_organisation(user, process.organisation, OrganisationRole.EDITOR):
            return Role.MANAGER
        mate = process.team.filter(user=user).values_list("role", flat=True).first()
        return Role(mate) if mate else Role.MEMBER
    return Role(participant.level) if participant else Role.VISITOR


def is_concerned(process: Process, commune: Territory | None) -> bool:
    """Whether somebody of that commune may take part."""
    return not process.residents_only or (commune is not None and lies_in(commune, process.territory))


def lies_in(commune: Territory, territory: Territory) -> bool:
    inside = {
        Level.COMMUNE.value: commune.pk,
        Level.EPCI.value: commune.epci_id,
        Level.DEPARTEMENT.value: commune.departement_id,
        Level.REGION.value: commune.region_id,
    }
    return inside[territory.level] == territory.pk


def verdict(
    user: Any, act: Act, process: Process, *, participant: Participant | None = None, now: datetime | None = None
) -> Verdict:
    """Whether this person may, and what is in the way otherwise."""
    return judge(
        act,
        process.moments(now or timezone.now()),
        role_in(user, process, participant),
        access=Role(process.access),
        concerned=is_concerned(process, participant.commune if participant else None),
    )


def may(user: Any, act: Act, process: Process, **details: Any) -> bool:
    return bool(verdict(user, act, process, **details))


def check(user: Any, act: Act, process: Process, **details: Any) -> None:
    """Raise `PermissionDenied`, with the sentence, unless `may`."""
    found = verdict(user, act, process, **details)
    if found.obstacle:
        raise PermissionDenied(str(SENTENCES[found.obstacle]))


def allowed(user: Any, process: Process, acts: Iterable[Act], now: datetime) -> frozenset[Act]:
    """Those of `acts` that this person may do, for a page that offers them: their role is looked for once."""
    moments, role = process.moments(now), role_in(user, process)
    return frozenset(act for act in acts if judge(act, moments, role))


def get_process_for(user: Any, slug: str, act: Act = Act.READ) -> Process:
    """The process, or 404: a draft does not exist for others than its team. Raises `PermissionDenied` when another act than reading
    is asked and may not be done."""
    process = get_object_or_404(
        Process.objects.select_related("organisation", "territory").prefetch_related("phases__notices"), slug=slug
    )
    if not may(user, Act.READ, process):
        raise Http404
    if act is not Act.READ:
        check(user, act, process)
    return process


def check_may_create(user: Any, organisation: Organisation) -> None:
    if not may_in_organisation(user, organisation, OrganisationRole.EDITOR):
        raise PermissionDenied(_("Il faut être éditeur de l'organisation pour ouvrir une démarche en son nom."))
