"""Who took part and what they answered, read by pieces into arrays: millions of votes never become millions of objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet

from parvis.debates.core.opinions.votes import Numbers, Votes, gather
from parvis.debates.models import Participant, Process, Statement, Vote

PIECE = 50_000
PLACES = ("commune_id", "commune__epci_id", "commune__departement_id", "commune__region_id")
PERSON, STATEMENT = 2**32, 4
"""One vote is one whole number: person · 2³² + statement · 4 + answer + 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Participants that count, by number. `territories`: primary keys of their commune, EPCI, département and région, −1 where it is
    not known; `kind`: class of their commune; shapes (people,) and (people, 4)."""

    key: Numbers
    number: Numbers
    kind: np.ndarray
    origin: np.ndarray
    level: np.ndarray
    territories: Numbers

    def of(self, numbers: Numbers) -> Crowd:
        """The same, of these numbers only, in their order. `self.number` is sorted."""
        rows = np.searchsorted(self.number, numbers)
        parts = (self.key, self.number, self.kind, self.origin, self.level, self.territories)
        return Crowd(*(part[rows] for part in parts))


def crowd(process: Process) -> Crowd:
    found = Participant.objects.filter(process=process, counted=True).order_by("number")
    rows = found.values_list("pk", "number", "commune__territory_class", "origin", "level", *PLACES)
    lists: list[list[object]] = [[] for _column in range(9)]
    for piece in pieces(rows):
        for column, values in zip(lists, zip(*piece, strict=True), strict=True):
            column.extend(values)
    numbers = [np.array([-1 if one is None else one for one in column], dtype=np.int64) for column in lists[:2] + lists[5:]]
    kind, origin, level = (np.array([one or "" for one in column], dtype=object) for column in lists[2:5])
    return Crowd(numbers[0], numbers[1], kind, origin, level, np.column_stack(numbers[2:]))


def votes_of(process: Process, people: Crowd) -> Votes:
    """What they answered, by number of person and of statement; statements that are not shown are taken out, not dropped."""
    statements = {
        key: (number, state)
        for key, number, state in process.statements.values_list("pk", "number", "state").order_by("number")
    }
    person, statement, value = arrays(process)
    order = np.argsort(people.key, kind="stable")
    place = np.searchsorted(people.key, person, sorter=order) if len(people.key) else np.zeros(0, dtype=np.int64)
    row = order[np.minimum(place, len(order) - 1)] if len(order) else place
    there = people.key[row] == person if len(order) else np.zeros(len(person), dtype=bool)  # who came since is of the next map
    row, statement, value = row[there], statement[there], value[there]
    voted, column = np.unique(statement, return_inverse=True)
    keys = [key for key in statements if key in set(voted.tolist())]
    rank = np.array([keys.index(key) for key in voted.tolist()], dtype=np.int64)
    column = rank[column] if len(rank) else column
    active, row = np.unique(row, return_inverse=True)
    out = frozenset(at for at, key in enumerate(keys) if statements[key][1] != Statement.State.SHOWN)
    persons = people.number[active].tolist()
    return gather(persons, [statements[key][0] for key in keys], row, column.astype(np.int64), value, out)


def arrays(process: Process) -> tuple[Numbers, Numbers, np.ndarray]:
    """(person, statement, value) of each vote of those who count, as primary keys."""
    packed = ExpressionWrapper(
        F("participant_id") * PERSON + F("statement_id") * STATEMENT + F("value") + 1, output_field=BigIntegerField()
    )
    counted = Participant.objects.filter(process=process, counted=True)
    rows = Vote.objects.filter(participant__in=counted).order_by().values_list(packed)
    parts = [np.fromiter(chain.from_iterable(piece), dtype=np.int64, count=len(piece)) for piece in pieces(rows)]
    found = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    del parts
    return found // PERSON, found % PERSON // STATEMENT, (found % STATEMENT - 1).astype(np.int8)


def pieces(rows: QuerySet) -> Iterator[list[tuple]]:
    """Rows of a question, by fifty thousand: without the cost of Django's own iterator for each of them."""
    compiled, values = rows.query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(compiled, values)
        while piece := cursor.fetchmany(PIECE):
            yield piece
