"""Rounds of coding for tests: two evaluators, answers that are whole."""

from __future__ import annotations

from typing import Any

from parvis.programmes.actions import coding
from parvis.programmes.actions import rounds as actions
from parvis.programmes.models import CodingRound, Evaluator, Task
from tests.programmes.elections import election, manager_of, measures, person

MEASURE = {
    "digital": "yes", "theme": "data", "powers": "shared", "public": "all", "place": "everywhere", "means": "0", "date": "0",
    "verifiable": "no", "novelty": "1",
}  # fmt: skip
ONLY_DIGITAL = ("powers", "public", "place", "novelty")
PRESENCE = dict.fromkeys(("site", "accounts", "programme_online", "mention", "broadband"), "yes")
VISION = dict.fromkeys(("state_citizens", "collaborative", "sovereignty", "inclusion"), "1")


def answers(unit: str, **changes: str) -> dict[str, str]:
    found = {"measure": MEASURE, "presence": PRESENCE, "list": VISION}[unit] | changes
    if found.get("digital") == "no":
        found = {name: value for name, value in found.items() if name not in ONLY_DIGITAL}
    return found


def opened(*, measures_each: int = 6, **details: Any) -> tuple[CodingRound, Evaluator, Evaluator]:
    made = election(**details)
    by = manager_of(made)
    for one in made.lists.all():
        measures(one, measures_each)
    prepared = actions.prepare(made, seed="2026", by=by)
    first = actions.invite(prepared, user=person("lise"), label="Lise", by=by)
    second = actions.invite(prepared, user=person("omar"), label="Omar", by=by)
    return actions.open_round(prepared, by=by), first, second


def task_of(evaluator: Evaluator, unit: str) -> Task:
    return Task.objects.filter(evaluator=evaluator, unit=unit).order_by("unit_key").first()


def code_all(evaluator: Evaluator, differ: dict[int, dict[str, str]] | None = None, only: int | None = None) -> None:
    """Everything, the same answers but for the nth measure of the first list (`differ`)."""
    tasks = Task.objects.filter(evaluator=evaluator).select_related("measure", "candidate_list").order_by("position")
    for task in tasks[:only] if only else tasks:
        changes = {}
        if task.measure and task.candidate_list.rank == 1:
            changes = (differ or {}).get(task.measure.number, {})
        coding.code(task, values=answers(task.unit, **changes), by=evaluator.user)
