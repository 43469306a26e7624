"""What is known of a round of coding: units, who finished them, what is seen of others' codings, what is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from parvis.accounts.models import User
from parvis.organisations.models import Role as OrganisationRole
from parvis.organisations.queries import may as may_in_organisation
from parvis.programmes.core.grid import Unit
from parvis.programmes.core.rules import Act, Progress, sees_codings
from parvis.programmes.core.settling import Settled, settled
from parvis.programmes.models import Adjudication, Coding, CodingRound, Evaluator, Task
from parvis.programmes.permissions import may


@dataclass(frozen=True)
class EvaluatorProgress:
    evaluator: Evaluator
    done: int
    given: int


def progress(coding_round: CodingRound) -> list[EvaluatorProgress]:
    """How far each evaluator is; says nothing of what they coded."""
    tasks = Task.objects.filter(coding_round=coding_round).order_by().values("evaluator")
    counts = {
        pk: (done, given)
        for pk, done, given in tasks.annotate(d=Count("done"), g=Count("pk")).values_list("evaluator", "d", "g")
    }
    return [EvaluatorProgress(one, *counts.get(one.pk, (0, 0))) for one in coding_round.evaluators.order_by("label", "pk")]


def has_work_left(user: Any, coding_round: CodingRound) -> bool:
    if not isinstance(user, User):
        return False
    return Task.objects.filter(coding_round=coding_round, evaluator__user=user, done=None).exists()


def unfinished(coding_round: CodingRound) -> QuerySet[Task]:
    return Task.objects.filter(coding_round=coding_round, done=None)


def finished_tasks(coding_round: CodingRound) -> QuerySet[Task]:
    """Tasks of the units that all who have them finished."""
    # Read once and hashed, whatever the planner knows of the table: asked row by row, it took minutes on tables just written.
    waiting = unfinished(coding_round).values("unit_key")
    return Task.objects.filter(coding_round=coding_round, done__isnull=False).exclude(unit_key__in=waiting)


def visible_tasks(user: Any, coding_round: CodingRound) -> QuerySet[Task]:
    """Tasks whose codings this person may see, their own included. The one door to others' codings: pages, exports and API ask here.
    `core.rules.sees_codings` is the rule; this is the same in the database, and a test compares the two."""
    mine = Q(evaluator__user=user) if isinstance(user, User) else Q(pk__in=[])
    everything = Task.objects.filter(coding_round=coding_round)
    if not may(user, Act.COMPARE, coding_round.election):
        return everything.none()
    if coding_round.coding_is_over:
        return everything.filter(done__isnull=False)
    if has_work_left(user, coding_round):
        return everything.filter(mine)
    whole = finished_tasks(coding_round)
    if may_in_organisation(user, coding_round.election.organisation, OrganisationRole.EDITOR):
        return everything.filter(Q(pk__in=whole) | mine)
    units = Task.objects.filter(mine, coding_round=coding_round).values("unit_key")
    return everything.filter(Q(pk__in=whole.filter(unit_key__in=units)) | mine)


def sees(user: Any, task: Task, coding_round: CodingRound) -> bool:
    """The rule of `core.rules`, on one task."""
    others = Task.objects.filter(coding_round=coding_round, unit_key=task.unit_key)
    known = others.aggregate(given=Count("pk"), done=Count("pk", filter=Q(done__isnull=False)))
    mine = isinstance(user, User) and others.filter(evaluator__user=user).exists()
    return sees_codings(
        coding_is_over=coding_round.coding_is_over,
        editor=may_in_organisation(user, coding_round.election.organisation, OrganisationRole.EDITOR),
        has_work_left=has_work_left(user, coding_round),
        unit=Progress(mine, known["done"], known["given"]),
    )


def codings_of_unit(coding_round: CodingRound, unit_key: str) -> dict[str, dict[str, str]]:
    """Evaluator's label → criterion → value, for a unit that is finished by all who have it; empty otherwise."""
    tasks = finished_tasks(coding_round).filter(unit_key=unit_key)
    if coding_round.coding_is_over:
        tasks = Task.objects.filter(coding_round=coding_round, unit_key=unit_key, done__isnull=False)
    found: dict[str, dict[str, str]] = {}
    rows = Coding.objects.filter(task__in=tasks).annotate(label=F("task__evaluator__label"))
    for label, criterion, value in rows.order_by("label").values_list("label", "criterion", "value"):
        found.setdefault(label, {})[criterion] = value
    return found


def settled_unit(coding_round: CodingRound, unit: str, unit_key: str) -> Settled:
    decided = Adjudication.objects.filter(coding_round=coding_round, unit_key=unit_key).exclude(value="")
    return settled(
        coding_round.grid.read,
        Unit(unit),
        codings_of_unit(coding_round, unit_key),
        dict(decided.values_list("criterion", "value")),
    )


def all_codings(coding_round: CodingRound, tasks: QuerySet[Task]) -> Iterable[tuple[str, str, str, int, str]]:
    """(evaluator, unit, criterion, list, value) of these tasks."""
    rows = Coding.objects.filter(task__in=tasks)
    wanted = ("task__evaluator__label", "task__unit_key", "criterion", "task__candidate_list_id", "value")
    return rows.order_by("task__unit_key", "task__evaluator__label", "criterion").values_list(*wanted).iterator(chunk_size=5000)


def settled_all(coding_round: CodingRound) -> dict[str, Settled]:
    """Unit → what is settled of it, of all units that somebody coded, in a fixed number of queries."""
    codings: dict[str, dict[str, dict[str, str]]] = {}
    done = Task.objects.filter(coding_round=coding_round, done__isnull=False)
    for label, unit_key, criterion, _list, value in all_codings(coding_round, done):
        codings.setdefault(unit_key, {}).setdefault(label, {})[criterion] = value
    decided: dict[str, dict[str, str]] = {}
    rows = coding_round.adjudications.exclude(value="").values_list("unit_key", "criterion", "value")
    for unit_key, criterion, value in rows:
        decided.setdefault(unit_key, {})[criterion] = value
    grid = coding_round.grid.read
    return {
        unit_key: settled(grid, Unit(unit_key.partition(":")[0]), given, decided.get(unit_key, {}))
        for unit_key, given in codings.items()
    }


def values_of(task: Task) -> Mapping[str, str]:
    return dict(task.codings.values_list("criterion", "value"))
