"""How many newcomers and votes a network brings. Beyond what a family, a school or a town hall does, an e-mail link is asked: what is
given meanwhile is kept and counted once the link was followed. No address is kept, and digests are forgotten after the process."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from parvis.debates.models import NetworkCount, Participant, Process

What = NetworkCount.What
OLD, HOUR = timedelta(days=2), 3600


def too_many_newcomers(process: Process, network: str, now: datetime) -> bool:
    """Whether one more goes beyond; notes it."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return note(process, network, What.NEWCOMERS, day) > settings.DEBATES_NEWCOMERS_A_DAY


def too_many_votes(process: Process, network: str, now: datetime) -> bool:
    return note(process, network, What.VOTES, now.replace(second=0, microsecond=0)) > settings.DEBATES_VOTES_A_MINUTE


def note(process: Process, network: str, what: str, since: datetime) -> int:
    """How many, this one included. Inside the transaction of what is counted."""
    row, made = NetworkCount.objects.get_or_create(
        process=process, network=network, what=what, since=since, defaults={"count": 1}
    )
    if made:
        return 1
    NetworkCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return row.count + 1


def tick() -> None:
    """Once an hour, whoever asks."""
    if cache.add("debates:networks-forgotten", 1, HOUR):
        forget()


def forget(now: datetime | None = None) -> int:
    """Throw away old counts, and the networks of processes where nobody answers any more. How many participations forgot theirs."""
    now = now or timezone.now()
    NetworkCount.objects.filter(since__lt=now - OLD).delete()
    forgotten = 0
    for process in Process.objects.filter(published__isnull=False).prefetch_related("phases"):
        over = process.archived or not any(not phase.is_over(now) for phase in process.phases.all() if phase.kind == "opinions")
        if over:
            NetworkCount.objects.filter(process=process).delete()
            forgotten += Participant.objects.filter(process=process).exclude(network="").update(network="")
    return forgotten
