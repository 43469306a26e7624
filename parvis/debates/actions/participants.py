"""Becoming a participant, saying where one lives, leaving. Each may be done twice without harm."""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from parvis.accounts.models import User
from parvis.accounts.public import verified_addresses
from parvis.debates import counting
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import OtherBrowser, Participant, Process, Vote
from parvis.debates.participation import identity, merging, networks
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import may
from parvis.territories.models import Territory


def begin(visit: Visit) -> Participant:
    """The participation of who visits, made at their first act. Twice at the same time is once, by constraint."""
    if visit.participant:
        return visit.participant
    known = identity.find(visit.process, visit.user, visit.digest)
    if known:
        return known
    joined = join_account(visit).participant
    if joined:
        return joined
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


def join_account(visit: Visit) -> Visit:
    """Who signs in keeps what they said before on this browser, or through one of their e-mails: it is one participation, theirs."""
    if visit.user is None:
        return visit
    earlier = earlier_of(visit, visit.user)
    if not earlier:
        return visit
    with transaction.atomic():
        counting.lock(visit.process.pk)
        own = identity.find(visit.process, visit.user, "")
        for one in earlier:
            person = Participant.objects.select_for_update(of=("self",)).filter(pk=one.pk, user=None).first()
            if person is None:
                continue
            own = merging.merge(own, person) if own else _given_to(person, visit.user)
    return replace(visit, participant=own)


def earlier_of(visit: Visit, user: User) -> list[Participant]:
    """Participations without an account that are this person's: of this browser, and of their addresses if they have none yet."""
    found = []
    browser = identity.find(visit.process, None, visit.digest)
    if browser:
        found.append(browser)
    if browser or visit.participant is None:
        hashes = [identity.email_digest(visit.process, address) for address in sorted(verified_addresses(user))]
        found += Participant.objects.filter(process=visit.process, email_hash__in=hashes, user=None)
    return list({one.pk: one for one in found}.values())


def _given_to(person: Participant, user: User) -> Participant:
    """The browser no longer opens it: whoever comes after on this computer is somebody else."""
    person.user, person.level, person.browser_hash = user, Participant.Level.MEMBER, None
    person.save(update_fields=["user", "level", "browser_hash"])
    OtherBrowser.objects.filter(participant=person).delete()
    merging.count_in(person)
    return person


def live_in(participant: Participant, commune: Territory | None) -> None:
    """Their commune, or None for who prefers not to say it: it is asked once."""
    participant.commune, participant.commune_asked = commune, True
    participant.save(update_fields=["commune", "commune_asked"])


@transaction.atomic
def erase(visit: Visit) -> None:
    """While answers are open they are erased, and leave the counts; afterwards they stay, linked to nobody."""
    if visit.participant is None:
        return
    counting.lock(visit.process.pk)
    person = Participant.objects.select_for_update(of=("self",)).get(pk=visit.participant.pk)
    if may(visit.user, Act.VOTE, visit.process, participant=person):
        if person.counted:
            counting.add_all(person, -1)
        Vote.objects.filter(participant=person).delete()
        person.delete()
    else:
        unlink(Participant.objects.filter(pk=person.pk))


def unlink(people: QuerySet[Participant]) -> None:
    """What they said stays, and nothing says any more whose it is."""
    OtherBrowser.objects.filter(participant__in=people).delete()
    people.update(user=None, email_hash=None, browser_hash=None, network="")
