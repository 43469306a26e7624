"""Rounds of coding: prepared, opened (units are given out), closed, published."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.accounts.models import User
from parvis.programmes import agreements, disputes, rounds, search
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core import grid as grids
from parvis.programmes.core.assignment import assigned
from parvis.programmes.core.grid import Unit
from parvis.programmes.core.rules import Act
from parvis.programmes.models import CodingRound, Election, Evaluator, Grid, Measure, Outcome, Spokesperson, Task
from parvis.programmes.models.coding import key_of
from parvis.programmes.permissions import check
from parvis.programmes.results import facts
from parvis.programmes.traces import trace

State = CodingRound.State
BATCH = 2000


@cache
def bundled() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "grid.json").read_text(encoding="utf-8"))
    return found


def keep_grid(content: dict[str, Any]) -> Grid:
    """A version of a grid, checked. The same content twice is one; another content under the same version is refused."""
    try:
        read = grids.read(content)
    except grids.BadGrid as error:
        raise ElectionError(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # anything may be in a file that somebody gives
        raise ElectionError(
            _("Cette grille n'a pas la forme attendue. Partez de celle que la page de la méthode donne.")
        ) from error
    check_usable(read)
    kept, _fresh = Grid.objects.get_or_create(name=read.name, version=read.version, defaults={"content": content})
    if kept.content != content:
        raise ElectionError(_("Cette version de la grille existe déjà avec un autre contenu : changez son numéro."))
    return kept


def check_usable(grid: grids.Grid) -> None:
    """What a round needs of a grid, beyond being one: a theme to compare by, what is counted, names that are short."""
    if not re.fullmatch(r"[a-z0-9-]{1,60}", grid.name) or not 0 < grid.version < 1_000_000:
        raise ElectionError(_("Une grille a un nom court, en minuscules sans accent, et un numéro de version."))
    names = [name for one in grid.criteria for name in (one.key, *one.values)]
    if not all(re.fullmatch(r"[a-z0-9_-]{1,40}", name) for name in names):
        raise ElectionError(_("Les noms des critères et des niveaux ont au plus 40 lettres minuscules, chiffres ou tirets."))
    criterion, _equals, value = grid.digital.partition("=")
    counted, theme = grid.by_key.get(criterion), grid.by_key.get(grid.theme)
    if not (theme and theme.unit is Unit.MEASURE and counted and counted.unit is Unit.MEASURE and counted.level(value)):
        raise ElectionError(
            _("Une grille dit par quel critère on compare (« theme ») et lequel compte une mesure (« digital »).")
        )


def locked(coding_round: CodingRound, act: Act, by: User, *states: str) -> CodingRound:
    found = CodingRound.objects.select_for_update().get(pk=coding_round.pk)
    check(by, act, found.election)
    if found.state not in states:
        raise ElectionError(_("Ce tour de codage n'en est pas là."))
    return found


@transaction.atomic
def prepare(
    election: Election, *, seed: str, by: User, readings: int = 2, content: dict[str, Any] | None = None
) -> CodingRound:
    """A round with a grid, by default the bundled one."""
    check(by, Act.ORGANISE, election)
    if not seed.strip():
        raise ElectionError(_("Écrivez la graine de la répartition : avec elle, tout le monde peut la refaire."))
    if readings < 2:
        raise ElectionError(_("Chaque mesure est lue par deux évaluateurs au moins."))
    Election.objects.select_for_update().get(pk=election.pk)
    last = election.coding_rounds.order_by("-number").first()
    made = CodingRound.objects.create(
        election=election, number=last.number + 1 if last else 1, grid=keep_grid(bundled() if content is None else content), seed=seed.strip()[:60],
        readings=readings,
    )  # fmt: skip
    trace(election, "round.prepare", by=by, about=str(made.number), grid=str(made.grid), seed=made.seed)
    return made


@transaction.atomic
def invite(coding_round: CodingRound, *, user: User, label: str, by: User, presented: str = "") -> Evaluator:
    fresh = locked(coding_round, Act.ORGANISE, by, State.PREPARED)
    if Spokesperson.objects.filter(user=user, candidate_list__election=fresh.election).exists():
        raise ElectionError(_("Cette personne parle pour une liste : elle ne peut pas coder."))
    name = " ".join(label.split())[:80] or user.get_full_name()
    if fresh.evaluators.filter(user=user).exists() or fresh.evaluators.filter(label=name).exists():
        raise ElectionError(_("Cette personne ou ce nom est déjà parmi les évaluateurs."))
    made = Evaluator.objects.create(coding_round=fresh, user=user, label=name, presented=presented.strip()[:300])
    trace(fresh.election, "round.invite", by=by, about=str(fresh.number), label=name)
    return made


@transaction.atomic
def open_round(coding_round: CodingRound, *, by: User) -> CodingRound:
    """Give out every measure and every list, evenly, by the seed."""
    fresh = locked(coding_round, Act.ORGANISE, by, State.PREPARED)
    evaluators = {str(one.pk): one for one in fresh.evaluators.all()}
    if len(evaluators) < fresh.readings:
        raise ElectionError(_("Invitez d'abord au moins %(n)s évaluateurs.") % {"n": fresh.readings})
    units = units_of(fresh)
    if not any(unit == Unit.MEASURE for unit, _measure, _list in units.values()):
        raise ElectionError(_("Relevez d'abord des mesures."))
    given = assigned(list(units), list(evaluators), each=fresh.readings, seed=fresh.seed)
    positions = dict.fromkeys(evaluators, 0)
    tasks = []
    for unit_key, chosen in given.items():
        unit, measure, candidate_list = units[unit_key]
        for name in chosen:
            positions[name] += 1
            tasks.append(
                Task(
                    coding_round=fresh, evaluator=evaluators[name], unit=unit, unit_key=unit_key, measure_id=measure,
                    candidate_list_id=candidate_list, position=positions[name],
                )
            )  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    fresh.state, fresh.opened = State.CODING, timezone.now()
    fresh.save()
    trace(fresh.election, "round.open", by=by, about=str(fresh.number), units=len(units), evaluators=len(evaluators))
    return fresh


def units_of(coding_round: CodingRound) -> dict[str, tuple[str, str | None, int]]:
    """Unit → (what it is, measure, list): measures list by list, then each list's presence and vision."""
    grid = coding_round.grid.read
    found: dict[str, tuple[str, str | None, int]] = {}
    measures = Measure.objects.filter(candidate_list__election=coding_round.election, merged_into=None)
    order = ("candidate_list__reference", "candidate_list__rank", "candidate_list_id", "number")
    for key, candidate_list in measures.order_by(*order).values_list("key", "candidate_list_id"):
        found[key_of(Unit.MEASURE, measure=key, candidate_list=candidate_list)] = (Unit.MEASURE.value, key, candidate_list)
    for unit in (Unit.PRESENCE, Unit.LIST):
        if grid.of(unit):
            for one in coding_round.election.lists.filter(reference=False).values_list("pk", flat=True):
                found[key_of(unit, measure=None, candidate_list=one)] = (unit.value, None, one)
    return found


@transaction.atomic
def close(coding_round: CodingRound, *, by: User) -> CodingRound:
    """Coding is over: nobody codes any more, agreement is measured, what evaluators differ on is to be decided."""
    fresh = locked(coding_round, Act.ORGANISE, by, State.CODING)
    left = rounds.unfinished(fresh).count()
    if left:
        said = ngettext(
            "Il reste %(n)s lecture à faire : le codage n'est pas fini.", "Il reste %(n)s lectures à faire : le codage n'est pas fini.", left
        )  # fmt: skip
        raise ElectionError(said % {"n": left})
    fresh.state, fresh.closed = State.ADJUDICATION, timezone.now()
    fresh.agreement = agreements.measured(fresh)
    fresh.save()
    disputes.list_all(fresh)
    trace(fresh.election, "round.close", by=by, about=str(fresh.number))
    return fresh


@transaction.atomic
def measure(coding_round: CodingRound, *, by: User) -> CodingRound:
    """Measure the agreement now, on the units that all who have them finished."""
    fresh = locked(coding_round, Act.ORGANISE, by, State.CODING, State.ADJUDICATION)
    fresh.agreement = agreements.measured(fresh)
    fresh.save(update_fields=["agreement"])
    return fresh


@transaction.atomic
def publish(coding_round: CodingRound, *, by: User) -> CodingRound:
    """Write what is settled, once nothing is disputed, and its figures; a newer publication takes the place of the older."""
    fresh = locked(coding_round, Act.PUBLISH, by, State.ADJUDICATION, State.PUBLISHED)
    left = fresh.adjudications.filter(value="").count()
    if left:
        raise ElectionError(
            ngettext("Il reste %(n)s point à arbitrer.", "Il reste %(n)s points à arbitrer.", left) % {"n": left}
        )
    fresh.outcomes.all().delete()
    units = units_by_key(fresh)
    rows = [
        Outcome(
            coding_round=fresh, measure_id=units[unit_key][1], candidate_list_id=units[unit_key][2], unit=units[unit_key][0],
            criterion=criterion, value=value, adjudicated=criterion in one.adjudicated,
        )
        for unit_key, one in rounds.settled_all(fresh).items()
        for criterion, value in one.values.items()
    ]  # fmt: skip
    Outcome.objects.bulk_create(rows, batch_size=BATCH)
    fresh.state, fresh.published = State.PUBLISHED, timezone.now()
    fresh.facts = facts.computed(fresh)
    fresh.save()
    search.look_again(fresh.election)
    trace(fresh.election, "round.publish", by=by, about=str(fresh.number), outcomes=len(rows))
    return fresh


def units_by_key(coding_round: CodingRound) -> dict[str, tuple[str, str | None, int]]:
    rows = Task.objects.filter(coding_round=coding_round).values_list("unit_key", "unit", "measure_id", "candidate_list_id")
    return {unit_key: (unit, measure, candidate_list) for unit_key, unit, measure, candidate_list in rows.distinct()}
