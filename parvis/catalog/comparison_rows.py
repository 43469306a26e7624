"""The changes between two versions with their cells: a page of them, or all of them as a file, streamed in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from parvis.catalog import comparisons, rows, storage
from parvis.catalog.columns import Column, columns_of
from parvis.catalog.core.tables import compare
from parvis.catalog.downloads import plain
from parvis.catalog.models import Comparison, Version
from parvis.shared.exports import stream_csv

KINDS = compare.KINDS
PART = 100_000
"""How many cells of each version a stream holds at a time."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that changed."""

    column: Column
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was added, removed or changed: its number in each version, and its cells by column, whole, in each."""

    kind: str
    row_before: int | None
    row_after: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changed: tuple[str, ...]

    @property
    def shown(self) -> dict[str, Any]:
        return self.after or self.before or {}


def total(comparison: Comparison, kind: str = "", column: str = "") -> int:
    """How many changes there are of one kind, or of one column."""
    summary = comparison.summary
    if column:
        return int(summary["cells"][summary["common"].index(column)])
    return sum(int(summary[one]) for one in ((kind,) if kind else KINDS))


def page(comparison: Comparison, *, kind: str = "", column: str = "", offset: int = 0, limit: int = 20) -> list[Change]:
    """Some of the changes: of one kind, or those of one column, in the order of the table."""
    place = comparison.summary["common"].index(column) if column else None
    path = comparisons.path(comparison.before, comparison.after)
    found = compare.changes(path, kind=kind, column=place, offset=offset, limit=limit)
    return _with_cells(comparison, found)


def _with_cells(comparison: Comparison, found: Sequence[compare.Change]) -> list[Change]:
    common = comparison.summary["common"]
    old = _rows(comparison.before, [one.before for one in found if one.before])
    new = _rows(comparison.after, [one.after for one in found if one.after])
    return [
        Change(
            kind=one.kind,
            row_before=one.before,
            row_after=one.after,
            before=old.get(one.before),
            after=new.get(one.after),
            changed=tuple(common[place] for place in one.columns),
        )
        for one in found
    ]


def _rows(version: Version, numbers: Sequence[int]) -> dict[int | None, dict[str, Any]]:
    if not numbers:
        return {}
    names = [field.name for field in rows.fields(version)]
    with rows.opened(storage.parquet_path(version)) as table:
        return {row.number: dict(zip(names, row.cells, strict=True)) for row in table.rows(numbers, names)}


def columns_by_name(comparison: Comparison) -> dict[str, Column]:
    """The columns of both versions, the newer one's description first."""
    return {column.name: column for version in (comparison.before, comparison.after) for column in columns_of(version)}


# ----- As a file -----


def everything(comparison: Comparison, kind: str = "") -> Iterator[list[Change]]:
    """Every change, some at a time: a reader on a slow line holds neither an engine nor a turn."""
    step = min(5_000, max(200, PART // max(1, len(columns_of(comparison.after)))))
    for offset in range(0, total(comparison, kind), step):
        yield page(comparison, kind=kind, offset=offset, limit=step)


HEADER = ("changement", "ligne_avant", "ligne_apres", "colonnes_modifiees")
WORDS = {"added": "ajoutée", "removed": "retirée"}


def csv_pieces(comparison: Comparison, parts: Iterator[list[Change]]) -> Iterator[bytes]:
    """One line a row added or removed; two a row changed: `avant`, then `après`. No cell is a formula."""
    names = list(columns_by_name(comparison))
    names.sort(key=_order(comparison))
    lines = (line for part in parts for change in part for line in _lines(change, names))
    return (piece.encode() for piece in stream_csv([*HEADER, *names], lines))


def _order(comparison: Comparison) -> Any:
    """Columns as in the newer version, then those that it has no more."""
    places = {column.name: place for place, column in enumerate(columns_of(comparison.after))}
    return lambda name: places.get(name, len(places))


def _lines(change: Change, names: Sequence[str]) -> Iterator[list[Any]]:
    sides = (
        [("avant", change.before), ("après", change.after)]
        if change.kind == "changed"
        else [(WORDS[change.kind], change.shown)]
    )
    for word, cells in sides:
        found = cells or {}
        yield [word, change.row_before, change.row_after, ", ".join(change.changed), *(found.get(name) for name in names)]


def json_pieces(parts: Iterator[list[Change]]) -> Iterator[bytes]:
    """One array of objects, one object a line."""
    yield b"["
    before = "\n"
    for part in parts:
        text = []
        for change in part:
            text.append(before + json.dumps(described(change), ensure_ascii=False))
            before = ",\n"
        yield "".join(text).encode()
    yield b"\n]\n"


def described(change: Change) -> dict[str, Any]:
    """A change as the API and the JSON file say it: `cells` of what changed, whole rows otherwise."""
    found: dict[str, Any] = {"change": change.kind, "row_before": change.row_before, "row_after": change.row_after}
    if change.kind != "changed":
        return found | {"row": {name: plain(value) for name, value in change.shown.items()}}
    assert change.before is not None
    assert change.after is not None
    return found | {
        "row": {name: plain(value) for name, value in change.after.items()},
        "cells": {name: {"before": plain(change.before[name]), "after": plain(change.after[name])} for name in change.changed},
    }
