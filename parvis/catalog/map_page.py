"""What the page of a map shows, and what its script asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from parvis.catalog import charts, map_values, maps, places
from parvis.catalog.chart_values import fields_of
from parvis.catalog.core.charts.choice import Choice, Mistake, parse
from parvis.catalog.core.charts.fields import Field
from parvis.catalog.core.charts.shapes import MAPS, SHAPES
from parvis.catalog.core.charts.suggest import Proposal
from parvis.catalog.core.charts.theme import THEMES
from parvis.catalog.core.maps.picture import HATCHED
from parvis.catalog.core.speech import phrase
from parvis.catalog.maps import DrawnMap
from parvis.catalog.models import Version
from parvis.territories import areas

SHAPES_DRAWN = {name: SHAPES[name] for name in MAPS}
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Line:
    """A territory in the table: `value` as people read it, empty where it is missing."""

    name: str
    code: str
    value: str
    group: str


def asked(version: Version, given: Any) -> tuple[Choice | None, tuple[Mistake, ...], tuple[Field, ...]]:
    """The map that an address (a QueryDict) writes: the names of its parameters are those of charts."""
    fields = fields_of(version)
    choice, mistakes = parse({name: given.getlist(name) for name in given}, fields, SHAPES_DRAWN)
    return choice, mistakes, fields


def proposals(version: Version, fields: Sequence[Field]) -> list[Proposal]:
    """Maps that this table allows, for those who come without having chosen."""
    found = places.places_of(version)
    measures = [field for field in fields if field.kind == "number" and field.name not in found.names]
    made = [
        Proposal(
            Choice(f"map_{level}", territory=column, y=measures[0].name, aggregate="mean")
            if measures
            else Choice(f"map_{level}", territory=column),
            phrase(SHAPES[f"map_{level}"].label),
            measures[0].label if measures else "",
        )
        for level, column in found.territories
    ]
    if found.coordinates:
        latitude, longitude = found.coordinates
        label = SHAPES["map_coordinates"].label
        made.append(Proposal(Choice("map_coordinates", latitude=latitude, longitude=longitude), phrase(label), ""))
    return made


def lines(drawn: DrawnMap) -> list[Line]:
    """Every territory of the map by name, and those that have a value but no shape."""
    found = [
        Line(
            name,
            code,
            maps.figure(drawn.values[code]) if code in drawn.values else "",
            drawn.classes[place].text if (place := drawn.places.get(code)) is not None else "",
        )
        for code, name in drawn.names.items()
    ]
    return sorted(found, key=lambda line: (line.name.casefold(), line.code))


def addresses(version: Version, choice: Choice, drawn: DrawnMap) -> dict[str, str]:
    """Where the page and its script find things. Without contours there is nothing to move in: `data` is not there."""
    given = [version.resource.dataset.slug, version.resource_id, version.number]
    found = {
        name: f"{reverse('catalog:map_picture', args=[*given, scheme])}?{choice.query}{charts.spoken('&')}"
        for name, scheme in (("light", "clair"), ("dark", "sombre"))
    }
    if contours(drawn):
        found |= {
            "data": f"{reverse('catalog:map_values', args=given)}?{choice.query}{charts.spoken('&')}",
            "library": static("maplibre/maplibre-gl.mjs"),
            "worker": static("maplibre/maplibre-gl-worker.mjs"),
        }
    return found


def contours(drawn: DrawnMap) -> str:
    """The address of the contours that the map is drawn on; nothing where only simplified outlines are known."""
    level = "departement" if drawn.level == POINTS else drawn.level
    if areas.areas(level).outlined or not areas.areas(level).drawn:
        return ""
    return reverse("territories:contours", args=[areas.stamp(), level])


def values(version: Version, choice: Choice) -> dict[str, Any]:
    """Classes, the class and the value of each code, or the places; colours for light and dark."""
    drawn = map_values.drawn(version, choice)
    found: dict[str, Any] = {
        "contours": contours(drawn),
        "schemes": {
            name: {
                "classes": [one.colour_light if name == "light" else one.colour_dark for one in drawn.classes],
                "missing": HATCHED[name],
                "paper": theme.paper,
                "ink": theme.ink,
                "hue": theme.hue,
                "line": theme.line,
            }
            for name, theme in THEMES.items()
        },
    }
    if drawn.level == POINTS:
        return found | {"points": map_values.places(version, choice)}
    shown = {
        code: [place, maps.figure(drawn.values[code]) if place is not None else ""] for code, place in drawn.places.items()
    }
    return found | {"areas": shown}
