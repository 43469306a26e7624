"""What an evaluator codes, and what is decided where two differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.programmes import disputes, rounds
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core import grid as grids
from parvis.programmes.core.grid import Unit
from parvis.programmes.core.rules import Act
from parvis.programmes.models import Adjudication, Coding, CodingRound, Task
from parvis.programmes.permissions import check
from parvis.programmes.traces import trace


class MissingAnswer(ElectionError):
    """`criterion`: the first that has no answer."""

    def __init__(self, criterion: str, sentence: str) -> None:
        super().__init__(sentence)
        self.criterion = criterion


@transaction.atomic
def code(task: Task, *, values: Mapping[str, str], by: User, memo: str = "") -> Task:
    """Keep what an evaluator says of a unit, all its criteria at once; said again, the last word counts and the trail keeps the first."""
    fresh = Task.objects.select_for_update(of=("self",)).select_related("coding_round__grid", "evaluator").get(pk=task.pk)
    check(by, Act.CODE, fresh.coding_round.election)
    if fresh.evaluator.user_id != by.pk:
        raise ElectionError(_("Cette lecture est celle d'un autre évaluateur."))
    if fresh.coding_round.state != CodingRound.State.CODING:
        raise ElectionError(_("Le codage de ce tour n'est pas ouvert."))
    kept = checked(fresh, values)
    before = rounds.values_of(fresh)
    if fresh.done is not None and before != kept:
        changed = {
            name: [before.get(name, ""), kept.get(name, "")] for name in {*before, *kept} if before.get(name) != kept.get(name)
        }
        trace(fresh.coding_round.election, "coding.change", by=by, about=fresh.unit_key, changed=changed)
    fresh.codings.exclude(criterion__in=kept).delete()
    now = timezone.now()
    rows = [
        Coding(task=fresh, criterion=name, value=value, at=now) for name, value in kept.items() if before.get(name) != value
    ]
    Coding.objects.bulk_create(rows, update_conflicts=True, unique_fields=["task", "criterion"], update_fields=["value", "at"])
    fresh.memo, fresh.done = memo.replace("\x00", "").strip()[:2000], fresh.done or now
    fresh.save(update_fields=["memo", "done"])
    return fresh


def checked(task: Task, values: Mapping[str, str]) -> dict[str, str]:
    grid = task.coding_round.grid.read
    try:
        return grids.check_values(grid, Unit(task.unit), values)
    except grids.BadGrid as error:
        label = grid.by_key[str(error)].label["fr"]
        raise MissingAnswer(str(error), _("Il manque une réponse : « %(criterion)s ».") % {"criterion": label}) from error


@transaction.atomic
def adjudicate(point: Adjudication, *, value: str, reason: str, by: User) -> Adjudication:
    """Decide a criterion on which evaluators differ, with the reason. What depended on it is looked at again."""
    fresh = Adjudication.objects.select_for_update(of=("self",)).select_related("coding_round__grid").get(pk=point.pk)
    check(by, Act.ADJUDICATE, fresh.coding_round.election)
    if fresh.coding_round.state != CodingRound.State.ADJUDICATION:
        raise ElectionError(_("L'arbitrage s'ouvre quand le codage est fini, et se ferme quand le tour est publié."))
    words = " ".join(reason.replace("\x00", "").split())[:600]
    if fresh.coding_round.grid.read.by_key[fresh.criterion].level(value) is None:
        raise ElectionError(_("Choisissez une réponse de la grille."))
    if not words:
        raise ElectionError(_("Dites pourquoi : la raison est publiée avec la décision."))
    if fresh.value:
        trace(
            fresh.coding_round.election,
            "adjudication.change",
            by=by,
            about=fresh.unit_key,
            criterion=fresh.criterion,
            before=fresh.value,
        )
    fresh.value, fresh.reason, fresh.by, fresh.at = value, words, by, timezone.now()
    fresh.save()
    disputes.list_unit(fresh.coding_round, fresh.unit, fresh.unit_key)
    return fresh


@transaction.atomic
def import_codings(coding_round: CodingRound, rows: Iterable[Mapping[str, str]], *, by: User) -> tuple[int, int]:
    """Codings of one's own, from a table `unit,criterion,value` (`coder` is whoever imports): (units kept, units left because incomplete
    or not theirs)."""
    mine = {
        task.unit_key: task
        for task in Task.objects.filter(coding_round=coding_round, evaluator__user=by).select_related(
            "coding_round__grid", "evaluator"
        )
    }
    given: dict[str, dict[str, str]] = {}
    for row in rows:
        given.setdefault(row.get("unit", "").strip(), {})[row.get("criterion", "").strip()] = row.get("value", "").strip()
    kept = 0
    for unit_key, values in given.items():
        task = mine.get(unit_key)
        if task is None:
            continue
        try:
            code(task, values=values, by=by, memo=task.memo)
        except MissingAnswer:
            continue
        kept += 1
    return kept, len(given) - kept
