"""The public figures of moderation, for programs. Open to all; no name and no text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from ninja import Query, Router, Schema

from parvis.moderation import figures

router = Router(tags=["Modération"])
MOST = 1000


class CountOut(Schema):
    name: str
    label: str
    count: int


class RuleOut(Schema):
    """Ce qu'une règle a remarqué. `held` : combien attendaient sans être vus. `hidden` : combien une personne a ensuite masqués."""

    name: str
    label: str
    hits: int
    held: int
    hidden: int


class AppealsOut(Schema):
    """`changed` : la décision a changé. `confirmed` : elle a été gardée. `median_hours` : entre le recours et la réponse."""

    received: int
    waiting: int
    changed: int
    confirmed: int
    median_hours: float | None


class OfKindOut(Schema):
    name: str
    label: str
    reports: int
    hits: int
    kept: int
    hidden: int
    appeals: int
    restored: int


class FiguresOut(Schema):
    """Douze mois. `median_hours` : entre l'ouverture d'un cas et sa décision. `oldest` : depuis quand attend le plus ancien."""

    since: datetime
    until: datetime
    reports: int
    decided: int
    kept: int
    hidden: int
    median_hours: float | None
    waiting: int
    oldest: datetime | None
    appeals: AppealsOut
    origins: list[CountOut]
    reported_for: list[CountOut]
    hidden_for: list[CountOut]
    rules: list[RuleOut]
    kinds: list[OfKindOut]


class DecisionOut(Schema):
    """Une décision, sans texte ni nom. `hours` : depuis l'ouverture du cas, ou depuis le recours auquel elle répond."""

    day: date
    kind: str
    origin: str
    rules: list[str]
    held: bool
    verdict: str
    reason: str
    on_appeal: bool
    hours: float


class MetaOut(Schema):
    page: int
    page_size: int
    total: int


class DecisionsOut(Schema):
    data: list[DecisionOut]
    meta: MetaOut


@router.get("/moderation/figures", response=FiguresOut, summary="Les chiffres de la modération")
def read_figures(request: HttpRequest) -> figures.Figures:
    return figures.figures()


@router.get("/moderation/decisions", response=DecisionsOut, summary="Toutes les décisions, sans textes ni noms")
def list_decisions(
    request: HttpRequest, page: int = Query(1, ge=1), page_size: int = Query(100, ge=1, le=MOST)
) -> dict[str, Any]:
    """De la plus ancienne à la plus récente."""
    pages = Paginator(figures.decisions(), page_size)
    found = pages.page(page) if page <= pages.num_pages else []
    return {
        "data": [decision_out(figures.line(one)) for one in found],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }


def decision_out(line: tuple[Any, ...]) -> dict[str, Any]:
    day, kind, origin, rules, held, verdict, reason, on_appeal, hours = line
    return {
        "day": day, "kind": kind, "origin": origin, "rules": rules.split(), "held": held,
        "verdict": verdict, "reason": reason, "on_appeal": on_appeal, "hours": hours,
    }  # fmt: skip
