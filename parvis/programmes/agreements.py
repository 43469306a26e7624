"""Agreement of a round: per criterion with its interval, per pair of evaluators, per document. Computed when coding ends or when asked, kept in
the round, so that a page reads it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from parvis.programmes import rounds
from parvis.programmes.core.agreement import Agreement, Coding, Metric, agreement
from parvis.programmes.core.grid import Criterion, Scale, Unit
from parvis.programmes.core.reliability import Reliability, reliability, shared
from parvis.programmes.models import CodingRound

SEED, DRAWS = 2015, 1000
MOST_PAIRS = 100


@dataclass(frozen=True)
class Pair:
    """Two evaluators and what both coded under a criterion. `rank`: the weakest agreements first; those without any after."""

    names: tuple[str, str]
    criterion: str
    metric: Metric
    rows: list[Coding]

    @cached_property
    def rank(self) -> tuple[bool, float]:
        alpha = agreement(self.rows, self.metric, draws=0).alpha
        return alpha is None, alpha or 0.0

    def told(self) -> dict[str, Any]:
        """With its interval, which only those that are shown need."""
        found = agreement(self.rows, self.metric, seed=SEED, draws=DRAWS)
        return {"pair": list(self.names), "criterion": self.criterion, **told(found)}


def measured(coding_round: CodingRound) -> dict[str, Any]:
    """Of the units that all who have them finished."""
    codings: dict[str, list[tuple[Coding, int]]] = {}
    for label, unit, criterion, candidate_list, value in rounds.all_codings(coding_round, rounds.finished_tasks(coding_round)):
        codings.setdefault(criterion, []).append(((label, unit, value), candidate_list))
    criteria, documents = {}, {}
    pairs: list[Pair] = []
    for one in coding_round.grid.read.criteria:
        given = codings.get(one.key, [])
        rows, metric = [coding for coding, _list in given], metric_of(one)
        criteria[one.key] = told(agreement(rows, metric, seed=SEED, draws=DRAWS))
        pairs += [Pair(pair, one.key, metric, both) for pair, both in shared(rows).items()]
        if one.unit is Unit.MEASURE:
            documents[one.key] = by_document(given, metric)
    return {
        "computed": timezone.now().isoformat(), "seed": SEED, "draws": DRAWS, "criteria": criteria,
        "pairs": [one.told() for one in sorted(pairs, key=lambda one: one.rank)[:MOST_PAIRS]], "pairs_total": len(pairs),
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


def digital_concludes(coding_round: CodingRound) -> bool:
    """Whether shares of digital measures are shown."""
    return concludes(coding_round, coding_round.grid.read.digital.partition("=")[0])
