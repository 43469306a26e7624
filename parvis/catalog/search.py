"""What the search keeps of each dataset, and how it learns that one changed (the index itself: `parvis/shared/search`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import PurePath

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from parvis.catalog import quality
from parvis.catalog.core.quality import grade
from parvis.catalog.models import Dataset, Version
from parvis.organisations.models import Organisation
from parvis.shared.kinds import SearchDocument
from parvis.shared.search import keeper
from parvis.territories.models import Territory

FACETS = ("territory", "organisation", "theme", "schema", "format", "licence", "freshness", "quality", "validity")
BATCH = 500


def refresh(dataset: Dataset) -> None:
    """To be called whenever a dataset, its organisation's name, or its current versions change: its quality is measured, and
    the search will look at it again."""
    dataset.modified = timezone.now()
    Dataset.objects.filter(pk=dataset.pk).update(modified=dataset.modified)
    known = Dataset.objects.select_related("organisation", "harvested")
    whole = known.prefetch_related("resources__current").get(pk=dataset.pk)
    quality.measure(whole, timezone.localdate())
    for name in ("quality_score", "quality_day", "quality_marks"):
        setattr(dataset, name, getattr(whole, name))
    transaction.on_commit(partial(keeper.look_again, "dataset"))


def after_organisation(*, instance: Organisation, created: bool, **_signal: object) -> None:
    """An organisation was saved: its datasets are found under its name of today, and its contact counts."""
    if not created:
        Dataset.objects.filter(organisation=instance).update(modified=timezone.now(), quality_day=None)
        transaction.on_commit(partial(keeper.look_again, "dataset"))


# ----- Documents -----


def documents(since: datetime | None) -> Iterator[SearchDocument]:
    """Every published dataset, or what changed since a moment, drafts included so that they leave the index."""
    around = ("territory", "organisation__territory")
    parts = [f"{place}__{circle}" for place in around for circle in ("epci", "departement", "region")]
    light = Version.objects.defer("reading", "verdict")
    found = (
        Dataset.objects.select_related(*around, *parts, "harvested")
        .defer("quality_marks", "harvested__record")
        .prefetch_related("resources", Prefetch("resources__current", light))
        .order_by("pk")
    )
    today = timezone.localdate()
    kept = found.filter(modified__gt=since) if since else found.filter(published__isnull=False)
    for dataset in kept.iterator(chunk_size=BATCH):
        yield document(dataset, today)


def document(dataset: Dataset, today: date) -> SearchDocument:
    versions = quality.live(dataset)
    place = dataset.territory or dataset.organisation.territory
    return described(
        dataset.slug,
        dataset.title,
        dataset.modified,
        published=dataset.published,
        removed=dataset.published is None,
        text=dataset.description,
        keywords=[str(keyword) for keyword in dataset.keywords or []],
        holder=dataset.organisation.name,
        details=details(dataset, versions),
        about=place.reference if place else "",
        facets={
            "territory": circles(place) if place else (),
            "organisation": (dataset.organisation.slug,),
            "schema": [version.schema for version in versions if version.schema],
            "format": [*(file_format(version.source_name) for version in versions), *remote_formats(dataset)],
            "licence": (dataset.licence,),
            "freshness": (quality.freshness_of(dataset, versions, today).value,),
            "quality": () if dataset.quality_score is None else (grade(dataset.quality_score).value,),
            "validity": (validity(versions),),
        },
    )


def remote_formats(dataset: Dataset) -> list[str]:
    """Those of files that stand elsewhere, as their publisher says them."""
    return [resource.remote_format[:12] for resource in dataset.resources.all() if resource.remote_url]


def described(
    key: str,
    title: str,
    updated: datetime,
    *,
    text: str,
    keywords: Sequence[str],
    holder: str,
    details: Iterable[str],
    facets: dict[str, Iterable[str]],
    about: str = "",
    popularity: float = 0.0,
    published: datetime | None = None,
    removed: bool = False,
) -> SearchDocument:
    """A dataset as the search sees it, wherever it comes from: a row of ours, or a record of the bench."""
    themes = tuple(dict.fromkeys(theme(keyword) for keyword in keywords if keyword.strip()))
    values = {"theme": themes} | {name: tuple(dict.fromkeys(filter(None, given))) for name, given in facets.items()}
    return SearchDocument(
        f"dataset:{key}",
        title,
        updated,
        text=text,
        keywords=tuple(keywords),
        territories=(about,) if about else (),
        holder=holder,
        details=tuple(details),
        facets=values,
        popularity=popularity,
        published=published,
        removed=removed,
    )


def theme(keyword: str) -> str:
    """A keyword as a facet: the same whatever its case."""
    return " ".join(keyword.casefold().split())[:80]


def circles(place: Territory) -> list[str]:
    """A territory and those around it: what is about Figeac is also found under the Lot."""
    around = [place, place.epci, place.departement, place.region]
    return [one.reference for one in around if one is not None]


def details(dataset: Dataset, versions: Sequence[Version]) -> Iterator[str]:
    """Names of tables and of columns."""
    for resource in dataset.resources.all():
        yield resource.title
        yield resource.schema
    for version in versions:
        yield from (str(column["name"]) for column in version.profile.get("columns", ()))
    if dataset.territory:
        yield dataset.territory.name


def file_format(name: str) -> str:
    """`subventions.CSV` → "csv"."""
    return PurePath(name).suffix.lstrip(".").lower()[:12]


def validity(versions: Sequence[Version]) -> str:
    """What the control of the tables says: one with errors counts before the valid ones."""
    found = {version.valid for version in versions}
    return "erreurs" if False in found else "valide" if True in found else "libre"
