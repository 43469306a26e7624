"""Kept questions, as other rooms meet them: `query:…`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.catalog.models import Query, Version
from parvis.shared.kinds import Card, Domain, Kind, SearchDocument


def _resolve(keys: Sequence[str], _user: Any) -> Mapping[str, Card]:
    """Gone with any of its tables: unpublished, or withdrawn at the version that is pinned."""
    found = list(Query.objects.filter(pk__in=keys))
    current = _current({address for query in found for address in query.resources.values()})
    return {query.pk: _card(query, current) for query in found if all(one in current for one in query.resources.values())}


def _current(addresses: Iterable[str]) -> dict[str, tuple[str, int, int]]:
    """For each `identifier@version` that anybody may read: the title of its table, that version, and today's."""
    wanted = {address: address.partition("@")[::2] for address in addresses}
    readable = Version.objects.filter(
        resource__in={resource for resource, _number in wanted.values()},
        resource__dataset__published__isnull=False,
        withdrawn=None,
    ).values_list("resource_id", "number", "resource__title", "resource__current__number")
    known = {f"{resource}@{number}": (title, number, latest or number) for resource, number, title, latest in readable}
    return {address: known[address] for address in wanted if address in known}


def _card(query: Query, current: Mapping[str, tuple[str, int, int]]) -> Card:
    tables = [current[address] for address in query.resources.values()]
    line = ", ".join(f"{title} ({_('version {number}').format(number=number)})" for title, number, _latest in tables)
    newer = any(latest > number for _title, number, latest in tables)
    badges = (_("données plus récentes disponibles"),) if newer else ()
    return Card(query.title, reverse("catalog:question", args=[query.pk]), "query", line, badges=badges)


def _territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = {
        query.pk: {one.partition("@")[0] for one in query.resources.values()} for query in Query.objects.filter(pk__in=keys)
    }
    resources = {resource for tables in found.values() for resource in tables}
    places = dict(_places(resources))
    return {key: sorted({places[one] for one in tables if one in places}) for key, tables in found.items()}


def _places(resources: set[str]) -> Iterable[tuple[str, str]]:
    from parvis.catalog.models import Resource

    for resource in Resource.objects.filter(pk__in=resources).select_related("dataset__territory"):
        if resource.dataset.territory:
            yield resource.pk, resource.dataset.territory.reference


def _documents(since: datetime | None) -> Iterable[SearchDocument]:
    """Those that somebody signed."""
    found = Query.objects.exclude(created_by=None)
    for query in (found.filter(created__gt=since) if since else found).iterator():
        yield SearchDocument(query.reference, query.title, query.created, published=query.created)


def kind() -> Kind:
    return Kind(
        name="query",
        label=gettext_lazy("question"),
        plural=gettext_lazy("questions"),
        domain=Domain.DATA,
        resolve=_resolve,
        territory=_territories,
        search_documents=_documents,
        reportable=True,
        exportable=True,
        page="catalog:question",
    )
