"""`parvis harvest …`: the catalogues of others, on the site whose home is `PARVIS_HOME`.

Exit codes: 0 done, 1 done and the answer is no (nothing recognised, a reading that failed), 2 could not be done."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from parvis.accounts import public as accounts
from parvis.accounts.models import User
from parvis.catalog import harvest_pages
from parvis.catalog.actions import harvests
from parvis.catalog.harvesting import jobs
from parvis.catalog.models import HarvestRun, HarvestSource
from parvis.organisations.models import Organisation
from parvis.shared.limits import TooMany

app = typer.Typer(help="The catalogues of others.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
Source = Annotated[str, typer.Argument(help="identifier or address of a source")]
FIGURES = ("read", "made", "changed", "same", "refused", "missing", "archived")


@app.callback()
def harvest() -> None:
    """The catalogues of others."""


def stop(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


def operator(email: str) -> User:
    person = accounts.operator(email)
    if person is None:
        raise stop("Aucun compte à cette adresse." if email else "Ce site n'a pas encore d'administrateur : donnez --by.")
    return person


def called(text: str) -> HarvestSource:
    source = HarvestSource.objects.exclude(state="ended").filter(pk=text).first()
    source = source or HarvestSource.objects.exclude(state="ended").filter(address=text).first()
    if source is None:
        raise stop(f"Aucune source ne s'appelle « {text} ». « parvis harvest list » les donne toutes.")
    return source


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="of the portal or of its catalogue")],
    organisation: Annotated[str, typer.Option(help="slug or SIREN of the organisation it belongs to")],
    name: Annotated[str, typer.Option(help="as it will be credited")] = "",
    by: Annotated[str, typer.Option(help="e-mail of the person in whose name")] = "",
    as_json: AsJson = False,
) -> None:
    """Declare a source and say what reading it would make. Nothing enters the catalogue before `run`."""
    found = Organisation.objects.filter(slug=organisation).first() or Organisation.objects.filter(siren=organisation).first()
    if found is None:
        raise stop(f"Aucune organisation ne s'appelle « {organisation} » ici, ni n'a ce SIREN.")
    try:
        source = harvests.declare(address=address, organisation=found, name=name, by=operator(by))
    except (harvests.HarvestError, PermissionDenied, TooMany) as error:
        raise stop(str(error)) from error
    say_preview(worked(source.runs.get(state="waiting")), as_json)


@app.command()
def preview(
    source: Source, by: Annotated[str, typer.Option(help="e-mail of the person")] = "", as_json: AsJson = False
) -> None:
    """Look at a source again."""
    try:
        run = harvests.look(called(source), by=operator(by))
    except (harvests.HarvestError, PermissionDenied, TooMany) as error:
        raise stop(str(error)) from error
    say_preview(worked(run), as_json)


@app.command()
def run(
    source: Source,
    rhythm: Annotated[str, typer.Option(help="hourly, daily or weekly, when the source is activated")] = "daily",
    by: Annotated[str, typer.Option(help="e-mail of the person")] = "",
    as_json: AsJson = False,
) -> None:
    """Read a source now, to its end. A source that was only looked at is activated."""
    found, person = called(source), operator(by)
    try:
        draft = found.state == HarvestSource.State.DRAFT
        started = harvests.activate(found, by=person, rhythm=rhythm) if draft else harvests.run_now(found, by=person)
    except (harvests.HarvestError, PermissionDenied, TooMany) as error:
        raise stop(str(error)) from error
    say_run(worked(started), as_json)


@app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """Every source, how many datasets it gives, how its last reading ended."""
    found: Any = harvest_pages.sources(HarvestSource.objects.exclude(state="ended").select_related("organisation"))
    lines = [
        {
            "id": one.pk, "name": one.name, "address": one.address, "kind": one.kind, "state": one.state, "rhythm": one.rhythm,
            "organisation": one.organisation.slug, "datasets": one.shown or 0, "last": one.last_state,
        }
        for one in found
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    if not lines:
        typer.echo("Aucune source.")
    for line in lines:
        typer.echo(f"{line['id']}  {line['state']:<7} {line['datasets']:>7}  {line['name']}  {line['address']}")


def worked(found: HarvestRun) -> HarvestRun:
    """Do the work here rather than wait for the worker; if it has begun, wait for its end."""
    while True:
        jobs.run(found.pk)
        found.refresh_from_db()
        if not found.at_work:
            return found
        if found.not_before and found.not_before > timezone.now():
            typer.echo(f"{found.error} ({timezone.localtime(found.not_before):%H:%M:%S})", err=True)
        time.sleep(0.2 if not found.not_before else 5)


def say_preview(found: HarvestRun, as_json: bool) -> None:
    said: dict[str, Any] = found.found or {}
    if as_json:
        typer.echo(json.dumps({"source": found.source_id, "error": found.error} | said, ensure_ascii=False, indent=2))
    elif found.error:
        typer.echo(found.error, err=True)
    else:
        total = said["total"] if said["total"] is not None else "?"
        typer.echo(f"{found.source_id} : {harvest_pages.RECOGNISED[said['kind']]}, {total} jeux de données")
        for one in said["records"]:
            typer.echo(
                f"  {one['title'] or one['identifier']} · {one['publisher'] or '–'} → {one['organisation']} {one['problem']}"
            )
        for sentence in said["problems"]:
            typer.echo(f"  ! {sentence}")
    if found.error:
        raise typer.Exit(1)


def say_run(found: HarvestRun, as_json: bool) -> None:
    figures = {name: getattr(found, name) for name in FIGURES}
    if as_json:
        said = {
            "run": found.pk,
            "source": found.source_id,
            "state": found.state,
            "error": found.error,
            "seconds": found.seconds,
        }
        typer.echo(json.dumps(said | figures, ensure_ascii=False, indent=2))
    else:
        typer.echo(" · ".join(f"{name} {count}" for name, count in figures.items()) + f" · {found.get_state_display()}")
        if found.error:
            typer.echo(found.error, err=True)
    if found.state != HarvestRun.State.DONE:
        raise typer.Exit(1)
