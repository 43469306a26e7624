"""Bringing a request to its authority. The day when the message leaves is the day from which the month runs, so it is written down after
it left; a worker that dies in between makes it leave twice, which harms nobody and moves no date."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from parvis.catalog.core.requests.clocks import LAW, add_months
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest, DataRequestStep
from parvis.catalog.requests import letters

PATIENCE = timedelta(minutes=10)
log = logging.getLogger(__name__)


def deliver(request_id: str) -> bool:
    """Send one request that waits, where an address is known. True when it left by this call."""
    now = timezone.now()
    free = Q(sending=None) | Q(sending__lt=now - PATIENCE)
    waiting = DataRequest.objects.filter(free, pk=request_id, state=State.TO_SEND, hidden=None)
    if not waiting.update(sending=now):
        return False
    request = DataRequest.objects.select_related("organisation", "author").get(pk=request_id)
    known = letters.addresses(request.organisation)
    left = [address for address in known if _sent(request, address)]
    if not left:
        if not known:
            DataRequest.objects.filter(pk=request_id).update(sending=None)
        return False
    return received(request, DataRequestStep.What.TRANSMITTED)


def _sent(request: DataRequest, address: str) -> bool:
    """The same message to each; one address that is wrong does not keep the others from it."""
    try:
        letters.to_authority(request, timezone.localdate(), address)
    except (OSError, ValueError) as error:
        log.warning("request %s did not leave: %s", request.pk, error)
        return False
    return True


@transaction.atomic
def received(request: DataRequest, how: str, on: date | None = None) -> bool:
    """Its month begins that day (today). Once."""
    day = on or timezone.localdate()
    values = {"state": State.RECEIVED, "received": day, "answer_by": add_months(day, LAW["answer"].months), "sending": None}
    changed = DataRequest.objects.filter(pk=request.pk, state=State.TO_SEND).update(modified=timezone.now(), **values)
    if not changed:
        return False
    DataRequestStep.objects.get_or_create(request=request, what=how)
    for name, value in values.items():
        setattr(request, name, value)
    transaction.on_commit(lambda: letters.to_author("request_transmitted", request), robust=True)
    return True


def deliver_waiting(most: int = 50) -> int:
    """Those whose message did not leave, or whose authority has an address since."""
    free = Q(sending=None) | Q(sending__lt=timezone.now() - PATIENCE)
    waiting = DataRequest.objects.filter(free, state=State.TO_SEND, published__isnull=False, hidden=None)
    reachable = ~Q(organisation__email="") | Q(organisation__memberships__user__is_active=True)
    found = waiting.filter(reachable).order_by("published").values_list("pk", flat=True).distinct()
    return sum(deliver(pk) for pk in list(found[:most]))
