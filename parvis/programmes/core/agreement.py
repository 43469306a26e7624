"""How far evaluators agree, beyond chance: Krippendorff's alpha and Gwet's AC1, with bootstrap intervals.

Sources: K. Krippendorff, *Content Analysis* (4th ed., 2018), ch. 12, "Computing Krippendorff's Alpha-Reliability" (2011);
K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement", BJMSP 61 (2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Coding = tuple[str, str, str]
"""(coder, unit, value)"""
LEAST_DRAWS = 100
MOST_CELLS = 4_000_000
"""Above it, draws are computed one by one rather than in one table."""


class Metric(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class CannotAgree(ValueError):
    """One sentence: why these codings have no agreement to measure."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one criterion. `alpha`: 1 perfect, 0 chance, None where no value varies; `alpha_interval`: 95 %, by bootstrap of the units.

    `ac1`: None for metrics other than nominal and ordinal. `units`: those with two coders at least; `ignored`: those with one.
    """

    alpha: float | None
    alpha_interval: tuple[float, float] | None
    ac1: float | None
    units: int
    ignored: int
    coders: int


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """`counts`: how many coders gave each value to each unit, shape (units, values). `values`: the values, in order."""

    counts: Reals
    values: tuple[str, ...]
    numbers: Reals


def agreement(codings: Iterable[Coding], metric: Metric, *, seed: int = 0, draws: int = 1000) -> Agreement:
    """Of one criterion. A coder who codes a unit twice: the last counts. Raises `CannotAgree` where a metric needs numbers."""
    latest = {(coder, unit): value for coder, unit, value in codings if value != ""}
    by_unit: dict[str, list[str]] = {}
    for (_coder, unit), value in latest.items():
        by_unit.setdefault(unit, []).append(value)
    kept = {unit: given for unit, given in by_unit.items() if len(given) > 1}
    coders = len({coder for coder, unit in latest if unit in kept})
    ignored = len(by_unit) - len(kept)
    if not kept:
        return Agreement(None, None, None, 0, ignored, 0)
    table = counted(list(kept.values()), metric)
    found = alpha(table, metric)
    between = interval(table, metric, seed=seed, draws=draws) if found is not None else None
    chance = ac1(table) if metric in (Metric.NOMINAL, Metric.ORDINAL) else None
    return Agreement(found, between, chance, len(kept), ignored, coders)


def by_pair(codings: Iterable[Coding], metric: Metric) -> dict[tuple[str, str], Agreement]:
    """The same, of each two coders who share a unit; without interval."""
    rows = list(codings)
    coders = sorted({coder for coder, _unit, _value in rows})
    found = {}
    for pair in combinations(coders, 2):
        one = agreement([row for row in rows if row[0] in pair], metric, draws=0)
        if one.units:
            found[pair] = one
    return found


def counted(units: list[list[str]], metric: Metric) -> Counts:
    """Values as columns: in the order of numbers where they are numbers, of letters for names."""
    given = {value for unit in units for value in unit}
    try:
        ordered = sorted(given, key=lambda value: (float(value.replace(",", ".")), value))
        numbers = np.array([float(value.replace(",", ".")) for value in ordered])
    except ValueError as error:
        if metric is not Metric.NOMINAL:
            raise CannotAgree(f"The metric {metric} needs values that are numbers.") from error
        ordered, numbers = sorted(given), np.arange(len(given), dtype=float)
    if not np.isfinite(numbers).all():
        raise CannotAgree("A value is not a finite number.")
    if metric is Metric.RATIO and numbers.min() < 0:
        raise CannotAgree("The metric ratio needs values of zero or more.")
    if metric is not Metric.NOMINAL:
        ordered, numbers = merged(ordered, numbers)
    place = {value: at for at, value in enumerate(ordered)}
    counts = np.zeros((len(units), len(ordered)))
    for row, unit in enumerate(units):
        for value in unit:
            at = place.get(value)
            counts[row, at if at is not None else int(np.searchsorted(numbers, float(value.replace(",", "."))))] += 1
    return Counts(counts, tuple(ordered), numbers)


def merged(ordered: list[str], numbers: Reals) -> tuple[list[str], Reals]:
    """One column a number, however it was written (1, 1.0)."""
    distinct, first = np.unique(numbers, return_index=True)
    return [ordered[at] for at in first], distinct


def distances(metric: Metric, numbers: Reals, margins: Reals) -> Reals:
    """Squared difference of each two values. `margins`: how often each value was given; several rows of them give as many tables to an
    ordinal metric, which depends on them. Shape: (values, values), or (rows, values, values)."""
    rows, columns = numbers[:, None], numbers[None, :]
    match metric:
        case Metric.NOMINAL:
            return 1.0 - np.eye(len(numbers))
        case Metric.INTERVAL:
            return np.asarray((rows - columns) ** 2)
        case Metric.RATIO:
            sums = rows + columns
            return np.asarray(np.where(sums > 0, (rows - columns) / np.where(sums > 0, sums, 1.0), 0.0) ** 2)
        case Metric.ORDINAL:
            # Values between the two, with half of each end: the ranks that separate them.
            below = np.cumsum(margins, axis=-1) - margins / 2
            return np.asarray((below[..., :, None] - below[..., None, :]) ** 2)


def alpha(table: Counts, metric: Metric, weights: Reals | None = None) -> float | None:
    """1 − observed over expected disagreement; None where nothing varies. `weights`: how many times each unit counts."""
    weights = np.ones(len(table.counts)) if weights is None else weights
    coders = table.counts.sum(axis=1)
    scaled = table.counts * (weights / (coders - 1))[:, None]
    coincidences = scaled.T @ table.counts - np.diag(scaled.sum(axis=0))
    margins = coincidences.sum(axis=0)
    total = margins.sum()
    apart = distances(metric, table.numbers, margins)
    expected = float(margins @ apart @ margins) / (total - 1) if total > 1 else 0.0
    if expected <= 0:
        return None
    return 1.0 - float((coincidences * apart).sum()) / expected


def interval(table: Counts, metric: Metric, *, seed: int, draws: int, level: float = 0.95) -> tuple[float, float] | None:
    """Percentiles of alpha over units drawn again (Efron 1979). Draws in which nothing varies say nothing, and are left out.

    Units that were answered alike are drawn together: a few patterns stand for any number of units."""
    if draws < LEAST_DRAWS:
        return None
    patterns, times = np.unique(table.counts, axis=0, return_counts=True)
    weights = np.random.default_rng(seed).multinomial(len(table.counts), times / len(table.counts), size=draws).astype(float)
    kept = Counts(patterns, table.values, table.numbers)
    found = alphas(kept, metric, weights)
    found = found[~np.isnan(found)]
    if len(found) < draws / 2:
        return None
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def alphas(table: Counts, metric: Metric, weights: Reals) -> Reals:
    """Alpha under each row of weights, shape (draws, units); NaN where nothing varies. All at once, unless there are too many values."""
    size = table.counts.shape[1]
    if max(len(weights), len(table.counts)) * size**2 > MOST_CELLS:
        one_by_one = (alpha(table, metric, drawn) for drawn in weights)
        return np.array([np.nan if found is None else found for found in one_by_one])
    counts, coders = table.counts, table.counts.sum(axis=1)
    pairs = (counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(size)) / (coders - 1)[:, None, None]
    coincidences = np.tensordot(weights, pairs, axes=1)
    margins = coincidences.sum(axis=1)
    apart = distances(metric, table.numbers, margins)
    observed = (coincidences * apart).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = ((margins[:, None, :] @ apart)[:, 0, :] * margins).sum(axis=1) / (margins.sum(axis=1) - 1)
        return np.where(expected > 0, 1.0 - observed / expected, np.nan)


def ac1(table: Counts) -> float:
    """Gwet's AC1: chance agreement from how even the labels are, so that one dominant label does not make agreement look poor."""
    coders, labels = table.counts.sum(axis=1), table.counts.shape[1]
    observed = float(((table.counts * (table.counts - 1)).sum(axis=1) / (coders * (coders - 1))).mean())
    if labels == 1:
        return 1.0
    share = (table.counts / coders[:, None]).mean(axis=0)
    chance = float((share * (1 - share)).sum()) / (labels - 1)
    return float((observed - chance) / (1 - chance))
