"""What is known of authorities, read set-wise: four thousand cost the same number of queries as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet

from parvis.catalog.core.obligations.rules import Facts
from parvis.catalog.core.obligations.status import Publication
from parvis.catalog.models import ObligationStatement, Resource
from parvis.organisations.models import Nature, Organisation
from parvis.territories.models import Level, Territory

BOUND = (Nature.COMMUNE, Nature.EPCI, Nature.DEPARTEMENT, Nature.REGION, Nature.PUBLIC)
About = ObligationStatement.About


@dataclass(frozen=True, slots=True)
class Shown:
    """A publication as a page shows it: what the core weighs, and where to read it."""

    weighed: Publication
    title: str
    url: str


def authorities() -> QuerySet[Organisation]:
    """Those that the Région accompanies: its communes, its EPCI, its départements and itself."""
    here = Q(territory__region__code=settings.REGION_CODE) | Q(
        territory__code=settings.REGION_CODE, territory__level=Level.REGION
    )
    natures = [nature.value for nature in BOUND if nature != Nature.PUBLIC]
    return Organisation.objects.filter(here, nature__in=natures, territory__active=True)


def bound(organisation: Organisation) -> bool:
    """Whether the rules speak of such an organisation."""
    return organisation.nature in {nature.value for nature in BOUND}


def _among(field: str, organisations: Sequence[Organisation] | None) -> Q:
    return Q() if organisations is None else Q(**{f"{field}__in": [one.pk for one in organisations]})


def statements(organisations: Sequence[Organisation] | None = None) -> dict[int, list[ObligationStatement]]:
    """What holds of what was said, by authority (all of them without `organisations`)."""
    found: dict[int, list[ObligationStatement]] = defaultdict(list)
    held = ObligationStatement.objects.filter(_among("organisation", organisations), ended=None)
    for statement in held.select_related("created_by"):
        found[statement.organisation_id].append(statement)
    return found


def publications(organisations: Sequence[Organisation] | None = None) -> dict[int, list[Shown]]:
    """What is published here, by authority: one publication for each table that everybody sees. What the Région only brought
    together answers no rule for it."""
    found: dict[int, list[Shown]] = defaultdict(list)
    tables = (
        Resource.objects.filter(_among("dataset__organisation", organisations), dataset__published__isnull=False, consolidation=None)
        .exclude(current=None)
        .order_by("dataset__title", "position", "pk")
        .values_list(
            "pk", "schema", "current__schema", "current__valid", "current__created",
            "dataset__slug", "dataset__title", "dataset__organisation_id",
        )
    )  # fmt: skip
    for pk, declared, checked, valid, created, slug, title, organisation in tables:
        # A schema that was only declared says what the table is about, not that it is valid.
        weighed = Publication(checked or declared, created.date(), valid if checked else None)
        found[organisation].append(Shown(weighed, title, f"/donnees/{slug}/{pk}/"))
    return found


def elsewhere(held: Iterable[ObligationStatement]) -> list[Shown]:
    return [
        Shown(Publication("", one.created.date(), elsewhere=True, rule=one.subject), one.url, one.url)
        for one in held
        if one.about == About.ELSEWHERE
    ]


def largest_communes() -> dict[int, int]:
    """The inhabitants of the largest commune of each EPCI."""
    communes = Territory.objects.filter(level=Level.COMMUNE, active=True, epci__isnull=False)
    return dict(communes.values_list("epci_id").annotate(most=Max("population")).filter(most__isnull=False).order_by())


def facts_of(organisation: Any, held: Iterable[ObligationStatement], largest: int | None) -> Facts:
    """What is known: the register's facts, then what the authority said, which comes first."""
    activities: dict[str, bool] = {"website": True} if organisation.website else {}
    staff: int | None = None
    exempt: set[str] = set()
    contested: set[str] = set()
    for one in held:
        if one.about == About.STAFF:
            staff = one.number
        elif one.about == About.ACTIVITY:
            activities[one.subject] = bool(one.yes)
        elif one.about == About.CONTEST and one.decision != ObligationStatement.Decision.REFUSED:
            (exempt if one.decision else contested).add(one.subject)
    territory = organisation.territory
    return Facts(
        nature=organisation.nature,
        inhabitants=territory.population if territory else None,
        staff=staff,
        largest_commune=largest,
        activities=activities,
        exempt=frozenset(exempt),
        contested=frozenset(contested),
    )


def largest_commune_of(organisation: Organisation) -> int | None:
    if organisation.nature != Nature.EPCI or organisation.territory_id is None:
        return None
    communes = Territory.objects.filter(level=Level.COMMUNE, active=True, epci=organisation.territory_id)
    found: int | None = communes.aggregate(most=Max(F("population")))["most"]
    return found
