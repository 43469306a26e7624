"""Where the rows of a version are: which of its columns hold codes of territories, or latitude and longitude.

A title may say it, and so may the values: those that the profile kept are looked up in the official code."""

from __future__ import annotations

from collections.abc import Sequence

from parvis.catalog.columns import Column, columns_of
from parvis.catalog.core.maps import columns as core
from parvis.catalog.core.maps.columns import Places
from parvis.catalog.models import Version
from parvis.catalog.rows import Memory
from parvis.territories import areas

SHARE = 0.8
"""The share of the values that have to be codes of the level: some codes are old, or are those of places abroad."""
LEVELS = ("commune", "epci", "departement")
_known = Memory(500)


def places_of(version: Version) -> Places:
    """At most one column a level, the finest level first."""
    found: Places | None = _known.get((version.digest,))
    if found is None:
        found = _looked_up(columns_of(version))
        _known.keep((version.digest,), found)
    return found


def anywhere(version: Version) -> bool:
    """Whether a map can be made of this table."""
    found = places_of(version)
    return bool(found.territories or found.coordinates)


def _looked_up(columns: Sequence[Column]) -> Places:
    found = core.place_columns(columns)
    levels = dict(found.territories)
    for column in columns:
        for level in core.perhaps(column) if column.type == "string" and column.name not in found.names else ():
            if level not in levels and _official(level, core.seen(column)):
                levels[level] = column.name
    return Places(tuple((level, levels[level]) for level in LEVELS if level in levels), found.coordinates)


def _official(level: str, codes: Sequence[str]) -> bool:
    heirs = areas.heirs() if level == "commune" else {}
    known = areas.existing(level, [heirs.get(code, code) for code in codes])
    return sum(heirs.get(code, code) in known for code in codes) >= SHARE * len(codes)
