"""`parvis tables`: inspect, validate, convert and query a file. Works without a database; imports what a command needs, when it needs it.

Exit codes: 0 done (and valid), 1 done and the answer is no (or the file opens but cannot be understood), 2 could not be done.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parvis.catalog.progress import progress_bar

if TYPE_CHECKING:
    from parvis.catalog.core.tables.profile import Profile
    from parvis.catalog.core.tables.reading import Reading, UnreadableTable

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Lire, vérifier et convertir un tableau."
)

File = Annotated[Path, typer.Argument(help="Fichier CSV, XLSX, ODS, JSON ou Parquet.")]
AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]
Sheet = Annotated[str | None, typer.Option(help="Feuille du classeur.")]
HeaderRow = Annotated[int | None, typer.Option(help="Numéro de la ligne des titres.")]
Encoding = Annotated[str | None, typer.Option(help="Encodage du texte.")]
Delimiter = Annotated[str | None, typer.Option(help="Séparateur de colonnes.")]


class Target(StrEnum):
    parquet = "parquet"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


def fail(sentence: str, code: int = 2) -> typer.Exit:
    """One sentence on standard error, and the exit to raise."""
    typer.echo(sentence, err=True)
    return typer.Exit(code)


def answer_unreadable(problem: UnreadableTable, as_json: bool) -> typer.Exit:
    """A file that opens but cannot be understood is an answer, not a failure."""
    if as_json:
        nothing: dict[str, Any] = {
            "encoding": None,
            "delimiter": None,
            "header_row": None,
            "rows": 0,
            "skipped": [],
            "columns": [],
        }
        typer.echo(json.dumps({**nothing, "code": problem.code, "message": problem.message}, ensure_ascii=False))
        return typer.Exit(1)
    return fail(f"{problem.message} ({problem.code})", 1)


@contextlib.contextmanager
def answering(as_json: bool) -> Iterator[Path]:
    """A scratch folder, and the one place where problems become exit codes."""
    import duckdb

    from parvis.catalog.core.tables.convert import ConversionRefused
    from parvis.catalog.core.tables.query import QueryRefused
    from parvis.catalog.core.tables.reading import UnreadableTable

    try:
        with tempfile.TemporaryDirectory(prefix="parvis-") as folder:
            yield Path(folder)
    except UnreadableTable as problem:
        raise answer_unreadable(problem, as_json) from None
    except (ConversionRefused, QueryRefused) as problem:
        raise fail(str(problem)) from None
    except FileNotFoundError as problem:
        raise fail(f"Le fichier {problem.filename} n'existe pas.") from None
    except IsADirectoryError as problem:
        raise fail(f"{problem.filename} est un dossier, pas un fichier.") from None
    except PermissionError as problem:
        raise fail(f"Vous n'avez pas le droit d'ouvrir ou d'écrire {problem.filename}.") from None
    except (OSError, duckdb.Error) as problem:
        raise fail(f"Le travail n'a pas pu être fait : {str(problem).splitlines()[0]}") from None
    except MemoryError:
        raise fail("La mémoire de cette machine ne suffit pas pour ce fichier.") from None


@app.command()
def inspect(
    file: File,
    as_json: AsJson = False,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
) -> None:
    """Dire ce que contient le fichier : encodage, colonnes, types, valeurs."""
    with answering(as_json) as scratch:
        from parvis.catalog.core.tables.detection import detect
        from parvis.catalog.core.tables.profile import profile
        from parvis.catalog.core.tables.reading import Options

        with progress_bar("Lecture"):
            reading = detect(file, Options(encoding=encoding, delimiter=delimiter, header_row=header_row, sheet=sheet))
            found = profile(file, reading, scratch)
        if as_json:
            typer.echo(json.dumps(_inspected(reading, found), ensure_ascii=False))
        else:
            _show_inspected(file, reading, found)


def _inspected(reading: Reading, found: Profile) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "empty": column.empty,
            "distinct": column.distinct,
            "min": column.min,
            "max": column.max,
            "examples": column.examples,
            "distinct_exact": column.distinct_exact,
            "frequent": [{"value": value, "count": count} for value, count in column.frequent],
            "histogram": [{"low": b.low, "high": b.high, "count": b.count} for b in column.histogram],
            "exceptions": column.exceptions,
            "almost": column.almost,
            "misfits": column.misfits,
        }
        for column in found.columns
    ]
    return {
        "format": reading.format,
        "compression": reading.compression,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "header_row": reading.header_row,
        "sheet": reading.sheet,
        "decimal": reading.decimal,
        "rows": reading.rows,
        "skipped": [{"row": skipped.row, "reason": skipped.reason} for skipped in reading.skipped],
        "skipped_count": reading.skipped_count,
        "warnings": reading.warnings,
        "columns": columns,
        "personal": [
            {"column": reading.names[p.column], "kind": p.kind, "level": p.level, "reason": p.reason} for p in found.personal
        ],
    }


WARNINGS = {
    "mixed-encoding": "Le fichier mélange deux encodages (UTF-8 et Windows) : chaque ligne a été lue dans le sien.",
    "double-encoding": "Des accents ont été abîmés avant l'enregistrement (« Ã© » au lieu de « é »).",
    "ragged-rows": "Des lignes ont plus ou moins de cellules que le titre.",
    "unclosed-quote": "Un guillemet ouvert n'est jamais refermé : les guillemets ont été lus comme des caractères ordinaires.",
    "other-sheets": "D'autres feuilles du classeur contiennent des données : elles n'ont pas été lues.",
    "no-header": "La première ligne semble être une donnée : le tableau n'a pas de titres.",
}
REASONS = {
    "preamble": "texte avant le tableau",
    "blank": "ligne vide",
    "repeated-header": "titres répétés",
    "total": "total",
    "note": "note",
    "header": "titres",
}


def _show_inspected(file: Path, reading: Reading, found: Profile) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    names = {"\t": "tabulation", None: "–"}
    console.print(f"[bold]{escape(file.name)}[/bold] : {reading.rows} lignes, {len(reading.names)} colonnes")
    console.print(
        f"format {reading.format}, encodage {reading.encoding or '–'}, séparateur {names.get(reading.delimiter, reading.delimiter)}, "
        f"titres à la ligne {reading.header_row or '–'}" + (f", feuille « {escape(reading.sheet)} »" if reading.sheet else "")
    )
    for code in reading.warnings:
        console.print(f"[yellow]⚠[/yellow] {WARNINGS.get(code, code)}")
    for skipped in reading.skipped[:10]:
        console.print(f"ligne {skipped.row} mise de côté : {REASONS.get(skipped.reason, skipped.reason)}")
    if reading.skipped_count > 10:
        console.print(f"… et {reading.skipped_count - 10} autres lignes mises de côté")
    table = Table()
    for title in ("Colonne", "Type", "Vides", "Distinctes", "Min", "Max", "Exemples"):
        table.add_column(title, overflow="fold")
    for column in found.columns:
        kind = f"{column.type} ({column.format})" if column.format else column.type
        distinct = f"{'' if column.distinct_exact else '≈ '}{column.distinct}"
        cells = (
            column.name,
            kind,
            str(column.empty),
            distinct,
            *(_short(v) for v in (column.min, column.max)),
            ", ".join(column.examples[:3]),
        )
        table.add_row(*(escape(cell[:80]) for cell in cells))
    console.print(table)
    for finding in found.personal:
        console.print(f"[yellow]⚠[/yellow] « {escape(reading.names[finding.column])} » : {finding.reason}")


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:30]


@app.command()
def convert(
    file: File,
    out: Annotated[Path, typer.Option("-o", "--output", help="Fichier à créer (il ne doit pas exister).")],
    to: Annotated[Target, typer.Option(help="Format voulu.")],
    as_json: AsJson = False,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
) -> None:
    """Écrire le tableau dans un autre format, sans jamais écraser un fichier."""
    with answering(as_json) as scratch:
        from parvis.catalog.core.tables.convert import convert as write
        from parvis.catalog.core.tables.detection import detect
        from parvis.catalog.core.tables.reading import Options

        with progress_bar("Conversion") as progress:
            reading = detect(file, Options(encoding=encoding, delimiter=delimiter, header_row=header_row, sheet=sheet))
            done = write(file, reading, to.value, out, scratch, progress)
        if as_json:
            columns = [{"name": name, "type": found.type} for name, found in zip(done.names, done.types, strict=False)]
            typer.echo(
                json.dumps({"output": str(out), "format": to.value, "rows": done.rows, "columns": columns}, ensure_ascii=False)
            )
        else:
            typer.echo(f"{done.rows} lignes écrites dans {out}")


@app.command()
def query(
    file: File,
    sql: Annotated[str, typer.Argument(help="Une lecture, par exemple : SELECT * FROM data LIMIT 10")],
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Nombre de lignes rendues au plus.")] = 1_000,
) -> None:
    """Interroger le tableau en SQL ; il s'appelle « data »."""
    with answering(as_json):
        from parvis.catalog.core.tables.query import query as ask

        with progress_bar("Requête"):
            result = ask(file, sql, limit)
        if as_json:
            answer = {"columns": result.columns, "types": result.types, "rows": result.rows, "truncated": result.truncated}
            typer.echo(json.dumps(answer, ensure_ascii=False))
            return
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table()
        for name, kind in zip(result.columns, result.types, strict=True):
            table.add_column(f"{escape(name)}\n[dim]{escape(kind.lower())}[/dim]", overflow="fold")
        for row in result.rows:
            table.add_row(*("" if value is None else escape(str(value)) for value in row))
        Console().print(table)
        if result.truncated:
            typer.echo(f"Il y a d'autres lignes : seules les {limit} premières sont montrées.")


if importlib.util.find_spec("parvis.catalog.validate_cli") is not None:
    from parvis.catalog.validate_cli import validate

    app.command()(validate)


if __name__ == "__main__":
    app(prog_name="parvis tables")
