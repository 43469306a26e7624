"""Which statement comes next: its priority is refreshed at each vote, from its counts and from how much the last map says it divides."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from parvis.debates.core.opinions import priorities as core
from parvis.debates.core.opinions.tallies import Tallies
from parvis.debates.models import Process, Statement

COUNTS = ("agrees", "disagrees", "passes", "extremity")


def of(agrees: int, disagrees: int, passes: int, extremity: float = 0.0) -> float:
    def cell(count: int) -> np.ndarray:
        return np.array([[count]], dtype=np.int64)

    tallies = Tallies(cell(agrees), cell(disagrees), cell(agrees + disagrees + passes))
    return float(core.priorities(tallies, np.array([extremity]))[0])


def touch(statement_id: int) -> None:
    """After a vote was counted, in its transaction."""
    counts = Statement.objects.values_list(*COUNTS).get(pk=statement_id)
    Statement.objects.filter(pk=statement_id).update(priority=of(*counts))


def touch_many(statement_ids: Collection[int]) -> None:
    """The same, of several, in two queries."""
    if statement_ids:
        rows = list(Statement.objects.filter(pk__in=statement_ids).only("pk", *COUNTS))
        for one in rows:
            one.priority = of(one.agrees, one.disagrees, one.passes, one.extremity)
        Statement.objects.bulk_update(rows, ["priority"], batch_size=500)


def refresh(process: Process, extremity: Mapping[int, float]) -> None:
    """What a new map says: how much each statement divides (by primary key); those that it does not know keep what they had."""
    changed = []
    for one in Statement.objects.filter(process=process).only("pk", *COUNTS, "priority").iterator(chunk_size=1000):
        one.extremity = extremity.get(one.pk, one.extremity)
        one.priority = of(one.agrees, one.disagrees, one.passes, one.extremity)
        changed.append(one)
    Statement.objects.bulk_update(changed, ["extremity", "priority"], batch_size=500)
