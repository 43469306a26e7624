"""Reuses, for programs: open to all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import reuses
from parvis.catalog.api.read import Links, Meta
from parvis.catalog.models import Reuse
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST = 100


class ReuseOut(Schema):
    """`datasets` are references (`dataset:slug`)."""

    id: str
    page: str
    title: str
    kind: str
    url: str
    description: str
    signature: str
    datasets: list[str]
    published: datetime
    invented: bool


class ReusesOut(Schema):
    data: list[ReuseOut]
    meta: Meta
    links: Links


class ReusesIn(Schema):
    q: str = Field("", max_length=200)
    kind: str = Field("", max_length=12, description="`picture`, `application`, `article`, `study`, `lesson`, `other`.")
    dataset: str = Field("", max_length=120, description="Adresse courte d'un jeu de données.")


def reuse_out(one: Reuse) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("title", "kind", "url", "description", "signature", "published", "invented")}
    datasets = [dataset.reference for dataset in one.datasets.all()]
    return plain | {"id": one.pk, "page": settings.SITE_URL + one.get_absolute_url(), "datasets": datasets}


@router.get("/reuses", response=ReusesOut, summary="Les réutilisations", url_name="reuses")
@decorate_view(opened)
def list_reuses(
    request: HttpRequest,
    wanted: Query[ReusesIn],
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST),
) -> dict[str, Any]:
    """Les plus récentes d'abord. Une page après la dernière est vide."""
    words = {name: text.strip().replace("\x00", "") for name, text in wanted.dict().items()}
    pages = Paginator(reuses.reuses(words["q"], words["kind"], words["dataset"]), page_size)
    rows = list(pages.page(page)) if page <= pages.num_pages else []
    parameters = request.GET.copy()

    def at(number: int) -> str:
        parameters["page"] = str(number)
        return f"{settings.SITE_URL}{request.path}?{parameters.urlencode()}"

    return {
        "data": [reuse_out(one) for one in rows],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
        "links": {"next": at(page + 1) if page < pages.num_pages else None, "prev": at(page - 1) if page > 1 else None},
    }


@router.get("/reuses/{reuse_id}", response=ReuseOut, summary="Une réutilisation", url_name="reuse")
@decorate_view(opened)
def one_reuse(request: HttpRequest, reuse_id: str) -> dict[str, Any]:
    one = reuses.shown().filter(pk=reuse_id.replace("\x00", "")).first()
    if one is None:
        raise Problem(404, _("Aucune réutilisation publique n'a cet identifiant."))
    return reuse_out(one)
