"""`parvis dcat`: a file against DCAT-AP 3.0.1 (neither Django nor a database), and the catalogue of this site as a file."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from parvis.organisations.models import Organisation

app = typer.Typer(help="Catalogues in RDF.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
TYPES = {".ttl": "text/turtle", ".nt": "application/n-triples", ".n3": "text/n3", ".rdf": "application/rdf+xml", ".xml": "application/rdf+xml",
         ".jsonld": "application/ld+json", ".json": "application/json"}  # fmt: skip
SHOWN = 200


def stop(message: str) -> typer.Exit:
    """One sentence on standard error, and exit code 2."""
    typer.echo(message, err=True)
    return typer.Exit(2)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Turtle, RDF/XML or JSON-LD")],
    as_json: Annotated[bool, typer.Option("--json", help="everything that was found, as JSON")] = False,
) -> None:
    """Does FILE follow DCAT-AP 3.0.1? One sentence a finding: exit 0 yes, 1 no, 2 could not be done."""
    from parvis.catalog.core.dcat.checking import check as checked
    from parvis.catalog.core.dcat.parsing import UnreadableCatalogue

    try:
        verdict = checked(file.read_bytes(), TYPES.get(file.suffix.lower(), ""), base=file.resolve().as_uri())
    except OSError as error:
        raise stop(f"{file} : {error.strerror or 'lecture impossible'}.") from error
    except UnreadableCatalogue as error:
        raise stop(f"{file} : {error}") from error
    errors = sum(finding.core for finding in verdict.findings)
    if as_json:
        answer = {"valid": verdict.valid, "errors": errors, "counts": verdict.counts}
        typer.echo(json.dumps(answer | {"findings": [asdict(one) for one in verdict.findings]}, ensure_ascii=False, indent=2))
        raise typer.Exit(0 if verdict.valid else 1)
    for finding in verdict.findings[:SHOWN]:
        typer.echo(f"{'erreur' if finding.core else 'conseil'} : {finding.sentence}")
    if len(verdict.findings) > SHOWN:
        typer.echo(f"… et {len(verdict.findings) - SHOWN} autres (--json les donne tous).")
    datasets, files = verdict.counts.get("dcat:Dataset", 0), verdict.counts.get("dcat:Distribution", 0)
    seen = f"{datasets} jeux de données et {files} ressources lus"
    typer.echo(f"Conforme à DCAT-AP 3.0.1 : {seen}." if verdict.valid else f"À corriger : {errors} erreurs ; {seen}.")
    raise typer.Exit(0 if verdict.valid else 1)


@app.command()
def export(
    output: Annotated[Path, typer.Argument(metavar="OUT", help=".ttl, .rdf or .jsonld")],
    organisation: Annotated[str, typer.Option("--organisation", metavar="SLUG", help="only what this one publishes")] = "",
) -> None:
    """Write what this site publishes as DCAT-AP 3.0.1 (reads PARVIS_HOME): exit 0 done, 2 could not be done."""
    from parvis.catalog.core.dcat.writing import FORMATS

    extension = output.suffix.lower().lstrip(".")
    if extension not in FORMATS:
        raise stop(f"{output} : donnez un nom qui finit par .ttl, .rdf ou .jsonld.")
    if output.exists():
        raise stop(f"{output} existe déjà : choisissez un autre nom, rien n'a été écrit.")
    number = written(output, extension, found(organisation))
    typer.echo(f"{number} jeux de données écrits dans {output}.")


def found(slug: str) -> Organisation | None:
    """The organisation called `slug`; none for everybody."""
    from django.conf import settings
    from django.db import DatabaseError

    from parvis.organisations.models import Organisation

    try:
        known = Organisation.objects.select_related("territory").filter(slug=slug).first() if slug else None
    except DatabaseError as error:
        raise stop(f"{settings.PARVIS_HOME} : ce dossier n'a pas de site. Lancez d'abord « parvis setup ».") from error
    if slug and known is None:
        raise stop(f"Aucune organisation ne s'appelle « {slug} » ici.")
    return known


def written(output: Path, extension: str, organisation: Organisation | None) -> int:
    """Write beside, then rename: a file that exists is whole."""
    from django.db import DatabaseError

    from parvis.catalog.dcat import documents

    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".dcat-", delete=False) as beside:
            documents.write_all(organisation, beside, extension)
        Path(beside.name).chmod(0o644)
        Path(beside.name).rename(output)
    except OSError as error:
        raise stop(f"{output} : {error.strerror or 'écriture impossible'}.") from error
    except DatabaseError as error:
        Path(beside.name).unlink(missing_ok=True)
        raise stop("La base de données de ce site ne peut pas être lue. Lancez « parvis setup ».") from error
    return documents.listed(organisation).count()
