"""The job that builds a consolidation. The row is the truth, a queued task only a nudge (ADR 3): signs of life, a reaper, and no
harm in doing it twice, since tables that did not change give the version that is there.

What changes within a minute is built once: the first change sets `due`, the others wait with it."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import known_schemas, storage, understanding
from parvis.catalog.consolidations import publishing, tables
from parvis.catalog.core.consolidation.selection import Selection
from parvis.catalog.models import Consolidation, Dataset, Version
from parvis.shared import jobs, sandbox

logger = logging.getLogger(__name__)

State = Consolidation.State
DEBOUNCE = timedelta(seconds=60)
MARGIN = timedelta(seconds=5)  # a transaction may end a little after the moment that it wrote down


class Superseded(Exception):
    """Somebody else works on it, or it is not asked for any more."""


# ----- When -----


def catch_up() -> int:
    """What the worker does at each round: notice what changed, start what is due, take up again what died."""
    now = timezone.now()
    if not Consolidation.objects.exists():
        return 0
    notice()
    for found in Consolidation.objects.filter(state=State.WAITING, due__lte=now):
        if Consolidation.objects.filter(pk=found.pk, state=State.WAITING, due=found.due).update(due=None, heartbeat=now):
            _nudge(found.pk)
    return reap()


def notice() -> int:
    """Mark what is to be built again: a table of its schema changed since it was looked at, or a day went by."""
    now = timezone.now()
    resting = Consolidation.objects.filter(active=True, state__in=[State.IDLE, State.FAILED])
    marked = 0
    for found in resting:
        since = (found.looked or found.created) - MARGIN
        if found.looked is None or found.looked < now - timedelta(days=1) or _touched(found, since):
            mine = resting.filter(pk=found.pk, state=found.state)
            marked += mine.update(state=State.WAITING, due=now + DEBOUNCE, attempt=0, error="", heartbeat=now)
    return marked


def _touched(found: Consolidation, since: datetime) -> bool:
    """Whether a table that follows the schema changed, or one that was weighed the last time and follows it no more."""
    follows = Q(resources__schema=found.schema) | Q(resources__current__schema=found.schema)
    weighed = Q(resources__in=found.parts.values("resource"))
    return Dataset.objects.filter(follows | weighed, modified__gt=since, resources__consolidation=None).exists()


def ask(found: Consolidation) -> None:
    """Build it now, without waiting for others to change too."""
    with transaction.atomic():
        now = timezone.now()
        resting = Consolidation.objects.filter(pk=found.pk).exclude(state=State.RUNNING)
        if resting.update(state=State.WAITING, due=None, attempt=0, error="", heartbeat=now):
            transaction.on_commit(lambda: _nudge(found.pk))


@task(priority=-30)  # after the files that people wait for, comparisons and answers
def work(consolidation_id: str) -> None:
    run(consolidation_id)


def _nudge(consolidation_id: str) -> None:
    work.enqueue(consolidation_id)


def reap() -> int:
    """Take up again the jobs whose worker died, or whose nudge was lost. Three deaths are a failure, said."""
    waiting = Consolidation.objects.filter(due=None)
    return sum(jobs.take_up(waiting, found, failed=_failed(), nudge=_nudge) for found in jobs.silent(waiting))


# ----- The job -----


def run(consolidation_id: str) -> None:
    """Build it, if it waits and nobody else does."""
    now = timezone.now()
    mine = Consolidation.objects.filter(pk=consolidation_id, state=State.WAITING)
    if not mine.update(state=State.RUNNING, heartbeat=now, looked=now, due=None, progress=0, attempt=F("attempt") + 1):
        return
    found = Consolidation.objects.get(pk=consolidation_id)
    try:
        with jobs.alive(Consolidation.objects.filter(pk=found.pk, attempt=found.attempt)):
            build(found)
    except Superseded:
        return
    except sandbox.Busy:
        _end(found, State.WAITING, attempt=F("attempt") - 1)  # the reaper comes back to it
    except (known_schemas.UnknownSchemaError, publishing.NoRegion, storage.StorageError, sandbox.Refused) as error:
        _end(found, State.FAILED, error=str(error))
    except Exception:
        logger.exception("The consolidation of %s could not be built", found.schema)
        _end(found, State.FAILED, error=_failed())
    else:
        _end(found, State.IDLE, attempt=0, error="", progress=100)


def build(found: Consolidation) -> None:
    """What comes in, the table, its profile and its check, then its publication. Nothing where nothing changed."""
    chosen = tables.selection(found.schema)
    if chosen.fingerprint == found.fingerprint and _still_there(found):
        publishing.report(found, chosen, None)
        return
    if not chosen.kept:
        publishing.nothing(found, chosen)
        return
    size = Version.objects.filter(pk__in=[one.version for one in chosen.kept])
    weight = sum(size.values_list("source_bytes", flat=True))
    if not storage.has_room(weight):
        raise storage.StorageError(_("Il n'y a plus assez de place sur le serveur pour rassembler ces fichiers."))
    with storage.work_folder(found.pk) as folder:
        made = _made(found, chosen, folder, weight)
        publishing.publish(found, chosen, made)


def _still_there(found: Consolidation) -> bool:
    return found.version is not None and not found.version.withdrawn and storage.parquet_path(found.version).is_file()


@dataclass(frozen=True)
class Made:
    """What the sandbox gave back: the table and all that a version keeps of it. `parts` are in the order of `Selection.kept`."""

    path: Path
    built: dict[str, Any]
    reading: dict[str, Any]
    profile: dict[str, Any]
    verdict: dict[str, Any]


def _made(found: Consolidation, chosen: Selection, folder: Path, weight: int) -> Made:
    place, out = folder / "in", folder / "out"
    place.mkdir()
    out.mkdir()
    out.chmod(0o755)
    versions = {
        one.pk: one for one in Version.objects.filter(pk__in=[one.version for one in chosen.kept]).defer("profile", "verdict")
    }
    sources = []
    for position, one in enumerate(chosen.kept):
        with contextlib.suppress(FileNotFoundError):  # its bytes went meanwhile: the sandbox says so of this one alone
            storage.link_or_copy(storage.source_path(versions[one.version]), place / str(position))
        row = [one.organisation, one.siren, one.title, one.address, one.number, one.published.date().isoformat(), one.licence]
        sources.append({"path": str(position), "reading": versions[one.version].reading, "provenance": row})
    text = known_schemas.text_of(found.schema)
    limits = sandbox.Limits(
        memory=3000 * sandbox.MEGABYTE,
        seconds=90 + len(sources) / 5 + weight / 1_000_000,
        result=32 * sandbox.MEGABYTE,
        scratch=500 * sandbox.MEGABYTE + 8 * weight,
        wait=60,
    )
    built = sandbox.run(understanding.consolidate, sources, text, str(out), limits=limits, folder=place, scratch=out)
    note(found, progress=50)
    table = place / "table"
    storage.link_or_copy(out / "table.parquet", table)
    read = sandbox.run(understanding.read, "table", {}, limits=limits, folder=place)["reading"]
    (place / "schemas").mkdir()
    described = sandbox.run(
        understanding.profile, "table", read, limits=limits, folder=place, scratch=out, out=str(out), known="schemas"
    )
    note(found, progress=75)
    verdict = sandbox.run(understanding.check, "table", read, text, limits=limits, folder=place, scratch=out, out=str(out))
    profile = described["profile"] | {"columns": aligned(described["profile"]["columns"], built["types"])}
    note(found, progress=90)
    return Made(out / "table.parquet", built, read, profile, verdict | {"schema": found.schema})


TYPES = {"BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime"}


def aligned(columns: list[dict[str, Any]], types: list[str]) -> list[dict[str, Any]]:
    """The profile speaks of the types that the table really has, which are the schema's, not those that its values suggest."""
    found = []
    for column, kind in zip(columns, types, strict=True):
        wanted = TYPES.get(kind, "string")
        same = column["type"] == wanted or (column["type"] == "year" and wanted == "integer")
        told: dict[str, Any] = {} if same else {"type": wanted, "format": None, "histogram": [], "min": None, "max": None}
        found.append(column | told)
    return found


def note(found: Consolidation, **fields: Any) -> None:
    """Write down how far the work has come, if it is still ours."""
    if not Consolidation.objects.filter(pk=found.pk, state=State.RUNNING, attempt=found.attempt).update(
        heartbeat=timezone.now(), **fields
    ):
        raise Superseded


def _end(found: Consolidation, state: str, **fields: Any) -> None:
    mine = Consolidation.objects.filter(pk=found.pk, state=State.RUNNING, attempt=found.attempt)
    mine.update(state=state, heartbeat=timezone.now(), **fields)


def _failed() -> str:
    return _(
        "La construction s'est arrêtée avant la fin. Elle sera reprise au prochain changement, ou quand vous la relancerez."
    )
