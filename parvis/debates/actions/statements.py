"""Proposing what others will answer to, correcting it while nobody has, showing it or not. Each may be done twice without harm."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.debates import counting, priorities
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Process, Statement
from parvis.debates.permissions import check

SHORTEST, LONGEST = 12, 280


class StatementError(Exception):
    """It cannot be done; the message is the sentence for the person."""


def worded(text: str) -> str:
    """One line, of the length that people read. Raises `StatementError`."""
    line = one_line(text)
    if len(line) < SHORTEST:
        raise StatementError(_("Écrivez une phrase entière, que d'autres puissent approuver ou non."))
    if len(line) > LONGEST:
        raise StatementError(_("C'est trop long : %(most)s caractères au plus, une seule idée.") % {"most": LONGEST})
    return line


@transaction.atomic
def write(process: Process, text: str, *, by: User) -> Statement:
    """One of the team's own, shown at once. The same words again are the same statement."""
    check(by, Act.MODERATE, process)
    line = worded(text)
    counting.lock(process.pk)
    known = Statement.objects.filter(process=process, text=line, seed=True).first()
    return known or create(process, line, seed=True, by=by, state=Statement.State.SHOWN)


def create(
    process: Process,
    text: str,
    *,
    state: str,
    seed: bool = False,
    author: Participant | None = None,
    by: User | None = None,
    reason: str = "",
) -> Statement:
    """Inside a transaction that holds the process: numbers follow one another."""
    number = (Statement.objects.filter(process=process).aggregate(last=Max("number"))["last"] or 0) + 1
    return Statement.objects.create(
        process=process,
        number=number,
        text=text,
        seed=seed,
        author=author,
        by=by,
        state=state,
        reason=reason,
        shown=timezone.now() if state == Statement.State.SHOWN else None,
        priority=priorities.of(0, 0, 0),
    )
