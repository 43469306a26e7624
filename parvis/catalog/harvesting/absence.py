"""What a catalogue no longer lists. Archived after seven days, so that a bad day of a portal takes nothing away from anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.catalog.models import Dataset, HarvestedDataset, HarvestRecord, HarvestRun, HarvestSource
from parvis.shared.search import keeper

GRACE = timedelta(days=7)
RUNS_WITH_RECORDS, RUNS = 10, 200
State, Fate = HarvestRun.State, HarvestRecord.Fate


def settle(run: HarvestRun, now: datetime) -> tuple[str, str]:
    """The end of a run that reached the last page: what is not in the catalogue is missing, then archived. (state, sentence)"""
    absent = run.source.datasets.filter(archived=None).exclude(seen_in=run)
    if not run.read and absent.exists():
        return State.PARTIAL, _(
            "Le catalogue est vide, alors qu'il ne l'était pas : rien n'est archivé tant que cela n'est pas sûr."
        )
    if not run.whole:
        return State.PARTIAL, _("Une partie du catalogue n'a pas pu être lue : rien n'est archivé cette fois.")
    gone = list(absent.filter(missing_since__lte=now - GRACE).select_related("dataset"))
    missing = list(absent.exclude(missing_since__lte=now - GRACE).select_related("dataset"))
    absent.filter(missing_since=None).update(missing_since=now, page="")  # its page no longer holds it
    archive(gone, now)
    lines = [line(run, one, Fate.MISSING) for one in missing] + [line(run, one, Fate.ARCHIVED) for one in gone]
    HarvestRecord.objects.bulk_create(lines, batch_size=500)
    HarvestRun.objects.filter(pk=run.pk).update(missing=len(missing), archived=len(gone))
    return State.DONE, ""


def archive(gone: list[HarvestedDataset], now: datetime) -> None:
    """No longer shown; nothing is erased, and it comes back at the same address if its original does."""
    for start in range(0, len(gone), 500):
        keys = [one.pk for one in gone[start : start + 500]]
        HarvestedDataset.objects.filter(pk__in=keys).update(archived=now)
        Dataset.objects.filter(pk__in=keys).update(published=None, modified=timezone.now())
    if gone:
        transaction.on_commit(partial(keeper.look_again, "dataset"))


def line(run: HarvestRun, found: HarvestedDataset, fate: str) -> HarvestRecord:
    message = ""
    if fate == Fate.MISSING:
        since = found.missing_since or timezone.now()
        message = _("Il sera archivé s'il manque encore le {day}.").format(day=f"{timezone.localtime(since + GRACE):%d/%m/%Y}")
    return HarvestRecord(
        run=run, key=found.key, fate=fate, identifier=found.identifier, title=found.dataset.title, message=message, dataset_id=found.pk
    )  # fmt: skip


def forget(source: HarvestSource) -> None:
    """Figures are kept for long, the fate of each record for the last runs."""
    ended = source.runs.exclude(state__in=[State.WAITING, State.RUNNING])
    old = list(ended.values_list("pk", flat=True)[RUNS_WITH_RECORDS:RUNS])
    HarvestRecord.objects.filter(run__in=old).delete()
    ended.filter(pk__in=list(ended.values_list("pk", flat=True)[RUNS : RUNS + 500])).delete()
