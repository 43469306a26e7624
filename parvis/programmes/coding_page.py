"""What the page of a unit to code shows: its words, the criteria with what is chosen, where one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from parvis.programmes.core.grid import Criterion, Unit
from parvis.programmes.models import Evaluator, Measure, Task


@dataclass(frozen=True)
class Asked:
    """A criterion and the value that is chosen, "" for none. `missing`: the one that an answer lacks."""

    criterion: Criterion
    chosen: str
    missing: bool = False

    @property
    def keys(self) -> list[tuple[str, Any]]:
        """Each level with the key of the keyboard that chooses it."""
        return list(zip("1234567890", self.criterion.levels, strict=False))


def asked(task: Task, values: Mapping[str, str], missing: str = "") -> list[Asked]:
    grid = task.coding_round.grid.read
    return [Asked(one, values.get(one.key, ""), one.key == missing) for one in grid.of(Unit(task.unit))]


def given(task: Task, posted: Mapping[str, str]) -> dict[str, str]:
    """What a form holds of the criteria of a unit."""
    return {one.key: posted[one.key] for one in task.coding_round.grid.read.of(Unit(task.unit)) if one.key in posted}


def next_position(evaluator: Evaluator, after: int) -> int | None:
    """The next unit to code: after this one, else the first that waits."""
    waiting = evaluator.tasks.filter(done=None).order_by("position").values_list("position", flat=True)
    return waiting.filter(position__gt=after).first() or waiting.first()


def context(task: Task, values: Mapping[str, str], missing: str = "") -> dict[str, Any]:
    tasks = task.evaluator.tasks
    found = {
        "task": task,
        "asked": asked(task, values, missing),
        "grid": task.coding_round.grid.read,
        "total": tasks.count(),
        "done": tasks.filter(done__isnull=False).count(),
        "before": tasks.filter(position__lt=task.position).order_by("-position").values_list("position", flat=True).first(),
        "after": tasks.filter(position__gt=task.position).order_by("position").values_list("position", flat=True).first(),
    }
    if task.measure is not None:
        found["passages"] = list(task.measure.passages.select_related("source"))
    else:
        found["sources"] = list(task.candidate_list.sources.all())
        found["measures"] = Measure.objects.filter(Q(merged_into=None), candidate_list=task.candidate_list)[:60]
    return found
