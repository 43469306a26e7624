"""Territories over HTTP: the picker's search, and one territory by its code."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from parvis.shared.problems import Problem
from parvis.territories import classes, queries
from parvis.territories.models import Level, Territory
from parvis.territories.search import search

router = Router(tags=["territoires"])
LevelName = Literal["region", "departement", "epci", "commune"]


class Parent(Schema):
    level: str
    code: str
    name: str


class Item(Schema):
    """A territory: `code` is INSEE's, or the SIREN of an EPCI."""

    level: str
    code: str
    name: str
    siren: str
    population: int | None
    postcodes: list[str]
    departement: Parent | None
    epci: Parent | None
    region: Parent | None
    vintage: int
    active: bool
    territory_class: Literal["centre", "periphery", "rural", ""] = Field(
        description="D'une commune : centre, périphérie ou rurale. `class_method` du détail dit comment on le sait."
    )
    density: int | None = Field(description="Le niveau de la grille de densité de l'Insee, quand elle est chargée.")
    url: str

    @staticmethod
    def resolve_url(territory: Territory) -> str:
        return settings.SITE_URL + territory.get_absolute_url()


class Detail(Item):
    members: dict[str, int]
    class_method: str

    @staticmethod
    def resolve_members(territory: Territory) -> dict[str, int]:
        return queries.counts(territory)

    @staticmethod
    def resolve_class_method(territory: Territory) -> str:
        return classes.sentence() if territory.territory_class else ""


class Items(Schema):
    items: list[Item]
    limit: int
    offset: int


@router.get("/territories", response=Items, summary="Chercher un territoire")
def territories(
    request: HttpRequest,
    q: Annotated[
        str, Field(min_length=1, max_length=100, description="Un nom, même incomplet ou mal écrit, un code INSEE ou postal.")
    ],
    level: LevelName | None = None,
    near: Annotated[
        str, Field(max_length=5, description="Le code INSEE d'une commune : ce qui en est proche vient avant.")
    ] = "",
    limit: Annotated[int, Field(ge=1, le=50)] = 10,
    offset: Annotated[int, Field(ge=0, le=1000)] = 0,
) -> dict[str, Any]:
    """Du plus probable au moins probable : nom exact, début de nom, faute de frappe ; puis le plus peuplé."""
    found = search(q, level=level or "", near=near, limit=limit, offset=offset)
    return {"items": found, "limit": limit, "offset": offset}


@router.get("/territories/{level}/{code}", response=Detail, summary="Un territoire")
def territory(request: HttpRequest, level: LevelName, code: str) -> Territory:
    known = Territory.objects.select_related("region", "departement", "epci")
    found = known.filter(level=level, code=code.upper()).first()
    if found is None:
        raise Problem(
            404,
            _("Aucun territoire de niveau « %(level)s » ne porte le code « %(code)s ».")
            % {"level": Level(level).label, "code": code},
        )
    return found
