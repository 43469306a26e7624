"""Work in the background whose row is the truth, and a queued task only a nudge (ADR 3).

The row has `state` (waiting, running, then done or failed), `heartbeat`, `attempt` and `error`. Who works gives signs of life; what fell
silent is taken up again; doing a job twice is harmless because each room writes its result whole, and only if the job is still its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Model, QuerySet
from django.utils import timezone

BEAT = 10.0
"""Seconds between two signs of life."""
SILENCE = timedelta(seconds=60)
"""After how long without one a worker is held to be dead, or a nudge lost."""
ATTEMPTS = 3
"""Deaths after which a job fails, and says so."""

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
UNDER_WAY = (WAITING, RUNNING)

M = TypeVar("M", bound=Model)


class Watched(Protocol):
    """A row that says how its work goes."""

    state: Any
    heartbeat: Any


class Job(Watched, Protocol):
    """One that counts how many times it was begun."""

    pk: Any
    attempt: Any


@contextmanager
def alive(rows: QuerySet[Any]) -> Iterator[None]:
    """Write `heartbeat` on these rows while the block runs, from a thread of its own, since a step may last minutes without a word."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT):
                with contextlib.suppress(DatabaseError):  # away for a moment: the next beat says it
                    close_old_connections()
                    rows.all().update(heartbeat=timezone.now())
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def fell_silent(found: Watched, now: datetime | None = None) -> bool:
    """Whether the job is under way and nobody gave a sign of life for a minute."""
    return found.state in UNDER_WAY and bool(found.heartbeat < (now or timezone.now()) - SILENCE)


def silent(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows of work under way without a sign of life for a minute."""
    return rows.filter(state__in=UNDER_WAY, heartbeat__lt=timezone.now() - SILENCE)


def take_up(rows: QuerySet[Any], found: Job, *, failed: str, nudge: Callable[[Any], object]) -> bool:
    """Let `found` (of `rows`) wait again and nudge a worker; after three deaths it fails with the sentence `failed`.

    Only if it is still as it was seen: two reapers, or a worker that came back, do not undo each other."""
    mine = rows.filter(pk=found.pk, state=found.state, heartbeat=found.heartbeat)
    if found.attempt >= ATTEMPTS:
        mine.update(state=FAILED, error=failed, heartbeat=timezone.now())
        return False
    taken = bool(mine.update(state=WAITING, heartbeat=timezone.now()))
    if taken:
        nudge(found.pk)
    return taken
