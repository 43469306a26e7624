"""Records into the catalogue, five hundred at a time: what is new, what changed, what is the same. Each chunk is whole or not at all.

Doing a chunk twice is harmless: what this run has already said of a record is not said again."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.catalog import news, quality
from parvis.catalog.core.quality import quality as measured
from parvis.catalog.harvesting import publishers, records
from parvis.catalog.harvesting.publishers import Places, Publishers
from parvis.catalog.models import Dataset, HarvestedDataset, HarvestRecord, HarvestRun, HarvestSource, Resource
from parvis.shared import bulk
from parvis.shared.search import keeper

logger = logging.getLogger(__name__)
Fate = HarvestRecord.Fate
CHUNK = 500
DATASET_FIELDS = [
    "organisation", "territory", "title", "description", "keywords", "licence", "frequency", "source", "source_url", "published",
    "modified", "quality_score", "quality_marks", "quality_day",
]  # fmt: skip
TRACE_FIELDS = [
    "page", "digest", "iri", "original_url", "publisher_key", "publisher", "licence", "record", "issued", "updated", "seen_in",
    "missing_since", "archived",
]  # fmt: skip
RESOURCE_FIELDS = ["title", "description", "position", "remote_url", "remote_format", "remote_bytes", "remote_updated"]
FIGURES = {Fate.MADE: "made", Fate.CHANGED: "changed", Fate.RESTORED: "changed", Fate.SAME: "same", Fate.REFUSED: "refused"}


class SupersededError(Exception):
    """The run was stopped, or given to another worker: this one ends without a word."""


@dataclass
class Work:
    """What one worker holds while it reads a source."""

    run: HarvestRun
    source: HarvestSource
    now: datetime
    publishers: Publishers
    places: Places = field(default_factory=Places)

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)


@dataclass
class Done:
    """What became of a chunk: lines of the log, and how many of each fate."""

    lines: list[HarvestRecord] = field(default_factory=list)

    def fates(self) -> Counter[str]:
        return Counter(line.fate for line in self.lines)


def guard(run: HarvestRun, **changes: Any) -> None:
    """Write into the run, if it is still ours. Raises SupersededError."""
    mine = HarvestRun.objects.filter(pk=run.pk, generation=run.generation, state=HarvestRun.State.RUNNING)
    if not mine.update(heartbeat=timezone.now(), **changes):
        raise SupersededError


def store(work: Work, found: Sequence[Mapping[str, Any]], page: str, number: int) -> Counter[str]:
    """Keep these records of page `number`. Returns how many of each fate."""
    with transaction.atomic():
        done = kept(work, found, page, number)
        bulk.insert(done.lines)
        fates = done.fates()
        figures: Counter[str] = Counter()
        for fate, count in fates.items():
            if fate in FIGURES:
                figures[FIGURES[Fate(fate)]] += count
        guard(work.run, read=F("read") + len(done.lines), **{name: F(name) + count for name, count in figures.items()})
        if set(fates) - {Fate.SAME, Fate.REFUSED, Fate.DOUBLE}:
            transaction.on_commit(partial(keeper.look_again, "dataset"))
    return fates


def kept(work: Work, found: Sequence[Mapping[str, Any]], page: str, number: int) -> Done:
    done = Done()
    known_here = {records.key_of(str(record.get("identifier") or "")): record for record in found}
    said = dict(HarvestRecord.objects.filter(run=work.run, key__in=known_here).values_list("key", "page"))
    fresh = {}
    for key, record in known_here.items():
        if key not in said:
            fresh[key] = record
        elif said[key] != number:
            message = _("Cet identifiant est déjà celui d'un jeu de données de la page {page}.").format(page=said[key])
            done.lines.append(line(work, key, number, record, Fate.DOUBLE, message=message))
    fields = ("key", "digest", "archived", "pk")
    stored = {row[0]: row[1:] for row in work.source.datasets.filter(key__in=fresh).values_list(*fields)}
    new: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    same: list[str] = []
    for key, record in fresh.items():
        digest, archived, pk = stored.get(key, ("", None, None))
        if pk is not None and archived is None and digest == record["digest"]:
            same.append(key)
            done.lines.append(line(work, key, number, record, Fate.SAME, dataset_id=pk))
            continue
        try:
            records.check(record)
        except records.Unkept as error:
            done.lines.append(line(work, key, number, record, Fate.REFUSED, message=str(error), dataset_id=pk))
            if pk is not None:
                same.append(key)  # it is still there: a fiche that lost its title is not one that left
            continue
        (new if pk is None else changed)[key] = record
    seen(work, same, page)
    work.publishers.meet(record.get("publisher") for record in (new | changed).values())
    make(work, new, page, number, done)
    change(work, changed, page, number, done)
    return done


def seen(work: Work, keys: Sequence[str], page: str) -> None:
    """These records are there and are the same."""
    if keys:
        work.source.datasets.filter(key__in=keys).update(seen_in=work.run, page=page, missing_since=None)


def line(
    work: Work,
    key: str,
    number: int,
    record: Mapping[str, Any],
    fate: Fate,
    *,
    message: str = "",
    dataset_id: str | None = None,
) -> HarvestRecord:
    return HarvestRecord(
        run=work.run,
        key=key,
        page=number,
        fate=fate,
        identifier=str(record.get("identifier") or "")[:500],
        title=str(record.get("title") or "")[:200],
        message=message[:1000],
        dataset_id=dataset_id,
    )


def prepared(work: Work, dataset: Dataset, key: str, record: Mapping[str, Any]) -> tuple[Dataset, list[Resource], str]:
    """A dataset filled and measured, with its files. Raises what one bad record may raise."""
    publisher = publishers.key_of(record.get("publisher"))
    organisation = work.publishers.organisation(publisher)
    records.fill(dataset, record, work.source, organisation, work.places.of(record))
    dataset.modified = timezone.now()
    updated = records.moment(record.get("modified"))
    score = measured(quality.remote_facts(dataset, timezone.localdate(updated) if updated else None), work.today)
    dataset.quality_score, dataset.quality_day = score.score, work.today
    dataset.quality_marks = [mark.plain() for mark in score.marks]
    return dataset, records.resources(dataset, record), publisher


def advice(files: Sequence[Resource]) -> str:
    return "" if files else _("Ce jeu de données n'a aucun fichier que l'on puisse ouvrir.")


def unreadable(work: Work, key: str, number: int, record: Mapping[str, Any], done: Done, pk: str | None = None) -> None:
    """One bad record never stops a run: it is said, and the others go on."""
    logger.exception("harvest %s: record %s", work.run.pk, record.get("identifier"))
    message = _("Ce jeu de données est écrit d'une façon que nous n'avons pas su garder.")
    done.lines.append(line(work, key, number, record, Fate.REFUSED, message=message, dataset_id=pk))


def make(work: Work, new: Mapping[str, Mapping[str, Any]], page: str, number: int, done: Done) -> None:
    slugs = records.free_slugs({key: str(record["title"]) for key, record in new.items()})
    datasets, traces, files = [], [], []
    for key, record in new.items():
        dataset = Dataset(slug=slugs[key], published=records.shown_since(record, work.now), created=work.now)
        try:
            dataset, resources, publisher = prepared(work, dataset, key, record)
            found = HarvestedDataset(dataset=dataset, source=work.source, key=key, identifier=str(record["identifier"])[:500])
            found = records.trace(found, record, publisher, page)
        except (ValueError, TypeError, KeyError, AttributeError):
            unreadable(work, key, number, record, done)
            continue
        found.seen_in, found.first_seen = work.run, work.now
        datasets.append(dataset)
        traces.append(found)
        files.extend(resources)
        done.lines.append(line(work, key, number, record, Fate.MADE, message=advice(resources), dataset_id=dataset.pk))
    bulk.insert(datasets)
    bulk.insert(traces)
    bulk.insert(files)


def change(work: Work, changed: Mapping[str, Mapping[str, Any]], page: str, number: int, done: Done) -> None:
    if not changed:
        return
    known = work.source.datasets.filter(key__in=changed).select_related("dataset").order_by("pk")
    datasets, traces, wanted = [], [], {}
    for found in known:
        record, back = changed[found.key], found.archived is not None
        try:
            dataset, resources, publisher = prepared(work, found.dataset, found.key, record)
            records.trace(found, record, publisher, page)
        except (ValueError, TypeError, KeyError, AttributeError):
            unreadable(work, found.key, number, record, done, pk=found.pk)
            seen(work, [found.key], page)
            continue
        if back:  # it left, was archived, and came back: shown again, at the same address
            dataset.published = records.shown_since(record, work.now)
        found.seen_in, found.missing_since, found.archived = work.run, None, None
        datasets.append(dataset)
        traces.append(found)
        wanted[dataset.pk] = resources
        fate = Fate.RESTORED if back else Fate.CHANGED
        done.lines.append(line(work, found.key, number, record, fate, message=advice(resources), dataset_id=dataset.pk))
    bulk.upsert(datasets, DATASET_FIELDS)
    bulk.upsert(traces, TRACE_FIELDS)
    replace(wanted)
    news.changed_elsewhere(datasets, {found.dataset_id: found.digest for found in traces})


def replace(wanted: Mapping[str, Sequence[Resource]]) -> None:
    """The files of some datasets as they now are: a file keeps its address here while it keeps its identifier there."""
    before = {(one.dataset_id, one.remote_key): one for one in Resource.objects.filter(dataset__in=wanted, current=None)}
    new, changed = [], []
    for pk, resources in wanted.items():
        for one in resources:
            old = before.pop((pk, one.remote_key), None)
            if old is None:
                new.append(one)
                continue
            if any(getattr(old, name) != getattr(one, name) for name in RESOURCE_FIELDS):
                for name in RESOURCE_FIELDS:
                    setattr(old, name, getattr(one, name))
                changed.append(old)
    Resource.objects.filter(pk__in=[one.pk for one in before.values()]).delete()
    bulk.upsert(changed, RESOURCE_FIELDS)
    bulk.insert(new)
