"""Whether an agreement lets one conclude. Thresholds: K. Krippendorff, *Content Analysis* (4th ed., 2018), ch. 12: α ≥ .800 is reliable,
.667 ≤ α < .800 allows tentative conclusions, below it none. Where one answer dominates, alpha is low although evaluators hardly ever
differ: AC1 ≥ .800 then allows tentative conclusions, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import combinations

from parvis.programmes.core.agreement import Agreement, Coding, Metric, agreement

RELIABLE, TENTATIVE = 0.8, 0.667
LEAST_UNITS = 10


class Reliability(StrEnum):
    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    DOMINATED = "dominated"  # one answer dominates: AC1 allows what alpha does not
    LOW = "low"
    FEW = "few"

    @property
    def concludes(self) -> bool:
        return self not in (Reliability.LOW, Reliability.FEW)


def reliability(found: Agreement) -> Reliability:
    if found.units < LEAST_UNITS:
        return Reliability.FEW
    if found.alpha is not None and found.alpha >= RELIABLE:
        return Reliability.RELIABLE
    if found.alpha is not None and found.alpha >= TENTATIVE:
        return Reliability.TENTATIVE
    if found.ac1 is not None and found.ac1 >= RELIABLE:
        return Reliability.DOMINATED
    return Reliability.LOW


def by_pair(codings: Iterable[Coding], metric: Metric, least: int = LEAST_UNITS) -> dict[tuple[str, str], Agreement]:
    """Agreement of each two coders who share `least` units, without interval."""
    return {pair: agreement(rows, metric, draws=0) for pair, rows in shared(codings, least).items()}


def shared(codings: Iterable[Coding], least: int = LEAST_UNITS) -> dict[tuple[str, str], list[Coding]]:
    """What each two coders both coded, of those who share `least` units: one pass over the codings, whatever the number of coders."""
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for coder, unit, value in codings:
        by_unit.setdefault(unit, []).append((coder, value))
    found: dict[tuple[str, str], list[Coding]] = {}
    for unit, given in by_unit.items():
        for (one, first), (other, second) in combinations(sorted(given), 2):
            found.setdefault((one, other), []).extend(((one, unit, first), (other, unit, second)))
    return {pair: rows for pair, rows in sorted(found.items()) if len(rows) >= 2 * least}


def weakest(found: Sequence[Reliability]) -> Reliability:
    """Of several criteria, the least reliable: LOW before FEW before the others."""
    order = [Reliability.LOW, Reliability.FEW, Reliability.DOMINATED, Reliability.TENTATIVE, Reliability.RELIABLE]
    return min(found, key=order.index, default=Reliability.FEW)
