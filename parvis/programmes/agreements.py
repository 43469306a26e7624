"""Agreement of a round: per criterion with its interval, per pair of evaluators, per document. Computed when coding ends or when asked, kept in
the round, so that a page reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from parvis.programmes import rounds
from parvis.programmes.core.agreement import Agreement, Coding, Metric, agreement
from parvis.programmes.core.grid import Criterion, Scale, Unit
from parvis.programmes.core.reliability import Reliability, by_pair, reliability
from parvis.programmes.models import CodingRound

SEED, DRAWS = 2015, 1000
MOST_PAIRS = 100


def measured(coding_round: CodingRound) -> dict[str, Any]:
    """Of the units that all who have them finished."""
    codings: dict[str, list[tuple[Coding, int]]] = {}
    for label, unit, criterion, candidate_list, value in rounds.all_codings(coding_round, rounds.finished_tasks(coding_round)):
        codings.setdefault(criterion, []).append(((label, unit, value), candidate_list))
    criteria, pairs, documents = {}, [], {}
    for one in coding_round.grid.read.criteria:
        given = codings.get(one.key, [])
        rows, metric = [coding for coding, _list in given], metric_of(one)
        criteria[one.key] = told(agreement(rows, metric, seed=SEED, draws=DRAWS))
        pairs += [{"pair": list(pair), "criterion": one.key, **told(found)} for pair, found in by_pair(rows, metric).items()]
        if one.unit is Unit.MEASURE:
            documents[one.key] = by_document(given, metric)
    return {
        "computed": timezone.now().isoformat(), "seed": SEED, "draws": DRAWS, "criteria": criteria,
        "pairs": sorted(pairs, key=lambda one: (one["alpha"] is None, one["alpha"]))[:MOST_PAIRS], "pairs_total": len(pairs),
        "documents": documents,
    }  # fmt: skip


def metric_of(criterion: Criterion) -> Metric:
    return Metric.ORDINAL if criterion.scale is Scale.ORDINAL else Metric.NOMINAL


def by_document(given: list[tuple[Coding, int]], metric: Metric) -> dict[str, Any]:
    lists: dict[int, list[Coding]] = {}
    for coding, candidate_list in given:
        lists.setdefault(candidate_list, []).append(coding)
    return {str(one): told(agreement(rows, metric, seed=SEED, draws=DRAWS)) for one, rows in lists.items()}


def told(found: Agreement) -> dict[str, Any]:
    return asdict(found) | {"reliability": reliability(found).value}


def concludes(coding_round: CodingRound, criterion: str) -> bool:
    """Whether figures of a criterion are shown; without a measure of agreement, they are not."""
    known = coding_round.agreement.get("criteria", {}).get(criterion)
    return known is not None and Reliability(known["reliability"]).concludes
