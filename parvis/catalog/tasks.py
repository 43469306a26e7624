"""Nudges for the worker. The rows of `Deposit` and `Export` are the truth: a lost nudge is found again by `reap`."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import jobs, storage
from parvis.catalog.drawing import pictures
from parvis.catalog.models import Deposit
from parvis.shared.jobs import ATTEMPTS, SILENCE


@task()
def work(deposit_id: str, generation: int) -> None:
    if not jobs.run(deposit_id, generation):
        work.enqueue(deposit_id, generation)  # the machine was full for a minute: behind the others


def nudge(deposit: Deposit) -> None:
    """Ask a worker for this deposit once the change that asks for it is written."""
    transaction.on_commit(partial(work.enqueue, deposit.pk, deposit.generation))


def reap(silence: timedelta = SILENCE) -> int:
    """Take up again the deposits whose worker died, or whose nudge was lost: returns how many.

    A job counts its attempts when it starts (one that waits its turn fails nobody); after three, the deposit says so."""
    storage.sweep()
    pictures.sweep()
    silent = Deposit.objects.filter(state__in=jobs.WORKING, heartbeat__lt=timezone.now() - silence)
    silent.filter(attempt__gte=ATTEMPTS).exclude(state=Deposit.State.WAITING).update(
        state=Deposit.State.FAILED,
        step="",
        error=_(
            "Le traitement s'est arrêté trois fois avant la fin. Le fichier est gardé : relancez la lecture, ou enregistrez-le en CSV."
        ),
    )
    found = 0
    for deposit in silent.only("pk", "generation", "attempt", "heartbeat"):
        mine = Deposit.objects.filter(pk=deposit.pk, generation=deposit.generation, heartbeat=deposit.heartbeat)
        # One reaper wins; a new generation makes the dead worker's job void if it was only asleep.
        taken = mine.update(heartbeat=timezone.now(), generation=F("generation") + 1, state=Deposit.State.WAITING, step="")
        if taken:
            deposit.generation += 1
            nudge(deposit)
            found += 1
    return found
