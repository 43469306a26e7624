"""SQL on published tables: `POST /query`. The text runs in the sandbox; long answers are made by a job."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from parvis.catalog import question_jobs, questions
from parvis.catalog.models import QueryAnswer
from parvis.catalog.question_answers import network
from parvis.catalog.questions import Question, QuestionRefused
from parvis.catalog.retold import retold
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem

router = Router()
A_MINUTE, JOBS_AN_HOUR = 30, 20

DESCRIPTION = (
    "Une lecture (SELECT, dialecte DuckDB) sur une ou plusieurs tables publiées, jointures comprises. `resources` donne à chaque "
    "nom une table : son identifiant (version du jour), ou `identifiant@2` (version 2). 10 000 lignes au plus (`truncated` dit "
    "s'il y en a davantage : demandez alors `/query/answers`), 3 secondes, trente questions par minute. Dates en ISO 8601."
)


class QuestionIn(Schema):
    sql: str = Field(max_length=20_000)
    resources: dict[str, str] = Field(description="Nom dans la requête → identifiant, ou identifiant@version.")


class AnswerOut(Schema):
    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    truncated: bool
    resources: dict[str, str] = Field(description="Les versions qui ont répondu.")
    seconds: float


class JobOut(Schema):
    id: str
    state: str = Field(description="waiting, running, done, failed")
    error: str
    rows: int | None
    resources: dict[str, str]
    files: dict[str, str]


def _question(asked: QuestionIn) -> Question:
    return questions.asked(asked.sql, asked.resources)


def refused(error: QuestionRefused) -> Problem:
    members = {} if error.place is None else {"place": error.place}
    return Problem(error.status, retold(error.message), **members)


@router.post("/query", response=AnswerOut, summary="Interroger en SQL", description=DESCRIPTION, url_name="query")
def ask(request: HttpRequest, asked: QuestionIn) -> dict[str, Any]:
    check_limit(f"query:{network(request)}", A_MINUTE, 60)
    try:
        question = _question(asked)
        found = questions.answer(question)
    except QuestionRefused as error:
        raise refused(error) from error
    return {
        "columns": found.columns,
        "types": found.types,
        "rows": found.rows,
        "truncated": found.truncated,
        "resources": question.pinned,
        "seconds": round(found.seconds, 3),
    }


@router.post(
    "/query/answers",
    response={200: JobOut, 202: JobOut},
    summary="Demander toute la réponse, en CSV, JSON et Parquet",
    description="Une longue réponse (5 millions de lignes au plus, une minute de calcul), préparée par un travail et gardée sept jours.",
    url_name="query_answers",
)
def ask_whole(request: HttpRequest, asked: QuestionIn) -> Status[dict[str, Any]]:
    check_limit(f"query-job:{network(request)}", JOBS_AN_HOUR, 3600)
    try:
        found = question_jobs.ask(_question(asked))
    except QuestionRefused as error:
        raise refused(error) from error
    return Status(200 if question_jobs.ready(found) else 202, _job(found))


@router.get("/query/answers/{answer}", response=JobOut, summary="Où en est une longue réponse", url_name="query_answer")
def one_answer(request: HttpRequest, answer: str) -> dict[str, Any]:
    found = QueryAnswer.objects.filter(pk=answer.replace("\x00", "")).first()
    if found is None:
        raise Problem(404, _("Cette réponse n'existe pas, ou plus : demandez-la de nouveau."))
    try:
        questions.asked(found.sql, found.resources)
    except QuestionRefused as error:
        raise refused(error) from error
    question_jobs.revive(found)
    return _job(found)


def _job(found: QueryAnswer) -> dict[str, Any]:
    kinds = ("csv", "json", "parquet") if question_jobs.ready(found) else ()
    return {
        "id": found.pk,
        "state": found.state,
        "error": found.error,
        "rows": found.rows,
        "resources": found.resources,
        "files": {kind: settings.SITE_URL + reverse("catalog:answer_file", args=[found.pk, kind]) for kind in kinds},
    }
