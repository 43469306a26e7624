"""The job of a run: page after page, each read in the sandbox and written down before the next.

The row is the truth (ADR 3). A slice lasts some seconds, then the job goes behind the others in the queue, so that people who wait
for their file do not wait for twenty thousand records; a killed slice is taken up at its page."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import storage
from parvis.catalog.harvesting import absence, bodies, hosts, publishers, reading, storing
from parvis.catalog.harvesting.storing import SupersededError, Work, guard
from parvis.catalog.models import HarvestPage, HarvestRecord, HarvestRun
from parvis.shared import bulk, jobs, sandbox
from parvis.shared.fetching import FetchError
from parvis.shared.sandbox import MEGABYTE

logger = logging.getLogger(__name__)
State, Fate = HarvestRun.State, HarvestRecord.Fate

SLICE = 20.0
LONGEST = 3600.0  # seconds of work in one run
MOST_PAGES = 5000
TRIES = 4
ATTEMPTS = 5
FOR_GOOD = {"tls", "forbidden", "scheme", "address", "credentials", "port", "too_large", "redirects", "encoding"}


class EndedError(Exception):
    """The run goes no further: its state, and the sentence that says why."""

    def __init__(self, state: str, sentence: str = "") -> None:
        super().__init__(sentence)
        self.state, self.sentence = state, sentence


class LaterError(Exception):
    """Nothing more to do before `until`."""

    def __init__(self, until: datetime, sentence: str) -> None:
        super().__init__(sentence)
        self.until, self.sentence = until, sentence


@task(priority=-30)  # after the files that people wait for
def work(run_id: str) -> None:
    if run(run_id):
        work.enqueue(run_id)


def nudge(found: HarvestRun) -> None:
    transaction.on_commit(lambda: work.enqueue(found.pk))


def run(run_id: str, *, slice_seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Work on a run for a while, if nobody else does. True when there is more to do at once."""
    moment = now or timezone.now()
    waiting = HarvestRun.objects.filter(pk=run_id, state=State.WAITING).exclude(not_before__gt=moment)
    taken = {"state": State.RUNNING, "heartbeat": timezone.now(), "attempt": F("attempt") + 1}
    if not waiting.update(**taken):
        return False
    found = HarvestRun.objects.select_related("source__organisation").get(pk=run_id)
    if found.started is None:
        HarvestRun.objects.filter(pk=run_id).update(started=moment)
    started = time.monotonic()
    try:
        with jobs.alive(HarvestRun.objects.filter(pk=found.pk, generation=found.generation)):
            act(found, started + slice_seconds, moment)
    except SupersededError:
        return False
    except EndedError as end:
        finish(found, end, moment, time.monotonic() - started)
        return False
    except LaterError as later:
        release(found, time.monotonic() - started, not_before=later.until, error=later.sentence)
        return False
    except sandbox.Busy:
        release(found, time.monotonic() - started)
        time.sleep(1)
        return True
    except sandbox.SandboxError as error:
        logger.warning("harvest %s: %s", found.pk, error.detail)
        sentence = _("Le catalogue demande trop de temps ou de mémoire à lire. Demandez à ce portail des pages plus petites.")
        finish(found, EndedError(State.FAILED, sentence), moment, time.monotonic() - started)
        return False
    release(found, time.monotonic() - started)
    return True


def release(found: HarvestRun, seconds: float, **changes: Any) -> None:
    """Back in the queue: the slice is over, the attempt was no failure."""
    with contextlib.suppress(SupersededError):
        guard(found, state=State.WAITING, attempt=0, seconds=F("seconds") + seconds, **({"error": ""} | changes))


def act(found: HarvestRun, deadline: float, now: datetime) -> None:
    if found.preview:
        from parvis.catalog.harvesting import detection

        detection.preview(found, now)
        raise EndedError(State.DONE)
    if not found.cursor:
        found.cursor = found.source.endpoint
        guard(found, cursor=found.cursor)
    job = Work(found, found.source, now, publishers.Publishers(found.source))
    while time.monotonic() < deadline:
        batch(job)


def batch(job: Work) -> None:
    """Some pages: fetched one after the other, read in one child, kept one after the other."""
    found = job.run
    check_limits(found)
    if until := hosts.free_at(found.cursor, job.now):
        raise LaterError(until, _("Ce portail demande d'attendre un peu avant de continuer."))
    with storage.work_folder(f"harvest-{found.pk}") as folder:
        fetched = brought(job, folder)
        answers = iter(read(job, folder, fetched))
        for rank, body in enumerate(fetched):
            if body.url != found.cursor:
                return  # the portal leads elsewhere than was foreseen: start again from there
            check_loop(job, body)
            if body.path is None and body.known is not None:
                keep_same(job, body)
            else:
                keep(job, body, next(answers), folder / "out" / f"{rank}.jsonl")
            found.read = HarvestRun.objects.values_list("read", flat=True).get(pk=found.pk)
            if not found.cursor:
                raise EndedError(State.DONE)


def check_limits(found: HarvestRun) -> None:
    if found.page > MOST_PAGES:
        raise EndedError(
            State.PARTIAL, _("Ce catalogue a plus de {n} pages : nous n'avons pas lu la suite.").format(n=MOST_PAGES)
        )
    if found.seconds > LONGEST:
        raise EndedError(State.PARTIAL, _("La lecture a duré plus d'une heure : la suite sera lue la prochaine fois."))


def brought(job: Work, folder: Path) -> list[bodies.Body]:
    """The page at the cursor and those ahead. Only the first one may fail: the others will be asked again in their turn."""
    (folder / "in").mkdir()
    found: list[bodies.Body] = []
    for number, url in enumerate(bodies.ahead(job.run, job.source)):
        try:
            found.append(bodies.fetch(job.source, url, folder / "in", number))
        except FetchError as error:
            if not found:
                failed(job, error)
            break
        guard(job.run)
    hosts.answered(job.run.cursor)
    return found


def failed(job: Work, error: FetchError) -> None:
    """A page did not come: later if that may pass, otherwise the run ends here and keeps what it has read."""
    run = job.run
    sentence = _("Page {number} ({url}) : {why}").format(number=run.page, url=run.cursor[:300], why=error.message)
    passing = error.code not in FOR_GOOD and not (
        error.code == "status" and 400 <= (error.status or 0) < 500 and error.status not in {408, 425, 429}
    )
    until = hosts.failed(run.cursor, job.now, error.retry_after) if passing else job.now
    note(job, sentence)
    if not passing or run.tries + 1 >= TRIES:
        raise EndedError(State.FAILED, sentence)
    guard(run, tries=F("tries") + 1)
    raise LaterError(until, sentence)


def note(job: Work, sentence: str) -> None:
    HarvestRecord.objects.create(run=job.run, page=job.run.page, fate=Fate.PROBLEM, message=sentence[:1000])


def read(job: Work, folder: Path, fetched: list[bodies.Body]) -> list[dict[str, Any]]:
    """The documents that changed, through the sandbox; their records are left in `folder`/out, by rank."""
    given = [(rank, body) for rank, body in enumerate(fetched) if body.path is not None]
    if not given:
        return []
    out = folder / "out"
    out.mkdir()
    out.chmod(0o755)
    size = sum(body.path.stat().st_size for _rank, body in given if body.path)
    limits = sandbox.Limits(
        memory=3000 * MEGABYTE,
        seconds=30 + size / 500_000,
        result=16 * MEGABYTE,
        scratch=100 * MEGABYTE + 6 * size,
        wait=30,
    )
    pages = [
        {"path": f"page-{rank}", "media_type": body.media_type, "url": body.url, "out": f"{rank}.jsonl"} for rank, body in given
    ]
    for rank, _body in given:
        (folder / "in" / f"page-{rank}").chmod(0o644)
    return list(
        sandbox.run(reading.pages, job.source.kind, pages, out=str(out), limits=limits, folder=folder / "in", scratch=out)
    )


def check_loop(job: Work, body: bodies.Body) -> None:
    """A portal may lead back to a page, or give the same one under address after address."""
    before = job.source.pages.filter(key=body.key, run=job.run).exists()
    again = bool(body.sha256) and body.sha256 == job.run.last_body
    if before or again:
        sentence = _("Page {number} : le portail renvoie à une page déjà lue. La lecture s'arrête là.").format(
            number=job.run.page
        )
        note(job, sentence)
        raise EndedError(State.PARTIAL, sentence)


def keep_same(job: Work, body: bodies.Body) -> None:
    """A page that did not change: its datasets were seen, in two questions."""
    assert body.known is not None
    here = job.source.datasets.filter(page=body.key, archived=None)
    lines = [
        HarvestRecord(
            run=job.run, key=key, page=job.run.page, fate=Fate.SAME, identifier=identifier, title=title, dataset_id=pk
        )
        for key, identifier, title, pk in here.values_list("key", "identifier", "dataset__title", "pk")
    ]
    with transaction.atomic():
        here.update(seen_in=job.run, missing_since=None)
        bulk.insert(lines)
        guard(job.run, read=F("read") + len(lines), same=F("same") + len(lines))
        turn(job, body, {"next": body.known.next, "total": job.run.total}, sound=True, count=len(lines))


def keep(job: Work, body: bodies.Body, answer: dict[str, Any], path: Path) -> None:
    """A page that was read: its records, five hundred at a time, then the cursor moves."""
    if "error" in answer:
        sentence = _("Page {number} ({url}) : {why}").format(number=job.run.page, url=body.url[:300], why=answer["error"])
        note(job, sentence)
        raise EndedError(State.FAILED, sentence)
    fates: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        while chunk := [json.loads(text) for text in islice(lines, storing.CHUNK)]:
            fates += storing.store(job, chunk, body.key, job.run.page)
    for sentence in answer["problems"]:
        note(job, sentence)
    if answer["more_problems"]:
        note(job, _("… et {n} autres problèmes sur cette page.").format(n=answer["more_problems"]))
    sound = not answer["problems"] and not fates[Fate.REFUSED] and not fates[Fate.DOUBLE]
    if fates and not set(fates) - {Fate.DOUBLE} and answer["next"]:
        sentence = _("Page {number} : elle ne fait que répéter les précédentes. La lecture s'arrête là.").format(
            number=job.run.page
        )
        note(job, sentence)
        raise EndedError(State.PARTIAL, sentence)
    with transaction.atomic():
        count = job.source.datasets.filter(page=body.key, archived=None, seen_in=job.run).count() if sound else 0
        turn(job, body, answer, sound=sound, count=count)


def turn(job: Work, body: bodies.Body, answer: dict[str, Any], *, sound: bool, count: int) -> None:
    """The page is written down and the cursor moves on, at once; after the last page it is empty."""
    run, following = job.run, str(answer["next"] or "")[:2000]
    known = body.known if body.path is None else None
    values = {
        "url": body.url[:2000], "etag": known.etag if known else body.etag, "body": body.sha256,
        "last_modified": known.last_modified if known else body.last_modified,
        "next": following, "count": count, "sound": sound, "revision": reading.REVISION, "run": run,
    }  # fmt: skip
    HarvestPage.objects.update_or_create(source=job.source, key=body.key, defaults=values)
    whole = run.whole and not answer.get("cut")
    total = answer.get("total") if answer.get("total") is not None else run.total
    changes = {"cursor": following, "page": run.page + 1, "tries": 0, "last_body": body.sha256, "whole": whole, "total": total}
    guard(run, **changes)
    for name, value in changes.items():
        setattr(run, name, value)


# ----- The end -----


def finish(found: HarvestRun, end: EndedError, now: datetime, seconds: float) -> None:
    """Write the end of a run; a whole one says what left the catalogue."""
    try:
        with transaction.atomic():
            found.refresh_from_db()
            state, sentence = end.state, end.sentence
            if state == State.DONE and not found.preview:
                state, sentence = absence.settle(found, now)
            guard(found, state=state, error=sentence, ended=timezone.now(), seconds=F("seconds") + seconds, cursor=found.cursor)
    except SupersededError:
        return
    if not found.preview:
        publishers.count(found.source)
    absence.forget(found.source)


# ----- Signs of life -----


def reap(now: datetime | None = None) -> int:
    """Take up again the runs whose worker died, or whose nudge was lost. One that dies again and again fails, and says so."""
    moment = now or timezone.now()
    silent = HarvestRun.objects.filter(state=State.RUNNING, heartbeat__lt=moment - jobs.SILENCE)
    for one in silent.filter(attempt__gte=ATTEMPTS):
        sentence = _("La lecture s'est arrêtée plusieurs fois avant la fin. Ce qui a été lu est gardé.")
        HarvestRun.objects.filter(pk=one.pk, heartbeat=one.heartbeat).update(
            state=State.FAILED, error=sentence, ended=moment, generation=F("generation") + 1
        )
    found = 0
    for one in silent.filter(attempt__lt=ATTEMPTS):
        mine = HarvestRun.objects.filter(pk=one.pk, generation=one.generation, heartbeat=one.heartbeat)
        found += mine.update(state=State.WAITING, generation=F("generation") + 1, heartbeat=moment)
    waiting = HarvestRun.objects.filter(state=State.WAITING).exclude(not_before__gt=moment)
    for one in waiting.filter(heartbeat__lt=moment - timedelta(seconds=15)) | waiting.filter(generation__gt=0):
        HarvestRun.objects.filter(pk=one.pk).update(heartbeat=moment)
        work.enqueue(one.pk)
    return found
