"""A list once it is there: its details, and who answers in public for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.programmes import search
from parvis.programmes.actions.elections import ElectionError, draw
from parvis.programmes.core.rules import Act
from parvis.programmes.models import CandidateList, Election, Spokesperson
from parvis.programmes.permissions import check
from parvis.programmes.traces import trace
from parvis.territories.models import Territory


@transaction.atomic
def correct(
    candidate_list: CandidateList,
    *,
    name: str,
    by: User,
    head: str = "",
    parties: str = "",
    departements: Iterable[Territory] = (),
    rank: int | None = None,
) -> CandidateList:
    """Its details; the address of its page stays. Where the order is drawn by lot, another name means another drawing: it starts from names."""
    election = candidate_list.election
    check(by, Act.PREPARE, election)
    fresh = CandidateList.objects.select_for_update(of=("self",)).select_related("election").get(pk=candidate_list.pk)
    by_lot = election.order == Election.Order.LOT
    if not (fresh.reference or by_lot):
        if rank is not None and election.lists.filter(rank=rank).exclude(pk=fresh.pk).exists():
            raise ElectionError(_("Une autre liste a déjà ce rang."))
        fresh.rank = rank
    before = {"name": fresh.name, "head": fresh.head, "parties": fresh.parties}
    fresh.name, fresh.head, fresh.parties = name.strip()[:160], head.strip()[:120], parties.strip()[:300]
    fresh.save()
    fresh.departements.set(departements)
    search.look_again(election)
    trace(election, "list.correct", by=by, about=fresh.slug, before=before)
    if by_lot and not fresh.reference and fresh.name != before["name"]:
        draw(election, by=by)
        fresh.refresh_from_db()
    return fresh


@transaction.atomic
def let_speak(candidate_list: CandidateList, *, user: User, by: User) -> Spokesperson:
    """This person answers in public for the list."""
    check(by, Act.ORGANISE, candidate_list.election)
    if candidate_list.reference:
        raise ElectionError(_("Un programme de référence n'est pas celui d'une liste : personne ne répond pour lui."))
    team = Q(coding_rounds__evaluators__user=user) | Q(organisation__memberships__user=user)
    if Election.objects.filter(pk=candidate_list.election_id).filter(team).exists():
        raise ElectionError(
            _("Cette personne fait partie de l'équipe qui lit les programmes : elle ne peut pas parler pour une liste.")
        )
    made, _fresh = Spokesperson.objects.get_or_create(candidate_list=candidate_list, user=user)
    trace(candidate_list.election, "list.spokesperson", by=by, about=candidate_list.slug)
    return made


@transaction.atomic
def no_longer_speaks(spokesperson: Spokesperson, *, by: User) -> None:
    """What this person answered stays, since it was the list that said it."""
    check(by, Act.ORGANISE, spokesperson.candidate_list.election)
    trace(spokesperson.candidate_list.election, "list.spokesperson.end", by=by, about=spokesperson.candidate_list.slug)
    spokesperson.delete()
