"""Requests, as a kind that other rooms may meet: followed, reported, cited, searched, hidden by moderation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.catalog.models import DataRequest
from parvis.catalog.requests.permissions import shown, visible
from parvis.moderation.public import moderates
from parvis.shared.kinds import Card, Domain, Kind, Listing, Moderable, SearchDocument, Written
from parvis.territories.models import Level


def card(request: DataRequest) -> Card:
    day = date_format(request.published, "DATE_FORMAT") if request.published else ""
    line = " · ".join([request.organisation.name, str(request.get_state_display()), day])
    badges = (str(_("inventée pour la démonstration")),) if request.invented else ()
    return Card(request.title, request.get_absolute_url(), "request", line, badges=badges)


def _resolve(keys: Sequence[str], user: Any) -> Mapping[str, Card]:
    """A hidden one is seen by its author and by moderators."""
    found = visible().filter(pk__in=keys)
    person = user if isinstance(user, User) else None
    return {
        one.pk: card(one)
        for one in found
        if one.hidden is None or moderates(person) or (person is not None and one.author_id == person.pk)
    }


def _territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = DataRequest.objects.filter(pk__in=keys).select_related("organisation__territory")
    return {one.pk: (place.reference,) for one in found if (place := one.organisation.territory)}


def _about(reference: str, _user: Any, limit: int) -> Listing:
    """What was asked of an organisation, or of the authorities of a territory."""
    kind, _colon, key = reference.partition(":")
    if kind == "organisation":
        found, parameters = shown().filter(organisation__slug=key), {"organisation": key}
    elif kind in Level.values:
        found = shown().filter(organisation__territory__level=kind, organisation__territory__code=key)
        parameters = {"territoire": reference}
    else:
        return Listing()
    first = list(found[: limit + 1])
    total = len(first) if len(first) <= limit else found.count()
    url = f"{reverse('catalog:requests')}?{urlencode(parameters)}" if total else ""
    return Listing(tuple(card(one) for one in first[:limit]), total, url)


def _documents(since: datetime | None) -> Iterable[SearchDocument]:
    """Every request that is shown, or what changed since a moment, so that what was hidden leaves the index."""
    found = DataRequest.objects.filter(published__isnull=False).select_related("organisation__territory").order_by("pk")
    for one in (found.filter(modified__gt=since) if since else found.filter(hidden=None)).iterator(chunk_size=500):
        place = one.organisation.territory
        yield SearchDocument(
            one.reference,
            one.title,
            one.modified,
            text=one.text,
            territories=(place.reference,) if place else (),
            holder=one.organisation.name,
            published=one.published,
            removed=one.hidden is not None,
        )


def _read(key: str) -> Written | None:
    one = visible().filter(pk=key).first()
    return Written(one.title, one.text, one.author_id, hidden=one.hidden is not None) if one else None


def _decide(key: str, reason: str | None) -> None:
    now = timezone.now()
    DataRequest.objects.filter(pk=key).update(hidden=now if reason else None, hidden_reason=reason or "", modified=now)


def kind() -> Kind:
    return Kind(
        name="request",
        label=gettext_lazy("demande de données"),
        plural=gettext_lazy("demandes de données"),
        domain=Domain.DATA,
        resolve=_resolve,
        territory=_territories,
        search_documents=_documents,
        about=_about,
        followable=True,
        reportable=True,
        exportable=True,
        moderable=Moderable(_read, _decide),
    )
