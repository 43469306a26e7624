"""The next statement that somebody is shown, and how far they are."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from django.db.models import Q

from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation.identity import Visit

LEAST = 1e-6
"""Weight of a statement whose priority is nothing: it comes at last, and it comes."""


@dataclass(frozen=True)
class Progress:
    answered: int
    total: int

    @property
    def left(self) -> int:
        return max(0, self.total - self.answered)


def shown(process: Process) -> Q:
    return Q(process=process, state=Statement.State.SHOWN)


def luck(seed: str, statement_id: int) -> float:
    """A number between 0 and 1, always the same for a person and a statement."""
    found = hashlib.blake2b(f"{seed}:{statement_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(found, "big") + 1) / (2**64 + 1)


def seed_of(visit: Visit, agent: str = "") -> str:
    """A participant draws by themselves; before, a network and a kind of browser do, so that reading needs no cookie."""
    return f"p{visit.participant.pk}" if visit.participant else f"n{visit.network}:{agent}"


def next_statement(visit: Visit, agent: str = "") -> Statement | None:
    """Drawn in proportion to the priority, among those not answered; reloading draws the same one. None when all are answered.

    The one whose −ln(luck) / weight is the least is drawn with a chance in proportion to its weight, whatever the others."""
    found = Statement.objects.filter(shown(visit.process))
    if visit.participant:
        found = found.exclude(pk__in=Vote.objects.filter(participant=visit.participant).values("statement"))
    seed = seed_of(visit, agent)
    weights = found.order_by().values_list("pk", "priority")
    drawn = min(((-math.log(luck(seed, pk)) / max(weight, LEAST), pk) for pk, weight in weights), default=None)
    return Statement.objects.select_related("process").get(pk=drawn[1]) if drawn else None


def progress(process: Process, participant: Participant | None) -> Progress:
    total = Statement.objects.filter(shown(process)).count()
    if participant is None:
        return Progress(0, total)
    answered = Vote.objects.filter(participant=participant, statement__state=Statement.State.SHOWN).count()
    return Progress(answered, total)
