"""Requests of data and reuses, for programs: open to all. What moderation hid does not exist here; nothing of who asked is given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog.api.read import Links, Meta, OrganisationOut
from parvis.catalog.core.requests.clocks import LAW, Reply, Window
from parvis.catalog.core.requests.figures import Figures
from parvis.catalog.core.requests.grounds import GROUNDS
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest, DataRequestAnswer
from parvis.catalog.requests import figures, lists
from parvis.catalog.requests.permissions import shown
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST = 100


class AnswerOut(Schema):
    kind: Reply
    text: str
    day: date
    dataset: str | None
    promised: date | None
    ground: str
    article: str
    address: str


class DatesOut(Schema):
    """The dates of the law on the day of the answer; `cada` says whether the commission may be asked."""

    received: date | None
    answer_by: date | None
    refused: date | None
    cada: Window
    cada_from: date | None
    cada_until: date | None


class RequestOut(Schema):
    id: str
    page: str
    title: str
    text: str
    period: str
    form: str
    organisation: OrganisationOut
    state: State
    published: datetime
    supporters: int
    invented: bool
    passed_from: str | None
    passed_to: str | None
    dates: DatesOut
    answer: AnswerOut | None


class RequestsOut(Schema):
    data: list[RequestOut]
    meta: Meta
    links: Links


class FiguresOut(Schema):
    """`running`: the month is not over and nothing was answered; `due`: the others. `passed`: on to the authority that holds the data. `refusals`: how many by ground."""

    received: int
    running: int
    due: int
    answered: int
    in_time: int
    silent: int
    given: int
    promised: int
    refused: int
    passed: int
    median_days: float | None
    refusals: dict[str, int]


class AuthorityFiguresOut(FiguresOut):
    organisation: OrganisationOut


class AllFiguresOut(Schema):
    total: FiguresOut
    data: list[AuthorityFiguresOut]
    law: dict[str, str]


class RequestsIn(Schema):
    """Ce qui est demandé de la liste ; rien : tout."""

    q: str = Field("", max_length=200)
    organisation: str = Field("", max_length=120, description="Adresse courte de la collectivité.")
    territory: str = Field("", max_length=40, description="`commune:46102`, `departement:46` : ce qui est dedans compte aussi.")
    state: State | None = None


def _answer(answer: DataRequestAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "kind": answer.kind,
        "text": answer.text,
        "day": timezone.localdate(answer.created),
        "dataset": f"dataset:{answer.dataset.slug}" if answer.dataset and answer.dataset.published else None,
        "promised": answer.promised,
        "ground": answer.ground,
        "article": GROUNDS[answer.ground].article if answer.ground in GROUNDS else "",
        "address": answer.address,
    }


def request_out(one: DataRequest, today: date) -> dict[str, Any]:
    clocks = one.clocks(today)
    return {
        "id": one.pk,
        "page": settings.SITE_URL + one.get_absolute_url(),
        "title": one.title,
        "text": one.text,
        "period": one.period,
        "form": one.form,
        "organisation": {"slug": one.organisation.slug, "name": one.organisation.name},
        "state": one.state,
        "published": one.published,
        "supporters": getattr(one, "supporters", 0),
        "invented": one.invented,
        "passed_from": one.passed_from_id,
        "passed_to": passed.pk if (passed := getattr(one, "passed_to", None)) else None,
        "dates": {name: getattr(clocks, name) for name in ("received", "answer_by", "refused", "cada_from", "cada_until")}
        | {"cada": clocks.window},
        "answer": _answer(one.standing),
    }


def _figures(found: Figures) -> dict[str, Any]:
    names = [name for name in FiguresOut.model_fields if name != "refusals"]
    return {name: getattr(found, name) for name in names} | {"refusals": dict(found.grounds)}


@router.get("/requests", response=RequestsOut, summary="Les demandes de données", url_name="requests")
@decorate_view(opened)
def list_requests(
    request: HttpRequest,
    wanted: Query[RequestsIn],
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST),
) -> dict[str, Any]:
    """Les plus récentes d'abord ; avec des mots, les plus proches. Une page après la dernière est vide."""
    words = {name: text.strip().replace("\x00", "") for name, text in wanted.dict(exclude={"state"}).items()}
    asked = lists.Asked(words["q"], words["organisation"], words["territory"], wanted.state.value if wanted.state else "")
    pages = Paginator(lists.requests(asked), page_size)
    rows = list(pages.page(page)) if page <= pages.num_pages else []
    today = timezone.localdate()
    parameters = request.GET.copy()

    def at(number: int) -> str:
        parameters["page"] = str(number)
        return f"{settings.SITE_URL}{request.path}?{parameters.urlencode()}"

    return {
        "data": [request_out(one, today) for one in rows],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
        "links": {"next": at(page + 1) if page < pages.num_pages else None, "prev": at(page - 1) if page > 1 else None},
    }


@router.get("/requests/figures", response=AllFiguresOut, summary="Les demandes en chiffres", url_name="requests_figures")
@decorate_view(opened)
def all_figures(request: HttpRequest) -> dict[str, Any]:
    """De toutes, puis de chaque collectivité par ordre alphabétique. `law` dit les articles qui donnent chaque délai."""
    today = timezone.localdate()
    rows = figures.by_authority(today)
    return {
        "total": _figures(figures.of_all(today)),
        "data": [
            _figures(row.figures) | {"organisation": {"slug": row.organisation.slug, "name": row.organisation.name}}
            for row in rows
        ],
        "law": {name: term.text for name, term in LAW.items() if term.sure},
    }


@router.get("/requests/{request_id}", response=RequestOut, summary="Une demande de données", url_name="request")
@decorate_view(opened)
def one_request(request: HttpRequest, request_id: str) -> dict[str, Any]:
    """La demande, ses dates selon la loi, et la réponse qui tient."""
    found = shown().annotate(supporters=Count("supports")).prefetch_related(lists.standing_answers())
    one = found.filter(pk=request_id.replace("\x00", "")).first()
    if one is None:
        raise Problem(404, _("Aucune demande publique n'a cet identifiant."))
    return request_out(one, timezone.localdate())
