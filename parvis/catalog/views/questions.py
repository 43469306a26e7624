"""Questions in SQL: the page where they are asked, those that are kept, their answers as files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.models import User
from parvis.catalog import question_answers, question_jobs, question_page, questions
from parvis.catalog.actions import questions as actions
from parvis.catalog.models import Query, QueryAnswer
from parvis.catalog.question_page import Asked
from parvis.catalog.questions import Question, QuestionRefused
from parvis.shared.limits import TooMany, check_limit

A_MINUTE, KEPT_AN_HOUR, JOBS_AN_HOUR, FILES_A_MINUTE = 40, 30, 20, 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Ask, and read the answer. Everything is in the address: it can be reloaded, kept and sent."""
    asked = question_page.read(request.GET)
    tables, refused = question_page.named(asked)
    context: dict[str, Any] = {
        "asked": asked,
        "tables": tables,
        "refused": refused,
        "examples": [
            (one, question_page.address(one.sql, {table.name: table.given for table in tables}))
            for one in question_page.examples(tables)
        ],
        "matches": question_page.matches(asked),
        "most": questions.MOST_TABLES,
        "longest": question_page.LONGEST,
        "recent": question_answers.recent(),
    }
    status = refused[0].status if refused else 200
    if asked.run and not refused:
        status = _answered(request, asked, context)
    return render(request, "catalog/questions.html", context, status=status)


def _answered(request: HttpRequest, asked: Asked, context: dict[str, Any]) -> int:
    """Put the answer, or the sentence that stands in its place, in the context of the page; the status that fits."""
    try:
        if len(asked.sql) > question_page.LONGEST:
            raise QuestionRefused(
                _("Cette page prend les questions de 5 000 caractères au plus. L'API en prend de plus longues.")
            )
        question = questions.asked(asked.sql, asked.tables)
        check_limit(f"query-page:{question_answers.network(request)}", A_MINUTE, 60)
        found, page = question_page.shown(question, request.GET.get("page"))
    except QuestionRefused as error:
        context |= {"problem": error.message, "place": question_page.place(asked.sql, error.place)}
        return error.status
    except TooMany as error:
        context["problem"] = error.detail
        return 429
    context |= question_page.drawn(found) | {"page": page, "question": question, "files": question_answers.files(question)}
    context["kept"] = Query.objects.filter(pk=question.key).first()
    return 200


def _posted(request: HttpRequest) -> Question:
    """The question of a form, tables pinned to the versions that it was asked of."""
    asked = question_page.read(request.POST)
    return questions.asked(asked.sql, asked.tables)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Anybody may keep a question, to cite it; a title of one's own needs an account, so that somebody answers for it."""
    by = request.user if isinstance(request.user, User) else None
    try:
        question = _posted(request)
        check_limit(f"query-keep:{question_answers.network(request)}", KEPT_AN_HOUR, 3600)
        title = request.POST.get("titre", "") if by else question_answers.plain_title(question)
        return redirect(actions.keep(question=question, title=title, by=by))
    except QuestionRefused as error:
        return _refused(request, error.status, error.message)
    except TooMany as error:
        return _refused(request, 429, error.detail)


@require_safe
def one(request: HttpRequest, query_id: str) -> HttpResponse:
    """A question that was kept, and its answer at the versions that it names."""
    query = question_answers.get_query(query_id)
    context: dict[str, Any] = {"query": query, "site": request.build_absolute_uri(query.get_absolute_url())}
    status = 200
    try:
        question = questions.asked(query.sql, query.resources)
        context |= question_answers.around(question)
        found, page = question_page.shown(question, request.GET.get("page"))
        context |= question_page.drawn(found) | {"page": page}
    except QuestionRefused as error:
        context |= {"problem": error.message, "gone": error.status in {404, 410}}
        status = 410 if error.status in {404, 410} else error.status
    return render(request, "catalog/question.html", context, status=status)


@require_safe
def result(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The answer as a file, 10,000 rows at most."""
    asked = question_page.read(request.GET)
    try:
        check_limit(f"query-file:{question_answers.network(request)}", FILES_A_MINUTE, 60)
        return question_answers.file(questions.asked(asked.sql, asked.tables), kind)
    except QuestionRefused as error:
        return _refused(request, error.status, error.message)
    except TooMany as error:
        return _refused(request, 429, error.detail)


# ----- Long answers, made by a job -----


@require_POST
def ask_whole(request: HttpRequest) -> HttpResponse:
    try:
        check_limit(f"query-job:{question_answers.network(request)}", JOBS_AN_HOUR, 3600)
        return redirect("catalog:answer", question_jobs.ask(_posted(request)).pk)
    except QuestionRefused as error:
        return _refused(request, error.status, error.message)
    except TooMany as error:
        return _refused(request, 429, error.detail)


def _answer(answer_id: str) -> tuple[QueryAnswer, Question]:
    """A long answer; it is gone with the versions that it quotes. Raises `QuestionRefused`."""
    found = QueryAnswer.objects.filter(pk=answer_id.replace("\x00", "")).first()
    if found is None:
        raise Http404
    return found, questions.asked(found.sql, found.resources)


@require_safe
def answer(request: HttpRequest, answer_id: str) -> HttpResponse:
    """How far a long answer is; the page survives a reload, and takes up a job whose worker died."""
    try:
        found, question = _answer(answer_id)
    except QuestionRefused as error:
        return _refused(request, error.status, error.message)
    question_jobs.revive(found)
    context = {
        "found": found,
        "question": question,
        "ready": question_jobs.ready(found),
        "failed": found.state == question_jobs.FAILED,
        "back": question_page.address(found.sql, found.resources),
        "most": question_jobs.MOST_ROWS,
        "kinds": (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet")),
    }
    return render(request, "catalog/question_answer.html", context)


@require_safe
def answer_file(request: HttpRequest, answer_id: str, kind: str) -> HttpResponseBase:
    try:
        found, question = _answer(answer_id)
    except QuestionRefused as error:
        return _refused(request, error.status, error.message)
    if not question_jobs.ready(found):
        return redirect("catalog:answer", found.pk)
    return question_answers.long_file(request, found, question, kind)


def _refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    context = {"title": _("Cette question n'a pas de réponse"), "sentence": sentence}
    return render(request, "shared/error.html", context, status=status)
