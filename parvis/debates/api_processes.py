"""Processes for programs: the list, and one with its phases. The same as the pages; a draft does not exist for others than its team."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from parvis.debates import processes
from parvis.debates.api import process_of
from parvis.debates.core.processes.stepper import step
from parvis.debates.models import Phase, Process
from parvis.debates.process_kind import state_of

router = Router(tags=["Débats"])
MOST = 100


class NoticeOut(Schema):
    """La fin d'une phase a changé : quand, et pourquoi."""

    before: datetime | None
    after: datetime | None
    reason: str
    created: datetime


class PhaseOut(Schema):
    kind: Literal["information", "opinions", "discussion"]
    step: Literal["done", "current", "to-come"]
    title: str
    text: str
    opens: datetime
    closes: datetime | None
    notices: list[NoticeOut]


class ProcessLineOut(Schema):
    """`state` : on peut y participer maintenant, plus tard, ou plus. `territory`, `organisation` : des références."""

    slug: str
    title: str
    summary: str
    state: Literal["open", "to-come", "over"]
    organisation: str
    territory: str
    published: datetime | None
    archived: bool
    invented: bool
    page: str
    reference: str


class ProcessOut(ProcessLineOut):
    """`access` : le moins que l'on demande pour donner son avis. `sources` : des références, avec leur version."""

    purpose: str
    access: Literal["visitor", "confirmed", "member"]
    residents_only: bool
    review: Literal["before", "after"]
    publishes_vectors: bool
    synthesis: str
    synthesis_date: datetime | None
    sources: list[str]
    phases: list[PhaseOut]


class ProcessesMetaOut(Schema):
    page: int
    page_size: int
    total: int


class ProcessesOut(Schema):
    data: list[ProcessLineOut]
    meta: ProcessesMetaOut


def line_out(process: Process, now: datetime) -> dict[str, Any]:
    return {
        "slug": process.slug, "title": process.title, "summary": process.summary, "state": state_of(process, now).value,
        "organisation": process.organisation.reference, "territory": process.territory.reference, "published": process.published,
        "archived": process.archived is not None, "invented": process.invented,
        "page": settings.SITE_URL + process.get_absolute_url(), "reference": process.reference,
    }  # fmt: skip


def phase_out(phase: Phase, now: datetime) -> dict[str, Any]:
    notices = [
        {"before": one.before, "after": one.after, "reason": one.reason, "created": one.created} for one in phase.notices.all()
    ]
    return {
        "kind": phase.kind, "step": step(phase, now).value, "title": phase.title, "text": phase.text, "opens": phase.opens,
        "closes": phase.closes, "notices": notices,
    }  # fmt: skip


@router.get("/debates", response=ProcessesOut, summary="Les démarches")
def list_processes(
    request: HttpRequest,
    state: Literal["", "open", "to-come", "over"] = Query("", description="Où elles en sont."),
    territory: str = Query("", max_length=60, description="Référence d'un territoire : lui, et ceux qu'il contient."),
    organisation: str = Query("", max_length=120, description="Adresse d'une organisation."),
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST),
) -> dict[str, Any]:
    """Celles où l'on peut participer d'abord, puis celles à venir, puis celles qui sont terminées."""
    asked = processes.Asked(territory.replace("\x00", ""), organisation.replace("\x00", ""), state)
    now = timezone.now()
    pages = Paginator(processes.listed(asked, now), page_size)
    rows = list(pages.page(page)) if page <= pages.num_pages else []
    return {
        "data": [line_out(one, now) for one in rows],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }


@router.get("/debates/{slug}", response=ProcessOut, summary="Une démarche, ses phases et leurs dates")
def one_process(request: HttpRequest, slug: str) -> dict[str, Any]:
    process, now = process_of(request, slug), timezone.now()
    names = ("purpose", "access", "residents_only", "review", "publishes_vectors", "synthesis", "synthesis_date", "sources")
    phases = [phase_out(one, now) for one in process.phases.all()]
    return line_out(process, now) | {name: getattr(process, name) for name in names} | {"phases": phases}
