"""Measures and elections, as kinds that others may cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.programmes import search
from parvis.programmes.models import Election, Measure
from parvis.programmes.permissions import room_is_open
from parvis.shared.kinds import Card, Domain, Kind, Listing, register


def badges(election: Election) -> tuple[str, ...]:
    return (str(_("inventée pour la démonstration")),) if election.invented else ()


def measure_card(one: Measure) -> Card:
    election = one.candidate_list.election
    return Card(
        one.title, one.get_absolute_url(), "measure", f"{one.candidate_list.name} · {election.title}", badges=badges(election)
    )


def measures(keys: Sequence[str], _user: Any) -> Mapping[str, Card]:
    """A measure that was merged gives the card of the one that it leads to."""
    if not room_is_open():
        return {}
    found = Measure.objects.filter(pk__in=keys).exclude(candidate_list__election__state=Election.State.DRAFT)
    rows = found.select_related("candidate_list__election", "merged_into__candidate_list__election")
    return {one.pk: measure_card(one.merged_into or one) for one in rows}


def measure_territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = Measure.objects.filter(pk__in=keys).select_related("candidate_list__election__territory")
    return {one.pk: (one.candidate_list.election.territory.reference,) for one in found}


def election_card(one: Election) -> Card:
    return Card(one.title, one.get_absolute_url(), "election", one.organisation.name, badges=badges(one))


def shown() -> Any:
    return Election.objects.exclude(state=Election.State.DRAFT).select_related("organisation", "territory")


def elections(slugs: Sequence[str], _user: Any) -> Mapping[str, Card]:
    return {one.slug: election_card(one) for one in shown().filter(slug__in=slugs)} if room_is_open() else {}


def election_territories(slugs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {one.slug: (one.territory.reference,) for one in shown().filter(slug__in=slugs)}


def about(reference: str, _user: Any, limit: int) -> Listing:
    """The elections of a territory, or those that an organisation publishes."""
    kind, _colon, key = reference.partition(":")
    if not room_is_open():
        return Listing()
    found = (
        shown().filter(organisation__slug=key)
        if kind == "organisation"
        else shown().filter(territory__level=kind, territory__code=key)
    )
    rows = list(found[: limit + 1])
    total = len(rows) if len(rows) <= limit else found.count()
    return Listing(tuple(election_card(one) for one in rows[:limit]), total, reverse("programmes:index") if total else "")


register(
    Kind(
        name="measure",
        label=gettext_lazy("mesure d'un programme"),
        plural=gettext_lazy("mesures de programmes"),
        domain=Domain.PROGRAMME,
        resolve=measures,
        territory=measure_territories,
        search_documents=search.documents,
        facets=search.FACETS,
        page="programmes:measure",
    )
)
register(
    Kind(
        name="election",
        label=gettext_lazy("élection"),
        plural=gettext_lazy("élections"),
        domain=Domain.PROGRAMME,
        resolve=elections,
        territory=election_territories,
        about=about,
    )
)
