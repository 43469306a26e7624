"""What defines a group, and what all agree on.

Proportions have a prior of one agreement in two votes; tests are z at one side, 90 % (1.2816). Source: Polis, `repness.clj`, `stats.clj`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parvis.debates.core.opinions.tallies import Tallies
from parvis.debates.core.opinions.votes import Numbers, Reals

SIGNIFICANT = 1.2816
MOST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """Of one side (agree or disagree), by group and statement; shapes (groups, statements).

    `success`: votes on that side; `share`: (success + 1) / (seen + 2); `test`: z of that share against one half;
    `ratio`: share here over the share elsewhere; `ratio_test`: z of the difference.
    """

    success: Numbers
    seen: Numbers
    share: Reals
    test: Reals
    ratio: Reals
    ratio_test: Reals

    @property
    def significant(self) -> np.ndarray:
        return (self.test > SIGNIFICANT) & (self.ratio_test > SIGNIFICANT)

    @property
    def weight(self) -> Reals:
        return self.ratio * self.ratio_test * self.share * self.test


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement that tells a group from the others. `best` is the one on which the group agrees most clearly."""

    statement: int
    agree: bool
    success: int
    seen: int
    share: float
    test: float
    ratio: float
    ratio_test: float
    best: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement on which nearly all say the same."""

    statement: int
    success: int
    seen: int
    share: float
    test: float


def proportion_test(success: Numbers, trials: Numbers) -> Reals:
    """z of a proportion against one half, each count plus one."""
    return 2 * np.sqrt(trials + 1) * ((success + 1) / (trials + 1) - 0.5)


def difference_test(inside: Numbers, trials_in: Numbers, outside: Numbers, trials_out: Numbers) -> Reals:
    """z of the difference of two proportions, pooled, each count plus one; 0 where everybody says the same."""
    a, n, b, m = inside + 1.0, trials_in + 1.0, outside + 1.0, trials_out + 1.0
    pooled = (a + b) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 0.0))
    different = (pooled != 1) & (spread > 0)
    return np.where(different, (a / n - b / m) / np.where(different, spread, 1.0), 0.0)


def strength(success: Numbers, seen: Numbers) -> Strength:
    """Of one side, each group against all the others together."""
    outside, trials = success.sum(axis=0) - success, seen.sum(axis=0) - seen
    share = (success + 1) / (seen + 2)
    return Strength(
        success, seen, share, proportion_test(success, seen),
        share / ((outside + 1) / (trials + 2)), difference_test(success, seen, outside, trials),
    )  # fmt: skip


def representative(counted: Tallies, out: frozenset[int], *, as_polis: bool = False) -> list[tuple[Representative, ...]]:
    """Of each group, five statements at most: its clearest agreement, then those that tell it most from the others; agreements first.

    Polis gives the clearest agreement with the figures of the side that tells the group more from the others, even when that is
    the few who disagree (3 of 83), and leaves it to its screens to show it as an agreement; we give those of the agreement,
    unless `as_polis`.
    """
    agree, disagree = strength(counted.agree, counted.seen), strength(counted.disagree, counted.seen)
    candidates = [one for one in range(counted.seen.shape[1]) if one not in out]
    return [chosen(agree, disagree, group, candidates, as_polis) for group in range(counted.seen.shape[0])]


def chosen(
    agree: Strength, disagree: Strength, group: int, candidates: list[int], as_polis: bool
) -> tuple[Representative, ...]:
    sufficient = [one for one in candidates if agree.significant[group, one] or disagree.significant[group, one]]
    best_agreed = clearest_agreement(agree, disagree, group, candidates)
    head = []
    if best_agreed is not None:
        told_by = disagree if as_polis else agree
        head = [finalised(agree, told_by, group, best_agreed, best=True)]
    if not sufficient:
        return tuple(head) or one_anyway(agree, disagree, group, candidates)
    told = [finalised(agree, disagree, group, one) for one in sufficient if one != best_agreed]
    told.sort(key=lambda one: -(one.ratio * one.ratio_test * one.share * one.test))
    first = (head + told)[:MOST]
    return tuple(sorted(first, key=lambda one: not one.agree))


def finalised(agree: Strength, disagree: Strength, group: int, statement: int, *, best: bool = False) -> Representative:
    """The side that tells the group more from the others."""
    cell = (group, statement)
    agrees = agree is disagree or bool(agree.ratio_test[cell] > disagree.ratio_test[cell])
    side = agree if agrees else disagree
    return Representative(
        statement, agrees, int(side.success[cell]), int(side.seen[cell]), float(side.share[cell]), float(side.test[cell]),
        float(side.ratio[cell]), float(side.ratio_test[cell]), best,
    )  # fmt: skip


def clearest_agreement(agree: Strength, disagree: Strength, group: int, candidates: list[int]) -> int | None:
    """The agreement that speaks best for a group: by strength once one tells it from the others, by clarity before."""
    best: int | None = None
    for one in candidates:
        if agree.success[group, one] == 0 and disagree.success[group, one] == 0:
            continue
        if best is None:
            better = agree.test[group, one] > SIGNIFICANT or (agree.ratio[group, one] > 1 and agree.share[group, one] > 0.5)
        elif agree.ratio[group, best] > 1:
            better = agree.weight[group, one] > agree.weight[group, best]
        else:
            better = agree.share[group, one] * agree.test[group, one] > agree.share[group, best] * agree.test[group, best]
        best = one if better else best
    return best


def one_anyway(agree: Strength, disagree: Strength, group: int, candidates: list[int]) -> tuple[Representative, ...]:
    """Where nothing passes, the statement of the largest difference, so that a group is never without a word."""
    if not candidates:
        return ()
    most = np.maximum(agree.ratio_test[group, candidates], disagree.ratio_test[group, candidates])
    return (finalised(agree, disagree, group, candidates[int(most.argmax())]),)


def consensus(everybody: Tallies, out: frozenset[int]) -> tuple[tuple[Shared, ...], tuple[Shared, ...]]:
    """(agreed, refused): five statements a side at most, more than half and significant, the clearest first. `everybody`: one group."""
    candidates = [one for one in range(everybody.seen.shape[1]) if one not in out]
    return shared(everybody.agree[0], everybody.seen[0], candidates), shared(
        everybody.disagree[0], everybody.seen[0], candidates
    )


def shared(success: Numbers, seen: Numbers, candidates: list[int]) -> tuple[Shared, ...]:
    share, test = (success + 1) / (seen + 2), proportion_test(success, seen)
    clear = [one for one in candidates if share[one] > 0.5 and test[one] > SIGNIFICANT]
    clear.sort(key=lambda one: -(share[one] * test[one]))
    return tuple(Shared(one, int(success[one]), int(seen[one]), float(share[one]), float(test[one])) for one in clear[:MOST])


def aware_consensus(counted: Tallies) -> Reals:
    """How much every group agrees, each weighing the same whatever its size: the product of (agree + 1) / (seen + 2).

    With territory classes as groups, the territory-aware consensus. Shape: (statements,).
    """
    return np.asarray(np.prod((counted.agree + 1.0) / (counted.seen + 2.0), axis=0))
