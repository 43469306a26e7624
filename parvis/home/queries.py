"""What the home page shows of each room, through its `public.py`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from parvis.catalog import public as catalog
from parvis.debates import public as debates
from parvis.territories import cookies, maps, queries
from parvis.territories.models import Territory


def overview(request: HttpRequest) -> dict[str, Any]:
    near = cookies.commune(request)
    return {
        "near": near,
        "map": maps.region_map(),
        "datasets": catalog.latest(near=near, limit=6),
        "figures": figures(),
        "debates": debates.open_near(near=near),
    }


def figures() -> dict[str, Any]:
    region: Territory | None = queries.region()
    counts = queries.counts(region) if region else {}
    datasets = catalog.figures()
    shown = [
        {"value": counts.get("commune", 0), "label": _("communes")},
        {"value": counts.get("epci", 0), "label": _("intercommunalités")},
        {"value": datasets["datasets"], "label": _("jeux de données")},
        {"value": datasets["publishers"], "label": _("organisations qui publient")},
    ]
    return datasets | {"shown": [figure for figure in shown if figure["value"]]}
