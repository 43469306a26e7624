"""Datasets and resources, as kinds that other rooms may cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.catalog import chart_kinds, queries, question_kinds, reuses, search
from parvis.catalog.models import Dataset, Resource
from parvis.catalog.requests import kind as requests_kind
from parvis.organisations.models import Membership, Role
from parvis.organisations.queries import may as may_in_organisation
from parvis.shared.kinds import Card, Domain, Floor, Kind, Listing, register
from parvis.shared.templatetags.parvis import number
from parvis.territories.models import Level


def visible_to(user: Any, to_dataset: str = "") -> Q:
    """What `user` may see: what is published, and the drafts of their organisations."""
    seen = Q(**{f"{to_dataset}published__isnull": False})
    if not getattr(user, "is_authenticated", False):
        return seen
    if user.is_administrator:
        return Q()
    mine = Membership.objects.filter(user=user).values("organisation")
    return seen | Q(**{f"{to_dataset}organisation__in": mine})


def _rows(rows: int) -> str:
    return ngettext("{n} ligne", "{n} lignes", rows).format(n=number(rows))


def _badges(dataset: Dataset) -> tuple[str, ...]:
    found = []
    if dataset.published is None:
        found.append(_("brouillon"))
    if dataset.invented:
        found.append(_("inventé pour la démonstration"))
    return tuple(found)


def dataset_card(dataset: Dataset) -> Card:
    """Its publisher, how many rows, and the day of the last version. Needs the resources and their current versions."""
    current = [resource.current for resource in dataset.resources.all() if resource.current and not resource.current.withdrawn]
    parts = [dataset.organisation.name]
    if current:
        latest = max(version.created for version in current)
        parts += [_rows(sum(version.rows for version in current)), date_format(latest, "DATE_FORMAT")]
    return Card(dataset.title, dataset.get_absolute_url(), "dataset", " · ".join(parts), badges=_badges(dataset))


def resource_card(resource: Resource, version: Any = None) -> Card:
    dataset, shown = resource.dataset, version or resource.current
    parts = [dataset.title]
    url = resource.get_absolute_url()
    if shown:
        parts.append(_("version {number}").format(number=shown.number))
        parts.append(_("retirée") if shown.withdrawn else _rows(shown.rows))
        if version:
            url = reverse("catalog:version", args=[dataset.slug, resource.pk, version.number])
    newer = version and resource.current and resource.current.number > version.number
    badges = _badges(dataset) + ((_("données plus récentes disponibles"),) if newer else ())
    return Card(resource.title, url, "resource", " · ".join(parts), badges=badges)


def _datasets(slugs: Sequence[str], user: Any) -> Mapping[str, Card]:
    found = (
        Dataset.objects.filter(visible_to(user), slug__in=slugs)
        .select_related("organisation")
        .prefetch_related(queries.light())
    )
    return {dataset.slug: dataset_card(dataset) for dataset in found}


def _resources(addresses: Sequence[str], user: Any) -> Mapping[str, Card]:
    """`abc` is the current version of a resource, `abc@3` its third."""
    asked = {address: address.partition("@")[::2] for address in addresses}
    wanted = Resource.objects.filter(visible_to(user, "dataset__"), pk__in={key for key, _version in asked.values()})
    known = {resource.pk: resource for resource in wanted.select_related("dataset__organisation", "current")}
    numbers = {int(version) for _key, version in asked.values() if version}
    versions = (
        {
            (version.resource_id, version.number): version
            for version in queries.plain_versions().filter(resource__in=known, number__in=numbers)
        }
        if numbers
        else {}
    )
    cards = {}
    for address, (key, version) in asked.items():
        if key in known and not version:
            cards[address] = resource_card(known[key])
        elif key in known and (key, int(version)) in versions:
            cards[address] = resource_card(known[key], versions[key, int(version)])
    return cards


def _places(dataset: Dataset) -> tuple[str, ...]:
    place = dataset.territory or dataset.organisation.territory
    return (place.reference,) if place else ()


def _dataset_territories(slugs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = Dataset.objects.filter(slug__in=slugs).select_related("territory", "organisation__territory")
    return {dataset.slug: places for dataset in found if (places := _places(dataset))}


def _resource_territories(addresses: Sequence[str]) -> Mapping[str, Sequence[str]]:
    keys = {address: address.partition("@")[0] for address in addresses}
    found = Resource.objects.filter(pk__in=keys.values()).select_related(
        "dataset__territory", "dataset__organisation__territory"
    )
    places = {resource.pk: _places(resource.dataset) for resource in found}
    return {address: places[key] for address, key in keys.items() if places.get(key)}


def _floor(slug: str, user: Any) -> Floor | None:
    """A published dataset is discussed by whoever is signed in; its organisation answers."""
    found = Dataset.objects.filter(slug=slug, published__isnull=False).select_related("organisation").first()
    if found is None:
        return None
    return Floor(found.organisation.name, speaks=may_in_organisation(user, found.organisation, Role.EDITOR))


def _about(reference: str, _user: Any, limit: int) -> Listing:
    """The published datasets of an organisation, or about a territory and what is inside it."""
    kind, _colon, key = reference.partition(":")
    if kind == "organisation":
        question, parameters = queries.Question(organisation=key, sort="date"), {"organisation": key}
    elif kind in Level.values:
        question, parameters = queries.Question(territory=reference, sort="date"), {"territoire": reference}
    else:
        return Listing()
    found = queries.datasets(question)
    shown = list(found[: limit + 1])
    total = len(shown) if len(shown) <= limit else found.count()
    url = f"{reverse('catalog:datasets')}?{urlencode(parameters)}" if total else ""
    return Listing(tuple(dataset_card(dataset) for dataset in shown[:limit]), total, url)


register(
    Kind(
        name="dataset",
        label=gettext_lazy("jeu de données"),
        plural=gettext_lazy("jeux de données"),
        domain=Domain.DATA,
        resolve=_datasets,
        territory=_dataset_territories,
        search_documents=search.documents,
        facets=search.FACETS,
        about=_about,
        followable=True,
        reportable=True,
        exportable=True,
        page="catalog:dataset",
        floor=_floor,
    )
)
register(
    Kind(
        name="resource",
        label=gettext_lazy("table de données"),
        plural=gettext_lazy("tables de données"),
        domain=Domain.DATA,
        resolve=_resources,
        territory=_resource_territories,
        versioned=True,
        exportable=True,
    )
)
register(chart_kinds.kind(visible_to))
register(question_kinds.kind())
register(requests_kind.kind())
register(reuses.kind())
