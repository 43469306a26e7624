"""Every territory of one level in the Région, with its contour: what a map of data is drawn on.

Kept by each process until other contours, or another code, are loaded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Max

from parvis.territories import contours, maps
from parvis.territories.core import outlines, topology
from parvis.territories.core.topology import Box
from parvis.territories.models import Contour, Level, Loading, Territory
from parvis.territories.sources import cog


@dataclass(frozen=True, slots=True)
class Area:
    """`path` is empty where no contour of this territory was loaded."""

    code: str
    name: str
    departement: str
    path: str = ""
    box: Box = (0, 0, 0, 0)


@dataclass(frozen=True)
class Areas:
    """`outlined`: simplified outlines, since no contour was loaded; they are not on the grid of the contours."""

    level: str
    areas: tuple[Area, ...]
    source: str
    outlined: bool = False
    _scaled: dict[float, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def drawn(self) -> tuple[Area, ...]:
        return tuple(area for area in self.areas if area.path)

    def paths(self, scale: float) -> dict[str, str]:
        """The path of each code on a grid `scale` times as coarse: a picture needs no more points than it has pixels."""
        found = self._scaled.get(scale)
        if found is None:
            found = tuple(topology.coarser([area.path for area in self.drawn], scale))
            if len(self._scaled) < 8:
                self._scaled[scale] = found
        return {area.code: path for area, path in zip(self.drawn, found, strict=True)}


def areas(level: str, code: str = "") -> Areas:
    """The territories of `level` in the Région (or that whose code is given): those that have a contour, and those that do not."""
    return _areas(level, code or settings.REGION_CODE, _stamp())


def stamp() -> str:
    """What changes when the contours or the code change: a part of the address of what is made of them."""
    return "-".join(str(one or 0) for one in _stamp())


def _stamp() -> tuple[object, ...]:
    last = Loading.objects.aggregate(Max("pk"), Max("created"))
    made = last["created__max"]
    return last["pk__max"], int(made.timestamp() * 1_000_000) if made else 0, Contour.objects.count()


@lru_cache(maxsize=8)
def _areas(level: str, region: str, _stamp: tuple[object, ...]) -> Areas:
    territories = list(
        Territory.objects.filter(level=level, region__level=Level.REGION, region__code=region, active=True)
        .order_by("code")
        .values_list("pk", "code", "name", "departement__code")
    )
    known = Contour.objects.filter(territory__level=level, territory__region__code=region, territory__active=True)
    found = {contour.territory_id: contour for contour in known}
    if not found and level == Level.DEPARTEMENT:
        return _outlined(level, [(code, name) for _pk, code, name, _departement in territories])
    listed = tuple(
        Area(code, name, departement or code, found[pk].path, found[pk].box)
        if pk in found
        else Area(code, name, departement or code)
        for pk, code, name, departement in territories
    )
    return Areas(level, listed, maps.sources(found.values()))


def _outlined(level: str, departements: list[tuple[str, str]]) -> Areas:
    paths = maps.outline_paths(tuple(code for code, _name in departements))
    listed = tuple(
        Area(code, name, code, paths[code].path, paths[code].box) if code in paths else Area(code, name, code)
        for code, name in departements
    )
    return Areas(level, listed, maps.OUTLINES if paths else "", outlined=True)


def packed(level: str) -> bytes:
    """The contours of `level` as gzipped JSON, for maps that are drawn by the reader's own machine: paths on the grid of
    `core.topology`, a third of what GeoJSON would weigh."""
    return _packed(level, settings.REGION_CODE, _stamp())


@lru_cache(maxsize=4)
def _packed(level: str, region: str, stamp: tuple[object, ...]) -> bytes:
    areas = _areas(level, region, stamp)
    found = {
        "source": areas.source,
        "metres": topology.STEP,
        "radius": topology.RADIUS,
        "areas": [[area.code, area.name, area.path] for area in areas.drawn],
    }
    return gzip.compress(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)


@lru_cache(maxsize=2)
def _heirs(folder: Path) -> dict[str, str]:
    return cog.merged(folder)


def heirs() -> Mapping[str, str]:
    """The commune of today for each code that left the official code; nothing where the list of the code is not installed."""
    try:
        return _heirs(contours.folder())
    except cog.CogError:
        return {}


def existing(level: str, codes: Sequence[str]) -> set[str]:
    """Those of `codes` that name a territory of `level`, wherever it is."""
    found: set[str] = set()
    for start in range(0, len(codes), 500):
        part = [code for code in codes[start : start + 500] if len(code) <= 9]
        found |= set(Territory.objects.filter(level=level, code__in=part).values_list("code", flat=True))
    return found


Transform = Callable[[float, float], tuple[float, float]]


def transform(drawn: Areas) -> Transform:
    """From longitude and latitude to where these areas are drawn."""
    return _outline_place if drawn.outlined else topology.grid


def _outline_place(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = outlines.place(longitude, latitude)
    return x * maps.FINER, y * maps.FINER
