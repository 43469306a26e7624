"""What one takes away of a process, in pieces: statements with their totals, and answers one by one where the process publishes them.

The answers are in the Polis format (`parvis opinions map` reads it), without dates, names, authors or places: a commune beside answers
would tell who gave them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.results.reading import pieces

Line = list[Any]
COMMENTS = ["comment-id", "agrees", "disagrees", "passes", "moderated", "comment-body"]
VOTES = ["comment-id", "voter-id", "vote"]


class IncompleteError(Exception):
    """Fewer lines than there are: the file is cut rather than ended, so that nobody takes it for whole."""


def comments(process: Process) -> Iterator[Line]:
    """All statements; one that is not shown keeps its line, without its words."""
    rows = process.statements.order_by("number").values_list("number", "agrees", "disagrees", "passes", "state", "text")
    for number, agrees, disagrees, passes, state, text in rows.iterator(chunk_size=2000):
        shown = state == Statement.State.SHOWN
        yield [number, agrees, disagrees, passes, 1 if shown else -1, text if shown else _("(affirmation non retenue)")]


def counted(process: Process) -> int:
    return Vote.objects.filter(participant__process=process, participant__counted=True).count()


def votes(process: Process) -> Iterator[Line]:
    """One line a vote that counts, by participant. Raises `IncompleteError` at the end when some are missing."""
    people = Participant.objects.filter(process=process, counted=True)
    number = dict(people.values_list("pk", "number"))
    statement = dict(process.statements.values_list("pk", "number"))
    expected, written = counted(process), 0
    rows = Vote.objects.filter(participant__in=people).order_by("participant_id", "statement_id")
    for piece in pieces(rows.values_list("participant_id", "statement_id", "value")):
        for who, what, value in piece:
            if who in number and what in statement:
                written += 1
                yield [statement[what], number[who], value]
    if written < min(expected, counted(process)):
        raise IncompleteError(f"{written} votes of {expected} were written")


def participants_header(process: Process) -> list[str]:
    return ["participant", "n-votes", "n-agree", "n-disagree", *(str(one) for one in _numbers(process))]


def participants(process: Process) -> Iterator[Line]:
    """One line a person, one column a statement, empty where they did not answer."""
    place = {number: at for at, number in enumerate(_numbers(process))}
    for person, lines in groupby(votes(process), key=lambda line: line[1]):
        row: Line = [None] * len(place)
        for statement, _person, value in lines:
            if statement in place:
                row[place[statement]] = value
        given = [value for value in row if value is not None]
        yield [person, len(given), given.count(1), given.count(-1), *row]


def _numbers(process: Process) -> list[int]:
    return list(process.statements.order_by("number").values_list("number", flat=True))
