"""What the law asks, for programs: the rules as data, and where one authority stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog.core.obligations.rules import LIMITS, Condition, Rule
from parvis.catalog.core.obligations.status import Status
from parvis.catalog.obligations import law
from parvis.catalog.obligations.page import Line, get_authority, page_of
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()


class ConditionOut(Schema):
    """All its limits must hold; null: no such limit. `unsure`: this row is itself to be checked."""

    natures: list[str]
    inhabitants_least: int | None
    inhabitants_above: int | None
    inhabitants_below: int | None
    staff_least: int | None
    largest_commune_least: int | None
    activity: str
    since: date | None
    unsure: bool


class RuleOut(Schema):
    id: str
    kind: str
    title: str
    what: str
    why: str
    who: str
    where: str
    portal: str
    deadline: str
    fresh_days: int | None
    schemas: list[str]
    companions: list[str]
    text: str
    in_force: date | None
    source: str
    confidence: str
    concerns: list[ConditionOut]


class RulesOut(Schema):
    data: list[RuleOut]
    activities: dict[str, str]


class PublicationOut(Schema):
    title: str
    page: str
    schema_name: str
    published: date
    valid: bool | None


class StandingOut(Schema):
    rule: str
    title: str
    status: Status
    missing: list[str]
    published: list[PublicationOut]
    elsewhere: str | None


class ObligationsOut(Schema):
    organisation: str
    page: str
    day: date
    expected: int
    done: int
    data: list[StandingOut]


def _condition(one: Condition) -> dict[str, Any]:
    limits = {name: getattr(one, name) for name in LIMITS}
    return limits | {"natures": sorted(one.natures), "activity": one.activity, "since": one.since, "unsure": one.unsure}


def _rule(rule: Rule) -> dict[str, Any]:
    plain = {name: getattr(rule, name) for name in RuleOut.model_fields if name != "concerns"}
    return plain | {"concerns": [_condition(one) for one in rule.concerns]}


def _standing(line: Line) -> dict[str, Any]:
    published = [
        {
            "title": one.title,
            "page": settings.SITE_URL + one.url,
            "schema_name": one.weighed.schema,
            "published": one.weighed.published,
            "valid": one.weighed.valid,
        }
        for one in line.shown
    ]
    return {
        "rule": line.rule.id,
        "title": line.rule.title,
        "status": line.status,
        "missing": list(line.missing),
        "published": published,
        "elsewhere": line.elsewhere.url if line.elsewhere else None,
    }


@router.get("/obligations/rules", response=RulesOut, summary="Les règles de publication", url_name="obligation_rules")
@decorate_view(opened)
def list_rules(request: HttpRequest) -> dict[str, Any]:
    """Toutes les règles montrées sur ce site, avec leur langage de conditions et la question posée pour chaque activité."""
    return {"data": [_rule(rule) for rule in law.active()], "activities": dict(law.questions())}


@router.get(
    "/organisations/{slug}/obligations",
    response=ObligationsOut,
    summary="Ce que la loi demande à une organisation, et ce qui est en ligne",
    url_name="organisation_obligations",
)
@decorate_view(opened)
def one_authority(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Les statuts : `not_concerned`, `to_check` (règle à vérifier, jamais due), `to_confirm`, `to_do`, `published`, `valid`,
    `up_to_date`, `late` (à mettre à jour)."""
    try:
        page = page_of(get_authority(slug))
    except Http404 as error:
        raise Problem(404, _("Aucune organisation concernée par ces règles n'a cette adresse courte.")) from error
    return {
        "organisation": slug,
        "page": f"{settings.SITE_URL}/donnees/obligations/{slug}/",
        "day": page.day,
        "expected": page.counts.expected,
        "done": page.counts.done,
        "data": [_standing(line) for line in page.lines],
    }
