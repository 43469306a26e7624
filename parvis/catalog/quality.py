"""The quality of a dataset: the facts that its core needs, the sentences that people read, and where the score is kept.

Kept in the dataset's row when its description or its tables change, and again each day, since a promised rhythm runs out
without anybody writing anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from parvis.catalog import known_schemas
from parvis.catalog.core.quality import Column, Facts, Freshness, Grade, Mark, Quality, Table, freshness, grade, quality
from parvis.catalog.core.tables.schema import SchemaError, parse
from parvis.catalog.models import Dataset, Version

# What each criterion is called, and what to do to fill it.
CRITERIA = {
    "table": (_lazy("Une table que l'on peut lire"), _lazy("Déposez un fichier : c'est lui que l'on vient chercher.")),
    "description": (
        _lazy("La description"),
        _lazy("Écrivez deux ou trois phrases de plus : ce que contient le fichier, comment il est fait, à quoi il sert."),
    ),
    "keywords": (_lazy("Les mots-clés"), _lazy("Donnez au moins trois mots-clés, ceux que vos habitants emploient.")),
    "licence": (_lazy("La licence"), _lazy("Choisissez une licence : sans elle, personne n'a le droit de réutiliser.")),
    "territory": (_lazy("Le territoire"), _lazy("Dites de quel territoire parlent ces données.")),
    "frequency": (_lazy("Le rythme annoncé"), _lazy("Dites à quel rythme ces données seront mises à jour.")),
    "freshness": (
        _lazy("La fraîcheur"),
        _lazy("Déposez une nouvelle version : celle-ci est plus ancienne que le rythme annoncé."),
    ),
    "source": (_lazy("L'origine"), _lazy("Dites d'où viennent les données : le service ou le logiciel qui les produit.")),
    "contact": (
        _lazy("Un contact"),
        _lazy("Demandez à votre administrateur de donner une adresse de contact à votre organisation."),
    ),
    "validity": (
        _lazy("Le respect du schéma"),
        _lazy("Corrigez les erreurs que le contrôle explique, puis déposez le fichier corrigé."),
    ),
    "columns": (
        _lazy("Les colonnes expliquées"),
        _lazy("Suivez un schéma national, ou donnez-en un qui explique chaque colonne."),
    ),
    "complete": (
        _lazy("Les cellules remplies"),
        _lazy("Complétez les cellules vides, ou retirez les colonnes qui ne servent pas."),
    ),
    "consistent": (
        _lazy("Des colonnes d'un seul type"),
        _lazy("Écrivez un seul type de valeur par colonne : pas de « n.c. » parmi des nombres."),
    ),
}
GRADES = {
    Grade.GOOD: _lazy("bonne"),
    Grade.FAIR: _lazy("moyenne"),
    Grade.POOR: _lazy("à améliorer"),
}
FRESHNESS = {
    Freshness.FRESH: _lazy("à jour"),
    Freshness.LATE: _lazy("un peu en retard"),
    Freshness.STALE: _lazy("en retard"),
    Freshness.UNPROMISED: _lazy("sans rythme annoncé"),
}
MOST_TO_DO = 5


# ----- From rows to facts -----


def live(dataset: Dataset) -> list[Version]:
    """The current versions that can be read, each knowing its resource."""
    found = []
    for resource in dataset.resources.all():
        if resource.current and not resource.current.withdrawn:
            resource.current.resource = resource
            found.append(resource.current)
    return found


def facts(dataset: Dataset) -> Facts:
    """Needs the resources and their whole current versions, and what a harvested one comes from."""
    versions = live(dataset)
    harvested = getattr(dataset, "harvested", None)
    if harvested is not None:
        return remote_facts(dataset, timezone.localdate(harvested.updated) if harvested.updated else None)
    return Facts(
        description=dataset.description,
        keywords=len(dataset.keywords or []),
        licence=dataset.licence,
        frequency=dataset.frequency,
        updated=max((timezone.localdate(version.created) for version in versions), default=None),
        source=bool(dataset.source or dataset.source_url),
        territory=bool(dataset.territory_id or dataset.organisation.territory_id),
        contact=bool(dataset.organisation.email or dataset.organisation.website),
        tables=tuple(_table(version) for version in versions),
    )


def remote_facts(dataset: Dataset, updated: date | None) -> Facts:
    """Those of a dataset whose files stand elsewhere: what is said of it, and nothing of what they hold."""
    return Facts(
        description=dataset.description,
        keywords=len(dataset.keywords or []),
        licence=dataset.licence,
        frequency=dataset.frequency,
        updated=updated,
        source=bool(dataset.source or dataset.source_url),
        territory=bool(dataset.territory_id or dataset.organisation.territory_id),
        contact=bool(dataset.organisation.email or dataset.organisation.website),
        tables=(),
        remote=True,
    )


def _table(version: Version) -> Table:
    explained = _explained(version.schema)
    columns = tuple(
        Column(
            bool(one.get("description")) or str(one["name"]).strip() in explained,
            int(one.get("empty", 0)),
            int(one.get("exceptions", 0)),
        )
        for one in version.profile.get("columns", ())
    )
    errors = sum((version.verdict or {}).get("counts", {}).values())
    return Table(version.rows, columns, version.schema, version.valid, errors)


@lru_cache(maxsize=200)
def _explained(schema: str) -> frozenset[str]:
    """The columns that a schema explains."""
    try:
        found = parse(json.loads(known_schemas.text_of(schema))) if schema else None
    except (known_schemas.UnknownSchemaError, SchemaError, OSError, ValueError):
        return frozenset()
    return frozenset(field.name for field in found.fields if field.description) if found else frozenset()


# ----- Kept -----


def measure(dataset: Dataset, today: date) -> None:
    """Write the quality of today into the row (and nothing else of it)."""
    found = quality(facts(dataset), today)
    dataset.quality_score, dataset.quality_day = found.score, today
    dataset.quality_marks = [mark.plain() for mark in found.marks]
    Dataset.objects.filter(pk=dataset.pk).update(
        quality_score=dataset.quality_score, quality_day=today, quality_marks=dataset.quality_marks
    )


def measure_the_day(today: date | None = None, limit: int = 500) -> int:
    """The datasets whose quality is of another day, a few at a time: returns how many."""
    today = today or timezone.localdate()
    stale = Dataset.objects.filter(Q(quality_day=None) | Q(quality_day__lt=today)).select_related("organisation", "harvested")
    found = list(stale.order_by("pk").prefetch_related("resources__current")[:limit])
    for dataset in found:
        before = dataset.quality_score
        measure(dataset, today)
        if before is None or grade(before) != grade(dataset.quality_score or 0):
            Dataset.objects.filter(pk=dataset.pk).update(modified=timezone.now())  # its facet changes: the search looks at it
    return len(found)


# ----- Read -----


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion as people read it. percent: null where it does not apply."""

    name: str
    label: str
    percent: int | None
    gain: int
    advice: str


@dataclass(frozen=True, slots=True)
class Report:
    score: int
    grade: str
    label: str
    lines: tuple[Line, ...]
    to_do: tuple[Line, ...]


def report(dataset: Dataset) -> Report | None:
    """The quality that is kept of a dataset; none before it was first measured."""
    if dataset.quality_score is None:
        return None
    found = Quality(dataset.quality_score, tuple(Mark(**mark) for mark in dataset.quality_marks))
    lines = tuple(_line(mark) for mark in found.marks if mark.share is not None and mark.name in CRITERIA)
    to_do = tuple(_line(mark) for mark in found.to_do if mark.name in CRITERIA)
    known = grade(found.score)
    return Report(found.score, known.value, str(GRADES[known]), lines, to_do[:MOST_TO_DO])


def _line(mark: Mark) -> Line:
    label, advice = CRITERIA[mark.name]
    return Line(mark.name, str(label), None if mark.share is None else round(100 * mark.share), mark.gain, str(advice))


def plain(dataset: Dataset) -> dict[str, Any] | None:
    """For programs."""
    found = report(dataset)
    if found is None:
        return None
    return {
        "score": found.score,
        "grade": found.grade,
        "criteria": [{"name": line.name, "label": line.label, "percent": line.percent} for line in found.lines],
        "to_do": [{"name": line.name, "gain": line.gain, "advice": line.advice} for line in found.to_do],
    }


def freshness_of(dataset: Dataset, versions: list[Version], today: date) -> Freshness:
    harvested = getattr(dataset, "harvested", None)
    days = [timezone.localdate(version.created) for version in versions]
    if harvested is not None and harvested.updated:
        days.append(timezone.localdate(harvested.updated))
    return freshness(dataset.frequency, max(days, default=None), today)


def sentence(found: Report) -> str:
    return _("Qualité {label} : {score} sur 100").format(label=found.label, score=found.score)
