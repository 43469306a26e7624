"""What the days bring by themselves: the reminder before the month ends, the silence once it is over. Each once, whatever the workers do."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from parvis.catalog.core.requests.clocks import REMINDER_DAYS
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest, DataRequestStep
from parvis.catalog.requests import letters, telling

What = DataRequestStep.What
FORGOTTEN = timedelta(days=3)
log = logging.getLogger(__name__)


def tick(today: date | None = None) -> int:
    """Reminders, silences, and what nobody confirmed. Returns how many things were done."""
    day = today or timezone.localdate()
    return remind(day) + note_silences(day) + forget()


def remind(today: date) -> int:
    """One message, seven days before the month ends. Reserved before it leaves: better none than two."""
    late = today + timedelta(days=REMINDER_DAYS)
    waiting = DataRequest.objects.filter(state=State.RECEIVED, hidden=None, answer_by__gte=today, answer_by__lte=late)
    found = waiting.exclude(steps__what=What.REMINDED).select_related("organisation")
    return sum(_remind(request) for request in found[:500])


def _remind(request: DataRequest) -> bool:
    _step, created = DataRequestStep.objects.get_or_create(request=request, what=What.REMINDED)
    if not created:
        return False
    for address in letters.addresses(request.organisation):
        try:
            letters.reminder(request, address)
        except (OSError, ValueError) as error:
            log.warning("reminder of %s did not leave: %s", request.pk, error)
    return True


def note_silences(today: date) -> int:
    """The month is over without an answer: the law calls it a refusal, and the page says so."""
    over = DataRequest.objects.filter(state=State.RECEIVED, hidden=None, answer_by__lt=today)
    return sum(note_silence(request) for request in over.select_related("organisation", "author")[:500])


@transaction.atomic
def note_silence(request: DataRequest) -> bool:
    if not silenced(request):
        return False
    telling.silence(request)
    transaction.on_commit(lambda: letters.to_author("request_silent", request), robust=True)
    return True


def silenced(request: DataRequest) -> bool:
    """Write it down, and tell nobody."""
    mine = DataRequest.objects.filter(pk=request.pk, state=State.RECEIVED)
    if not mine.update(state=State.SILENT, modified=timezone.now()):
        return False
    request.state = State.SILENT
    DataRequestStep.objects.get_or_create(request=request, what=What.SILENCE)
    return True


def forget() -> int:
    """What was never confirmed goes, with its address."""
    old = DataRequest.objects.filter(state=State.TO_CONFIRM, created__lt=timezone.now() - FORGOTTEN)
    return old.delete()[1].get("catalog.DataRequest", 0)
