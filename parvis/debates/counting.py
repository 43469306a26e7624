"""The counts beside each statement, changed with the votes in one transaction and never counted again.

Who changes several statements locks the process first, so that two such changes do not wait for each other."""

from __future__ import annotations

from django.db.models import F

from parvis.debates.models import Participant, Process, Statement, Vote

COLUMN = {Vote.Value.AGREE: "agrees", Vote.Value.PASS: "passes", Vote.Value.DISAGREE: "disagrees"}


def move(statement_id: int, before: int | None, after: int | None) -> None:
    """One vote that was `before` is `after`; None: there is none."""
    if before == after:
        return
    change = {}
    if before is not None:
        change[COLUMN[Vote.Value(before)]] = F(COLUMN[Vote.Value(before)]) - 1
    if after is not None:
        change[COLUMN[Vote.Value(after)]] = F(COLUMN[Vote.Value(after)]) + 1
    Statement.objects.filter(pk=statement_id).update(**change)


def lock(process_id: int) -> None:
    Process.objects.select_for_update(no_key=True).get(pk=process_id)


def add_all(participant: Participant, sign: int) -> None:
    """Count all that this person answered (+1), or no longer (−1). The process is locked."""
    for value, column in COLUMN.items():
        theirs = Vote.objects.filter(participant=participant, value=value).values("statement")
        Statement.objects.filter(pk__in=theirs).update(**{column: F(column) + sign})
