"""Contours as SVG paths on one fixed grid, simplified together so that neighbours keep the same border.

The grid is Web Mercator (the projection of web maps, right for the shape of any territory), y downwards, in whole steps
of `STEP` metres at the equator (18 m on the ground in Occitanie). A path is therefore short, any set of paths makes a map
with no computation, and `lonlat` gives geographic coordinates back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

STEP = 25.0
RADIUS = 6_378_137.0

Box = tuple[int, int, int, int]
Ring = list[tuple[int, int]]


def _to_grid(points: NDArray[np.float64]) -> NDArray[np.float64]:
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    northing = np.log(np.tan(math.pi / 4 + latitude / 2))
    return np.column_stack([longitude, -northing]) * (RADIUS / STEP)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude, in degrees, of a point of the grid."""
    longitude = math.degrees(x * STEP / RADIUS)
    latitude = math.degrees(2 * math.atan(math.exp(-y * STEP / RADIUS)) - math.pi / 2)
    return round(longitude, 5), round(latitude, 5)


def grid(longitude: float, latitude: float) -> tuple[float, float]:
    """Where a point in degrees lies on the grid, not rounded."""
    x, y = _to_grid(np.array([[longitude, latitude]]))[0]
    return float(x), float(y)


def project(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees (WGS 84), on the grid, not rounded."""
    return shapely.transform(geometry, _to_grid)


def surfaces(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of `geometry`, repaired where its rings cross. Empty where there is none."""
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return geometry
    parts = [part for part in getattr(geometry, "geoms", []) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def union(geometries: Iterable[BaseGeometry]) -> BaseGeometry:
    """One surface for several neighbours, without the slivers that imperfect borders leave (under a step wide)."""
    merged = shapely.union_all(list(geometries))
    closed = surfaces(merged.buffer(0.5, join_style="mitre").buffer(-0.5, join_style="mitre"))
    return surfaces(merged) if closed.is_empty else closed


def simplify(geometries: Sequence[BaseGeometry], tolerance: float) -> list[BaseGeometry]:
    """The geometries with fewer points. A border shared by two of them is simplified once, so no gap opens.

    `tolerance`, in steps: features whose area is under its square disappear (Visvalingam–Whyatt on a coverage).
    """
    if not geometries:
        return []
    return list(shapely.coverage_simplify(np.array(geometries, dtype=object), tolerance))


def _rounded(coordinates: Iterable[Sequence[float]]) -> Ring:
    ring: Ring = []
    for x, y, *_ in coordinates:
        point = (round(x), round(y))
        if not ring or point != ring[-1]:
            ring.append(point)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring


def _polygons(geometry: BaseGeometry) -> list[Any]:
    return list(getattr(geometry, "geoms", [geometry]))


def rings(geometry: BaseGeometry) -> list[Ring]:
    """Every ring, in whole steps. Rings that fall under three points are left out, unless nothing would remain."""
    found = [
        _rounded(ring.coords)
        for polygon in _polygons(geometry)
        if not polygon.is_empty
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    kept = [ring for ring in found if len(ring) > 2]
    if not kept and not geometry.is_empty:
        x, y = (round(value) for value in geometry.representative_point().coords[0])
        kept = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    return kept


def path(all_rings: Iterable[Ring]) -> str:
    """The rings as the `d` of an SVG path: one absolute point, then differences."""
    parts: list[str] = []
    for ring in all_rings:
        x, y = ring[0]
        parts.append(f"M{x} {y}l")
        steps: list[str] = []
        for next_x, next_y in ring[1:]:
            across, down = next_x - x, next_y - y
            steps.append(f"{across}{down}" if down < 0 else f"{across} {down}")
            x, y = next_x, next_y
        text = steps[0]
        for step in steps[1:]:
            text += step if step.startswith("-") else " " + step
        parts.append(text + "z")
    return "".join(parts)


def read(d: str) -> list[Ring]:
    """The rings of a path written by `path`."""
    found: list[Ring] = []
    for part in d.split("z"):
        if not part:
            continue
        x, y, *steps = map(int, re.findall(r"-?\d+", part))
        ring = [(x, y)]
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            ring.append((x, y))
        found.append(ring)
    return found


def coarser(paths: Sequence[str], scale: float) -> list[str]:
    """The same paths in steps `scale` times as large. Neighbours round the same points alike, so that no gap opens; what becomes
    smaller than a step stays as a small square."""
    # A whole Région is a quarter of a million numbers: they are read at once.
    sign: dict[str, int | str | None] = {"M": " ", "l": " ", "-": " -", "z": f" {_END} "}
    numbers = np.array("".join(paths).translate(str.maketrans(sign)).split(), dtype=np.int64)
    ends = np.flatnonzero(numbers == _END)
    found = iter(_coarse(ring, scale) for ring in np.split(numbers, ends + 1)[:-1])
    written = []
    for d in paths:
        rings_of = [next(found) for _ in range(d.count("z"))]
        kept = [ring for ring in rings_of if len(ring) > 2]
        if not kept and rings_of:
            x, y = rings_of[0][0]
            kept = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
        written.append(path(kept))
    return written


_END = 10**12


def _coarse(steps: NDArray[np.int64], scale: float) -> Ring:
    points = np.rint(np.cumsum(steps[:-1].reshape(-1, 2), axis=0) / scale).astype(np.int64)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (points[1:] != points[:-1]).any(axis=1)
    ring: Ring = [(int(x), int(y)) for x, y in points[moved].tolist()]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring


def box(all_rings: Iterable[Ring]) -> Box:
    """Left, top, right, bottom."""
    points = [point for ring in all_rings for point in ring]
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def middle(geometry: BaseGeometry) -> tuple[int, int]:
    """Where a label sits best: the centre of the largest circle that fits inside."""
    polygons = [polygon for polygon in _polygons(geometry) if polygon.area > 0]
    if not polygons:
        point = geometry.representative_point()
        return round(point.x), round(point.y)
    largest = max(polygons, key=lambda polygon: float(polygon.area))
    x, y = shapely.maximum_inscribed_circle(largest, math.sqrt(largest.area) / 50).coords[0]
    return round(x), round(y)


def around(boxes: Iterable[Box]) -> Box:
    """The box that holds them all."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def scale(geometry: BaseGeometry, factor: float) -> BaseGeometry:
    return shapely.transform(geometry, lambda points: points * factor)
