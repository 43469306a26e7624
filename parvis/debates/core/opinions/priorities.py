"""Which statement to show next: those that people understand, agree with and that divide, new ones first."""

from __future__ import annotations

import numpy as np

from parvis.debates.core.opinions.tallies import Tallies
from parvis.debates.core.opinions.votes import Reals

META = 49.0
"""Priority of a statement about the debate itself."""


def priorities(everybody: Tallies, extremity: Reals, meta: frozenset[int] = frozenset()) -> Reals:
    """[(1 − (passed + 1)/(seen + 2)) · (extremity + 1) · (agree + 1)/(seen + 2) · (1 + 8·2^(−seen/5))]². Shape: (statements,).

    `everybody`: one group. A chance to be drawn is in proportion to it.
    """
    passed, agree, seen = everybody.passed[0], everybody.agree[0], everybody.seen[0]
    known = 1 - (passed + 1) / (seen + 2)
    agreed = (agree + 1) / (seen + 2)
    young = 1 + 8 * np.exp2(-seen / 5.0)
    found = (known * (extremity + 1) * agreed * young) ** 2
    found[list(meta)] = META
    return np.asarray(found)
