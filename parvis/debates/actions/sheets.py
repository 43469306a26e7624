"""Writing down what somebody without internet says, beside them or from paper. It weighs the same; where it comes from is recorded."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.debates import counting, priorities
from parvis.debates.actions import participants
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation import identity
from parvis.debates.permissions import check, is_concerned
from parvis.territories.models import Territory


class SheetError(Exception):
    """It cannot be recorded; the message is the sentence for the person."""


@transaction.atomic
def enter(
    process: Process,
    answers: Mapping[int, int],
    *,
    by: User,
    sheet: str,
    origin: str = Participant.Origin.ASSISTED,
    commune: Territory | None = None,
) -> Participant:
    """The answers of one person: number of a statement → value. The same `sheet` again replaces what it held; never a second person."""
    check(by, Act.ENTER, process)
    if origin not in (Participant.Origin.ASSISTED, Participant.Origin.PAPER):
        raise SheetError(_("Dites si la personne était avec vous, ou si vous recopiez une feuille."))
    if not answers:
        raise SheetError(_("Cette feuille ne porte aucune réponse."))
    if not is_concerned(process, commune):
        raise SheetError(_("Cette démarche est réservée aux habitants de son territoire : donnez la commune de la personne."))
    found = numbered(process, answers)
    counting.lock(process.pk)
    person = _person(process, sheet, origin, by)
    person.commune, person.commune_asked = commune, True
    person.save(update_fields=["commune", "commune_asked"])
    touched = replace_answers(person, {found[number]: value for number, value in answers.items()})
    priorities.touch_many(touched)
    return person


def numbered(process: Process, answers: Mapping[int, int]) -> dict[int, int]:
    """Number → primary key. Raises `SheetError` for an unknown number or value."""
    shown = Statement.objects.filter(process=process, state=Statement.State.SHOWN, number__in=list(answers))
    found = dict(shown.values_list("number", "pk"))
    missing = sorted(set(answers) - set(found))
    if missing:
        raise SheetError(_("Aucune affirmation soumise aux réponses n'a le numéro %(number)s.") % {"number": missing[0]})
    if set(answers.values()) - set(Vote.Value.values):
        raise SheetError(_("Une réponse est « d'accord », « pas d'accord » ou « je passe »."))
    return found


def _person(process: Process, sheet: str, origin: str, by: User) -> Participant:
    digest = identity.digest("sheet", f"{process.pk}:{sheet}")
    known = Participant.objects.filter(process=process, browser_hash=digest).exclude(origin=Participant.Origin.SITE).first()
    return known or Participant.objects.create(
        process=process, number=participants.next_number(process), browser_hash=digest, origin=origin, entered_by=by
    )


def replace_answers(person: Participant, answers: Mapping[int, int]) -> set[int]:
    """What they say is this (statement → value), whatever was recorded before. Which statements changed."""
    before = {vote.statement_id: vote for vote in Vote.objects.filter(participant=person)}
    if {pk: vote.value for pk, vote in before.items()} == dict(answers):
        return set()
    now = timezone.now()
    if before and person.counted:
        counting.add_all(person, -1)
    Vote.objects.filter(participant=person).delete()
    Vote.objects.bulk_create(
        Vote(
            participant=person,
            statement_id=pk,
            value=value,
            created=before[pk].created if pk in before else now,
            changed=before[pk].changed if pk in before and before[pk].value == value else now,
        )
        for pk, value in answers.items()
    )
    if person.counted:
        counting.add_all(person, 1)
    return set(before) | set(answers)
