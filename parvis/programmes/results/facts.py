"""Figures of a published round, computed once and kept in it: every share has its numerator and its denominator."""

from __future__ import annotations

from collections import Counter
from typing import Any

from parvis.programmes.core.grid import Unit
from parvis.programmes.core.shares import Share, both
from parvis.programmes.models import CodingRound, Measure


def computed(coding_round: CodingRound) -> dict[str, Any]:
    """Counts by criterion, value and list; measures by list; shares of digital measures, pooled and as a mean of shares. Programmes of
    reference are counted apart, never in the totals."""
    lists = list(coding_round.election.lists.order_by("reference", "rank", "name"))
    counts: dict[str, dict[str, Counter[str]]] = {}
    rows = coding_round.outcomes.values_list("unit", "criterion", "value", "candidate_list_id")
    for _unit, criterion, value, one in rows.iterator(chunk_size=5000):
        counts.setdefault(criterion, {}).setdefault(str(one), Counter())[value] += 1
    measures = Counter(
        Measure.objects.filter(candidate_list__election=coding_round.election, merged_into=None).values_list(
            "candidate_list_id", flat=True
        )
    )
    standing = [str(one.pk) for one in lists if not one.reference]
    return {
        "lists": {str(one.pk): {"measures": measures[one.pk], "reference": one.reference} for one in lists},
        "counts": counts,
        "digital": digital(coding_round, counts, standing),
        "themes": themes(coding_round, standing),
        "first": first(coding_round),
        "absent": absent(coding_round, standing),
    }


def digital(coding_round: CodingRound, counts: dict[str, dict[str, Counter[str]]], standing: list[str]) -> dict[str, Any]:
    """Each list's share of digital measures among those that were coded."""
    criterion, _equals, value = coding_round.grid.read.digital.partition("=")
    by_list = {one: counts.get(criterion, {}).get(one, Counter()) for one in standing}
    shares = {one: Share(found[value], sum(found.values())) for one, found in by_list.items()}
    found = both(list(shares.values()))
    return {
        "lists": {one: [share.part, share.whole] for one, share in shares.items()},
        "pooled": [found.pooled.part, found.pooled.whole],
        "mean": found.mean,
        "counted": found.counted,
    }


def themes(coding_round: CodingRound, standing: list[str]) -> dict[str, dict[str, int]]:
    """Theme → list → digital measures."""
    grid = coding_round.grid.read
    criterion, _equals, value = grid.digital.partition("=")
    outcomes = coding_round.outcomes.filter(unit=Unit.MEASURE.value)
    kept = outcomes.filter(criterion=criterion, value=value).values("measure_id")
    found: dict[str, dict[str, int]] = {level: {} for level in grid.by_key[grid.theme].values}
    for theme, one in outcomes.filter(criterion=grid.theme, measure__in=kept).values_list("value", "candidate_list_id"):
        by_list = found.setdefault(theme, {})
        by_list[str(one)] = by_list.get(str(one), 0) + 1
    return found


SHOWN = 6
"""Measures of a list under a theme, on the page of comparison; the page of the list has them all."""


def first(coding_round: CodingRound, *themes: str) -> dict[str, dict[str, list[str]]]:
    """Theme → list → its first digital measures, in the order of the programme: what the comparison shows. Without themes, all."""
    grid = coding_round.grid.read
    criterion, _equals, value = grid.digital.partition("=")
    outcomes = coding_round.outcomes.filter(unit=Unit.MEASURE.value, measure__merged_into=None)
    kept = outcomes.filter(criterion=criterion, value=value).values("measure_id")
    rows = outcomes.filter(criterion=grid.theme, measure__in=kept).order_by("measure__number")
    if themes:
        rows = rows.filter(value__in=themes)
    found: dict[str, dict[str, list[str]]] = {}
    for theme, one, key in rows.values_list("value", "candidate_list_id", "measure_id"):
        keys = found.setdefault(theme, {}).setdefault(str(one), [])
        if len(keys) < SHOWN:
            keys.append(str(key))
    return found


NEVER_SAID = ("theme", "public", "place", "means", "date")
"""Criteria of which it says something that no digital measure has a level."""


def absent(coding_round: CodingRound, standing: list[str]) -> dict[str, list[str]]:
    """Criterion → levels that no digital measure of a list that stands was given."""
    grid = coding_round.grid.read
    criterion, _equals, value = grid.digital.partition("=")
    outcomes = coding_round.outcomes.filter(unit=Unit.MEASURE.value, candidate_list_id__in=[int(one) for one in standing])
    kept = outcomes.filter(criterion=criterion, value=value).values("measure_id")
    asked = [key for key in NEVER_SAID if key in grid.by_key]
    found = set(outcomes.filter(criterion__in=asked, measure__in=kept).values_list("criterion", "value").distinct())
    return {
        key: [level for level in grid.by_key[key].values if (key, level) not in found and level != "other"] for key in asked
    }
