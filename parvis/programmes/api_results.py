"""What was published of a round, for programs: a theme across lists, shares, agreement, the grid. 404 before a round is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from parvis.programmes import agreements, pages
from parvis.programmes.api import MeasureLineOut, election_called, measures_out, round_of, theme_called
from parvis.programmes.core.grid import Criterion
from parvis.programmes.core.shares import Share
from parvis.programmes.results import reading
from parvis.programmes.templatetags.programmes import said

router = Router(tags=["Programmes"])


class CellOut(Schema):
    """Les premières mesures, dans l'ordre du programme ; `total` les compte toutes."""

    candidate_list: str
    is_reference: bool
    total: int
    measures: list[MeasureLineOut]


class ThemeOut(Schema):
    value: str
    label: str
    total: int


class ThemeComparisonOut(Schema):
    """Les mesures numériques d'un thème, liste par liste. `concludes` : l'accord des évaluateurs permet d'en tirer des chiffres."""

    theme: ThemeOut
    concludes: bool
    themes: list[ThemeOut]
    cells: list[CellOut]


class ShareOut(Schema):
    """Toujours avec son numérateur et son dénominateur. `value` : de 0 à 1, `null` s'il n'y a rien à compter."""

    part: int
    whole: int
    value: float | None


class ListShareOut(Schema):
    candidate_list: str
    share: ShareOut


class BarometerOut(Schema):
    """`pooled` : toutes mesures confondues ; `mean` : la moyenne des parts des `counted` listes. Les deux sont nuls, comme `lists` est vide,
    quand l'accord des évaluateurs ne permet pas de conclure (`concludes`)."""

    concludes: bool
    pooled: ShareOut | None
    mean: float | None
    counted: int
    lists: list[ListShareOut]
    published: datetime


class AgreementLineOut(Schema):
    """`alpha` : nul si rien ne varie. `ac1` : AC1 de Gwet. `ignored` : unités qu'un seul évaluateur a codées."""

    criterion: str
    candidate_list: str
    alpha: float | None
    alpha_interval: tuple[float, float] | None
    ac1: float | None
    units: int
    coders: int
    ignored: int
    reliability: Literal["reliable", "tentative", "dominated", "low", "few"]


class AgreementOut(Schema):
    """`criteria` : sur toute l'élection (`candidate_list` est vide) ; `documents` : programme par programme. Intervalles à 95 %, `draws` tirages des
    unités, `seed` leur graine."""

    seed: int
    draws: int
    criteria: list[AgreementLineOut]
    documents: list[AgreementLineOut]


class LevelOut(Schema):
    value: str
    label: str
    definition: str
    example: str


class CriterionOut(Schema):
    """`only_if` : posé seulement quand un autre critère a l'une de ces valeurs."""

    key: str
    unit: Literal["presence", "measure", "list"]
    scale: Literal["nominal", "ordinal"]
    label: str
    definition: str
    only_if: dict[str, list[str]]
    levels: list[LevelOut]


class GridOut(Schema):
    name: str
    version: int
    title: str
    guidelines: list[str]
    theme: str
    digital: str
    criteria: list[CriterionOut]


def share_out(share: Share) -> dict[str, Any]:
    return {"part": share.part, "whole": share.whole, "value": share.value}


def criterion_out(one: Criterion) -> dict[str, Any]:
    levels = [
        {"value": level.value, "label": said(level.label), "definition": said(level.definition), "example": said(level.example)}
        for level in one.levels
    ]
    only_if = {one.only_if.criterion: sorted(one.only_if.values)} if one.only_if else {}
    return {
        "key": one.key, "unit": one.unit.value, "scale": one.scale.value, "label": said(one.label), "definition": said(one.definition),
        "only_if": only_if, "levels": levels,
    }  # fmt: skip


def agreement_out(criterion: str, found: dict[str, Any], candidate_list: str = "") -> dict[str, Any]:
    names = ("alpha", "alpha_interval", "ac1", "units", "coders", "ignored", "reliability")
    return {"criterion": criterion, "candidate_list": candidate_list} | {name: found[name] for name in names}


@router.get("/elections/{slug}/comparison", response=ThemeComparisonOut, summary="Un thème, liste par liste")
def comparison(request: HttpRequest, slug: str, theme: str = Query("", max_length=40)) -> dict[str, Any]:
    """Sans `theme`, le premier de la grille."""
    election = election_called(slug)
    coding_round = round_of(election)
    shown = pages.comparison(election, theme_called(coding_round, theme).value)
    themes = {
        level.value: {"value": level.value, "label": said(level.label), "total": total} for level, total in shown["levels"]
    }
    lines = iter(measures_out([one for cell in shown["cells"] for one in cell.measures], coding_round))
    cells = [
        {
            "candidate_list": cell.candidate_list.slug, "is_reference": cell.candidate_list.reference, "total": cell.total,
            "measures": [next(lines) for _measure in cell.measures],
        }
        for cell in shown["cells"]
    ]  # fmt: skip
    return {
        "theme": themes[shown["theme"].value],
        "concludes": shown["concludes"],
        "themes": list(themes.values()),
        "cells": cells,
    }


@router.get("/elections/{slug}/barometer", response=BarometerOut, summary="La part des mesures numériques")
def barometer(request: HttpRequest, slug: str) -> dict[str, Any]:
    election = election_called(slug)
    coding_round = round_of(election)
    found = reading.figures(coding_round, reading.lists_of(election))
    concludes = agreements.digital_concludes(coding_round)
    lists = [{"candidate_list": one.slug, "share": share_out(share)} for one, share in found.digital]
    return {
        "concludes": concludes,
        "pooled": share_out(found.pooled) if concludes else None,
        "mean": found.mean if concludes else None,
        "counted": found.counted,
        "lists": lists if concludes else [],
        "published": coding_round.published,
    }


@router.get("/elections/{slug}/agreement", response=AgreementOut, summary="L'accord des évaluateurs")
def agreement(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Par critère, et par critère et programme."""
    election = election_called(slug)
    known = round_of(election).agreement
    names = {str(pk): one for pk, one in election.lists.values_list("pk", "slug")}
    documents = [
        agreement_out(key, found, names[one])
        for key, by_list in known["documents"].items()
        for one, found in by_list.items()
        if one in names
    ]
    criteria = [agreement_out(key, found) for key, found in known["criteria"].items()]
    return {"seed": known["seed"], "draws": known["draws"], "criteria": criteria, "documents": documents}


@router.get("/elections/{slug}/grid", response=GridOut, summary="La grille : critères, niveaux, définitions")
def grid(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Dans la langue de `Accept-Language`, en français quand elle manque."""
    found = round_of(election_called(slug)).grid.read
    return {
        "name": found.name, "version": found.version, "title": said(found.title), "guidelines": [said(one) for one in found.guidelines],
        "theme": found.theme, "digital": found.digital, "criteria": [criterion_out(one) for one in found.criteria],
    }  # fmt: skip
