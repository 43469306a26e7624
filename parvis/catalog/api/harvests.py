"""The catalogues of others, for programs: which are read, and what became of each record. Reading only; sources being prepared
do not exist here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import harvest_pages
from parvis.catalog.api.read import Links, Meta, OrganisationOut, _links
from parvis.catalog.harvesting.access import sources_for
from parvis.catalog.models import HarvestRecord, HarvestRun, HarvestSource
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST = 500
Fate = Literal["made", "changed", "same", "restored", "double", "refused", "missing", "archived", "problem"]


class SourceOut(Schema):
    id: str
    name: str
    address: str
    kind: str
    state: str
    rhythm: str
    organisation: OrganisationOut
    datasets: int
    next_run: datetime | None
    last_state: str | None
    last_ended: datetime | None
    page: str


class SourcesOut(Schema):
    data: list[SourceOut]
    links: Links
    meta: Meta


class RunOut(Schema):
    """`state`: waiting, running, done, partial (le catalogue n'a pas été lu en entier), failed, stopped."""

    id: str
    source: str
    state: str
    error: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    seconds: float
    whole: bool
    read: int
    made: int
    changed: int
    same: int
    refused: int
    missing: int
    archived: int
    page: str


class RunsOut(Schema):
    data: list[RunOut]
    links: Links
    meta: Meta


class RecordOut(Schema):
    """Ce qu'est devenue une fiche ; sans identifiant, ce qui est arrivé à une page."""

    page: int
    fate: str
    identifier: str
    title: str
    message: str
    dataset: str | None


class RecordsOut(Schema):
    data: list[RecordOut]
    links: Links
    meta: Meta


def _source(source: HarvestSource) -> dict[str, Any]:
    plain = {name: getattr(source, name) for name in ("id", "name", "address", "kind", "state", "rhythm", "next_run")}
    return plain | {
        "organisation": {"slug": source.organisation.slug, "name": source.organisation.name},
        "datasets": source.shown or 0,  # type: ignore[attr-defined]
        "last_state": source.last_state,  # type: ignore[attr-defined]
        "last_ended": source.last_ended,  # type: ignore[attr-defined]
        "page": settings.SITE_URL + source.get_absolute_url(),
    }


def _run(run: HarvestRun) -> dict[str, Any]:
    kept = [name for name in RunOut.model_fields if name not in {"page", "source"}]
    return {name: getattr(run, name) for name in kept} | {
        "source": run.source_id,
        "page": settings.SITE_URL + run.get_absolute_url(),
    }


def _record(record: HarvestRecord) -> dict[str, Any]:
    kept = ("page", "fate", "identifier", "title", "message")
    shown = record.dataset if record.dataset and record.dataset.published else None
    return {name: getattr(record, name) for name in kept} | {"dataset": shown.slug if shown else None}


def _page(request: HttpRequest, found: QuerySet[Any], shape: Any, page: int, size: int) -> dict[str, Any]:
    pages = Paginator(found, size)
    return {
        "data": [shape(one) for one in pages.page(page)] if page <= pages.num_pages else [],
        "links": _links(request, page, size, pages.count),
        "meta": {"page": page, "page_size": size, "total": pages.count},
    }


def _shown(source_id: str) -> HarvestSource:
    found = harvest_pages.sources(sources_for(None)).filter(pk=source_id.replace("\x00", "")).first()
    if found is None:
        raise Problem(404, _("Cette source n'existe pas, ou n'est pas encore activée."))
    return found


@router.get("/harvest/sources", response=SourcesOut, summary="Les catalogues moissonnés", url_name="harvest_sources")
@decorate_view(opened)
def list_sources(
    request: HttpRequest, page: int = Query(1, ge=1, le=100_000), page_size: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    return _page(request, harvest_pages.sources(sources_for(None)), _source, page, page_size)


@router.get("/harvest/sources/{source}", response=SourceOut, summary="Un catalogue moissonné", url_name="harvest_source")
@decorate_view(opened)
def one_source(request: HttpRequest, source: str) -> dict[str, Any]:
    return _source(_shown(source))


@router.get("/harvest/sources/{source}/runs", response=RunsOut, summary="Ses lectures", url_name="harvest_runs")
@decorate_view(opened)
def list_runs(
    request: HttpRequest, source: str, page: int = Query(1, ge=1, le=100_000), page_size: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    return _page(request, _shown(source).runs.filter(preview=False), _run, page, page_size)


@router.get(
    "/harvest/runs/{run}/records", response=RecordsOut, summary="Ce qu'est devenue chaque fiche", url_name="harvest_records"
)
@decorate_view(opened)
def list_records(
    request: HttpRequest,
    run: str,
    fate: Fate | Literal[""] = "",
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(100, ge=1, le=MOST),
) -> dict[str, Any]:
    """`fate` : une seule sorte de devenir."""
    found = HarvestRun.objects.filter(pk=run.replace("\x00", ""), preview=False, source__in=sources_for(None)).first()
    if found is None:
        raise Problem(404, _("Cette lecture n'existe pas."))
    records = found.records.filter(**({"fate": fate} if fate else {})).select_related("dataset")
    return _page(request, records, _record, page, page_size)
