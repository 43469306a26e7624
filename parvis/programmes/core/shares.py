"""Shares that say their numerator and their denominator, pooled or as a mean of shares: the two differ, and both are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share")

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> float | None:
        return None if self.value is None else 100 * self.value


@dataclass(frozen=True, slots=True)
class Both:
    """`pooled`: all parts over all wholes. `mean`: the mean of the shares, each list counting once; `counted`: lists that have one."""

    pooled: Share
    mean: float | None
    counted: int

    @property
    def mean_percent(self) -> float | None:
        return None if self.mean is None else 100 * self.mean


def both(shares: Sequence[Share]) -> Both:
    """Lists without anything to count are left out of the mean, and so of `counted`."""
    values = [one.value for one in shares if one.value is not None]
    pooled = Share(sum(one.part for one in shares), sum(one.whole for one in shares))
    return Both(pooled, sum(values) / len(values) if values else None, len(values))


def tally(values: Sequence[str], levels: Sequence[str]) -> Mapping[str, Share]:
    """Each level's share of what was coded; values of no level are refused."""
    if unknown := set(values) - set(levels):
        raise ValueError(f"no level is named {sorted(unknown)[0]!r}")
    return {level: Share(sum(value == level for value in values), len(values)) for level in levels}
