"""How far a reader's answers are from the positions of lists: 0 the same, 1 the opposite.

Questions that the reader skipped are dropped. Source: the distances of voting advice applications, as in F. Mendez,
"Matching voters with political parties and candidates" (2012), normalised to [0, 1] by question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt


class Metric(StrEnum):
    MANHATTAN = "manhattan"
    DIRECTIONAL = "directional"
    EUCLIDEAN = "euclidean"


class Missing(StrEnum):
    NEUTRAL = "neutral"
    """A list that says nothing stands in the middle."""
    MAXIMUM = "maximum"
    """A list that says nothing stands as far as it can from the reader."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Lowest and highest answer."""

    low: float
    high: float

    def centred(self, value: float) -> float:
        """From −1 to 1. Raises `ValueError` outside the scale."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{value:g} is outside the scale from {self.low:g} to {self.high:g}.")
        return 2 * (value - self.low) / (self.high - self.low) - 1


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    value: float | None
    weight: float = 1.0
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`distance`: 0 to 1, None where the reader answered nothing that counts; `themes`: the same within each theme."""

    name: str
    distance: float | None
    themes: dict[str, float | None]


def match(
    answers: Sequence[Answer],
    positions: dict[str, dict[str, float]],
    *,
    metric: Metric = Metric.MANHATTAN,
    missing: Missing = Missing.NEUTRAL,
    scale: Scale,
) -> list[Match]:
    """Lists from the nearest; equal ones in their order in `positions` (list → question → position)."""
    given = [answer for answer in answers if answer.value is not None]
    themes = list(dict.fromkeys(answer.theme for answer in answers if answer.theme))
    found = []
    for name, held in positions.items():
        apart = {answer.question: separation(answer, held.get(answer.question), metric, missing, scale) for answer in given}
        found.append(
            Match(
                name,
                together(given, apart, metric),
                {theme: together([one for one in given if one.theme == theme], apart, metric) for theme in themes},
            )
        )
    return sorted(found, key=lambda one: 2.0 if one.distance is None else one.distance)


def separation(answer: Answer, position: float | None, metric: Metric, missing: Missing, scale: Scale) -> float:
    """Distance on one question, 0 to 1."""
    assert answer.value is not None
    mine = scale.centred(answer.value)
    farthest = -1.0 if mine > 0 else 1.0
    silent = 0.0 if missing is Missing.NEUTRAL else farthest
    theirs = silent if position is None else scale.centred(position)
    if metric is Metric.DIRECTIONAL:
        return (1 - mine * theirs) / 2
    return abs(mine - theirs) / 2


def together(answers: Sequence[Answer], apart: dict[str, float], metric: Metric) -> float | None:
    """Weighted mean of the questions, quadratic for Euclid."""
    total = sum(answer.weight for answer in answers)
    if total <= 0:
        return None
    if metric is Metric.EUCLIDEAN:
        return sqrt(sum(answer.weight * apart[answer.question] ** 2 for answer in answers) / total)
    return sum(answer.weight * apart[answer.question] for answer in answers) / total


def stability(
    answers: Sequence[Answer],
    positions: dict[str, dict[str, float]],
    *,
    metric: Metric = Metric.MANHATTAN,
    missing: Missing = Missing.NEUTRAL,
    scale: Scale,
) -> dict[str, float]:
    """How often each list stays at its rank when one question is left out or weighs double: share of these changes, by list."""
    base = [one.name for one in match(answers, positions, metric=metric, missing=missing, scale=scale)]
    changes = []
    for place, answer in enumerate(answers):
        if answer.value is None:
            continue
        for weight in (0.0, 2 * answer.weight):
            changed = [*answers[:place], Answer(answer.question, answer.value, weight, answer.theme), *answers[place + 1 :]]
            changes.append([one.name for one in match(changed, positions, metric=metric, missing=missing, scale=scale)])
    if not changes:
        return dict.fromkeys(base, 1.0)
    return {name: sum(order[rank] == name for order in changes) / len(changes) for rank, name in enumerate(base)}
