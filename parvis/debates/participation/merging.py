"""Two participations of one person made into one: of two answers to a statement the latest stays, and the counts follow."""

from __future__ import annotations

from django.db import transaction

from parvis.debates import counting
from parvis.debates.models import EmailLink, OtherBrowser, Participant, Statement, Vote

LADDER = (Participant.Level.VISITOR, Participant.Level.CONFIRMED, Participant.Level.MEMBER)


@transaction.atomic
def merge(keep: Participant, gone: Participant) -> Participant:
    """`keep`, with all that `gone` said; `gone` is no more. Twice is once."""
    counting.lock(keep.process_id)
    rows = Participant.objects.select_for_update(of=("self",)).filter(pk__in=[keep.pk, gone.pk], process=keep.process_id)
    found = {person.pk: person for person in rows.order_by("pk")}
    if gone.pk not in found or gone.pk == keep.pk:
        return found[keep.pk]
    kept, lost = found[keep.pk], found[gone.pk]
    for person in (kept, lost):
        if person.counted:
            counting.add_all(person, -1)
    _latest(kept, lost)
    Statement.objects.filter(author=lost).update(author=kept)
    EmailLink.objects.filter(participant=lost).update(participant=kept)
    OtherBrowser.objects.filter(participant=lost).update(participant=kept)
    lost.delete()
    _united(kept, lost)
    if kept.counted:
        counting.add_all(kept, 1)
    return kept


def _latest(kept: Participant, lost: Participant) -> None:
    mine = {vote.statement_id: vote for vote in Vote.objects.filter(participant=kept)}
    moved, replaced = [], []
    for vote in Vote.objects.filter(participant=lost):
        known = mine.get(vote.statement_id)
        if known is None or vote.changed > known.changed:
            moved.append(vote.pk)
            replaced += [known.pk] if known else []
    Vote.objects.filter(pk__in=replaced).delete()
    Vote.objects.filter(pk__in=moved).update(participant=kept)
    Vote.objects.filter(participant=lost).delete()


def _united(kept: Participant, lost: Participant) -> None:
    """What both said of themselves; the surest level stays."""
    kept.commune = kept.commune or lost.commune
    kept.commune_asked = kept.commune_asked or lost.commune_asked
    kept.level = max(kept.level, lost.level, key=lambda level: LADDER.index(Participant.Level(level)))
    kept.email_hash = kept.email_hash or lost.email_hash
    kept.counted = kept.counted or lost.counted
    kept.created = min(kept.created, lost.created)
    kept.save()
    if lost.browser_hash and kept.user_id is None:
        know_browser(kept, lost.browser_hash)


def know_browser(person: Participant, browser: str) -> None:
    """One more browser of a person without an account. Inside a transaction."""
    taken = Participant.objects.filter(process=person.process_id, browser_hash=browser).exists()
    if not browser or person.user_id or taken:  # of this person already, or of somebody else at the same computer
        return
    if person.browser_hash is None:
        person.browser_hash = browser
        person.save(update_fields=["browser_hash"])
    else:
        OtherBrowser.objects.update_or_create(process_id=person.process_id, digest=browser, defaults={"participant": person})


def count_in(person: Participant) -> None:
    """What was set apart counts from now on. Inside a transaction that holds the process."""
    if not person.counted:
        person.counted = True
        person.save(update_fields=["counted"])
        counting.add_all(person, 1)
