"""Which tables come into a consolidation, which stay out and why. Tables are rows of data; nothing is read here.

The rule, in order: a table that is not of the region, that was never checked, that has errors, or that holds nothing stays out;
what is invented never mixes with what is true; the same file published twice comes in once, from whoever published it first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

BUILD: Final = 1
"""Raise it when the same tables would give another file: every consolidation is then built again."""
LO2: Final = "lov2"


class Reason(StrEnum):
    """Why a table stays out."""

    ELSEWHERE = "elsewhere"
    """Its publisher is not an authority that the Région accompanies."""
    NOT_CHECKED = "not_checked"
    """It says that it follows the schema; nothing was checked."""
    INVALID = "invalid"
    """The check found errors."""
    EMPTY = "empty"
    """No row."""
    INVENTED = "invented"
    """Made up for a demonstration, among true ones."""
    DUPLICATE = "duplicate"
    """The same bytes as another table that comes in (`other`)."""
    UNREADABLE = "unreadable"
    """Its file could not be read again when the table was built."""


@dataclass(frozen=True, slots=True)
class Table:
    """The current version of a table that says it follows the schema. `checked` is the schema that it was checked against,
    `valid` what that check said; `address` is the page of this very version; `licence` is a short name."""

    resource: str
    version: str
    number: int
    digest: str
    source: str
    organisation: str
    siren: str
    title: str
    address: str
    published: datetime
    licence: str
    rows: int
    checked: str
    valid: bool | None
    invented: bool = False
    accompanied: bool = True


@dataclass(frozen=True, slots=True)
class Left:
    """A table that stays out. `errors` is for the reader: how many the check found, where that is known; `other` is the resource
    that brings the same file."""

    table: Table
    reason: Reason
    other: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """`kept` in the order of the table to be built; `licence` is the one that the whole may bear; `fingerprint` changes when,
    and only when, the table would."""

    kept: tuple[Table, ...]
    left: tuple[Left, ...]
    licence: str
    invented: bool
    fingerprint: str


def select(tables: Iterable[Table], schema: str, schema_text: str) -> Selection:
    """What comes in of `tables`, for the schema of that name and of that text. The order in which they are given changes nothing."""
    ordered = sorted(tables, key=lambda one: (one.siren, one.organisation, one.title, one.resource))
    passing: list[Table] = []
    left: list[Left] = []
    for one in ordered:
        reason = _own_reason(one, schema)
        if reason:
            left.append(Left(one, reason))
        else:
            passing.append(one)
    invented = bool(passing) and all(one.invented for one in passing)
    if not invented:
        left += [Left(one, Reason.INVENTED) for one in passing if one.invented]
        passing = [one for one in passing if not one.invented]
    first: dict[str, Table] = {}
    for one in sorted(passing, key=lambda one: (one.published, one.resource)):
        first.setdefault(one.source, one)
    left += [Left(one, Reason.DUPLICATE, first[one.source].resource) for one in passing if first[one.source] != one]
    kept = tuple(one for one in passing if first[one.source] == one)
    # ODbL asks that what is made of it be shared alike; the Licence Ouverte lets its data go under any name.
    licence = next((one.licence for one in kept if one.licence != LO2), LO2)
    return Selection(kept, tuple(left), licence, invented, _fingerprint(kept, schema, schema_text))


def _own_reason(one: Table, schema: str) -> Reason | None:
    """Why a table stays out, whatever the others are."""
    if not one.accompanied:
        return Reason.ELSEWHERE
    if one.checked != schema or one.valid is None:
        return Reason.NOT_CHECKED
    if not one.valid:
        return Reason.INVALID
    return Reason.EMPTY if one.rows == 0 else None


def _fingerprint(kept: tuple[Table, ...], schema: str, schema_text: str) -> str:
    told = [asdict(one) | {"published": one.published.isoformat()} for one in kept]
    text = json.dumps([BUILD, schema, schema_text, told], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
