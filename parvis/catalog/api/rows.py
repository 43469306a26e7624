"""Rows of a table, as in the tabular API of data.gouv.fr: `column__operator=value` filters, `column__sort=asc` sorts,
several columns sort in the order of the address, as
`sort=a,-b` does, `columns=a,b` chooses, `column__groupby` groups, `column__sum` computes. The same parameters give files of any length."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import downloads, queries, resource_api, rows, selections
from parvis.catalog.api.read import Links, Meta, _found, _links
from parvis.catalog.columns import Column, columns_of
from parvis.catalog.core.speech import stored
from parvis.catalog.downloads import plain
from parvis.catalog.groups import Aggregate, Group, grouped
from parvis.catalog.models import Version
from parvis.catalog.question_answers import network
from parvis.catalog.retold import retold
from parvis.catalog.rows import OPERATORS, Filter, Sort
from parvis.catalog.selections import Selection
from parvis.shared.conditional import opened
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem

router = Router()
MOST_ROWS = 200
MOST_FILTERS, MOST_SORTS = 20, 5
FILES_A_MINUTE = 30
OWN = {"page", "page_size", "sort", "columns", "version"}
AGGREGATES = {
    "count": "count", "avg": "mean", "sum": "sum", "min": "min", "max": "max", "median": "median", "distinct": "distinct",
}  # fmt: skip

DESCRIPTION = (
    "Chaque colonne se filtre par `colonne__opérateur=valeur` ; opérateurs : "
    + ", ".join(f"`{name}`" for name in OPERATORS)
    + ". `colonne__sort=asc` (ou `desc`) trie, comme `sort=colonne` ou `sort=-colonne` ; plusieurs tris s'ajoutent dans l'ordre de l'adresse "
    "(`sort=a,-b`, ou `a__sort=asc&b__sort=desc`). `colonne__groupby` regroupe les lignes qui "
    "ont la même valeur (`colonne__groupby=year`, `month` ou `day` pour une date ; `=10` pour des tranches de nombres) et "
    + ", ".join(f"`colonne__{word}`" for word in AGGREGATES)
    + " calculent sur chaque groupe ; chaque groupe a aussi son nombre de lignes avec `__count` sans colonne."
)
SORT = "Une colonne, ou plusieurs séparées par des virgules ; `-` devant pour l'ordre décroissant."


class RowsOut(Schema):
    data: list[dict[str, Any]]
    links: Links
    meta: Meta
    version: int


@router.get(
    "/resources/{resource}/rows",
    response=RowsOut,
    summary="Les lignes d'une table",
    description=DESCRIPTION,
    url_name="resource_rows",
)
@decorate_view(opened)
def list_rows(
    request: HttpRequest,
    resource: str,
    page: int = Query(1, ge=1, le=100_000_000),
    page_size: int = Query(20, ge=1, le=MOST_ROWS),
    sort: str = Query("", description=SORT),
    columns: str = Query("", description="Colonnes voulues, séparées par des virgules."),
    version: int | None = Query(None, ge=1, description="Numéro de version ; sans lui, la version en cours."),
) -> dict[str, Any]:
    found = _version(resource, version)
    try:
        asked = selection(request, columns_of(found), columns)
        data, total = _page(found, asked, (page - 1) * page_size, page_size)
    except rows.QuestionError as error:
        raise Problem(400, retold(error.message)) from error
    except rows.OverloadError as error:
        raise Problem(503, retold(str(error))) from error
    return {
        "data": data,
        "links": _links(request, page, page_size, total),
        "meta": {"page": page, "page_size": page_size, "total": total},
        "version": found.number,
    }


def _page(version: Version, asked: Selection, offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    if asked.grouped:
        answer = grouped(
            version,
            filters=asked.filters,
            by=asked.by,
            aggregates=asked.aggregates,
            sort=asked.sort,
            offset=offset,
            limit=limit,
        )
        return [dict(zip(answer.columns, map(plain, row), strict=True)) for row in answer.rows], answer.total
    found = rows.page(
        version, filters=asked.filters, sort=asked.sort, columns=asked.columns or None, offset=offset, limit=limit
    )
    data = [{"__id": row.number} | dict(zip(found.columns, map(plain, row.cells), strict=True)) for row in found.rows]
    return data, found.total


@router.get(
    "/resources/{resource}/rows.{kind}",
    summary="Une sélection entière, en CSV, JSON ou Parquet",
    description=DESCRIPTION
    + " Sans pagination ni limite. Le Parquet sans sélection est le fichier même de la version (avec `Range`).",
    url_name="resource_selection",
    response={200: Any},
)
def download(
    request: HttpRequest,
    resource: str,
    kind: str,
    sort: str = Query("", description=SORT),
    columns: str = Query("", description="Colonnes voulues, séparées par des virgules."),
    version: int | None = Query(None, ge=1, description="Numéro de version ; sans lui, la version en cours."),
) -> HttpResponseBase:
    if kind not in selections.KINDS:
        raise Problem(404, _("Les formats sont csv, json et parquet."))
    found = _version(resource, version)
    try:
        return _file(request, found, selection(request, columns_of(found), columns), kind)
    except rows.QuestionError as error:
        raise Problem(400, retold(error.message)) from error
    except rows.OverloadError as error:
        raise Problem(503, retold(str(error))) from error


@router.get(
    "/resources/{resource}/openapi.json",
    summary="L'API d'une table, colonne par colonne (OpenAPI 3.1)",
    url_name="resource_openapi",
    response={200: Any},
)
@decorate_view(opened)
def openapi(request: HttpRequest, resource: str) -> dict[str, Any]:
    version = _version(resource, None)
    return resource_api.document(version, columns_of(version))


def _file(request: HttpRequest, version: Version, asked: Selection, kind: str) -> HttpResponseBase:
    if asked.whole:
        response = downloads.answer(request, version, kind)
    else:
        tag = selections.tag(version, asked, kind)
        response = get_conditional_response(request, tag) or _made(request, version, asked, kind)
        response.headers["ETag"] = tag
        response = downloads.protected(response)
        name = f"selection-{downloads.filename(version, kind)}"
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    # The address is that of today's version: another may be there tomorrow.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _made(request: HttpRequest, version: Version, asked: Selection, kind: str) -> HttpResponseBase:
    check_limit(f"rows-file:{network(request)}", FILES_A_MINUTE, 60)
    return selections.response(version, asked, kind, request.method)


def _version(resource: str, number: int | None) -> Version:
    found = queries.published_version(_found(resource), number) if number is None or number < 2**31 else None
    if found is None:
        raise Problem(404, _("Cette version n'existe pas."))
    if found.withdrawn:
        raise Problem(410, _("Cette version a été retirée."), reason=found.withdrawal_reason)
    return found


# ----- What is asked -----


def selection(request: HttpRequest, columns: list[Column], chosen: str) -> Selection:
    """The parameters of the address. Raises `rows.QuestionError`."""
    known = {column.name for column in columns}
    filters: list[Filter] = []
    by: list[Group] = []
    aggregates: list[Aggregate] = []
    sorted_on: list[tuple[str, str]] = []
    for parameter, values in request.GET.lists():
        column, separator, operator = parameter.rpartition("__")
        if not separator:
            if parameter == "sort":
                sorted_on += [("", value) for value in values if value]
            if parameter in OWN:
                continue
            raise rows.QuestionError(
                stored("« {name} » : écrivez un filtre sous la forme colonne__opérateur=valeur.", name=parameter[:80])
            )
        if operator == "sort":
            sorted_on.append((column, values[-1].lower()))
        elif operator == "groupby":
            by.append(Group(column, values[-1]))
        elif operator in AGGREGATES:
            aggregates.append(Aggregate(AGGREGATES[operator], column or None, operator))
        else:
            filters += [Filter(column, operator, value) for value in values]
    if len(filters) > MOST_FILTERS:
        raise rows.QuestionError(stored("Vingt filtres au plus."))
    asked = Selection(tuple(filters), _names(chosen, columns), (), tuple(by), tuple(aggregates))
    return _sorted(asked, known, sorted_on)


def _sorted(asked: Selection, known: set[str], wanted: list[tuple[str, str]]) -> Selection:
    """The selection with its sorts: a column and its direction, or nothing and a text such as `a,-b`."""
    if asked.grouped:
        if asked.columns:
            raise rows.QuestionError(
                stored("« columns » ne va pas avec un regroupement : la réponse a les colonnes regroupées et les calculs.")
            )
        known = {group.column for group in asked.by} | {one.name for one in asked.aggregates}
    sorts: list[Sort] = []
    for column, text in wanted:
        sorts += [Sort(column, descending=text == "desc")] if column else _listed(text, known)
    for sort in sorts:
        if sort.column not in known:
            raise rows.QuestionError(stored("Cette table n'a pas de colonne « {name} ».", name=sort.column[:80]))
    if len(sorts) > MOST_SORTS:
        raise rows.QuestionError(stored("Au plus {most} tris.", most=MOST_SORTS))
    return replace(asked, sort=tuple(dict.fromkeys(sorts)))


def _listed(text: str, known: set[str]) -> list[Sort]:
    """`a,-b`. A column may itself begin with a hyphen, or hold a comma: its own name comes first."""
    if text in known:
        return [Sort(text)]
    if text.startswith("-") and text[1:] in known:
        return [Sort(text[1:], descending=True)]
    parts = [part for part in text.split(",") if part]
    return [Sort(part) if part in known or part[:1] != "-" else Sort(part[1:], descending=True) for part in parts]


def _names(columns: str, known: list[Column]) -> tuple[str, ...]:
    names = [column.name for column in known]
    if not columns:
        return ()
    if columns in names:
        return (columns,)
    chosen = tuple(dict.fromkeys(name.strip() for name in columns.split(",") if name.strip()))
    for name in chosen:
        if name not in names:
            raise rows.QuestionError(stored("Cette table n'a pas de colonne « {name} ».", name=name[:80]))
    return chosen
