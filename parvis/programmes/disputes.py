"""Points on which evaluators differ, as rows that wait for a decision."""

from __future__ import annotations

from django.db import transaction

from parvis.programmes import rounds
from parvis.programmes.models import Adjudication, CodingRound, Task

BATCH = 2000


@transaction.atomic
def list_all(coding_round: CodingRound) -> int:
    """One row for each disputed criterion of each unit; decided ones are left."""
    tasks = Task.objects.filter(coding_round=coding_round)
    units = {
        key: (unit, measure, one)
        for key, unit, measure, one in tasks.values_list("unit_key", "unit", "measure_id", "candidate_list_id")
    }
    known = set(coding_round.adjudications.values_list("unit_key", "criterion"))
    rows = [
        Adjudication(
            coding_round=coding_round, unit_key=unit_key, unit=units[unit_key][0], measure_id=units[unit_key][1],
            candidate_list_id=units[unit_key][2], criterion=criterion,
        )
        for unit_key, one in rounds.settled_all(coding_round).items()
        for criterion in one.disputed
        if (unit_key, criterion) not in known
    ]  # fmt: skip
    Adjudication.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def list_unit(coding_round: CodingRound, unit: str, unit_key: str) -> None:
    """After a decision on a unit: what is disputed of it now. What no longer is asked, and is not decided, goes."""
    task = Task.objects.filter(coding_round=coding_round, unit_key=unit_key).first()
    if task is None:
        return
    disputed = rounds.settled_unit(coding_round, unit, unit_key).disputed
    points = Adjudication.objects.filter(coding_round=coding_round, unit_key=unit_key)
    points.filter(value="").exclude(criterion__in=disputed).delete()
    known = set(points.values_list("criterion", flat=True))
    Adjudication.objects.bulk_create(
        Adjudication(
            coding_round=coding_round, unit_key=unit_key, unit=unit, measure_id=task.measure_id,
            candidate_list_id=task.candidate_list_id, criterion=criterion,
        )
        for criterion in disputed
        if criterion not in known
    )  # fmt: skip
