"""The API of one table: its OpenAPI document, with the parameters of each of its columns, and examples that work on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse

from parvis.catalog import question_page, rows
from parvis.catalog.columns import Column
from parvis.catalog.groups import FUNCTIONS
from parvis.catalog.models import Version
from parvis.catalog.rows import DATE, DATETIME, NUMBER, OPERATORS, YESNO, Field

WORDS = {"count": "count", "avg": "mean", "sum": "sum", "min": "min", "max": "max", "median": "median", "distinct": "distinct"}
ORDERS = {"type": "string", "enum": ["asc", "desc"]}
PARTS = ["", "year", "month", "day"]
MEDIA = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}


# ----- OpenAPI -----


def document(version: Version, columns: Sequence[Column]) -> dict[str, Any]:
    """OpenAPI 3.1 of the rows of one table. Paths are those of the whole API, for this table alone."""
    resource = version.resource
    fields = {field.name: field for field in rows.fields(version)}
    own = [(column, fields[column.name]) for column in columns if column.name in fields]
    base = f"/resources/{resource.pk}/rows"
    filters = [{"$ref": f"#/components/parameters/{name}"} for name in _parameters(own)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": resource.title,
            "version": str(version.number),
            "description": resource.description or resource.dataset.title,
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "paths": {
            base: {
                "get": _operation("Les lignes, page par page", [*_paged(), *_common(), *filters], {"application/json": _page()})
            },
            **{
                f"{base}.{kind}": {
                    "get": _operation(f"Toute la sélection, en {kind}", [*_common(), *filters], {media: {"schema": {}}}, kind)
                }
                for kind, media in MEDIA.items()
            },
        },
        "components": {"parameters": _parameters(own), "schemas": {"Row": _row(own), "Problem": _problem()}},
    }


def _operation(summary: str, parameters: list[Any], content: dict[str, Any], kind: str = "rows") -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    described = {"400": "La question ne convient pas à cette table.", "410": "Version retirée.", "503": "Trop de calcul."}
    failures = {status: problem | {"description": sentence} for status, sentence in described.items()}
    answered = {"200": {"description": summary, "content": content}}
    return {"operationId": f"read_{kind}", "summary": summary, "parameters": parameters, "responses": answered | failures}


def _paged() -> list[dict[str, Any]]:
    return [
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
        {"name": "page_size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 20}},
    ]


def _common() -> list[dict[str, Any]]:
    described = {
        "columns": "Colonnes voulues, séparées par des virgules.",
        "sort": "Une colonne, ou plusieurs séparées par des virgules ; `-` devant pour l'ordre décroissant.",
    }
    texts = [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}} for name, text in described.items()
    ]
    return [*texts, {"name": "version", "in": "query", "schema": {"type": "integer", "minimum": 1}}]


def _parameters(own: Sequence[tuple[Column, Field]]) -> dict[str, Any]:
    """One parameter for each column and operator. Keys are plain, as components want; names are those of the columns."""
    found: dict[str, Any] = {}

    def add(place: int, column: Column, word: str, schema: dict[str, Any], description: str) -> None:
        found[f"c{place}_{word}"] = {
            "name": f"{column.name}__{word}",
            "in": "query",
            "description": f"{column.label} : {description}",
            "schema": schema,
        }

    for place, (column, field) in enumerate(own, start=1):
        for name, operator in OPERATORS.items():
            if field.kind in operator.kinds:
                schema = _schema(field) if operator.value == "typed" else {"type": "string"}
                add(place, column, name, schema, str(operator.label))
        add(place, column, "sort", ORDERS, "tri")
        buckets = {"type": "string", "enum": PARTS} if field.kind in {DATE, DATETIME} else {"type": "string"}
        add(place, column, "groupby", buckets, "regrouper")
        for word, function in WORDS.items():
            if field.kind in FUNCTIONS[function].kinds:
                add(place, column, word, {"type": "string"}, f"calcul {word} sur chaque groupe")
    return found


def _schema(field: Field) -> dict[str, Any]:
    if field.kind == NUMBER:
        return {"type": "integer" if field.type in rows.WHOLE else "number"}
    formats = {DATE: "date", DATETIME: "date-time"}
    if field.kind in formats:
        return {"type": "string", "format": formats[field.kind]}
    return {"type": "boolean"} if field.kind == YESNO else {"type": "string"}


def _row(own: Sequence[tuple[Column, Field]]) -> dict[str, Any]:
    properties: dict[str, Any] = {"__id": {"type": "integer", "description": "Place de la ligne dans la table, à partir de 1."}}
    for column, field in own:
        schema = _schema(field)
        schema["type"] = [schema["type"], "null"]
        properties[column.name] = schema | {"title": column.label, "description": column.description or column.type_sentence}
    return {"type": "object", "properties": properties}


def _page() -> dict[str, Any]:
    address = {"type": ["string", "null"], "format": "uri"}
    number = {"type": "integer"}
    properties = {
        "data": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        "links": {"type": "object", "properties": {"next": address, "prev": address}},
        "meta": {"type": "object", "properties": {"page": number, "page_size": number, "total": number}},
        "version": number,
    }
    return {"schema": {"type": "object", "required": list(properties), "properties": properties}}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "object", "properties": {"title": text, "status": {"type": "integer"}, "detail": text}}


# ----- Examples -----


@dataclass(frozen=True, slots=True)
class Example:
    """One request, as each tool writes it. `address` is the whole address; `body` what a POST sends."""

    title: str
    address: str
    curl: str
    python: str
    r: str
    sheet: str
    query: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    title: str
    parameters: tuple[tuple[str, str], ...]


def requests(version: Version, columns: Sequence[Column]) -> list[Request]:
    """Questions that have an answer in this table: its columns, and values that it holds."""
    number = next((one for one in columns if one.type in {"integer", "number"} and one.grouped and one.filled), None)
    chosen = next((one for one in columns if one.frequent and (one.distinct or 0) > 1 and not one.wide), None)
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    if chosen:
        value = str(chosen.frequent[0][0])
        found.append((f"{chosen.label} = {value}", ((f"{chosen.name}__exact", value),)))
    if number:
        found.append(
            (f"{number.label}, du plus grand au plus petit", ((f"{number.name}__isnotnull", "1"), ("sort", f"-{number.name}")))
        )
    if chosen:
        computed = ((f"{number.name}__avg", ""),) if number else ()
        found.append(
            (f"Combien de lignes par « {chosen.label} »", ((f"{chosen.name}__groupby", ""), ("__count", ""), *computed))
        )
    return [Request(*one) for one in found] or [Request("Les lignes", (("sort", columns[0].name),) if columns else ())]


def address(version: Version, request: Request, kind: str = "csv") -> str:
    path = reverse("api:resource_rows", args=[version.resource_id]) + (f".{kind}" if kind else "")
    return settings.SITE_URL + path + ("?" + urlencode(request.parameters, quote_via=quote) if request.parameters else "")


def examples(version: Version, columns: Sequence[Column]) -> list[Example]:
    return [_example(version, request) for request in requests(version, columns)]


def _example(version: Version, request: Request) -> Example:
    csv, rows_of = address(version, request), address(version, request, "")
    return Example(
        title=request.title,
        address=csv,
        curl=f"curl -L '{_shell(csv)}' -o lignes.csv",
        python=(
            "import json\nimport urllib.request\n\n"
            f'with urllib.request.urlopen("{rows_of}") as answer:\n    found = json.load(answer)\n'
            'print(found["meta"]["total"])\nfor row in found["data"]:\n    print(row)'
        ),
        r=f'lignes <- read.csv("{csv}", encoding = "UTF-8")\nhead(lignes)',
        sheet=f'=IMPORTDATA("{csv}")',
        query=f'let\n  Source = Csv.Document(Web.Contents("{csv}"), [Delimiter=",", Encoding=65001]),\n'
        "  Lignes = Table.PromoteHeaders(Source)\nin\n  Lignes",
    )


def _shell(text: str) -> str:
    return text.replace("'", "'\\''")


def sql_example(version: Version, columns: Sequence[Column]) -> tuple[str, str]:
    """A question in SQL about this table, and its address on the page of questions."""
    name = question_page.free_name(version.resource)
    table = question_page.Named(name, version.resource_id, version, list(columns))
    asked = question_page.examples([table])
    text = asked[1].sql if len(asked) > 1 else asked[0].sql
    return text, name


def sql_body(version: Version, columns: Sequence[Column]) -> dict[str, Any]:
    text, name = sql_example(version, columns)
    return {"sql": " ".join(text.split()), "resources": {name: version.resource_id}}
