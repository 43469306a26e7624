"""Processes as lists show them: open ones first, near ones first, and what each is about to become."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from parvis.accounts.models import User
from parvis.debates.core.processes.stepper import State
from parvis.debates.models import Notice, Phase, Process, Teammate
from parvis.organisations.models import Membership, Organisation
from parvis.organisations.models import Role as OrganisationRole
from parvis.territories.models import Level, Territory

STATES = {State.OPEN: _("en cours"), State.TO_COME: _("à venir"), State.OVER: _("terminées")}
STATE_NAMES = {State.OPEN: _("en cours"), State.TO_COME: _("à venir"), State.OVER: _("terminée")}
RANK = {State.OPEN: 0, State.TO_COME: 1, State.OVER: 2}


@dataclass(frozen=True)
class Asked:
    """territory: a reference; organisation: a slug; state: a name of `State`, "" for all."""

    territory: str = ""
    organisation: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.territory or self.organisation or self.state)


@dataclass(frozen=True)
class Choices:
    """What filters offer: what published processes have."""

    territories: list[Territory] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)


def lines(found: QuerySet[Process]) -> QuerySet[Process]:
    """With what a card needs, in a fixed number of queries."""
    phases = Prefetch("phases", Phase.objects.defer("text"))
    return found.select_related("organisation", "territory").defer("purpose", "synthesis").prefetch_related(phases)


def public() -> QuerySet[Process]:
    return Process.objects.filter(published__isnull=False)


def with_rank(found: QuerySet[Process], now: datetime) -> Any:
    """`rank`: open 0, to come 1, over 2; `ends`: when the next of its open phases ends."""
    mine = Phase.objects.filter(process=OuterRef("pk"))
    not_over = Q(closes=None) | Q(closes__gt=now)
    is_open, will_be = mine.filter(not_over, opens__lte=now), mine.filter(opens__gt=now)
    rank = Case(
        When(archived__isnull=False, then=Value(2)),
        When(Exists(is_open), then=Value(0)),
        When(Exists(will_be), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ends = Subquery(is_open.exclude(closes=None).order_by("closes").values("closes")[:1])
    return found.annotate(rank=rank, ends=ends)


def listed(asked: Asked, now: datetime, near: Territory | None = None) -> QuerySet[Process]:
    found = with_rank(public(), now)
    if asked.territory:
        found = found.filter(within(asked.territory))
    if asked.organisation:
        found = found.filter(organisation__slug=asked.organisation)
    if asked.state in RANK:
        found = found.filter(rank=RANK[State(asked.state)])
    return lines(found.annotate(away=distance(near)).order_by("rank", "away", "ends", "-published", "-pk"))


def within(reference: str) -> Q:
    """What is about a territory, and about those inside it."""
    level, _colon, code = reference.partition(":")
    if level not in Level.values:
        return Q(pk__in=[])
    inside = Q(territory__level=level, territory__code=code)
    if level != Level.COMMUNE:
        inside |= Q(**{f"territory__{level}__code": code, f"territory__{level}__level": level})
    return inside


def distance(near: Territory | None) -> Any:
    """0 for the commune itself, then its EPCI, its département, its Région, then the rest."""
    if near is None:
        return Value(0, output_field=IntegerField())
    around = [near.pk, near.epci_id, near.departement_id, near.region_id]
    whens = [When(territory=pk, then=Value(at)) for at, pk in enumerate(around) if pk]
    return Case(*whens, default=Value(9), output_field=IntegerField())


def choices() -> Choices:
    shown = public()
    territories = Territory.objects.filter(pk__in=shown.values("territory")).order_by("level", "name")[:200]
    organisations = Organisation.objects.filter(pk__in=shown.values("organisation")).order_by("name")[:200]
    return Choices(list(territories), list(organisations))


def with_everything(process: Process) -> Process:
    """The same, with its phases and what was said of their dates."""
    notices = Prefetch("phases__notices", Notice.objects.order_by("created", "pk"))
    return Process.objects.select_related("organisation", "territory").prefetch_related("phases", notices).get(pk=process.pk)


def visible_to(user: Any) -> Q:
    """What is published, and the drafts that this person prepares: the same as `permissions`, for many at once."""
    seen = Q(published__isnull=False)
    if not isinstance(user, User) or not user.is_active:
        return seen
    if user.is_administrator:
        return Q()
    return seen | Q(pk__in=prepared_by(user).values("pk"))


def prepared_by(user: User) -> QuerySet[Process]:
    """Those whose team they are of."""
    editors = [OrganisationRole.EDITOR.value, OrganisationRole.ADMINISTRATOR.value]
    mine = Membership.objects.filter(user=user, role__in=editors).values("organisation")
    return Process.objects.filter(Q(organisation__in=mine) | Q(pk__in=Teammate.objects.filter(user=user).values("process")))


def mates_of(process: Process) -> list[Teammate]:
    return list(process.team.select_related("user").order_by("created", "pk"))
