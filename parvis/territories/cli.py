"""`parvis territories load`, `contours` and `density`. Django is set up by `parvis.cli` before it comes here."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

if TYPE_CHECKING:
    from parvis.territories.contours import Report as ContoursReport
    from parvis.territories.density import Report as DensityReport
    from parvis.territories.loading import Report as CodeReport

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The official code and contours."
)
LABELS = {
    "region": "régions",
    "departement": "départements",
    "epci": "EPCI",
    "commune": "communes",
    "read": "files",
    "download": "downloads",
}


def refuse(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(sentence, markup=False, highlight=False)
    raise typer.Exit(2)


@contextmanager
def bar(quiet: bool) -> Iterator[Any]:
    """A function (what, done, total) that draws one bar a thing, on standard error."""
    columns = (TextColumn("{task.description:<13}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as progress:
        tasks: dict[str, Any] = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(LABELS.get(what, what), total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield advance


@app.command()
def load(
    folder: Path | None = typer.Option(None, "--from", help="A folder of the npm package @etalab/decoupage-administratif."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Load régions, départements, EPCI and communes. Doing it again changes nothing."""
    from parvis.territories import actions
    from parvis.territories.sources.cog import CogError

    try:
        with bar(as_json) as progress:
            report = actions.load_code(source=folder, progress=progress)
    except CogError as error:
        refuse(str(error))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print_code(report)


def _print_code(report: CodeReport) -> None:
    table = Table(title=f"Code officiel géographique {report.vintage} ({report.source})", title_justify="left")
    table.add_column("")
    for column in ("created", "updated", "unchanged", "gone"):
        table.add_column(column, justify="right")
    for level, counts in report.levels.items():
        table.add_row(
            LABELS[level], *(f"{value:,}" for value in (counts.created, counts.updated, counts.unchanged, counts.gone))
        )
    console = Console(soft_wrap=True)
    console.print(table)
    for name, count in report.others.items():
        console.print(f"{name.replace('_', ' ')}: {count:,}")


@app.command()
def contours(
    where: str = typer.Argument(
        "", help="A GeoJSON file, a folder of them, or an address. Without it: the official contours of the région."
    ),
    source: str = typer.Option("", help="Who made them; the maps quote it."),
    vintage: int | None = typer.Option(None, help="The year of the code that they follow."),
    patience: float | None = typer.Option(None, help="Seconds to give the network in all, then do with what came."),
    optional: bool = typer.Option(False, help="Say so and exit 0 where the network refuses."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Load outlines, matched by INSEE code; what does not match is reported."""
    from parvis.territories import actions, official
    from parvis.territories.contours import ContoursError

    with tempfile.TemporaryDirectory() as temporary, bar(as_json) as progress:
        path = Path(where)
        try:
            if not where or where.startswith(("http://", "https://")):
                path, source = official.bring(where, Path(temporary), source=source, patience=patience, progress=progress)
            elif not path.exists():
                refuse(f"{path} does not exist.")
            report = actions.load_contours(path=path, source=source or path.name, vintage=vintage, progress=progress)
        except official.UnreachableError as error:
            if optional:
                Console(soft_wrap=True).print(
                    f"Contours skipped: {error} Maps are drawn at the level of départements.", markup=False
                )
                return
            refuse(str(error))
        except ContoursError as error:
            refuse(str(error))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print_contours(report)


def _print_contours(report: ContoursReport) -> None:
    console = Console(soft_wrap=True, highlight=False)
    stored = ", ".join(f"{count:,} {LABELS[level]}" for level, count in report.stored.items() if count)
    console.print(f"{report.read:,} contours read in {report.files} files. Stored: {stored}.")
    unions = ", ".join(f"{count:,} {LABELS[level]}" for level, count in report.derived.items() if count)
    if unions:
        console.print(f"Made of their communes: {unions}.")
    merged = [f"{old}→{new}" for old, new in sorted(report.merged.items())]
    for label, codes in (
        ("Old codes, given to the commune that received them", merged),
        ("Dead codes, left out", report.dead),
        ("Communes without a contour", report.missing),
        ("Incomplete", report.partial),
        ("Unreadable", report.unreadable),
    ):
        if codes:
            console.print(f"{label} ({len(codes)}): {', '.join(codes)}", markup=False)


@app.command()
def density(
    where: str = typer.Argument(
        ..., help="A file (CSV, XLSX, ODS) or an address: INSEE's grid of density, or a column rural or not."
    ),
    source: str = typer.Option("", help="Who made it; the pages quote it."),
    vintage: int | None = typer.Option(None, help="The year of the file."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Load which communes are dense or rural, and settle their classes (centre, periphery, rural)."""
    from parvis.territories import actions, official
    from parvis.territories.sources.density import DensityError

    with tempfile.TemporaryDirectory() as temporary:
        path = Path(where)
        try:
            if where.startswith(("http://", "https://")):
                path = official.download(where, Path(temporary) / f"density{Path(where.partition('?')[0]).suffix or '.csv'}")
                source = source or where
            elif not path.is_file():
                refuse(f"{path} does not exist.")
            report = actions.load_density(path=path, source=source or path.name, vintage=vintage)
        except (official.UnreachableError, DensityError) as error:
            refuse(str(error))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print_density(report)


def _print_density(report: DensityReport) -> None:
    console = Console(soft_wrap=True, highlight=False)
    what = "grid of seven levels" if report.graded else "rural or not"
    console.print(f"{report.read:,} communes read ({what}), {report.stored:,} stored.")
    console.print("Classes: " + ", ".join(f"{name} {count:,}" for name, count in sorted(report.classes.items())) + ".")
    merged = [f"{old}→{new}" for old, new in sorted(report.merged.items())]
    for label, codes in (
        ("Old codes, given to the commune that received them", merged),
        ("Dead codes, left out", report.dead),
        ("Communes that no row names, decided by their size", report.missing),
    ):
        if codes:
            more = f" … and {len(codes) - 50} more" if len(codes) > 50 else ""
            console.print(f"{label} ({len(codes)}): {', '.join(codes[:50])}{more}", markup=False)
