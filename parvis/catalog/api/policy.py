"""The Région's open-data policy, for programs: its words, and its figures day after day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog.models import ObligationSnapshot, OpenDataPolicy
from parvis.shared.conditional import opened

router = Router()
MOST = 400


class DayOut(Schema):
    """`null` : la mesure n'existait pas encore ce jour-là."""

    day: date
    datasets: int | None = Field(description="Jeux de données publiés.")
    publishers: int | None = Field(description="Organisations qui publient.")
    started: int | None = Field(description="Collectivités qui ont commencé à publier ce que la loi demande.")
    done: int | None = Field(description="Publications demandées par la loi, en ligne.")
    expected: int | None = Field(description="Publications sûrement demandées par la loi.")
    tables: int | None
    valid: int | None = Field(description="Tables contrôlées sans erreur.")
    rows: int | None = Field(description="Lignes de données à lire.")
    consolidated: int | None = Field(description="Collectivités rassemblées dans une consolidation.")


class PolicyOut(Schema):
    """`text` et `written` : ce que dit la Région de sa politique, vide et `null` tant qu'elle n'a rien écrit."""

    text: str
    written: datetime | None
    data: list[DayOut]


@router.get(
    "/policy",
    response=PolicyOut,
    summary="La politique de données ouvertes : ses mots, ses chiffres jour après jour",
    url_name="policy",
)
@decorate_view(opened)
def read_policy(request: HttpRequest, days: int = Query(MOST, ge=1, le=MOST)) -> dict[str, Any]:
    """Un jour par ligne, le plus récent d'abord ; tous les jours sont dans `/donnees/politique/chiffres.csv`."""
    held = OpenDataPolicy.objects.first()
    names = [name for name in DayOut.model_fields if name != "day"]
    kept = ObligationSnapshot.objects.order_by("-day").values_list("day", "figures")[:days]
    return {
        "text": held.text if held else "",
        "written": held.created if held else None,
        "data": [{"day": day} | {name: figures.get(name) for name in names} for day, figures in kept],
    }
