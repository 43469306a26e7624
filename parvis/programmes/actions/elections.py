"""Elections and their lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.organisations.models import Organisation
from parvis.programmes import search
from parvis.programmes.core.assignment import drawn
from parvis.programmes.core.rules import Act
from parvis.programmes.models import CandidateList, Election
from parvis.programmes.permissions import check, check_may_create
from parvis.programmes.traces import trace
from parvis.territories.models import Territory

RESERVED = ("ouvrir", "competences", "calendrier", "chercher", "mesures", "sources")
"""Addresses of the room that no election may take."""


class ElectionError(Exception):
    """It cannot be done; the message is the sentence for the person."""


def free_slug(text: str, taken: Iterable[str], most: int) -> str:
    """The address of a title, with a number where another has it."""
    base, known = slugify(text)[: most - 4].strip("-") or "page", set(taken)
    return next(one for n in range(1, len(known) + 3) if (one := base if n == 1 else f"{base}-{n}") not in known)


@transaction.atomic
def create(
    *,
    title: str,
    territory: Territory,
    organisation: Organisation,
    first_round: date,
    by: User,
    second_round: date | None = None,
    order: str = Election.Order.OFFICIAL,
    seed: str = "",
    summary: str = "",
    invented: bool = False,
) -> Election:
    """Open an election to prepare, seen by its team only."""
    check_may_create(by, organisation)
    if second_round and second_round <= first_round:
        raise ElectionError(_("Le second tour vient après le premier."))
    if order == Election.Order.LOT and not seed.strip():
        raise ElectionError(_("Écrivez la graine du tirage au sort : avec elle, tout le monde peut le refaire."))
    alike = Election.objects.filter(slug__startswith=slugify(title)[:20]).values_list("slug", flat=True)
    slug = free_slug(title, [*RESERVED, *alike], 80)
    made = Election.objects.create(
        slug=slug, title=title.strip()[:160], summary=summary.strip()[:300], territory=territory, organisation=organisation,
        first_round=first_round, second_round=second_round, order=order, seed=seed.strip()[:60], invented=invented,
    )  # fmt: skip
    trace(made, "election.create", by=by)
    return made


@transaction.atomic
def publish(election: Election, *, by: User) -> Election:
    fresh = Election.objects.select_for_update().get(pk=election.pk)
    check(by, Act.PUBLISH, fresh)
    if not fresh.lists.filter(reference=False).exists():
        raise ElectionError(_("Ajoutez d'abord les listes qui se présentent."))
    if fresh.lists.filter(reference=False, rank=None).exists():
        raise ElectionError(_("Donnez d'abord son rang à chaque liste : celui du panneau officiel, ou par tirage au sort."))
    fresh.state = Election.State.OPEN
    fresh.save()
    search.look_again(fresh)
    trace(fresh, "election.publish", by=by)
    return fresh


@transaction.atomic
def archive(election: Election, *, by: User) -> Election:
    fresh = Election.objects.select_for_update().get(pk=election.pk)
    check(by, Act.ARCHIVE, fresh)
    fresh.state = Election.State.ARCHIVED
    fresh.save()
    trace(fresh, "election.archive", by=by)
    return fresh


@transaction.atomic
def correct(
    election: Election, *, title: str, summary: str, first_round: date, second_round: date | None, by: User
) -> Election:
    """Its words and its dates; the address of its page stays."""
    fresh = Election.objects.select_for_update().get(pk=election.pk)
    check(by, Act.PREPARE, fresh)
    if second_round and second_round <= first_round:
        raise ElectionError(_("Le second tour vient après le premier."))
    dates = [str(fresh.first_round), str(fresh.second_round or "")]
    trace(fresh, "election.correct", by=by, title=fresh.title, summary=fresh.summary, dates=dates)
    fresh.title, fresh.summary = title.strip()[:160], summary.strip()[:300]
    fresh.first_round, fresh.second_round = first_round, second_round
    fresh.save()
    return fresh


@transaction.atomic
def add_list(
    election: Election,
    *,
    name: str,
    by: User,
    head: str = "",
    parties: str = "",
    departements: Iterable[Territory] = (),
    rank: int | None = None,
    reference: bool = False,
) -> CandidateList:
    """Add a list, or a programme of reference. `rank`: its place on the official board."""
    check(by, Act.PREPARE, election)
    rank = None if reference or election.order == Election.Order.LOT else rank
    if rank is not None and election.lists.filter(rank=rank).exists():
        raise ElectionError(_("Une autre liste a déjà ce rang."))
    slug = free_slug(name, election.lists.values_list("slug", flat=True), 60)
    made = CandidateList.objects.create(
        election=election, slug=slug, name=name.strip()[:160], head=head.strip()[:120], parties=parties.strip()[:300],
        rank=rank, reference=reference,
    )  # fmt: skip
    made.departements.set(departements)
    if election.order == Election.Order.LOT and not reference:
        draw(election, by=by)
        made.refresh_from_db()
    trace(election, "list.add", by=by, about=made.slug, name=made.name)
    return made


@transaction.atomic
def draw(election: Election, *, by: User) -> list[str]:
    """Give lists the ranks of the lot: names sorted, shuffled with the seed. Anybody can do it again."""
    check(by, Act.PREPARE, election)
    standing = {one.name: one for one in election.lists.filter(reference=False)}
    order = drawn(list(standing), election.seed)
    CandidateList.objects.filter(election=election, reference=False).update(rank=None)
    for rank, name in enumerate(order, start=1):
        CandidateList.objects.filter(pk=standing[name].pk).update(rank=rank)
    trace(election, "lists.draw", by=by, seed=election.seed, order=order)
    return order
