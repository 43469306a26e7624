"""The tables that say they follow a schema, as the core weighs them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from parvis.catalog import known_schemas
from parvis.catalog.core.consolidation.selection import Selection, Table, select
from parvis.catalog.models import Consolidation, Resource
from parvis.catalog.obligations.facts import authorities
from parvis.organisations.models import Nature, Organisation


def accompanied() -> QuerySet[Organisation]:
    """Whose tables come in: the authorities of the Région, and its other public bodies."""
    public = Organisation.objects.filter(nature=Nature.PUBLIC, territory__region__code=settings.REGION_CODE)
    return authorities() | public


def published() -> QuerySet[Any]:
    """Tables that everybody sees and that follow, or say they follow, a schema; never one that was brought together."""
    found = Resource.objects.filter(dataset__published__isnull=False, current__withdrawn=None, consolidation=None)
    followed = Coalesce(NullIf("current__schema", Value("")), F("schema"))
    return found.exclude(current=None).annotate(followed=followed).exclude(followed="")


def tables(schema: str) -> list[Table]:
    """Every table that follows, or says that it follows, `schema`: one query."""
    here = Exists(accompanied().filter(pk=OuterRef("dataset__organisation")))
    rows = published().filter(followed=schema).annotate(accompanied=here).values_list(
        "pk", "current__pk", "current__number", "current__digest", "current__source_sha256", "current__created", "current__rows",
        "current__schema", "current__valid", "dataset__slug", "dataset__title", "dataset__licence", "dataset__invented",
        "dataset__organisation__name", "dataset__organisation__siren", "accompanied",
    )  # fmt: skip
    return [
        Table(
            resource=pk, version=version, number=number, digest=digest, source=source, organisation=name, siren=siren, title=title,
            address=settings.SITE_URL + reverse("catalog:version", args=[slug, pk, number]), published=created,
            licence=licence, rows=count, checked=checked, valid=valid, invented=invented, accompanied=bool(ours),
        )
        for pk, version, number, digest, source, created, count, checked, valid, slug, title, licence, invented, name, siren, ours
        in rows
    ]  # fmt: skip


def selection(schema: str) -> Selection:
    """Raises UnknownSchemaError."""
    return select(tables(schema), schema, known_schemas.text_of(schema))


@dataclass(frozen=True, slots=True)
class Offer:
    """A schema that could be brought together: how many tables follow it, how many of them are valid."""

    schema: str
    title: str
    tables: int
    valid: int


def offers() -> list[Offer]:
    """Schemas known here that several tables follow and that nobody brings together yet, the most followed first."""
    known = {entry.name: entry.title for entry in known_schemas.entries()}
    taken = set(Consolidation.objects.values_list("schema", flat=True))
    followed: Counter[str] = Counter()
    valid: Counter[str] = Counter()
    for schema, good in published().filter(dataset__organisation__in=accompanied()).values_list("followed", "current__valid"):
        followed[schema] += 1
        valid[schema] += bool(good)
    return [
        Offer(schema, known[schema], count, valid[schema])
        for schema, count in followed.most_common()
        if count > 1 and schema in known and schema not in taken
    ]
