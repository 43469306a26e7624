"""`parvis schemas`: the schemas known here. Neither Django nor a database."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from parvis.catalog.core.tables import registry
from parvis.catalog.core.tables.schema import SchemaError
from parvis.catalog.validate_cli import fetched, schemas_folder, stop

app = typer.Typer(help="The schemas known here.", no_args_is_help=True)


@app.command("list")
def list_schemas(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """Every schema that `--schema` accepts by name."""
    entries = registry.known(schemas_folder())
    if as_json:
        rows = [{"name": one.name, "title": one.title, "version": one.version, "origin": one.origin} for one in entries]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in entries:
        typer.echo(f"{one.name:<36} {one.version:<8} {one.title}{' (mis à jour)' if one.origin == 'updated' else ''}")


@app.command()
def update(
    source: Annotated[str, typer.Argument(metavar="PATH|URL", help="the registry file, or one schema")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Take the schemas of a whole registry (or one schema): exit 0 done, 1 none could be taken, 2 could not be done."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(source)
            distant = source.lower().startswith(("http://", "https://"))
            if distant:
                path = Path(scratch) / (source.rstrip("/").rpartition("/")[2] or "schemas.json")
                path.write_bytes(fetched(source))
            done = registry.update(path, schemas_folder(), fetched if distant else None)
    except (SchemaError, registry.UnknownSchemaError) as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(f"{error.filename or source} : {error.strerror or 'lecture ou écriture impossible'}.") from error
    if as_json:
        typer.echo(json.dumps({"stored": list(done.stored), "refused": dict(done.refused)}, ensure_ascii=False, indent=2))
        raise typer.Exit(0 if done.stored else 1)
    for name in done.stored:
        typer.echo(name)
    absent = [name for name, reason in done.refused if reason == registry.NOT_BESIDE]
    for name, reason in done.refused:
        if reason != registry.NOT_BESIDE:
            typer.echo(f"{name} : {reason}", err=True)
    if absent:
        typer.echo(
            f"{len(absent)} schémas du registre n'ont pas leur fichier à côté de lui : {', '.join(absent[:3])}…", err=True
        )
    raise typer.Exit(0 if done.stored else 1)
