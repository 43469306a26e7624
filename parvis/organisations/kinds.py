"""Organisations, as a kind that other rooms may cite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from parvis.organisations.models import Organisation
from parvis.shared.kinds import Card, Domain, Kind, Listing, SearchDocument, register
from parvis.territories.models import Level


def card(organisation: Organisation) -> Card:
    badges = (str(_("inventée")),) if organisation.demonstration else ()
    return Card(
        organisation.name,
        organisation.get_absolute_url(),
        "organisation",
        str(organisation.get_nature_display()),
        badges=badges,
    )


def resolve(slugs: Sequence[str], _user: Any) -> Mapping[str, Card]:
    return {organisation.slug: card(organisation) for organisation in Organisation.objects.filter(slug__in=slugs)}


def territory(slugs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = Organisation.objects.filter(slug__in=slugs, territory__isnull=False).select_related("territory")
    return {organisation.slug: (organisation.territory.reference,) for organisation in found if organisation.territory}


def about(reference: str, _user: Any, limit: int) -> Listing:
    """The authority of a territory first, then the organisations that are there."""
    level, _colon, code = reference.partition(":")
    if level not in Level.values:
        return Listing()
    found = Organisation.objects.filter(territory__level=level, territory__code=code)
    shown = sorted(found[: limit + 1], key=lambda organisation: (organisation.nature != level, organisation.name))
    total = len(shown) if len(shown) <= limit else found.count()
    name = found.values_list("territory__name", flat=True).first() if total > limit else ""
    url = f"{reverse('organisations:index')}?{urlencode({'q': name})}" if name else ""
    return Listing(tuple(card(organisation) for organisation in shown[:limit]), total, url)


def search_documents(since: datetime | None) -> Iterable[SearchDocument]:
    found = Organisation.objects.select_related("territory")
    for organisation in (found.filter(modified__gt=since) if since else found).iterator():
        places = (organisation.territory.reference,) if organisation.territory else ()
        yield SearchDocument(
            organisation.reference, organisation.name, organisation.modified, organisation.description, (organisation.siren,), places
        )  # fmt: skip


register(
    Kind(
        name="organisation",
        label=_("organisation"),
        plural=_("organisations"),
        domain=Domain.ECOSYSTEM,
        resolve=resolve,
        territory=territory,
        search_documents=search_documents,
        about=about,
        followable=True,
        reportable=True,
    )
)
