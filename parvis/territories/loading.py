"""Puts the official code in the database: what is new, what changed, what left it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from parvis.shared import bulk
from parvis.territories import classes, signals
from parvis.territories.models import Level, Loading, Territory
from parvis.territories.sources import cog
from parvis.territories.sources.cog import Cog, CogError, Row

# Parents first, since rows point to their ids.
ORDER = (Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE)
FIELDS = (
    "name",
    "siren",
    "population",
    "region_id",
    "departement_id",
    "epci_id",
    "postcodes",
    "nature",
    "link",
    "vintage",
    "active",
)

Progress = Callable[[str, int, int], None]


@dataclass
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0


@dataclass
class Report:
    vintage: int
    source: str
    levels: dict[str, Counts] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # reference of the territory → the name it had
    reclassified: int = 0  # communes whose class (centre, periphery, rural) is another
    others: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def folder() -> Path:
    """Where `npm ci` puts the package."""
    return Path(settings.NODE_MODULES) / cog.PACKAGE


@transaction.atomic
def load(*, source: Path | None = None, progress: Progress | None = None) -> Report:
    """Load the official code from `source` (by default the npm package). Doing it again changes nothing.

    Raise `CogError` where the package is absent, or holds no commune (a truncated file must not close the country).
    """
    code = cog.read(source or folder())
    if not code.of(Level.COMMUNE):
        raise CogError("The package holds no commune: nothing was changed.")
    report = Report(code.vintage, code.source)
    ids: dict[tuple[str, str], int] = {}
    for level in ORDER:
        report.levels[level] = _load_level(code, level, ids, report, progress)
    bulk.counted(Territory)
    report.reclassified = classes.settle()
    for _receiver, counts in signals.loaded.send(sender=load, report=report):
        if isinstance(counts, dict):
            report.others |= counts
    Loading.objects.create(what=Loading.What.CODE, vintage=code.vintage, source=code.source, report=report.as_dict())
    return report


def _load_level(code: Cog, level: Level, ids: dict[tuple[str, str], int], report: Report, progress: Progress | None) -> Counts:
    counts, rows = Counts(), code.of(level)
    known = {territory.code: territory for territory in Territory.objects.filter(level=level)}
    changed: list[Territory] = []
    for row in rows:
        values = _values(row, code.vintage, ids)
        existing = known.get(row.code)
        if existing is None:
            counts.created += 1
        elif all(getattr(existing, name) == value for name, value in values.items()):
            counts.unchanged += 1
            continue
        else:
            counts.updated += 1
            if existing.name != row.name:
                report.renamed[existing.reference] = existing.name
        changed.append(Territory(level=level, code=row.code, **values))
    for start in range(0, len(changed), 2000):
        Territory.objects.bulk_create(
            changed[start : start + 2000], update_conflicts=True, unique_fields=["level", "code"], update_fields=FIELDS
        )
        if progress:
            progress(level, min(start + 2000, len(changed)), len(changed))
    gone = {code for code, territory in known.items() if territory.active} - {row.code for row in rows}
    counts.gone = len(gone)
    for batch in _batches(sorted(gone), 500):
        Territory.objects.filter(level=level, code__in=batch).update(active=False)
    ids |= {(level, code): pk for code, pk in Territory.objects.filter(level=level).values_list("code", "pk")}
    return counts


def _values(row: Row, vintage: int, ids: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "name": row.name,
        "siren": row.siren,
        "population": row.population,
        "region_id": ids.get((Level.REGION, row.region)),
        "departement_id": ids.get((Level.DEPARTEMENT, row.departement)),
        "epci_id": ids.get((Level.EPCI, row.epci)),
        "postcodes": list(row.postcodes),
        "nature": row.nature,
        "link": row.link,
        "vintage": vintage,
        "active": True,
    }


def _batches(items: list[str], size: int) -> list[list[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
