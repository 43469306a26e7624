"""Two versions of a table compared once and for all: versions never change, so neither does what changed between them.

Small tables are compared while the reader waits; others by a job. The row of `Comparison` is the truth, a queued task only a
nudge: who works on it gives signs of life, a silent one is taken up again, and doing it twice is harmless."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import known_schemas, storage, understanding
from parvis.catalog.columns import Column, columns_of
from parvis.catalog.core.tables import compare
from parvis.catalog.core.tables.schema import SchemaError, parse
from parvis.catalog.models import Comparison, Version
from parvis.shared import jobs, sandbox

logger = logging.getLogger(__name__)

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
RULE = 1
"""Raise it when the same two files would give another answer: what was counted before is then counted again."""
AT_ONCE_CELLS = 2_000_000
AT_ONCE_SECONDS = 2.0
MOST_WAITING = 30
_turn = threading.BoundedSemaphore(1)


class CannotCompareError(Exception):
    """These versions cannot be compared: one was withdrawn, or they are the same. The message is a sentence."""


class TooManyError(Exception):
    """Too many comparisons wait already. The message is a sentence."""


def check_can_compare(before: Version, after: Version) -> None:
    if before.pk == after.pk:
        raise CannotCompareError(_("Choisissez deux versions différentes."))
    for version in (before, after):
        if version.withdrawn:
            raise CannotCompareError(
                _("La version {number} a été retirée : elle ne peut plus être comparée.").format(number=version.number)
            )


def path(before: Version, after: Version) -> Path:
    """Where the changes between these two are, or will be."""
    return storage.comparison_path(before.digest, after.digest, RULE)


# ----- What rows are followed by -----


def key_of(before: Version, after: Version) -> tuple[tuple[str, ...], str]:
    """The columns by which a row is followed from one version to the other, and why: `schema` (its primary key), `unique` (a
    column without an empty cell nor a value twice, in both), or nothing: then rows are compared whole."""
    old, new = columns_of(before), columns_of(after)
    names = {column.name for column in old} & {column.name for column in new}
    wanted = primary_key(after.schema)
    if wanted and set(wanted) <= names:
        return wanted, "schema"
    alone = {column.name for column in old if is_unique(column)}
    found = [column for column in new if column.name in alone and is_unique(column)]
    found.sort(key=lambda column: column.wide)  # a code rather than a sentence, then the first of the table
    return ((found[0].name,), "unique") if found else ((), "")


def primary_key(schema: str) -> tuple[str, ...]:
    if not schema:
        return ()
    with contextlib.suppress(known_schemas.UnknownSchemaError, SchemaError, ValueError):
        import json

        return parse(json.loads(known_schemas.text_of(schema))).primary_key
    return ()


def is_unique(column: Column) -> bool:
    """Whether a column can tell rows apart. An amount or a date that happens to be unique names nothing."""
    return (
        column.type in {"integer", "string"}
        and column.rows > 0
        and not column.empty
        and column.distinct_exact
        and column.distinct == column.rows
    )


# ----- Asked -----


def known(before: Version, after: Version) -> Comparison | None:
    """What is already known of these two: a comparison that is done, that waits, or that failed."""
    found = Comparison.objects.filter(before=before, after=after).first()
    if found:
        found.before, found.after = before, after
    if found and found.state == DONE and not path(before, after).is_file():
        return None
    return found


def is_small(before: Version, after: Version) -> bool:
    width = max(len(version.profile["columns"]) for version in (before, after))
    return (before.rows + after.rows) * width <= AT_ONCE_CELLS


def ask(*, before: Version, after: Version) -> Comparison:
    """The comparison of these two: done if it was, or if they are small; otherwise a job is asked for.

    Raises CannotCompareError, TooManyError."""
    check_can_compare(before, after)
    found = known(before, after)
    if found and found.state in {DONE, WAITING, RUNNING}:
        revive(found)
        return found
    if is_small(before, after) and (summary := _at_once(before, after)):
        return _kept(before, after, summary)
    return _queued(before, after)


def _at_once(before: Version, after: Version) -> dict[str, Any] | None:
    """The summary, unless the machine is busy or the time too short."""
    if not _turn.acquire(timeout=AT_ONCE_SECONDS):
        return None
    try:
        key, reason = key_of(before, after)
        with storage.beside(path(before, after)) as out:
            found = compare.compare(
                storage.parquet_path(before), storage.parquet_path(after), key=key, out=out,
                memory="300MB", seconds=AT_ONCE_SECONDS,
            )  # fmt: skip
        return asdict(found) | {"reason": reason}
    except compare.TooLongError:
        return None
    finally:
        _turn.release()


def _kept(before: Version, after: Version, summary: dict[str, Any]) -> Comparison:
    found, _created = Comparison.objects.update_or_create(
        before=before, after=after, defaults={"state": DONE, "summary": summary, "error": "", "heartbeat": timezone.now()}
    )
    found.before, found.after = before, after
    return found


def _queued(before: Version, after: Version) -> Comparison:
    if Comparison.objects.filter(state__in=[WAITING, RUNNING]).count() >= MOST_WAITING:
        raise TooManyError(_("Beaucoup de comparaisons attendent déjà. Réessayez dans quelques minutes."))
    with transaction.atomic():
        found, _created = Comparison.objects.update_or_create(
            before=before,
            after=after,
            defaults={"state": WAITING, "summary": None, "error": "", "attempt": 0, "heartbeat": timezone.now()},
        )
        transaction.on_commit(lambda: _nudge(found.pk))
    found.before, found.after = before, after
    return found


# ----- The job -----


@task(priority=-10)  # after the files that people wait for
def work(comparison_id: str) -> None:
    run(comparison_id)


def _nudge(comparison_id: str) -> None:
    work.enqueue(comparison_id)


def run(comparison_id: str) -> None:
    """Compare, if nobody else does."""
    mine = Comparison.objects.filter(pk=comparison_id, state=WAITING)
    if not mine.update(state=RUNNING, heartbeat=timezone.now(), attempt=F("attempt") + 1):
        return
    found = Comparison.objects.select_related("before", "after").get(pk=comparison_id)
    try:
        check_can_compare(found.before, found.after)
        with jobs.alive(Comparison.objects.filter(pk=comparison_id)):
            summary = _in_sandbox(found.before, found.after)
    except sandbox.Busy:
        Comparison.objects.filter(pk=comparison_id).update(attempt=F("attempt") - 1)
        _end(comparison_id, WAITING)  # the reaper comes back to it
    except (CannotCompareError, storage.StorageError) as error:
        _end(comparison_id, FAILED, error=str(error))
    except sandbox.SandboxError as error:
        logger.warning("comparison %s: %s %s", comparison_id, error.message, error.detail)
        _end(comparison_id, FAILED, error=_failed())
    else:
        _end(comparison_id, DONE, summary=summary)


def _in_sandbox(before: Version, after: Version) -> dict[str, Any]:
    key, reason = key_of(before, after)
    with storage.work_folder("comparison") as folder:
        for name in ("in", "out"):
            (folder / name).mkdir()
        for name, version in (("before", before), ("after", after)):
            storage.link_or_copy(storage.parquet_path(version), folder / "in" / f"{name}.parquet")
        size = before.parquet_bytes + after.parquet_bytes
        limits = sandbox.Limits(
            memory=3000 * sandbox.MEGABYTE,
            seconds=120 + size / 500_000,
            result=4 * sandbox.MEGABYTE,
            scratch=1000 * sandbox.MEGABYTE + 20 * size,
            wait=30,
        )
        found = sandbox.run(
            understanding.compare, "before.parquet", "after.parquet", list(key), str(folder / "out"),
            limits=limits, folder=folder / "in", scratch=folder / "out",
        )  # fmt: skip
        # Replaced, not settled: what an older rule left would stay.
        path(before, after).unlink(missing_ok=True)
        storage.settle(folder / "out" / "changes.parquet", path(before, after))
    return dict(found) | {"reason": reason}


def _failed() -> str:
    return _("Ces deux versions n'ont pas pu être comparées. Téléchargez-les, ou réessayez plus tard.")


def _end(comparison_id: str, state: str, **fields: Any) -> None:
    Comparison.objects.filter(pk=comparison_id).update(state=state, heartbeat=timezone.now(), **fields)


def revive(found: Comparison) -> bool:
    """Take up a job whose worker died, or whose nudge was lost."""
    return jobs.fell_silent(found) and jobs.take_up(Comparison.objects.all(), found, failed=_failed(), nudge=_nudge)


def reap() -> int:
    return sum(revive(found) for found in jobs.silent(Comparison.objects.all()))


# ----- Which two -----


def latest_pair(versions: Sequence[Version]) -> tuple[Version, Version] | None:
    """The last two that can be compared, the older first, of a list that begins with the newest."""
    readable = [version for version in versions if not version.withdrawn]
    return (readable[1], readable[0]) if len(readable) > 1 else None
