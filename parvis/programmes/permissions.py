"""Who may do what at an election: asked here and nowhere else. The table is `core.rules`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.organisations.models import Organisation
from parvis.organisations.models import Role as OrganisationRole
from parvis.organisations.queries import may as may_in_organisation
from parvis.programmes.core.rules import Act, Obstacle, Role, Verdict, judge
from parvis.programmes.models import CandidateList, CodingRound, Election, Evaluator, Measure, Source, Spokesperson, Task

SENTENCES = {
    Obstacle.SILENCE: gettext_lazy(
        "De la veille du scrutin à la fermeture des bureaux de vote, rien de nouveau n'est publié ici (code électoral, L49)."
    ),
    Obstacle.NOT_NOW: gettext_lazy("Ce n'est pas possible dans l'état où est cette élection."),
    Obstacle.NOT_YOURS: gettext_lazy("C'est réservé à l'équipe qui lit ces programmes."),
}


def room_is_open() -> bool:
    """Off on a Région's own installation: its site may not compare candidates."""
    return bool(settings.PROGRAMMES)


def roles_of(user: Any, election: Election) -> frozenset[Role]:
    """All that a person is at this election."""
    found = {Role.VISITOR}
    if not (isinstance(user, User) and user.is_active):
        return frozenset(found)
    if may_in_organisation(user, election.organisation, OrganisationRole.ADMINISTRATOR):
        found |= {Role.MANAGER, Role.EDITOR}
    elif may_in_organisation(user, election.organisation, OrganisationRole.EDITOR):
        found.add(Role.EDITOR)
    if Evaluator.objects.filter(user=user, coding_round__election=election).exists():
        found.add(Role.EVALUATOR)
    if Spokesperson.objects.filter(user=user, candidate_list__election=election).exists():
        found.add(Role.LIST)
    return frozenset(found)


def verdict(user: Any, act: Act, election: Election) -> Verdict:
    return judge(act, election.stage(timezone.localdate()), roles_of(user, election))


def may(user: Any, act: Act, election: Election) -> bool:
    return bool(verdict(user, act, election))


def allowed(user: Any, election: Election) -> dict[str, bool]:
    """Every act of the table, by name, for a page that shows what one may do."""
    stage, roles = election.stage(timezone.localdate()), roles_of(user, election)
    return {act.value: bool(judge(act, stage, roles)) for act in Act}


def check(user: Any, act: Act, election: Election) -> None:
    """Raise `PermissionDenied`, with the sentence, unless `may`."""
    found = verdict(user, act, election)
    if found.obstacle:
        raise PermissionDenied(str(SENTENCES[found.obstacle]))


def get_election_for(user: Any, slug: str, act: Act = Act.READ) -> Election:
    """The election, or 404: a draft does not exist for others than its team. Raises `PermissionDenied` when another act than reading
    is asked and may not be done."""
    found = get_object_or_404(Election.objects.select_related("organisation", "territory"), slug=slug)
    if not may(user, Act.READ, found):
        raise Http404
    if act is not Act.READ:
        check(user, act, found)
    return found


def get_list_for(user: Any, election_slug: str, slug: str, act: Act = Act.READ) -> CandidateList:
    election = get_election_for(user, election_slug, act)
    found = get_object_or_404(CandidateList, election=election, slug=slug)
    found.election = election
    return found


def get_source_for(user: Any, source_id: int, act: Act = Act.READ) -> Source:
    found = get_object_or_404(Source.objects.select_related("candidate_list__election__organisation"), pk=source_id)
    get_election_for(user, found.candidate_list.election.slug, act)
    return found


def get_measure_for(user: Any, key: str, act: Act = Act.READ) -> Measure:
    found = get_object_or_404(Measure.objects.select_related("candidate_list__election__organisation", "merged_into"), pk=key)
    found.candidate_list.election = get_election_for(user, found.candidate_list.election.slug, act)
    return found


def get_round_for(user: Any, slug: str, number: int, act: Act) -> CodingRound:
    election = get_election_for(user, slug, act)
    found = get_object_or_404(CodingRound.objects.select_related("grid"), election=election, number=number)
    found.election = election
    return found


def get_task_for(user: Any, slug: str, number: int, position: int) -> Task:
    """A task of one's own: those of others do not exist."""
    coding_round = get_round_for(user, slug, number, Act.CODE)
    found = Task.objects.select_related("measure", "candidate_list", "evaluator")
    task = get_object_or_404(found, coding_round=coding_round, evaluator__user=user, position=position)
    task.coding_round = coding_round
    return task


def check_may_create(user: Any, organisation: Organisation) -> None:
    if not may_in_organisation(user, organisation, OrganisationRole.ADMINISTRATOR):
        raise PermissionDenied(_("Il faut administrer l'organisation pour ouvrir une élection en son nom."))


def check_speaks_for(user: Any, candidate_list: CandidateList) -> None:
    check(user, Act.REPLY, candidate_list.election)
    if not Spokesperson.objects.filter(user=user, candidate_list=candidate_list).exists():
        raise PermissionDenied(_("Seule la liste peut répondre à la lecture de ses mesures."))
