"""What the pages of territories show."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.shortcuts import get_object_or_404

from parvis.shared import kinds
from parvis.shared.kinds import Listing
from parvis.territories.models import Level, Loading, Territory

INSIDE: dict[str, tuple[Level, ...]] = {
    Level.REGION: (Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE),
    Level.DEPARTEMENT: (Level.COMMUNE, Level.EPCI),
    Level.EPCI: (Level.COMMUNE,),
    Level.COMMUNE: (),
}
SORTS = {
    "nom": ("name", "code"),
    "-nom": ("-name", "code"),
    "population": ("population", "name"),
    "-population": ("-population", "name"),
}


def get_territory(level: str, code: str) -> Territory:
    territories = Territory.objects.select_related("region", "departement", "epci")
    return get_object_or_404(territories, level=level, code=code)


def region() -> Territory | None:
    """The Région that this place belongs to, or None before the first loading."""
    return Territory.objects.filter(level=Level.REGION, code=settings.REGION_CODE).first()


def members(territory: Territory, level: str, sort: str = "nom") -> QuerySet[Territory]:
    """The territories of `level` inside `territory` (an EPCI belongs where most of its people live)."""
    if level not in INSIDE[territory.level]:
        return Territory.objects.none()
    found = Territory.objects.filter(level=level, active=True, **{territory.level: territory}).select_related("departement")
    first, *others = SORTS.get(sort, SORTS["nom"])
    # Databases do not agree on where an unknown population goes.
    lead = F(first.lstrip("-")).desc(nulls_last=True) if first.startswith("-") else F(first).asc(nulls_last=True)
    return found.order_by(lead, *others)


def counts(territory: Territory) -> dict[str, int]:
    """How many territories of each level it holds."""
    levels = INSIDE[territory.level]
    if not levels:
        return {}
    found = Territory.objects.filter(active=True, **{territory.level: territory})
    return found.aggregate(**{str(level.value): Count("pk", filter=Q(level=level)) for level in levels})


def last_code() -> Loading | None:
    return Loading.objects.filter(what=Loading.What.CODE).only("vintage", "source", "created").first()


@dataclass(frozen=True)
class Tab:
    level: str
    label: str
    count: int


def tabs(territory: Territory) -> list[Tab]:
    labels = {Level.DEPARTEMENT: "départements", Level.EPCI: "intercommunalités", Level.COMMUNE: "communes"}
    found = counts(territory)
    return [Tab(level.value, labels[level], found[level.value]) for level in INSIDE[territory.level] if found.get(level.value)]


@dataclass(frozen=True)
class Things:
    """What one kind has about a territory or an organisation, as a page draws it."""

    name: str
    label: str
    hue: str
    listing: Listing


def things(reference: str, user: object) -> list[Things]:
    found = kinds.about(reference, user)
    return [Things(kind.name, str(kind.plural), kind.domain.value, listing) for kind, listing in found]
