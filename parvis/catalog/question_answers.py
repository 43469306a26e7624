"""What is around an answer: files, citation, newer data, and who asks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from parvis.catalog import downloads, question_jobs, question_page, questions, rows, selections, storage
from parvis.catalog.models import Query, QueryAnswer
from parvis.catalog.questions import Question

KINDS = selections.KINDS
RECENT = 6


def network(request: HttpRequest) -> str:
    """Who asks, for limits: a person, or a network address (a whole /64, which one subscriber holds)."""
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    address = str(request.META.get("REMOTE_ADDR", ""))
    return ":".join(address.split(":")[:4]) if ":" in address else address


def get_query(query_id: str) -> Query:
    found = Query.objects.filter(pk=query_id.replace("\x00", "")).first()
    if found is None:
        raise Http404
    return found


def recent() -> list[Query]:
    """The last questions that somebody signed."""
    return list(Query.objects.exclude(created_by=None).defer("sql")[:RECENT])


def plain_title(question: Question) -> str:
    """What a question is called that nobody signed."""
    titles = ", ".join(version.resource.title for version in question.tables.values())
    return _("Question sur {tables}").format(tables=titles)[:200]


def files(question: Question) -> dict[str, str]:
    """The addresses of the answer as files, at the versions that gave it."""
    return {kind: question_page.address(question.sql, question.pinned, f"catalog:question_{kind}") for kind in KINDS}


def around(question: Question) -> dict[str, Any]:
    """The versions of a kept question, those of today, and what leads to the same question on them."""
    tables = [(name, version, version.resource.current) for name, version in question.tables.items()]
    newer = [one for one in tables if one[2] and one[2].number > one[1].number]
    today = {name: version.resource_id for name, version in question.tables.items()}
    return {
        "question": question,
        "pinned": tables,
        "newer": newer,
        "today": question_page.address(question.sql, today),
        "change": question_page.address(question.sql, question.pinned),
        "files": files(question),
    }


def file(question: Question, kind: str) -> HttpResponseBase:
    """The answer, up to the limit of a page, as a file. Raises `QuestionRefused`."""
    if kind not in KINDS:
        raise Http404
    made = selections.scratch("answer")
    try:
        with questions.written(question) as (path, count):
            storage.settle(path, made.path)
        made.describe(count)
        response = selections.from_file(made, kind)
    except BaseException:
        made.close()
        raise
    return _named(response, question.key, kind)


def long_file(request: HttpRequest, found: QueryAnswer, question: Question, kind: str) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    path = question_jobs.path(found.pk)
    if kind == "parquet":
        response = downloads.file(request, path, kind, f'"{found.pk}"', int(found.heartbeat.timestamp()))
    else:
        with rows.opened(path) as table:
            names = [field.name for field in table.fields]
        pieces = selections.pieces(names, rows.stream_file(path, found.rows or 0, columns=names), kind)
        response = StreamingHttpResponse(pieces, content_type=downloads.TYPES[kind])
    return _named(response, question.key, kind)


def _named(response: HttpResponseBase, key: str, kind: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(True, f"question-{key}.{kind}") or "attachment"
    response.headers["Cache-Control"] = "no-cache"
    return downloads.protected(response)
