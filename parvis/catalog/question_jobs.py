"""Answers too long for a request: a job writes them as a file, the row of `QueryAnswer` says how far it is.

The row is the truth and a queued task only a nudge, as for comparisons: signs of life, a reaper, and no harm in doing it twice."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import questions, storage
from parvis.catalog.models import QueryAnswer, Version
from parvis.catalog.questions import Question, QuestionRefused
from parvis.shared import jobs
from parvis.shared.sandbox import MEGABYTE, Limits

logger = logging.getLogger(__name__)

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
MOST_ROWS = 5_000_000
MOST_WAITING = 20
LIMITS = Limits(seconds=60, scratch=500 * MEGABYTE, wait=30)
KEPT = timedelta(days=7)


def path(key: str) -> Path:
    return storage.root() / "answers" / key[:2] / f"{key}.parquet"


def ask(question: Question) -> QueryAnswer:
    """The whole answer of `question`: the one that is there or being made, or a new job. Raises `QuestionRefused`."""
    questions.query_check(question.sql)
    found = QueryAnswer.objects.filter(pk=question.key).first()
    if found and (found.state in {WAITING, RUNNING} or (found.state == DONE and path(found.pk).is_file())):
        revive(found)
        return found
    if QueryAnswer.objects.filter(state__in=[WAITING, RUNNING]).count() >= MOST_WAITING:
        raise QuestionRefused(_("Beaucoup de réponses se préparent déjà. Réessayez dans quelques minutes."), 503)
    with transaction.atomic():
        found, _created = QueryAnswer.objects.update_or_create(
            pk=question.key,
            defaults={
                "sql": question.sql, "resources": question.pinned, "state": WAITING, "error": "", "rows": None,
                "attempt": 0, "heartbeat": timezone.now(), "created": timezone.now(),
            },
        )  # fmt: skip
        transaction.on_commit(lambda: _nudge(question.key))
    return found


def ready(found: QueryAnswer) -> bool:
    return found.state == DONE and path(found.pk).is_file()


@task(priority=-20)  # after the files that people wait for, and after comparisons
def work(key: str) -> None:
    run(key)


def _nudge(key: str) -> None:
    work.enqueue(key)


def run(key: str) -> None:
    """Write the answer, if nobody else does."""
    mine = QueryAnswer.objects.filter(pk=key, state=WAITING)
    if not mine.update(state=RUNNING, heartbeat=timezone.now(), attempt=F("attempt") + 1):
        return
    found = QueryAnswer.objects.get(pk=key)
    try:
        question = questions.asked(found.sql, found.resources)
        with (
            jobs.alive(QueryAnswer.objects.filter(pk=key)),
            questions.written(question, most=MOST_ROWS, limits=LIMITS) as (made, count),
        ):
            path(key).unlink(missing_ok=True)
            storage.settle(made, path(key))
    except QuestionRefused as error:
        if error.status == 503:
            mine = QueryAnswer.objects.filter(pk=key, state=RUNNING)
            mine.update(state=WAITING, heartbeat=timezone.now(), attempt=F("attempt") - 1)  # the reaper comes back to it
        else:
            _end(key, FAILED, error=error.message)
    except storage.StorageError as error:
        _end(key, FAILED, error=str(error))
    except Exception:
        logger.exception("The answer %s could not be written", key)
        _end(key, FAILED, error=_failed())
    else:
        _end(key, DONE, rows=count)


def _end(key: str, state: str, **fields: object) -> None:
    QueryAnswer.objects.filter(pk=key).update(state=state, heartbeat=timezone.now(), **fields)


def _failed() -> str:
    return _("Cette réponse n'a pas pu être préparée. Réessayez, ou posez une question plus étroite.")


def revive(found: QueryAnswer) -> bool:
    """Take up a job whose worker died, or whose nudge was lost."""
    return jobs.fell_silent(found) and jobs.take_up(QueryAnswer.objects.all(), found, failed=_failed(), nudge=_nudge)


def reap() -> int:
    """Take up again what is silent, and forget the answers of last week: they are made again when asked for."""
    for old in QueryAnswer.objects.filter(state__in=[DONE, FAILED], created__lt=timezone.now() - KEPT):
        path(old.pk).unlink(missing_ok=True)
        old.delete()
    silent = jobs.silent(QueryAnswer.objects.all())
    return sum(revive(found) for found in silent)


def forget(version: Version) -> None:
    """Remove the answers made from a version that is withdrawn: they quote it."""
    address = f"{version.resource_id}@{version.number}"
    for found in QueryAnswer.objects.only("pk", "resources"):
        if address in found.resources.values():
            path(found.pk).unlink(missing_ok=True)
            found.delete()
