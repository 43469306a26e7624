"""What pages for readers ask: in a number of queries that does not grow with measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from parvis.programmes.core.grid import Criterion, Grid, Level, Unit
from parvis.programmes.core.shares import Share
from parvis.programmes.models import Adjudication, CandidateList, CodingRound, Election, Measure, Outcome, Passage
from parvis.programmes.results.facts import first as first_measures


def elections(*, drafts_of: Sequence[int] = ()) -> QuerySet[Election]:
    """Published ones, and the drafts of these organisations."""
    seen = ~Q(state=Election.State.DRAFT) | Q(organisation__in=drafts_of)
    standing = Count("lists", filter=Q(lists__reference=False))
    return (
        Election.objects.filter(seen)
        .select_related("organisation", "territory")
        .annotate(standing=standing)
        .order_by("-first_round", "pk")
    )


def to_come(today: date) -> QuerySet[Election]:
    """Published ones whose vote is not over, the nearest first."""
    found = Election.objects.filter(state=Election.State.OPEN).select_related("organisation", "territory")
    return found.filter(Q(first_round__gte=today) | Q(second_round__gte=today)).order_by("first_round", "pk")


def published_round(election: Election) -> CodingRound | None:
    """The last that was published."""
    found = election.coding_rounds.filter(state=CodingRound.State.PUBLISHED).select_related("grid")
    return found.order_by("-number").first()


def lists_of(election: Election) -> list[CandidateList]:
    """In the order of the board or of the lot; programmes of reference after."""
    found: list[CandidateList] = list(
        election.lists.prefetch_related("sources", "departements")
        .annotate(known=Count("measures", filter=Q(measures__merged_into=None)))
        .order_by("reference", F("rank").asc(nulls_last=True), "name")
    )
    for one in found:
        one.election = election
    return found


def quoted() -> Prefetch[str, QuerySet[Passage], str]:
    return Prefetch("passages", Passage.objects.select_related("source"))


@dataclass(frozen=True)
class Cell:
    """A list under a theme: some of its measures, how many in all."""

    candidate_list: CandidateList
    measures: list[Measure]
    total: int

    @property
    def more(self) -> int:
        return max(0, self.total - len(self.measures))


def compared(coding_round: CodingRound, lists: Sequence[CandidateList], theme: str) -> list[Cell]:
    """Digital measures of each list under a theme, in the order of their programmes."""
    known = coding_round.facts.get("first") or first_measures(coding_round, theme)  # older rounds do not have it
    keys = [key for by_list in known.get(theme, {}).values() for key in by_list]
    shown = Measure.objects.filter(pk__in=keys, merged_into=None).select_related("candidate_list__election")
    found: dict[int, list[Measure]] = {}
    for measure in shown.prefetch_related(quoted()).order_by("candidate_list_id", "number"):
        found.setdefault(measure.candidate_list_id, []).append(measure)
    totals = coding_round.facts["themes"].get(theme, {})  # counted when the round was published
    return [Cell(one, found.get(one.pk, []), totals.get(str(one.pk), 0)) for one in lists]


def measures_of(candidate_list: CandidateList, coding_round: CodingRound | None, theme: str = "") -> QuerySet[Measure]:
    """With their theme and whether they are digital, as far as they were coded."""
    found = candidate_list.measures.filter(merged_into=None).prefetch_related(quoted()).order_by("number")
    if coding_round is None:
        return found
    grid = coding_round.grid.read
    criterion = grid.digital.partition("=")[0]
    outcome = Outcome.objects.filter(coding_round=coding_round, measure=OuterRef("pk"))
    found = found.annotate(
        theme=Subquery(outcome.filter(criterion=grid.theme).values("value")[:1]),
        digital=Subquery(outcome.filter(criterion=criterion).values("value")[:1]),
    )
    return found.filter(theme=theme) if theme else found


def outcomes_of(measures: Sequence[Measure], coding_round: CodingRound) -> dict[str, dict[str, str]]:
    """Measure → criterion → value, of those that were coded."""
    rows = Outcome.objects.filter(coding_round=coding_round, measure__in=[one.pk for one in measures])
    found: dict[str, dict[str, str]] = {}
    for key, criterion, value in rows.values_list("measure_id", "criterion", "value"):
        found.setdefault(str(key), {})[criterion] = value
    return found


def all_measures(
    election: Election, coding_round: CodingRound | None, list_slug: str = "", theme: str = "", digital: bool | None = None
) -> QuerySet[Measure]:
    """Of every list, in their order; a theme, or whether they are digital, is asked of a round."""
    order = ("candidate_list__reference", F("candidate_list__rank").asc(nulls_last=True), "candidate_list_id", "number")
    found = Measure.objects.filter(candidate_list__election=election, merged_into=None).order_by(*order)
    found = found.select_related("candidate_list__election").prefetch_related(quoted())
    if list_slug:
        found = found.filter(candidate_list__slug=list_slug)
    if coding_round is None:
        return found
    grid = coding_round.grid.read
    outcomes = Outcome.objects.filter(coding_round=coding_round)
    if theme:
        found = found.filter(pk__in=outcomes.filter(criterion=grid.theme, value=theme).values("measure_id"))
    if digital is not None:
        criterion, _equals, value = grid.digital.partition("=")
        said = outcomes.filter(criterion=criterion, measure__isnull=False)
        found = found.filter(pk__in=(said.filter(value=value) if digital else said.exclude(value=value)).values("measure_id"))
    return found


@dataclass(frozen=True)
class Line:
    """A criterion of a unit, what was published of it, and the decision where there was one."""

    criterion: Criterion
    level: Level | None
    adjudication: Adjudication | None = None


def lines_of(coding_round: CodingRound, outcomes: QuerySet[Outcome], points: QuerySet[Adjudication]) -> list[Line]:
    values = {one.criterion: one.value for one in outcomes}
    decided = {one.criterion: one for one in points}
    grid = coding_round.grid.read
    return [Line(one, one.level(values[one.key]), decided.get(one.key)) for one in grid.criteria if one.key in values]


def lines_of_measure(measure: Measure, coding_round: CodingRound) -> list[Line]:
    points = Adjudication.objects.filter(coding_round=coding_round, measure=measure).exclude(value="")
    return lines_of(coding_round, Outcome.objects.filter(coding_round=coding_round, measure=measure), points)


def lines_of_list(candidate_list: CandidateList, coding_round: CodingRound) -> list[Line]:
    """Presence and vision."""
    mine = {"coding_round": coding_round, "candidate_list": candidate_list, "measure": None}
    return lines_of(coding_round, Outcome.objects.filter(**mine), Adjudication.objects.filter(**mine).exclude(value=""))


@dataclass(frozen=True)
class Figures:
    """What the barometer says, read from the facts of a round."""

    grid: Grid
    lists: list[CandidateList]
    digital: list[tuple[CandidateList, Share]]
    pooled: Share
    mean: float | None
    counted: int
    themes: list[tuple[Level, Share, int]]  # lists that have one measure or more, and how many measures
    presence: list[tuple[Criterion, Share, list[tuple[CandidateList, Level | None]]]]
    vision: list[tuple[Criterion, list[tuple[CandidateList, Level | None]]]]
    absent: list[tuple[Criterion, list[Level]]] = field(default_factory=list)


def figures(coding_round: CodingRound, lists: Sequence[CandidateList]) -> Figures:
    facts, grid = coding_round.facts, coding_round.grid.read
    standing = [one for one in lists if not one.reference]
    found = facts["digital"]
    return Figures(
        grid=grid,
        lists=standing,
        digital=[(one, Share(*found["lists"].get(str(one.pk), [0, 0]))) for one in standing],
        pooled=Share(*found["pooled"]),
        mean=found["mean"],
        counted=found["counted"],
        themes=themes(facts, grid, standing),
        presence=[(one, present(facts, one, standing), levels(facts, one, standing)) for one in grid.of(Unit.PRESENCE)],
        vision=[(one, levels(facts, one, standing)) for one in grid.of(Unit.LIST)],
        absent=absent(facts, grid),
    )


def themes(facts: Mapping[str, Any], grid: Grid, lists: Sequence[CandidateList]) -> list[tuple[Level, Share, int]]:
    rows = []
    for level in grid.by_key[grid.theme].levels:
        by_list = facts["themes"].get(level.value, {})
        mine = {str(one.pk): by_list.get(str(one.pk), 0) for one in lists}
        rows.append((level, Share(sum(count > 0 for count in mine.values()), len(lists)), sum(mine.values())))
    return rows


def levels(
    facts: Mapping[str, Any], one: Criterion, lists: Sequence[CandidateList]
) -> list[tuple[CandidateList, Level | None]]:
    counts = facts["counts"].get(one.key, {})
    return [(listed, one.level(next(iter(counts.get(str(listed.pk), {})), ""))) for listed in lists]


def present(facts: Mapping[str, Any], one: Criterion, lists: Sequence[CandidateList]) -> Share:
    known = [level for _list, level in levels(facts, one, lists) if level is not None]
    return Share(sum(level.value == "yes" for level in known), len(known))


def absent(facts: Mapping[str, Any], grid: Grid) -> list[tuple[Criterion, list[Level]]]:
    """What nobody proposes: levels that no digital measure of a list that stands has."""
    by_key = facts.get("absent", {})
    known = [(grid.by_key[key], values) for key, values in by_key.items() if values]
    return [(one, [level for level in one.levels if level.value in values]) for one, values in known]
