"""Reads outlines from GeoJSON, matches them with the official code, and stores them simplified together."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from parvis.shared import bulk
from parvis.territories.core import topology
from parvis.territories.loading import folder
from parvis.territories.models import Contour, Level, Loading, Territory
from parvis.territories.sources import cog

# Steps of the grid (18 m on the ground at 44° north): what is smaller cannot be seen on the map of the level above.
TOLERANCE = {Level.COMMUNE: 9.0, Level.EPCI: 18.0, Level.DEPARTEMENT: 40.0, Level.REGION: 60.0}
PARENT = {Level.EPCI: "epci_id", Level.DEPARTEMENT: "departement_id", Level.REGION: "region_id"}

Found = dict[tuple[str, str], list[BaseGeometry]]
Progress = Callable[[str, int, int], None]


class ContoursError(Exception):
    """Nothing could be loaded; the message says why."""


@dataclass
class Report:
    """`dead`: codes that left the official code and have no heir. `merged`: old code → commune of today that received it.
    `missing`: communes without a contour, in the départements that the files cover."""

    source: str
    vintage: int | None
    files: int = 0
    read: int = 0
    stored: dict[str, int] = field(default_factory=dict)
    derived: dict[str, int] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted([*path.glob("*.geojson"), *path.glob("*.json")])
    return [path]


def load(*, path: Path, source: str, vintage: int | None = None, progress: Progress | None = None) -> Report:
    """Store the contours of the files at `path`; those of the same territories are replaced, the others stay.

    Raise `ContoursError` where there is no file, no feature, or no commune to match them with.
    """
    if not Territory.objects.filter(level=Level.COMMUNE).exists():
        raise ContoursError("Il n'y a pas encore de territoire : lancez d'abord `parvis territories load`.")
    report = Report(source, vintage)
    found = _read(files(path), report, progress)
    if not found:
        raise ContoursError(f"Aucun contour dans {path} : il faut du GeoJSON dont chaque objet a une propriété « code ».")
    territories = {(t.level, t.code): t for t in Territory.objects.filter(active=True).defer("postcodes")}
    surfaces = _match(found, territories, report)
    with transaction.atomic():
        _store(surfaces, territories, report, progress)
        bulk.counted(Contour)
        Loading.objects.create(what=Loading.What.CONTOURS, vintage=vintage, source=source, report=report.as_dict())
    return report


def _read(paths: Iterable[Path], report: Report, progress: Progress | None) -> Found:
    found: Found = defaultdict(list)
    paths = list(paths)
    for rank, path in enumerate(paths, 1):
        try:
            features = json.loads(path.read_bytes()).get("features", [])
        except (OSError, ValueError, AttributeError) as error:
            report.unreadable.append(f"{path.name} : {error}")
            continue
        report.files += 1
        for feature in features:
            _add(feature, path.name, found, report)
        if progress:
            progress("read", rank, len(paths))
    return found


def _add(feature: dict[str, Any], name: str, found: Found, report: Report) -> None:
    code = str((feature.get("properties") or {}).get("code", ""))
    level = _level(code, name)
    if level is None or not feature.get("geometry"):
        return
    try:
        surface = topology.surfaces(topology.project(shape(feature["geometry"])))
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        report.unreadable.append(f"{name}, {code} : {error}")
        return
    if not surface.is_empty:
        report.read += 1
        found[level, code].append(surface)


def _level(code: str, name: str) -> str | None:
    """A code of two or three characters may be of a région as of a département: only the name of the file tells."""
    if re.fullmatch(r"\d{9}", code):
        return Level.EPCI
    if re.fullmatch(r"\d[\dAB]\d{3}", code):
        return Level.COMMUNE
    if re.fullmatch(r"\d[\dAB]\d?", code):
        return Level.REGION if "region" in name.lower() or "région" in name.lower() else Level.DEPARTEMENT
    return None


def _match(found: Found, territories: dict[tuple[str, str], Territory], report: Report) -> dict[tuple[str, str], BaseGeometry]:
    """One surface for each territory in force. Old communes go to the one that received them."""
    heirs = cog.merged(folder())
    groups: Found = defaultdict(list)
    for (level, code), parts in found.items():
        heir = heirs.get(code, "") if level == Level.COMMUNE else ""
        if (level, code) in territories:
            groups[level, code] += parts
        elif (level, heir) in territories:
            report.merged[code] = heir
            groups[level, heir] += parts
        else:
            report.dead.append(f"{level}:{code}")
    return {key: parts[0] if len(parts) == 1 else topology.union(parts) for key, parts in groups.items()}


def _store(
    surfaces: dict[tuple[str, str], BaseGeometry],
    territories: dict[tuple[str, str], Territory],
    report: Report,
    progress: Progress | None,
) -> None:
    communes = [territory for (level, _code), territory in territories.items() if level == Level.COMMUNE]
    covered = {territories[key].departement_id for key in surfaces if key[0] == Level.COMMUNE}
    report.missing = sorted(t.code for t in communes if t.departement_id in covered and (t.level, t.code) not in surfaces)
    derived, partial = _unions(surfaces, communes, territories)
    report.partial = sorted(territories[key].reference for key in partial)
    for rank, level in enumerate(Level, 1):
        keys = [key for key in (*surfaces, *derived) if key[0] == level]
        shapes = topology.simplify([surfaces[key] if key in surfaces else derived[key] for key in keys], TOLERANCE[level])
        rows = [
            _contour(territories[key], surface, report, derived=key in derived, partial=key in partial)
            for key, surface in zip(keys, shapes, strict=True)
        ]
        for start in range(0, len(rows), 500):
            Contour.objects.bulk_create(
                rows[start : start + 500], update_conflicts=True, unique_fields=["territory"],
                update_fields=["path", "left", "top", "right", "bottom", "label_x", "label_y", "vintage", "source", "derived", "partial"],
            )  # fmt: skip
        report.stored[level] = len(rows)
        report.derived[level] = sum(row.derived for row in rows)
        if progress:
            progress(level, rank, len(Level))


def _unions(
    surfaces: dict[tuple[str, str], BaseGeometry], communes: list[Territory], territories: dict[tuple[str, str], Territory]
) -> tuple[dict[tuple[str, str], BaseGeometry], set[tuple[str, str]]]:
    """Contours that no file gives, made of those of the communes; and those of them that lack some."""
    by_pk = {territory.pk: key for key, territory in territories.items()}
    derived: dict[tuple[str, str], BaseGeometry] = {}
    partial: set[tuple[str, str]] = set()
    for level, parent in PARENT.items():
        parts: dict[int, list[BaseGeometry]] = defaultdict(list)
        lacking: set[int] = set()
        for commune in communes:
            surface, owner = surfaces.get((Level.COMMUNE, commune.code)), getattr(commune, parent)
            if owner is None:
                continue
            if surface is None:
                lacking.add(owner)
            else:
                parts[owner].append(surface)
        for owner, pieces in parts.items():
            key = by_pk.get(owner)
            # Half a région is not its outline; half an EPCI is worth showing, with a word about it.
            if key is None or key in surfaces or (owner in lacking and level == Level.REGION and len(pieces) < 100):
                continue
            derived[key] = topology.union(pieces)
            if owner in lacking:
                partial.add(key)
    return derived, partial


def _contour(territory: Territory, surface: BaseGeometry, report: Report, *, derived: bool, partial: bool) -> Contour:
    rings = topology.rings(surface)
    left, top, right, bottom = topology.box(rings)
    label_x, label_y = topology.middle(surface)
    return Contour(
        territory=territory, path=topology.path(rings), left=left, top=top, right=right, bottom=bottom,
        label_x=label_x, label_y=label_y, vintage=report.vintage, source=report.source[:200], derived=derived, partial=partial,
    )  # fmt: skip
