"""The job that draws a map. The row is the truth and a queued task only a nudge (ADR 3): signs of life, a reaper, and no harm in doing
it twice. Pages show the last good map whatever happens here."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.debates import priorities
from parvis.debates.core.opinions.certainty import certainty
from parvis.debates.core.opinions.mapping import OpinionMap as Drawn
from parvis.debates.core.opinions.mapping import draw
from parvis.debates.core.opinions.placing import Places
from parvis.debates.models import OpinionMap, Participant, Process
from parvis.debates.results.facts import bases_of, facts_of
from parvis.debates.results.participation import participation_of, strata_of
from parvis.debates.results.reading import crowd, votes_of
from parvis.shared import jobs

logger = logging.getLogger(__name__)

State = OpinionMap.State
UNDER_WAY = (State.WAITING, State.RUNNING)


def ask(process: Process, signature: str = "") -> OpinionMap:
    """A new map, or the one that is already asked for."""
    try:
        with transaction.atomic():
            last = OpinionMap.objects.filter(process=process).aggregate(last=Max("number"))["last"] or 0
            found = OpinionMap.objects.create(process=process, number=last + 1, signature=signature, heartbeat=timezone.now())
            transaction.on_commit(lambda: _nudge(found.pk))
            return found
    except IntegrityError:
        return OpinionMap.objects.get(process=process, state__in=UNDER_WAY)


@task(priority=-10)
def work(key: int) -> None:
    run(key)


def _nudge(key: int) -> None:
    work.enqueue(key)


def run(key: int) -> None:
    """Draw the map, if nobody else does."""
    mine = OpinionMap.objects.filter(pk=key, state=State.WAITING)
    if not mine.update(state=State.RUNNING, heartbeat=timezone.now(), attempt=F("attempt") + 1):
        return
    found = OpinionMap.objects.defer("facts", "arrays").select_related("process__territory").get(pk=key)
    try:
        with jobs.alive(OpinionMap.objects.filter(pk=found.pk, state=State.RUNNING)):
            _compute(found)
    except Exception:
        logger.exception("The map %s could not be drawn", found)
        _end(found, state=State.FAILED, error=_failed())


def _compute(found: OpinionMap) -> None:
    process = found.process
    people = crowd(process)
    votes = votes_of(process, people)
    drawn = draw(votes)
    sure = certainty(drawn)
    voters = people.of(np.array(votes.persons, dtype=np.int64))
    strata, stratum = strata_of(process, voters)
    apart = Participant.objects.filter(process=process, counted=False).count()
    facts = facts_of(drawn, sure, strata, stratum) | {
        "strata": strata,
        "participation": participation_of(process, voters, apart),
    }
    divides = dict(zip((int(one) for one in votes.statements), drawn.extremity.tolist(), strict=True))
    keys = dict(process.statements.filter(number__in=list(divides)).values_list("number", "pk"))
    with transaction.atomic():
        done = _end(
            found, state=State.DONE, done=timezone.now(), error="", facts=facts, votes=facts["votes"],
            participants=facts["participants"], arrays=packed(drawn, facts["bases"]),
        )  # fmt: skip
        if done:
            priorities.refresh(process, {keys[number]: value for number, value in divides.items() if number in keys})
    if done:
        thin(process)


def _end(found: OpinionMap, **fields: object) -> bool:
    """Only if the job is still ours: one that was taken up by another worker says nothing."""
    mine = OpinionMap.objects.filter(pk=found.pk, state=State.RUNNING, attempt=found.attempt)
    return bool(mine.update(heartbeat=timezone.now(), **fields))


def _failed() -> str:
    return _("La carte n'a pas pu être calculée. Une nouvelle tentative aura lieu dans l'heure.")


# ----- What places one more person -----


def packed(drawn: Drawn, bases: list[list[float]] | None = None) -> bytes:
    bases = bases or bases_of(drawn, certainty(drawn))
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        statements=np.array(drawn.votes.statements, dtype=np.int64),
        kept=drawn.votes.kept,
        centre=drawn.components.centre,
        axes=drawn.components.axes,
        points=drawn.bases.points,
        base_group=drawn.base_group,
        base_certainty=np.array([one[4] for one in bases], dtype=float),
    )
    return buffer.getvalue()


def unpacked(arrays: bytes) -> Places:
    with np.load(io.BytesIO(arrays), allow_pickle=False) as kept:
        return Places(**{name: kept[name] for name in kept.files})


# ----- Signs of life -----


def reap() -> int:
    """Take up again the maps whose worker died or whose nudge was lost."""
    lost = jobs.silent(OpinionMap.objects.defer("facts", "arrays"))
    return sum(jobs.take_up(OpinionMap.objects.all(), found, failed=_failed(), nudge=_nudge) for found in lost)


# ----- What is kept -----


def thin(process: Process) -> int:
    """Of the maps of the last two days, the last of each hour is kept; of older ones, the last of each day; those cited, always."""
    today = timezone.localtime()
    kept: set[object] = set()
    old = []
    rows = OpinionMap.objects.filter(process=process, state__in=[State.DONE, State.FAILED]).order_by("-number")
    for place, (key, state, created, cited) in enumerate(rows.values_list("pk", "state", "created", "cited")):
        local = timezone.localtime(created)
        age = today - created
        slot: object = local.date() if age > timedelta(days=2) else (local.date(), local.hour)
        if age < timedelta(hours=1):
            slot = key
        if place and not cited and (slot in kept or state == State.FAILED):
            old.append(key)
        elif state == State.DONE:
            kept.add(slot)
    return OpinionMap.objects.filter(pk__in=old).delete()[0]
