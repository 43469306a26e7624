"""What a person finds again of their own participation, and takes away with them."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

from parvis.debates.models import Participant, Statement, Vote
from parvis.moderation.public import Standing, decisions_on

PER_PAGE = 50


def votes(participant: Participant) -> QuerySet[Vote]:
    found = Vote.objects.filter(participant=participant).select_related("statement__process")
    return found.order_by("-changed", "-pk")


def proposals(participant: Participant) -> QuerySet[Statement]:
    """`rewordable`: nobody answered yet."""
    unanswered = ~Exists(Vote.objects.filter(statement=OuterRef("pk")))
    free = Case(When(unanswered & ~Q(state=Statement.State.REFUSED), then=True), default=False, output_field=BooleanField())
    found = Statement.objects.filter(author=participant).annotate(rewordable=free)
    return found.select_related("process").order_by("-number")


def answered(participant: Participant) -> list[tuple[Statement, Standing | None]]:
    """What they proposed, each with the last decision on it."""
    found = list(proposals(participant))
    standing = decisions_on([one.reference for one in found])
    return [(one, standing.get(one.reference)) for one in found]


def copy_of(participant: Participant) -> dict[str, Any]:
    """Everything that is kept of somebody in a process, as JSON values."""
    return {
        "process": participant.process.slug,
        "number": participant.number,
        "level": participant.level,
        "origin": participant.origin,
        "counted": participant.counted,
        "commune": participant.commune.code if participant.commune else None,
        "created": participant.created,
        "answers": [
            {"statement": vote.statement.number, "text": vote.statement.text, "answer": vote.value, "changed": vote.changed}
            for vote in votes(participant)
        ],
        "statements": list(proposals(participant).values("number", "text", "state", "reason", "created")),
    }
