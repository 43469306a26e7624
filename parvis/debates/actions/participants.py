"""Becoming a participant, saying where one lives, leaving. Each may be done twice without harm."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from parvis.debates.models import Participant, Process
from parvis.debates.participation import identity, networks
from parvis.debates.participation.identity import Visit
from parvis.territories.models import Territory


def begin(visit: Visit) -> Participant:
    """The participation of who visits, made at their first act. Twice at the same time is once, by constraint."""
    if visit.participant:
        return visit.participant
    known = identity.find(visit.process, visit.user, visit.digest)
    if known:
        return known
    try:
        with transaction.atomic():
            return _begin(visit)
    except IntegrityError:  # the same person, at the same time
        found = identity.find(visit.process, visit.user, visit.digest)
        if found is None:
            raise
        return found


def _begin(visit: Visit) -> Participant:
    number = next_number(visit.process)
    if visit.user:
        return Participant.objects.create(
            process=visit.process, number=number, user=visit.user, level=Participant.Level.MEMBER, network=visit.network
        )
    suspicious = networks.too_many_newcomers(visit.process, visit.network, timezone.now())
    return Participant.objects.create(
        process=visit.process, number=number, browser_hash=visit.digest, network=visit.network, counted=not suspicious
    )


def next_number(process: Process) -> int:
    """Inside a transaction: the process is locked until its end, so that two newcomers do not take one number."""
    Process.objects.select_for_update(no_key=True).get(pk=process.pk)
    return (Participant.objects.filter(process=process).aggregate(last=Max("number"))["last"] or 0) + 1


def live_in(participant: Participant, commune: Territory | None) -> None:
    """Their commune, or None for who prefers not to say it: it is asked once."""
    participant.commune, participant.commune_asked = commune, True
    participant.save(update_fields=["commune", "commune_asked"])
