"""What is done in the sandbox with a file that nobody knows. Each function takes paths and JSON, and returns JSON; no Django here.

A function refuses with a ValueError whose message is the sentence for the person; any other ValueError is a crash."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from parvis.catalog.core.tables.reading import Reading

MEMORY = "600MB"
PREVIEW_ROWS = 12
LISTED = 100_000


def refusing(function: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """What the core refuses, with its sentence. A ValueError that comes from elsewhere (an encoding, a number) says nothing to
    anybody: it must not be shown in its place."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> dict[str, Any]:
        from parvis.catalog.core.tables.convert import ConversionRefused
        from parvis.catalog.core.tables.reading import UnreadableTable
        from parvis.catalog.core.tables.schema import SchemaError

        try:
            return function(*args, **kwargs)
        except (UnreadableTable, ConversionRefused, SchemaError) as error:
            raise ValueError(str(error)) from error
        except ValueError as error:
            raise RuntimeError(f"{type(error).__name__}: {error}") from error

    return called


@refusing
def read(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """How the file is read: {"reading"}."""
    from parvis.catalog.core.tables.detection import detect
    from parvis.catalog.core.tables.reading import Options

    return {"reading": asdict(detect(Path(path), Options(**options)))}


@refusing
def profile(path: str, reading: dict[str, Any], out: str, known: str) -> dict[str, Any]:
    """Columns, personal data, first rows, and the schemas that seem to fit:
    {"profile", "preview", "proposals"}; `known` is the folder of updated schemas."""
    from parvis.catalog.core.tables import match, registry
    from parvis.catalog.core.tables.profile import profile as describe

    understood = to_reading(reading)
    described = describe(Path(path), understood, Path(out))
    types = {column.name: str(column.type) for column in described.columns}
    schemas = [(entry.name, registry.read(entry.path)) for entry in registry.known(Path(known))]
    names = {id(schema): name for name, schema in schemas}
    ranked = match.ranked([schema for _name, schema in schemas], understood.names, types)[:3]
    proposals = [
        {"schema": names[id(one.schema)], "title": one.schema.title, "score": round(one.score, 3), "reason": one.reason}
        for one in ranked
    ]
    return {"profile": asdict(described), "preview": preview(Path(path), understood, Path(out)), "proposals": proposals}


def preview(path: Path, reading: Reading, scratch: Path) -> list[dict[str, Any]]:
    """The first rows with their line number: [{"row", "cells"}]."""
    with scanned(path, reading, scratch) as (connection, table):
        columns = ", ".join(table.columns)
        rows = connection.execute(f"SELECT {columns} FROM {table.sql} LIMIT {PREVIEW_ROWS}").fetchall()  # noqa: S608
        return [
            {"row": table.line_of(number), "cells": [cell[:200] if cell else cell for cell in row]}
            for number, row in enumerate(rows)
        ]


@refusing
def build(path: str, reading: dict[str, Any], out: str) -> dict[str, Any]:
    """The typed Parquet, at `out`/table.parquet: {"rows"}."""
    from parvis.catalog.core.tables.convert import convert

    return {"rows": convert(Path(path), to_reading(reading), "parquet", Path(out) / "table.parquet", Path(out)).rows}


@refusing
def check(path: str, reading: dict[str, Any], schema: str, out: str) -> dict[str, Any]:
    """The verdict against the schema (its JSON text); every error at `out`/errors.csv, up to LISTED of them."""
    from parvis.catalog.core.tables.causes import causes
    from parvis.catalog.core.tables.registry import from_text
    from parvis.catalog.core.tables.validation import blank_lines, validate

    understood, wanted = to_reading(reading), from_text(schema, "schéma")
    start = time.perf_counter()
    with scanned(Path(path), understood, Path(out)) as (connection, table):
        blanks = blank_lines(Path(path), understood)
        report = validate(connection, understood, table, wanted, limit=LISTED, blank_rows=blanks)
    list_errors(report.errors, Path(out) / "errors.csv")
    shown = replace(report, errors=report.errors[:1000], seconds=time.perf_counter() - start)
    return shown.as_dict() | {"causes": [asdict(cause) for cause in causes(report)]}


@refusing
def mend(path: str, reading: dict[str, Any], schema: str, out: str) -> dict[str, Any]:
    """The repaired file at `out`/repaired.csv and all changes at `out`/repairs.csv: {"count", "changes", "by_reason"}."""
    from parvis.catalog.core.tables.registry import from_text
    from parvis.catalog.core.tables.repair import repair

    understood = to_reading(reading)
    folder = Path(out)
    with scanned(Path(path), understood, folder) as (connection, table):
        done = repair(
            connection,
            understood,
            table,
            from_text(schema, "schéma"),
            folder / "repaired.csv",
            changes_out=folder / "repairs.csv",
            kept=200,
        )
    return {"count": done.count, "changes": [asdict(change) for change in done.changes], "by_reason": done.by_reason}


@refusing
def sheet(path: str, out: str) -> dict[str, Any]:
    """An XLSX of a version's Parquet, at `out`/table.xlsx."""
    from parvis.catalog.core.tables.convert import convert
    from parvis.catalog.core.tables.detection import detect

    source = Path(path)
    convert(source, detect(source), "xlsx", Path(out) / "table.xlsx", Path(out))
    return {}


def to_reading(value: dict[str, Any]) -> Reading:
    """A Reading out of its JSON."""
    from parvis.catalog.core.tables.reading import Reading, Skipped

    fields = dict(value)
    fields["names"] = tuple(fields["names"])
    fields["warnings"] = tuple(fields.get("warnings", ()))
    fields["skipped"] = tuple(Skipped(**one) for one in fields.get("skipped", ()))
    return Reading(**fields)


@contextmanager
def scanned(path: Path, reading: Reading, scratch: Path) -> Iterator[tuple[DuckDBPyConnection, Any]]:
    import duckdb

    from parvis.catalog.core.tables.scan import scan

    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": folder,
            "memory_limit": MEMORY,
            "threads": 2,
        }
        with duckdb.connect(config=config) as connection:
            yield connection, scan(connection, path, reading, Path(folder))


def list_errors(errors: Any, path: Path) -> None:
    from parvis.shared.exports import escape_formula

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ligne", "colonne", "valeur", "code", "message"])
        for error in errors:
            writer.writerow(
                [error.row, *(escape_formula(text or "") for text in (error.column, error.value)), error.code, error.message]
            )


def compare(before: str, after: str, key: list[str], out: str) -> dict[str, Any]:
    """What changed between two versions, counted; the changes themselves go to `out`/changes.parquet."""
    from parvis.catalog.core.tables import compare as core

    folder = Path(out)
    changes = folder / "changes.parquet"
    try:
        return asdict(core.compare(Path(before), Path(after), key=key, out=changes, scratch=folder, memory=MEMORY))
    except core.TooLongError:
        raise MemoryError from None


@refusing
def consolidate(sources: list[dict[str, Any]], schema: str, out: str) -> dict[str, Any]:
    """The files of one schema as one table, at `out`/table.parquet: `dataclasses.asdict` of `core.consolidation.build.Built`.

    sources: {"path", "reading", "provenance"}, the day of the provenance in ISO."""
    from datetime import date

    from parvis.catalog.core.consolidation.build import Source, build
    from parvis.catalog.core.tables.registry import from_text

    given = []
    for one in sources:
        *before, day, licence = one["provenance"]
        given.append(Source(Path(one["path"]), to_reading(one["reading"]), (*before, date.fromisoformat(day), licence)))
    return asdict(build(given, from_text(schema, "schéma"), Path(out) / "table.parquet", Path(out)))
