"""Puts what a file says of density in the database, by today's codes, and settles the classes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from parvis.territories import classes
from parvis.territories.loading import folder
from parvis.territories.models import Level, Loading, Territory
from parvis.territories.sources import cog
from parvis.territories.sources.density import Density, DensityError, read


@dataclass
class Report:
    """`merged`: old code → commune of today that received it. `dead`: codes that left the official code without an heir.
    `missing`: communes in force that no row names; their class is decided by their size."""

    source: str
    vintage: int | None
    graded: bool = False
    read: int = 0
    stored: int = 0
    merged: dict[str, str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def load(*, path: Path, source: str, vintage: int | None = None) -> Report:
    """Keep what the file says of every commune. Its own row first; a merged commune without one takes those of the communes it is
    made of (the densest level; rural where all of them are). Doing it again changes nothing. Raises `DensityError`."""
    found = read(path)
    communes = {one.code: one for one in Territory.objects.filter(level=Level.COMMUNE, active=True).defer("postcodes")}
    if not communes:
        raise DensityError("There is no commune yet: run `parvis territories load` first.")
    report = Report(source, vintage, bool(found.level), len(found.rural))
    rural, level = _today(found, set(communes), report)
    for code, commune in communes.items():
        commune.rural, commune.density = rural.get(code), level.get(code)
    Territory.objects.bulk_update(communes.values(), ["rural", "density"], batch_size=500)
    report.stored = len(rural)
    report.missing = sorted(set(communes) - set(rural))
    loading = Loading.objects.create(what=Loading.What.DENSITY, vintage=vintage, source=source, report=report.as_dict())
    classes.settle()
    for name in Territory.objects.filter(level=Level.COMMUNE, active=True).values_list("territory_class", flat=True):
        report.classes[name] = report.classes.get(name, 0) + 1
    loading.report = report.as_dict()
    loading.save(update_fields=["report"])
    return report


def _today(found: Density, communes: set[str], report: Report) -> tuple[dict[str, bool], dict[str, int]]:
    """(rural, level) by today's code."""
    rural = {code: value for code, value in found.rural.items() if code in communes}
    level = {code: value for code, value in found.level.items() if code in communes}
    old = sorted(set(found.rural) - communes)
    heirs = cog.merged(folder()) if old else {}
    parts: dict[str, list[str]] = {}
    for code in old:
        heir = heirs.get(code, "")
        if heir in communes:
            report.merged[code] = heir
            parts.setdefault(heir, []).append(code)
        else:
            report.dead.append(code)
    for heir, codes in parts.items():
        if heir not in rural:
            rural[heir] = all(found.rural[code] for code in codes)
            levels = [found.level[code] for code in codes if code in found.level]
            if levels:
                level[heir] = min(levels)
    return rural, level
