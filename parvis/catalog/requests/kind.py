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

from parvis.catalog.actions import requests as actions
from parvis.catalog.models import DataRequest
from parvis.catalog.requests.permissions import confirmed, reads_early, shown
from parvis.shared.kinds import Card, Domain, Kind, Listing, Moderable, SearchDocument, Written
from parvis.territories.models import Level


def card(request: DataRequest) -> Card:
    day = date_format(request.published, "DATE_FORMAT") if request.published else ""
    line = " · ".join([request.organisation.name, str(request.get_state_display()), day])
    badges = (str(_("inventée pour la démonstration")),) if request.invented else ()
    return Card(request.title, request.get_absolute_url(), "request", line, badges=badges)


def _resolve(keys: Sequence[str], user: Any) -> Mapping[str, Card]:
    """What is hidden, or waits, is seen by its author and by moderators."""
    found = confirmed().filter(pk__in=keys)
    return {one.pk: card(one) for one in found if (one.hidden is None and one.published) or reads_early(user, one)}


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
    one = confirmed().filter(pk=key).first()
    if one is None:
        return None
    return Written(one.title, one.text, one.author_id, waiting=one.published is None, hidden=one.hidden is not None)


def _decide(key: str, reason: str | None) -> None:
    """Hidden, with the reason; or shown, and brought to its authority if it waited for that."""
    one = DataRequest.objects.select_for_update(of=("self",)).get(pk=key)
    one.hidden, one.hidden_reason = (timezone.now(), reason) if reason else (None, "")
    if reason or one.published:
        one.save()
    else:
        actions.publish(one)


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
        page="catalog:request",
    )
