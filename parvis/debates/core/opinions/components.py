"""The two directions along which people differ most, and where each person and statement stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from parvis.debates.core.opinions.votes import AGREE, Numbers, Reals, Votes

BLOCK = 4096
"""Persons made dense at once: 33 MB for a thousand statements."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Principal components of the votes, a missing vote counting as the mean of its statement.

    `centre`: mean vote of each statement, shape (statements,), 0 for a statement taken out. `axes`: shape (2, statements), of length 1
    (or 0 where there is no such direction). `shares`: share of the variance that each explains, shape (2,).
    """

    centre: Reals
    axes: Reals
    shares: Reals


def components(votes: Votes) -> Components:
    """Of all who voted, exact: eigenvectors of the covariance, computed by blocks of persons. Cost: persons × statements²."""
    centre = means(votes)
    width, height = len(votes.statements), len(votes.persons)
    if not width or not height:
        return Components(centre, np.zeros((2, width)), np.zeros(2))
    spread = scatter(votes, centre)
    values, vectors = np.linalg.eigh(spread)
    total = float(np.trace(spread))
    axes, shares = np.zeros((2, width)), np.zeros(2)
    for rank in range(min(2, width, height)):
        if values[-1 - rank] <= total * 1e-12:
            break
        axes[rank] = oriented(vectors[:, -1 - rank])
        shares[rank] = values[-1 - rank] / total
    return Components(centre, axes, shares)


def means(votes: Votes) -> Reals:
    """Mean vote of each statement among those who voted on it. Shape: (statements,)."""
    width = len(votes.statements)
    seen = np.bincount(votes.statement, minlength=width)
    sums = np.bincount(votes.statement, weights=votes.value, minlength=width)
    return np.where(votes.kept, sums / np.maximum(seen, 1), 0.0)


def scatter(votes: Votes, centre: Reals) -> Reals:
    """Covariance of the centred votes, times the persons. Shape: (statements, statements). A missing vote, at the mean, adds nothing."""
    width, height = len(votes.statements), len(votes.persons)
    total = np.zeros((width, width))
    starts = np.searchsorted(votes.person, np.arange(0, height + BLOCK, BLOCK))
    kept = votes.kept
    for first, (start, end) in enumerate(pairwise(starts)):
        rows, columns = votes.person[start:end] - first * BLOCK, votes.statement[start:end]
        dense = np.zeros((min(BLOCK, height - first * BLOCK), width))
        dense[rows, columns] = np.where(kept[columns], votes.value[start:end] - centre[columns], 0.0)
        total += dense.T @ dense
    return total


def oriented(axis: Reals) -> Reals:
    """An axis has no sense of its own; ours is that in which its largest coordinate is positive, so that two runs agree."""
    largest = int(np.argmax(np.abs(axis)))
    return -axis if axis[largest] < 0 else axis


def positions(votes: Votes, found: Components) -> Reals:
    """Where each person stands: the sum over their votes of (vote − centre) · axis, pushed out by √(statements / votes cast).

    A statement taken out counts as seen by all, as in Polis. Shape: (persons, 2).
    """
    kept = votes.kept[votes.statement]
    person, statement = votes.person[kept], votes.statement[kept]
    away = votes.value[kept] - found.centre[statement]
    height = len(votes.persons)
    seen = np.bincount(person, minlength=height) + len(votes.out)
    push: Reals = np.sqrt(len(votes.statements) / np.maximum(seen, 1))
    sums = [np.bincount(person, weights=away * axis[statement], minlength=height).astype(float) for axis in found.axes]
    return np.asarray(np.column_stack(sums) * push[:, None])


def statement_positions(found: Components) -> Reals:
    """Where somebody would stand who had cast one vote, to agree with that statement. Shape: (statements, 2)."""
    width = len(found.centre)
    return np.asarray(((AGREE - found.centre) * found.axes * np.sqrt(width)).T)


def extremity(found: Components) -> Reals:
    """How far each statement divides: the length of its position. Shape: (statements,)."""
    return np.asarray(np.linalg.norm(statement_positions(found), axis=1))


def counted(votes: Votes, least: int = 7, few: int = 15) -> Numbers:
    """Rows of the persons who count in the groups: at least min(7, statements) votes, and the most active ones up to fifteen."""
    cast = votes.cast()
    enough = cast >= min(least, len(votes.statements))
    missing = few - int(enough.sum())
    if missing > 0:
        others = np.flatnonzero(~enough & (cast > 0))
        enough[others[np.argsort(-cast[others], kind="stable")][:missing]] = True
    return np.flatnonzero(enough)
