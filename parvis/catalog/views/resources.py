"""The page of a resource, or of one of its versions: rows, columns, verdict, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.catalog import downloads, exports, queries, rows
from parvis.catalog.columns import Column, columns_of, understood
from parvis.catalog.models import Export, Version
from parvis.catalog.rows import Filter, Sort
from parvis.organisations.models import Role
from parvis.organisations.queries import may
from parvis.shared.readers import same_for_readers
from parvis.shared.tokenless import tokenless

PER_PAGE = 25
SHOWN = 10
MOST_FILTERS = 8
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the table."""

    filters: tuple[Filter, ...]
    sort: Sort | None
    columns: tuple[Column, ...]
    page: int


def read(parameters: QueryDict, columns: list[Column]) -> Asked:
    """`c`, `o` and `v` repeat, one of each per filter; a line without a column is a line that nobody filled in."""
    lines = zip(
        parameters.getlist("c"), parameters.getlist("o"), [*parameters.getlist("v"), *[""] * MOST_FILTERS], strict=False
    )
    filters = tuple(Filter(column, operator, value) for column, operator, value in lines if column)[:MOST_FILTERS]
    sorted_on = parameters.get("tri", "")
    known = any(column.name == sorted_on for column in columns)
    chosen = set(parameters.getlist("col"))
    shown = tuple(column for column in columns if column.name in chosen)[:MOST_SHOWN] or tuple(columns[:SHOWN])
    page = parameters.get("page", "1")
    return Asked(
        filters=filters,
        sort=Sort(sorted_on, parameters.get("sens") == "desc") if known else None,
        columns=shown,
        page=max(1, int(page)) if page.isdecimal() and len(page) < 10 else 1,
    )


def find(version: Version, asked: Asked) -> tuple[rows.Rows, Page[Any]]:
    """The rows of the page that is asked, or of the last one."""
    names = [column.name for column in asked.columns]

    def at(number: int) -> rows.Rows:
        return rows.page(
            version, filters=asked.filters, sort=asked.sort, columns=names, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
        )

    found = at(asked.page)
    pages = Paginator(range(found.total), PER_PAGE)
    if asked.page > pages.num_pages:
        found = at(pages.num_pages)
    return found, pages.get_page(asked.page)


@require_safe
@same_for_readers
def page(request: HttpRequest, slug: str, resource_id: str) -> HttpResponse:
    resource = queries.get_resource_for(request.user, slug, resource_id)
    if resource.current is None:
        context = {
            "resource": resource,
            "versions": queries.history(resource),
            "member": may(request.user, resource.dataset.organisation, Role.AGENT),
        }
        return render(request, "catalog/resource.html", context)
    return _show(request, resource.current)


@require_safe
@same_for_readers
def version(request: HttpRequest, slug: str, resource_id: str, number: int) -> HttpResponse:
    return _show(request, queries.get_version_for(request.user, slug, resource_id, number))


def _show(request: HttpRequest, version: Version) -> HttpResponse:
    resource = version.resource
    context: dict[str, Any] = {
        "resource": resource,
        "version": version,
        "versions": queries.with_resource(queries.history(resource)[:20], resource),
        "member": may(request.user, resource.dataset.organisation, Role.AGENT),
    }
    if version.withdrawn:
        return render(request, "catalog/version_withdrawn.html", context)
    columns = columns_of(version)
    asked = read(request.GET, columns)
    context |= described(version, columns, asked)
    status = 200
    try:
        context["rows"], context["page"] = find(version, asked)
    except rows.QuestionError as error:
        context |= {"problem": error.message, "problem_at": error.index}
        status = 400
    except rows.OverloadError as error:
        context["problem"] = str(error)
        status = 503
    return render(request, "catalog/resource.html", context, status=status)


def described(version: Version, columns: list[Column], asked: Asked) -> dict[str, Any]:
    """What the page says around the rows: the columns, what was asked, what was understood, what can be taken away."""
    return {
        "columns": asked.columns,
        "all_columns": columns,
        "hidden": len(columns) - len(asked.columns),
        "asked": asked,
        "sort": asked.sort,
        "sorted_on": next((column for column in columns if asked.sort and column.name == asked.sort.column), None),
        "filter_lines": [*asked.filters, None][:MOST_FILTERS],
        "operators": rows.OPERATORS,
        "selection": _selection(asked),
        "understood": understood(version),
        "can_export": exports.can_export(version),
        "spreadsheet": exports.ready(version),
    }


def _selection(asked: Asked) -> str:
    """The filters as the end of an address, for the downloads of a selection."""
    parameters = QueryDict(mutable=True)
    for wanted in asked.filters:
        for name, value in zip("cov", (wanted.column, wanted.operator, wanted.value), strict=True):
            parameters.appendlist(name, value)
    return "?" + parameters.urlencode() if asked.filters else ""


def _pinned(request: HttpRequest) -> int | None:
    """`?version=2`, for the pages that otherwise speak of the current version."""
    given = request.GET.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _readable(request: HttpRequest, slug: str, resource_id: str, number: int | None) -> Version:
    """A version whose bytes are there; a withdrawn one is a 404 here, since its own page says why."""
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if version.withdrawn:
        raise Http404
    return version


@require_safe
def column(request: HttpRequest, slug: str, resource_id: str, position: int) -> HttpResponse:
    version = _readable(request, slug, resource_id, _pinned(request))
    columns = columns_of(version)
    if not 0 < position <= len(columns):
        raise Http404
    context = {
        "resource": version.resource,
        "version": version,
        "column": columns[position - 1],
        "previous": columns[position - 2] if position > 1 else None,
        "next": columns[position] if position < len(columns) else None,
    }
    return render(request, "catalog/resource_column.html", context)


@require_safe
def row(request: HttpRequest, slug: str, resource_id: str, row: int) -> HttpResponse:
    version = _readable(request, slug, resource_id, _pinned(request))
    if not 0 < row <= version.rows:
        raise Http404
    columns = columns_of(version)
    found = rows.page(version, columns=[column.name for column in columns], offset=row - 1, limit=1)
    context = {
        "resource": version.resource,
        "version": version,
        "row": found.rows[0],
        "pairs": list(zip(columns, found.rows[0].cells, strict=True)),
        "previous": row - 1 if row > 1 else None,
        "next": row + 1 if row < version.rows else None,
    }
    return render(request, "catalog/resource_row.html", context)


@require_safe
def verdict(request: HttpRequest, slug: str, resource_id: str, number: int | None = None) -> HttpResponse:
    version = queries.get_version_for(request.user, slug, resource_id, number)
    context = {
        "resource": version.resource,
        "version": version,
        "causes": [] if version.withdrawn else queries.causes(version),
        "total": queries.errors_of(version),
    }
    return render(request, "catalog/version_verdict.html", context)


@require_safe
def errors(request: HttpRequest, slug: str, resource_id: str, number: int) -> HttpResponseBase:
    """The errors of a version, one cell a line."""
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if version.withdrawn:
        return gone(request, version)
    lines = downloads.csv_text(queries.ERROR_COLUMNS, queries.error_lines(version))
    response = StreamingHttpResponse(lines, content_type=downloads.TYPES["csv"])
    name = f"erreurs-{downloads.filename(version, 'csv')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return downloads.protected(response, version.resource.dataset.published is not None)


@require_safe
def download(request: HttpRequest, slug: str, resource_id: str, kind: str, number: int | None = None) -> HttpResponseBase:
    """A file. Without a number the address is that of today's version: it answers with the address that never changes."""
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if kind not in {"original", "csv", "json", "parquet"}:
        raise Http404
    if number is None:
        query = request.META.get("QUERY_STRING", "")
        address = reverse("catalog:version_download", args=[slug, resource_id, version.number, kind])
        response: HttpResponseBase = redirect(address + (f"?{query}" if query else ""))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    if version.withdrawn:
        return gone(request, version)
    filters = read(request.GET, []).filters if kind in downloads.STREAMED else ()
    try:
        return downloads.answer(request, version, kind, filters)
    except rows.QuestionError as error:
        return _refused(request, 400, _("Ce filtre ne peut pas être appliqué"), error.message)
    except rows.OverloadError as error:
        return _refused(request, 503, _("Trop de calcul à la fois"), str(error))


def _refused(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "shared/error.html", {"title": title, "sentence": sentence}, status=status)


def gone(request: HttpRequest, version: Version) -> HttpResponse:
    sentence = _("La version {number} a été retirée : ses fichiers ne sont plus disponibles.").format(number=version.number)
    if version.withdrawal_reason:
        sentence += " " + _("Motif : {reason}").format(reason=version.withdrawal_reason)
    return _refused(request, 410, _("Cette version a été retirée"), sentence)


# ----- Spreadsheets, made by a job -----


@tokenless
def ask_export(request: HttpRequest, slug: str, resource_id: str, number: int) -> HttpResponse:
    version = queries.get_version_for(request.user, slug, resource_id, number)
    if version.withdrawn:
        return gone(request, version)
    try:
        export = exports.ask(version=version)
    except exports.CannotExportError as error:
        return _refused(request, 422, _("Cette table ne tient pas dans un tableur"), str(error))
    return redirect("catalog:export", export.pk)


def _export_for(request: HttpRequest, export_id: str) -> Export:
    export = Export.objects.select_related("version__resource__dataset").filter(pk=export_id).first()
    if export is None:
        raise Http404
    found = export.version
    export.version = queries.get_version_for(request.user, found.resource.dataset.slug, found.resource_id, found.number)
    return export


@require_safe
def export(request: HttpRequest, export_id: str) -> HttpResponse:
    """How far the spreadsheet is; the page survives a reload, and takes up a job whose worker died."""
    export = _export_for(request, export_id)
    exports.revive(export)
    context = {
        "export": export,
        "version": export.version,
        "resource": export.version.resource,
        "progress": exports.progress(export),
        "done": export.state == exports.DONE and not export.version.withdrawn,
        "failed": export.state == exports.FAILED,
    }
    return render(request, "catalog/version_export.html", context)


@require_safe
def export_file(request: HttpRequest, export_id: str) -> HttpResponseBase:
    export = _export_for(request, export_id)
    if export.version.withdrawn:
        return gone(request, export.version)
    if export.state != exports.DONE or not exports.path(export).is_file():
        raise Http404
    return downloads.spreadsheet(request, export.version, exports.path(export))
