"""Answering a statement, changing one's answer, taking it back. The latest counts; the same twice changes nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.debates import counting, priorities
from parvis.debates.actions import participants
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Statement, Vote
from parvis.debates.participation import networks
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import check


class VoteError(Exception):
    """It cannot be recorded; the message is the sentence for the person."""


def answer(visit: Visit, statement: Statement, value: int) -> Participant:
    """Record what somebody says of a statement; it makes them a participant. Raises `PermissionDenied`, `VoteError`."""
    check(visit.user, Act.VOTE, visit.process, participant=visit.participant)
    if statement.state != Statement.State.SHOWN:
        raise VoteError(_("Cette affirmation n'est pas, ou plus, soumise aux réponses."))
    # Outside the transaction: the count of a network is nobody's to wait for.
    fast = visit.user is None and networks.too_many_votes(visit.process, visit.network, timezone.now())
    with transaction.atomic():
        participant = participants.begin(visit)
        if fast:
            set_apart(participant)
        cast(participant, statement, value)
    return participant


@transaction.atomic
def cast(participant: Participant, statement: Statement, value: int) -> Vote:
    """One vote a person and statement: the person's row is held, so that two hundred of their requests come one after the other."""
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    known = Vote.objects.filter(participant=person, statement=statement).first()
    if known and known.value == value:
        return known
    now, before = timezone.now(), known.value if known else None
    if known:
        known.value, known.changed = value, now
        known.save(update_fields=["value", "changed"])
    else:
        known = Vote.objects.create(participant=person, statement=statement, value=value, created=now, changed=now)
    if person.counted:
        counting.move(statement.pk, before, value)
        priorities.touch(statement.pk)
    return known


@transaction.atomic
def take_back(visit: Visit, statement: Statement) -> None:
    """No answer any more: the statement comes again."""
    if visit.participant is None:
        return
    check(visit.user, Act.VOTE, visit.process, participant=visit.participant)
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.participant.pk)
    known = Vote.objects.filter(participant=person, statement=statement).first()
    if known is None:
        return
    known.delete()
    if person.counted:
        counting.move(statement.pk, known.value, None)
        priorities.touch(statement.pk)


def set_apart(participant: Participant) -> None:
    """A network that answers faster than people do: what this visitor says waits for an e-mail link. Inside a transaction; the
    process is locked before the person, as everywhere."""
    if participant.level != Participant.Level.VISITOR or participant.origin != Participant.Origin.SITE:
        return
    counting.lock(participant.process_id)
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    if person.counted:
        counting.add_all(person, -1)
        person.counted = False
        person.save(update_fields=["counted"])
