"""`parvis site …`: set the site up, serve it with its worker, load the demonstration.

Commands start Django themselves: those that only start others need nothing but the settings."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def start() -> None:
    import django

    django.setup()


@app.command()
def setup() -> None:
    """Prepare the home folder: database, cache table, static files, translations, first pages. Safe to run again."""
    start()
    from parvis.home import installation

    installation.prepare(say=typer.echo)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port (by default the setting PORT, else 8000).")] = None,
    processes: Annotated[int, typer.Option(help="Web processes.")] = 2,
    worker: Annotated[bool, typer.Option(help="Run a worker inside.")] = True,
) -> None:
    """Serve the site, with a worker inside."""
    from parvis.home import server

    sys.exit(server.serve(host=host, port=port, processes=processes, worker=worker))


@app.command()
def worker() -> None:
    """Work through the jobs (on any number of machines that share the database and the files)."""
    start()
    from parvis.home import server

    sys.exit(server.work())


@app.command()
def demo(
    serve: Annotated[bool, typer.Option(help="Serve the site once it is loaded.")] = True,
    again: Annotated[bool, typer.Option(help="Load what is already there once more.")] = False,
) -> None:
    """Load the demonstration (Occitanie), print its accounts, serve it."""
    from parvis.home import server
    from parvis.home.demonstration import ready

    lines = ready.recalled()
    if lines is None or again:
        start()
        from parvis.home.demonstration import loading

        loading.load(say=typer.echo, again=again)
    else:
        ready.welcome(typer.echo, lines)
    if serve:
        sys.exit(server.serve(host="127.0.0.1", port=None, processes=2, worker=True))
