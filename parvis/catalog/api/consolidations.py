"""Consolidations, for programs: what is brought together, and the fate of each file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import known_schemas
from parvis.catalog.api.read import Links, Meta, _links
from parvis.catalog.consolidations import report
from parvis.catalog.models import Consolidation
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST = 500


class ConsolidationOut(Schema):
    slug: str
    schema_name: str
    title: str
    state: str
    following: bool
    built: datetime | None
    kept: int
    left: int
    organisations: int
    rows: int
    version: int | None
    page: str
    dataset: str | None
    resource: str | None


class ConsolidationsOut(Schema):
    data: list[ConsolidationOut]


class PartOut(Schema):
    """`reason` is empty where the file came in; `address` is the page of the version that was weighed."""

    organisation: str
    siren: str
    title: str
    address: str
    version: int
    rows: int
    kept: bool
    reason: str
    explanation: str
    extra_columns: list[str]


class ReportOut(Schema):
    consolidation: ConsolidationOut
    data: list[PartOut]
    links: Links
    meta: Meta


def _one(found: Consolidation) -> dict[str, Any]:
    counts = {name: found.counts.get(name, 0) for name in ("kept", "left", "organisations", "rows")}
    return counts | {
        "slug": found.slug,
        "schema_name": found.schema,
        "title": known_schemas.title_of(found.schema),
        "state": found.state,
        "following": found.active,
        "built": found.built,
        "version": found.version.number if found.version else None,
        "page": settings.SITE_URL + found.get_absolute_url(),
        "dataset": found.resource.dataset.slug if found.resource else None,
        "resource": found.resource_id,
    }


@router.get("/consolidations", response=ConsolidationsOut, summary="Les consolidations", url_name="consolidations")
@decorate_view(opened)
def list_consolidations(request: HttpRequest) -> dict[str, Any]:
    """Une par schéma : les fichiers valides des collectivités de la région, rassemblés en une table."""
    found = Consolidation.objects.select_related("version", "resource__dataset")
    return {"data": [_one(one) for one in found]}


@router.get("/consolidations/{slug}", response=ReportOut, summary="Le rapport d'une consolidation", url_name="consolidation")
@decorate_view(opened)
def one_consolidation(
    request: HttpRequest,
    slug: str,
    kept: bool | None = Query(None, description="`true` : ce qui est rassemblé ; `false` : ce qui reste de côté."),
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(100, ge=1, le=MOST),
) -> dict[str, Any]:
    """Chaque fichier pesé, et pourquoi il reste de côté : `invalid`, `not_checked`, `empty`, `duplicate`, `invented`, `elsewhere`,
    `unreadable`."""
    found = Consolidation.objects.select_related("version", "resource__dataset").filter(slug=slug).first()
    if found is None:
        raise Problem(404, _("Aucune consolidation n'a cette adresse courte."))
    parts = report.parts(found)
    if kept is not None:
        parts = parts.filter(reason="") if kept else parts.exclude(reason="")
    total = parts.count()
    rows = [
        {
            "organisation": one.organisation, "siren": one.siren, "title": one.title, "address": one.address, "version": one.number,
            "rows": one.rows, "kept": not one.reason, "reason": one.reason, "explanation": report.explanation(one),
            "extra_columns": one.extra,
        }
        for one in parts[(page - 1) * page_size : page * page_size]
    ]  # fmt: skip
    return {
        "consolidation": _one(found),
        "data": rows,
        "links": _links(request, page, page_size, total),
        "meta": {"page": page, "page_size": page_size, "total": total},
    }
