"""`parvis catalog …`: the catalogue as a whole. `search-bench` starts Django for its code and needs no database."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import typer

from parvis.catalog import search
from parvis.shared.kinds import SearchDocument
from parvis.shared.search.port import Question
from parvis.shared.search.tantivy_index import TantivyIndex

app = typer.Typer(help="The catalogue as a whole.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
TEN = 10
# How data.gouv.fr names the facets.
NAMES = {"tag": "theme", "tags": "theme", "organization": "organisation", "license": "licence"}


@app.callback()
def catalog() -> None:
    """The catalogue as a whole."""


def stop(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


@app.command("search-bench")
def search_bench(
    datasets: Annotated[Path, typer.Argument(help="records of data.gouv.fr, one JSON object a line")],
    queries: Annotated[Path, typer.Argument(help="CSV: query, params, expected")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Index the records in a temporary place and ask the queries: how many have the expected dataset first, or in the first ten."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            index = TantivyIndex(Path(scratch) / "index", search.FACETS, create=True)
            index.write(records(datasets))
            with queries.open(encoding="utf-8-sig", newline="") as lines:
                answer = measured(index, asked(lines))
    except OSError as error:
        raise stop(f"{error.filename or datasets} : {error.strerror or 'lecture impossible'}.") from error
    except (ValueError, csv.Error) as error:
        raise stop(str(error)) from error
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    count = answer["queries"]
    typer.echo(f"{count} recherches · premières : {answer['first']} · dans les dix premières : {answer['found']}")
    for miss in answer["misses"]:
        typer.echo(f"  manquée : {miss['query'] or miss['params']} → {miss['expected']}")


@app.command()
def consolidate(
    schema: Annotated[str, typer.Argument(help="a schema's short name; every consolidation of the site without it")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Bring all valid tables of one schema together now: exit 0 done, 1 nothing could be kept, 2 could not be done."""
    from parvis.catalog.consolidations import command

    try:
        answers = command.consolidate(schema)
    except command.CannotError as error:
        raise stop(str(error)) from error
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False, indent=2))
    else:
        for one in answers:
            typer.echo(
                f"{one['schema']} : {one['kept']} fichiers rassemblés, {one['left']} laissés de côté, {one['rows']} lignes. {one['error']}".strip()
            )
    if any(one["error"] for one in answers):
        raise typer.Exit(2)
    raise typer.Exit(0 if all(one["kept"] for one in answers) else 1)


def records(path: Path) -> Iterator[SearchDocument]:
    """The records as the portal sees its own datasets. Raises ValueError with the line that is not a record."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield document(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}, ligne {number} : ce n'est pas un jeu de données en JSON ({error}).") from error


def document(record: dict[str, Any]) -> SearchDocument:
    resources = record.get("resources") or []
    tags = [str(tag) for tag in record.get("tags") or []]
    holder = str(record.get("organization") or "")
    return search.described(
        str(record["id"]),
        str(record["title"]),
        moment(record.get("last_update") or record.get("created_at")),
        text=str(record.get("description") or ""),
        keywords=[*tags, *filter(None, [record.get("acronym")])],
        holder=holder,
        details=[str(resource.get("title") or "") for resource in resources],
        popularity=float(record.get("followers") or 0) + float(record.get("reuses") or 0),
        facets={
            "organisation": [holder],
            "format": [str(resource.get("format") or "").lower() for resource in resources],
            "licence": [str(record.get("license") or "")],
        },
    )


def moment(text: str | None) -> datetime:
    found = datetime.fromisoformat(text) if text else datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def asked(lines: Any) -> Iterator[tuple[str, str, str]]:
    reader = csv.DictReader(lines)
    if not {"query", "expected"} <= set(reader.fieldnames or ()):
        raise ValueError("Le fichier des recherches doit avoir les colonnes query, params et expected.")
    for row in reader:
        yield row["query"] or "", row.get("params") or "", row["expected"] or ""


def filters(params: str) -> dict[str, tuple[str, ...]]:
    """`tag=association` → the facet and its value."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(params.lstrip("?")):
        facet = NAMES.get(name, name)
        found[facet] = (*found.get(facet, ()), search.theme(value) if facet == "theme" else value)
    return found


def measured(index: TantivyIndex, queries: Iterator[tuple[str, str, str]]) -> dict[str, Any]:
    answer: dict[str, Any] = {"queries": 0, "first": 0, "found": 0, "misses": []}
    for text, params, expected in queries:
        keys = index.search(Question(text, filters(params), limit=TEN)).keys
        answer["queries"] += 1
        answer["first"] += keys[:1] == (expected,)
        answer["found"] += expected in keys
        if expected not in keys:
            answer["misses"].append({"query": text, "params": params, "expected": expected, "got": list(keys[:3])})
    return answer
