"""Results for programs: the map of opinions, and who takes part. The same facts as the pages, typed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from parvis.debates.core.processes.rules import Act
from parvis.debates.models import OpinionMap, Process
from parvis.debates.permissions import get_process_for
from parvis.debates.results.equity import Equity
from parvis.debates.results.map_page import good_map, texts_of
from parvis.debates.results.words import LETTERS
from parvis.territories import classes

router = Router(tags=["Débats"])


class CountsOut(Schema):
    agrees: int
    disagrees: int
    passes: int


class DefiningOut(Schema):
    """Une affirmation qui distingue un groupe. `ratio` : sa part ici, sur sa part dans le reste."""

    statement: int
    agree: bool
    success: int
    seen: int
    ratio: float


class GroupOut(Schema):
    """`certainty` : part des tirages où une personne reste dans ce groupe. `heart` : combien y restent neuf fois sur dix."""

    letter: str
    size: int
    certainty: float
    heart: int
    defining: list[DefiningOut]


class StratumOut(Schema):
    """Une ou plusieurs classes de communes. `weight` : poids d'une réponse quand le résultat est redressé."""

    classes: list[str]
    people: int
    population: int
    weight: float


class StatementResultOut(Schema):
    """`strata` : dans l'ordre de `strata` de la carte, vide sous dix réponses. `weighted_agree` : part d'accord, redressée."""

    number: int
    text: str
    all: CountsOut
    groups: list[CountsOut]
    strata: list[CountsOut | None]
    group_aware: float
    territory_aware: float | None
    weighted_agree: float | None
    extremity: float


class MapOut(Schema):
    number: int
    computed: datetime
    page: str
    reference: str
    participants: int
    grouped: int
    votes: int
    silhouette: float
    groups: list[GroupOut]
    strata: list[StratumOut]
    approved_by_all_groups: list[int]
    approved_by_all_territories: list[int]
    agreed: list[int]
    refused: list[int]
    divides: list[int]
    statements: list[StatementResultOut]


class PartOut(Schema):
    """`code` : celui du territoire ou de la classe, vide pour ce qui est réuni."""

    code: str
    name: str
    people: int
    share: float | None
    population: int | None
    population_share: float | None


class ParticipationOut(Schema):
    map: int
    computed: datetime
    page: str
    people: int
    said_commune: int
    inside: int
    kept_apart: int
    missing: str
    method: str
    class_method: str
    classes: list[PartOut]
    departements: list[PartOut]
    epci: list[PartOut]
    origins: list[PartOut]
    levels: list[PartOut]


@router.get("/debates/{slug}/map", response=MapOut, summary="La carte des opinions")
def opinion_map(
    request: HttpRequest,
    slug: str,
    number: Annotated[
        int | None, Field(ge=1, lt=10_000_000, description="Une carte plus ancienne ; sans lui, la dernière.")
    ] = None,
) -> dict[str, Any]:
    """Ce que disent l'image, les phrases et le tableau de la page."""
    process, found = _wanted(request, slug, number)
    facts, texts = found.facts, texts_of(process)
    groups = [
        {
            "letter": LETTERS[place],
            "size": one["size"],
            "certainty": one["certainty"],
            "heart": one["heart"],
            "defining": one["says"],
        }
        for place, one in enumerate(facts["groups"])
    ]
    return {
        "number": found.number, "computed": found.done, "page": settings.SITE_URL + found.get_absolute_url(),
        "reference": found.reference, "participants": facts["participants"], "grouped": facts["grouped"], "votes": facts["votes"],
        "silhouette": facts["silhouette"], "groups": groups, "strata": facts["strata"],
        "approved_by_all_groups": facts["all_groups"], "approved_by_all_territories": facts["all_territories"],
        "agreed": facts["agreed"], "refused": facts["refused"], "divides": facts["divides"],
        "statements": [_statement(facts["table"], row, texts) for row in range(len(facts["table"]["number"]))],
    }  # fmt: skip


def _statement(table: dict[str, Any], row: int, texts: dict[int, str]) -> dict[str, Any]:
    number, shares = table["number"][row], table["weighted"][row]
    return {
        "number": number, "text": texts.get(number, ""), "all": _counts(table["all"][row]),
        "groups": [_counts(column[row]) for column in table["groups"]],
        "strata": [_counts(column[row]) for column in table["strata"]],
        "group_aware": table["group_aware"][row], "territory_aware": table["territory_aware"][row],
        "weighted_agree": shares[0] if shares else None, "extremity": table["extremity"][row],
    }  # fmt: skip


def _counts(cell: list[int] | None) -> dict[str, int] | None:
    return None if cell is None else dict(zip(("agrees", "disagrees", "passes"), cell, strict=True))


@router.get("/debates/{slug}/participation", response=ParticipationOut, summary="Qui participe")
def participation(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Qui participe, face à la population. Sous cinquante personnes rien n'est détaillé ; une case de moins de dix est réunie à d'autres."""
    _process, found = _wanted(request, slug, None)
    equity = Equity(found.facts)
    counted = equity.found
    return {
        "map": found.number, "computed": found.done, "page": settings.SITE_URL + f"/debats/{slug}/participation/",
        "people": counted["people"], "said_commune": counted["said"], "inside": counted["inside"], "kept_apart": counted["apart"],
        "missing": equity.missing, "method": equity.method, "class_method": classes.sentence(), "classes": equity.classes,
        "departements": equity.departements, "epci": equity.epci, "origins": equity.origins, "levels": equity.levels,
    }  # fmt: skip


def _wanted(request: HttpRequest, slug: str, number: int | None) -> tuple[Process, OpinionMap]:
    process = get_process_for(None, slug, Act.SEE_MAP)
    found = good_map(process, number)
    if found is None:
        raise Http404
    found.process = process
    return process, found
