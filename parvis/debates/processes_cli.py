"""`parvis debates …`: a process to a file and back, on the site whose home is `PARVIS_HOME`.

Exit codes: 0 done, 2 could not be done (one sentence on standard error)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from parvis.accounts import public as accounts
from parvis.accounts.models import User
from parvis.debates import carrying
from parvis.debates.actions.processes import ProcessError
from parvis.debates.actions.statements import StatementError
from parvis.debates.core.processes import files
from parvis.debates.models import Process
from parvis.organisations.models import Organisation, Role
from parvis.organisations.queries import organisations_of
from parvis.shared.limits import TooMany

app = typer.Typer(help="Processes as files.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
STREAM = Path("-")


def stop(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


@app.command("export")
def export_process(
    slug: Annotated[str, typer.Argument(help="of the process: the last word of its address")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="to write; - for standard output")],
) -> None:
    """Write what the team of a process wrote, drafts too: who runs this command may read everything anyway."""
    process = Process.objects.select_related("territory").filter(slug=slug).first()
    if process is None:
        raise stop(f"Aucune démarche ne s'appelle « {slug} » : c'est le dernier mot de l'adresse de sa page.")
    text = files.write(carrying.to_file(process))
    if path == STREAM:
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise stop(f"« {path} » ne peut pas être écrit : {error.strerror}.") from error


@app.command("import")
def import_process(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="of a process; - for standard input")],
    organisation: Annotated[
        str, typer.Option(help="slug or SIREN of the organisation that will run it; without it, the only one of that person")
    ] = "",
    territory: Annotated[str, typer.Option(help="reference of another territory than that of the file (commune:46102)")] = "",
    by: Annotated[str, typer.Option(help="e-mail of the person in whose name; without it, the first administrator")] = "",
) -> None:
    """Make a draft of it, and print the address where its team reads it again."""
    place = carrying.territory_called(territory)
    if territory and place is None:
        raise stop(f"Aucun territoire n'a la référence « {territory} » : écrivez par exemple commune:46102.")
    person = accounts.operator(by)
    if person is None:
        raise stop("Aucun compte à cette adresse." if by else "Ce site n'a pas encore d'administrateur : donnez --by.")
    try:
        made = carrying.bring(content(path), organisation=organisation_called(organisation, person), territory=place, by=person)
    except (ProcessError, StatementError, TooMany, PermissionDenied) as refusal:
        raise stop(str(refusal)) from refusal
    typer.echo(settings.SITE_URL + reverse("debates:prepare", args=[made.slug]))


def organisation_called(name: str, person: User) -> Organisation:
    if not name:
        own = list(organisations_of(person, Role.EDITOR)[:2])
        if len(own) != 1:
            raise stop("Dites de quelle organisation : --organisation, avec son adresse courte ou son SIREN.")
        return own[0]
    known = Organisation.objects
    found = known.filter(slug=name).first() or known.filter(siren=name).first()
    if found is None:
        raise stop(f"Aucune organisation ne s'appelle « {name} » ici, ni n'a ce SIREN.")
    return found


def content(path: Path) -> bytes:
    """One byte more than is read, so that what is too long is seen."""
    if path == STREAM:
        return typer.get_binary_stream("stdin").read(files.LARGEST + 1)
    try:
        with path.open("rb") as file:
            return file.read(files.LARGEST + 1)
    except OSError as error:
        raise stop(f"« {path} » ne peut pas être lu : {error.strerror}.") from error
