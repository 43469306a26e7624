"""Reads the outlines of an SVG file that names each shape by its class: `<g class="z46 …"><path d="…"/></g>`."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from parvis.territories.core.topology import surfaces, union

# How many numbers each command takes; the last two are where the pen goes.
ARITY = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2}
TOKEN = re.compile(r"[a-zA-Z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")


def points(d: str) -> list[list[tuple[float, float]]]:
    """The corners of a path, curves taken as straight lines (they are shorter than what a page can show)."""
    found: list[list[tuple[float, float]]] = []
    x = y = 0.0
    command, numbers = "", list[float]()
    for token in TOKEN.findall(d):
        if token.isalpha():
            command, numbers = token, []
            if command.lower() == "z" and found:
                x, y = found[-1][0]
                command = "m"
            continue
        numbers.append(float(token))
        if len(numbers) < ARITY[command.lower()]:
            continue
        relative = command.islower()
        if command in "hH":
            x = x + numbers[0] if relative else numbers[0]
        elif command in "vV":
            y = y + numbers[0] if relative else numbers[0]
        else:
            x, y = (x + numbers[-2], y + numbers[-1]) if relative else (numbers[-2], numbers[-1])
        if command in "mM":
            found.append([])
            command = "l" if relative else "L"
        found[-1].append((x, y))
        numbers = []
    return [ring for ring in found if len(ring) > 2]


def read(svg: str, prefix: str) -> dict[str, BaseGeometry]:
    """The surface of each shape, by its class without `prefix`; the first one where a code comes twice (an inset)."""
    found: dict[str, BaseGeometry] = {}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):  # noqa: S314 (a file of our own package set)
        code = group.get("class", "").split(" ")[0].removeprefix(prefix)
        if not code or code in found:
            continue
        rings = [ring for path in group for ring in points(path.get("d", ""))]
        if rings:
            found[code] = union(surfaces(Polygon(ring)) for ring in rings)
    return found


def lambert(longitude: float, latitude: float) -> tuple[float, float]:
    """Lambert 93 (EPSG:2154), in metres: the projection of maps of mainland France."""
    n, c, east, north = 0.7256077650, 11_754_255.426, 700_000.0, 12_655_612.050
    eccentricity = 0.08181919112
    sine = math.sin(math.radians(latitude))
    isometric = math.atanh(sine) - eccentricity * math.atanh(eccentricity * sine)
    radius, angle = c * math.exp(-n * isometric), n * math.radians(longitude - 3)
    return east + radius * math.sin(angle), north - radius * math.cos(angle)


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Where a point in degrees lies on the picture of `pygal-maps-fr`: fitted on the middles of the 13 départements of Occitanie,
    which its outlines follow within eight kilometres."""
    east, north = lambert(longitude, latitude)
    return 0.0016013878 * east + 0.000002692 * north - 62.5361, -0.0000087404 * east - 0.0015638206 * north + 11_180.4758
