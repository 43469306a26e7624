"""`parvis tables validate`: a file against a schema. Neither Django nor a database."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from parvis.catalog.core.tables.causes import causes
from parvis.catalog.core.tables.registry import LARGEST, UnknownSchemaError, from_text, load
from parvis.catalog.core.tables.report import Report, refusal
from parvis.catalog.core.tables.schema import Schema, SchemaError
from parvis.catalog.progress import progress_bar


def schemas_folder() -> Path:
    """Where updated schemas are kept: `$PARVIS_HOME/schemas`."""
    return Path(os.environ.get("PARVIS_HOME") or "var") / "schemas"


def stop(message: str) -> typer.Exit:
    """One sentence on standard error, and exit code 2."""
    typer.echo(message, err=True)
    return typer.Exit(2)


def fetched(url: str) -> bytes:
    """The bytes at an address. Raises `UnknownSchemaError`."""
    from parvis.shared.fetching import FetchError, fetch

    with tempfile.TemporaryDirectory() as folder:
        allow = os.environ.get("PARVIS_FETCH_ALLOW", "").split(",")
        try:
            return fetch(url, to=Path(folder) / "schema", max_bytes=LARGEST, seconds=60, allow=allow).path.read_bytes()
        except FetchError as error:
            raise UnknownSchemaError(f"{url} : {error.message}") from error


def schema_at(name: str) -> Schema:
    """A schema by name, path or address. Raises `SchemaError` and `UnknownSchemaError`."""
    if name.lower().startswith(("http://", "https://")):
        try:
            text = fetched(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SchemaError(f"Le schéma {name} n'est pas un texte en UTF-8.") from error
        return from_text(text, name)
    return load(name, schemas_folder())


def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, ODS, JSON or Parquet")],
    schema: Annotated[str, typer.Option("--schema", help="short name (scdl/subventions), path or address of a Table Schema")],
    as_json: Annotated[bool, typer.Option("--json", help="the whole report as JSON")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="how many errors to list (counts stay exact)")] = 1_000,
    repaired: Annotated[
        Path | None, typer.Option("--repaired", help="write the file with its certain repairs here, as CSV")
    ] = None,
) -> None:
    """Check every row of FILE against a schema: exit 0 valid, 1 not valid or not understood, 2 could not be done."""
    try:
        against = schema_at(schema)
    except (SchemaError, UnknownSchemaError) as error:
        raise stop(str(error)) from error
    if not file.is_file():
        raise stop(f"Le fichier {file} n'existe pas ou n'est pas un fichier.")
    if repaired is not None and repaired.exists():
        raise stop(f"{repaired} existe déjà : choisissez un autre nom, rien n'a été écrit.")
    try:
        with progress_bar("Contrôle"):
            report, repairs = _run(file, against, limit, repaired)
    except OSError as error:
        raise stop(f"{error.filename or file} : {error.strerror or 'lecture ou écriture impossible'}.") from error
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        _print(report, file, repaired, repairs)
    raise typer.Exit(0 if report.valid else 1)


def _run(file: Path, schema: Schema, limit: int, repaired: Path | None) -> tuple[Report, int]:
    import duckdb

    from parvis.catalog.core.tables.detection import detect
    from parvis.catalog.core.tables.reading import UnreadableTable
    from parvis.catalog.core.tables.repair import repair
    from parvis.catalog.core.tables.scan import scan
    from parvis.catalog.core.tables.validation import blank_lines
    from parvis.catalog.core.tables.validation import validate as check

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"temp_directory": folder}) as connection:
        connection.execute("SET enable_progress_bar = false")  # DuckDB draws it on standard output, in the middle of the JSON
        try:
            reading = detect(file)
            table = scan(connection, file, reading, Path(folder))
            report = check(connection, reading, table, schema, limit=limit, blank_rows=blank_lines(file, reading))
        except UnreadableTable as error:
            return replace(refusal(error.code, error.message, schema.label), seconds=time.perf_counter() - start), 0
        report = replace(report, seconds=time.perf_counter() - start)
        changed = repair(connection, reading, table, schema, repaired).count if repaired is not None else 0
        return report, changed


def _print(report: Report, file: Path, repaired: Path | None, repairs: int) -> None:
    total = sum(report.counts.values())
    verdict = "Fichier valide." if report.valid else f"Fichier non valide : {total} erreur{'s' if total > 1 else ''}."
    typer.echo(f"{file.name} : {verdict} {report.rows} lignes contrôlées avec {report.schema} en {report.seconds:.1f} s.")
    for cause in causes(report):
        typer.echo(f"\n{cause.title} ({cause.count})")
        for cell in cause.first:
            place = f"ligne {cell.row} : " if cell.row else ""
            typer.echo(f"  {place}{cell.message}")
        if cause.count > len(cause.first):
            typer.echo(f"  … et {cause.count - len(cause.first)} de plus.")
        typer.echo(f"  → {cause.repair}")
    if report.warnings:
        typer.echo("\nÀ regarder")
        for warning in report.warnings:
            typer.echo(f"  {warning.message}")
    if repaired is not None:
        typer.echo(f"\n{repaired} : {repairs} réparation{'s' if repairs > 1 else ''} certaine{'s' if repairs > 1 else ''}.")
