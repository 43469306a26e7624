"""What may be done with the sources that we read: declare one, look, start, pause, stop, say who a publisher is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.harvesting import absence, jobs
from parvis.catalog.models import Dataset, HarvestPublisher, HarvestRun, HarvestSource
from parvis.catalog.permissions import Deed, can, check
from parvis.organisations.models import Organisation
from parvis.shared.fetching import FetchError, check_url
from parvis.shared.limits import check_limit
from parvis.shared.search import keeper

State, Rhythm, RunState = HarvestSource.State, HarvestSource.Rhythm, HarvestRun.State
WAIT = {Rhythm.HOURLY: timedelta(hours=1), Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}


class HarvestError(Exception):
    """What was asked cannot be done; the message is the sentence for the person."""


@transaction.atomic
def declare(*, address: str, organisation: Organisation, by: User, name: str = "") -> HarvestSource:
    """A source that nobody reads yet, and the first look at it."""
    check(by, Deed.HARVEST, organisation)
    check_limit(f"harvest:{by.pk}", 20, 3600)
    given = address.strip() if "://" in address else f"https://{address.strip()}"
    try:
        parsed = check_url(given, allow=settings.FETCH_ALLOW)
    except FetchError as error:
        raise HarvestError(error.message) from error
    if len(given) > 1000:
        raise HarvestError(_("Cette adresse est trop longue."))
    if HarvestSource.objects.exclude(state=State.ENDED).filter(address=given).exists():
        raise HarvestError(_("Cette adresse est déjà celle d'une source : ouvrez-la plutôt que d'en faire une deuxième."))
    try:
        with transaction.atomic():
            source = HarvestSource.objects.create(
                address=given, organisation=organisation, name=name.strip()[:200] or parsed.host, created_by=by, trusted=by.is_administrator
            )  # fmt: skip
    except IntegrityError as error:  # declared by somebody else at the same moment
        raise HarvestError(_("Cette adresse est déjà celle d'une source.")) from error
    start(source, by=by, preview=True)
    return source


@transaction.atomic
def look(source: HarvestSource, *, by: User) -> HarvestRun:
    """Read the first records again, to say what would be made of them."""
    check(by, Deed.HARVEST, source.organisation)
    check_limit(f"harvest:{by.pk}", 20, 3600)
    return start(source, by=by, preview=True)


@transaction.atomic
def activate(source: HarvestSource, *, by: User, rhythm: str, name: str = "") -> HarvestRun:
    """Read it all now, then at its rhythm. Only what was looked at and recognised can be."""
    check(by, Deed.HARVEST, source.organisation)
    if source.state == State.ENDED or not source.kind or not source.endpoint:
        raise HarvestError(_("Lisez d'abord l'aperçu : nous n'avons pas encore reconnu ce catalogue."))
    source.rhythm = rhythm if rhythm in Rhythm.values else Rhythm.DAILY
    source.name = name.strip()[:200] or source.name
    source.state = State.ACTIVE
    source.trusted = source.trusted or by.is_administrator
    source.next_run = timezone.now() + WAIT[Rhythm(source.rhythm)]
    source.save()
    return start(source, by=by)


@transaction.atomic
def run_now(source: HarvestSource, *, by: User) -> HarvestRun:
    check(by, Deed.HARVEST, source.organisation)
    if source.state not in {State.ACTIVE, State.PAUSED}:
        raise HarvestError(_("Activez d'abord cette source."))
    check_limit(f"harvest-run:{source.pk}", 12, 3600)
    return start(source, by=by)


def start(source: HarvestSource, *, by: User | None, preview: bool = False) -> HarvestRun:
    """A run in the queue. One at a time for a source: the database says so."""
    try:
        with transaction.atomic():
            run = HarvestRun.objects.create(source=source, asked_by=by, preview=preview)
    except IntegrityError as error:
        raise HarvestError(_("Une lecture de cette source est déjà en cours.")) from error
    jobs.nudge(run)
    return run


@transaction.atomic
def stop(run: HarvestRun, *, by: User) -> None:
    """The worker sees it at its next page; what was read stays."""
    check(by, Deed.HARVEST, run.source.organisation)
    HarvestRun.objects.filter(pk=run.pk, state__in=[RunState.WAITING, RunState.RUNNING]).update(
        state=RunState.STOPPED, ended=timezone.now(), generation=F("generation") + 1
    )


@transaction.atomic
def pause(source: HarvestSource, *, by: User) -> None:
    """No more regular readings, until `resume`. Its datasets stay as they are."""
    check(by, Deed.HARVEST, source.organisation)
    HarvestSource.objects.filter(pk=source.pk, state=State.ACTIVE).update(state=State.PAUSED, next_run=None)


@transaction.atomic
def resume(source: HarvestSource, *, by: User) -> None:
    check(by, Deed.HARVEST, source.organisation)
    HarvestSource.objects.filter(pk=source.pk, state=State.PAUSED).update(state=State.ACTIVE, next_run=timezone.now())


@transaction.atomic
def set_rhythm(source: HarvestSource, *, rhythm: str, name: str, by: User) -> None:
    check(by, Deed.HARVEST, source.organisation)
    if rhythm not in Rhythm.values:
        raise HarvestError(_("Choisissez un rythme de la liste."))
    following = timezone.now() + WAIT[Rhythm(rhythm)] if source.state == State.ACTIVE else None
    HarvestSource.objects.filter(pk=source.pk).update(rhythm=rhythm, name=name.strip()[:200] or source.name, next_run=following)


@transaction.atomic
def end(source: HarvestSource, *, by: User) -> int:
    """Nothing is read from it any more, and what came from it is no longer shown. Returns how many datasets."""
    check(by, Deed.HARVEST, source.organisation)
    moment = timezone.now()
    for run in source.runs.filter(state__in=[RunState.WAITING, RunState.RUNNING]):
        stop(run, by=by)
    shown = list(source.datasets.filter(archived=None))
    absence.archive(shown, moment)
    HarvestSource.objects.filter(pk=source.pk).update(state=State.ENDED, next_run=None)
    return len(shown)


def start_due(now: datetime | None = None) -> int:
    """Start the readings whose time has come: returns how many. The next one is planned from now, whatever was missed."""
    moment, started = now or timezone.now(), 0
    for source in HarvestSource.objects.filter(state=State.ACTIVE, next_run__lte=moment):
        following = moment + WAIT[Rhythm(source.rhythm)]
        if not HarvestSource.objects.filter(pk=source.pk, next_run=source.next_run).update(next_run=following):
            continue  # another worker took it
        try:
            start(source, by=None)
            started += 1
        except HarvestError:  # the one before is not over: the next time will do
            continue
    return started


# ----- Publishers -----


@transaction.atomic
def confirm(publisher: HarvestPublisher, organisation: Organisation, *, by: User) -> int:
    """This publisher is that organisation: its datasets move there. Returns how many."""
    check(by, Deed.HARVEST, publisher.source.organisation)
    if not can(by, Deed.HARVEST, organisation):
        raise HarvestError(
            _("Seule une personne qui administre « {name} » peut confirmer qu'elle publie ici.").format(name=organisation.name)
        )
    HarvestPublisher.objects.filter(pk=publisher.pk).update(
        organisation=organisation, state=HarvestPublisher.State.CONFIRMED, confirmed_by=by, reason=publisher.reason or "person"
    )
    return move(publisher, organisation)


@transaction.atomic
def keep_name(publisher: HarvestPublisher, *, by: User) -> int:
    """This publisher stays a name, under the organisation of the source."""
    check(by, Deed.HARVEST, publisher.source.organisation)
    HarvestPublisher.objects.filter(pk=publisher.pk).update(state=HarvestPublisher.State.REFUSED, confirmed_by=by)
    return move(publisher, publisher.source.organisation)


def move(publisher: HarvestPublisher, organisation: Organisation) -> int:
    mine = Dataset.objects.filter(harvested__source=publisher.source, harvested__publisher_key=publisher.key)
    moved = mine.exclude(organisation=organisation).update(organisation=organisation, modified=timezone.now(), quality_day=None)
    if moved:
        transaction.on_commit(partial(keeper.look_again, "dataset"))
    return moved
