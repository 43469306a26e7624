"""Values in at most five classes, by a method that is chosen by rules, and stated.

- Few different values: each is a class.
- Equal steps, the easiest to read, where they tell values apart nearly as well as the best breaks, and none is nearly empty.
- The best breaks (Jenks's natural breaks, by Fisher's exact dynamic programme) otherwise,
- unless they leave nearly everything in one class: then as many values in each (quantiles).

A bound always lies between two values, where the shortest number is: it belongs to no class by accident, and what the legend says of
a class is true of each value in it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Final

import numpy
from numpy.typing import NDArray

from parvis.catalog.core.charts import french
from parvis.catalog.core.speech import marked, phrase

MOST: Final = 5
EXACT: Final = 3_000
"""Different values that the exact programme takes; beyond, it works on as many quantiles of them."""
NEARLY: Final = 0.06
"""Equal steps are kept when they explain this much less of the variance than the best breaks."""
ALONE: Final = 0.7
"""A class that has more of the values than this hides them."""
SCARCE: Final = 0.02
LEEWAY: Final = 10
LARGEST: Final = 1e100

Floats = NDArray[numpy.float64]

EACH, EQUAL, JENKS, QUANTILES = "each", "equal", "jenks", "quantiles"
SENTENCES: Final = {
    "": marked("Aucune valeur n’est connue : il n’y a pas de classe."),
    EACH: marked("Il y a peu de valeurs différentes : chacune a sa couleur."),
    EQUAL: marked(
        "Classes d’égale étendue, les plus simples à lire : les valeurs sont assez régulières pour qu’elles les distinguent bien."
    ),
    JENKS: marked(
        "Classes par seuils naturels (méthode de Jenks) : les valeurs d’une même classe se ressemblent le plus possible."
    ),
    QUANTILES: marked(
        "Classes d’effectifs proches (quantiles) : quelques valeurs très à part auraient mis presque toutes les autres dans une seule classe."
    ),
}
"""What the reader is told of each method, and why it was chosen."""


@dataclass(frozen=True, slots=True)
class Class:
    """Values from `low` to `high` (`high` excluded, but in the last class), of which `least` and `most` are the extremes."""

    low: float
    high: float
    count: int
    least: float
    most: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """`fit`: the share of the variance that the classes explain (goodness of variance fit), 1 where each value has its own."""

    classes: tuple[Class, ...]
    method: str
    fit: float

    @property
    def sentence(self) -> str:
        if self.method == EACH and len(self.classes) == 1:
            return phrase("Toutes les valeurs sont égales : il n’y a qu’une classe.")
        return phrase(SENTENCES[self.method])

    def place(self, value: float | None) -> int | None:
        """The class of `value`, from 0; None for what is missing, and for what lies outside every class."""
        if not self.classes or value is None or not measured(value):
            return None
        if not self.classes[0].low <= value <= self.classes[-1].high:
            return None
        found = bisect_right([one.low for one in self.classes], value) - 1
        return found if value <= self.classes[found].high else None


def known(values: Sequence[float | None]) -> list[float]:
    """The values that are numbers, sorted: neither empty cells, nor NaN, nor infinities, nor what no measure ever reaches."""
    return sorted(float(value) for value in values if value is not None and measured(value))


def measured(value: float) -> bool:
    return math.isfinite(value) and abs(value) < LARGEST


def classify(values: Sequence[float | None], most: int = MOST) -> Classification:
    """The classes of `values`, at most `most`, by the rules of this file."""
    found = known(values)
    if not found:
        return Classification((), "", 0.0)
    distinct = sorted(set(found))
    if len(distinct) <= most:
        return Classification(_alone(found, distinct), EACH, 1.0)
    k = max(2, min(most, 1 + int(math.log2(len(found)))))
    starts, method = _chosen(found, k)
    starts = rounded(found, starts)
    classes = _made(found, starts)
    return Classification(classes, method, fit(found, starts))


def _chosen(found: list[float], k: int) -> tuple[list[float], str]:
    """The first value of each class, and the method."""
    best, equal = jenks(found, k), equal_steps(found, k)
    sizes = _sizes(found, equal)
    regular = len(equal) == k and min(sizes) >= max(1, SCARCE * len(found)) and max(sizes) <= ALONE * len(found)
    if regular and fit(found, equal) >= fit(found, best) - NEARLY:
        return equal, EQUAL
    if max(_sizes(found, best)) > ALONE * len(found):
        halves = quantiles(found, k)
        if len(halves) > 1 and max(_sizes(found, halves)) < max(_sizes(found, best)):
            return halves, QUANTILES
    return best, JENKS


# ----- The methods: each gives the first value of every class -----


def equal_steps(found: Sequence[float], k: int) -> list[float]:
    """Sorted values in `k` steps of one width; a step without values is no class."""
    low, high = found[0], found[-1]
    limits = [low + (high - low) * (rank / k) for rank in range(1, k)]
    return _firsts(found, limits)


def quantiles(found: Sequence[float], k: int) -> list[float]:
    """As many values in each as equal values allow: they are never parted."""
    return _firsts(found, [found[math.ceil(len(found) * rank / k)] for rank in range(1, k)])


def _firsts(found: Sequence[float], limits: Sequence[float]) -> list[float]:
    """The least value at or above each limit, once each."""
    ordered = numpy.asarray(found)
    places = numpy.searchsorted(ordered, numpy.asarray(limits), side="left")
    return sorted({float(found[0]), *(float(ordered[place]) for place in places if place < len(ordered))})


def jenks(found: Sequence[float], k: int) -> list[float]:
    """The breaks that leave the least variance inside the classes, found exactly (Fisher, 1958). The first best ones, so always the same."""
    values, weights = numpy.unique(numpy.asarray(found, dtype=float), return_counts=True)
    if len(values) > EXACT:
        values, weights = _thinned(values, weights)
    k = min(k, len(values))
    spread = float(values[-1] - values[0]) or 1.0
    starts = _programme((values - values[0]) / spread - 0.5, weights.astype(float), k)
    return [float(values[start]) for start in starts]


def _thinned(values: Floats, weights: NDArray[numpy.int64]) -> tuple[Floats, NDArray[numpy.int64]]:
    """At most `EXACT` values, each standing for those that follow it."""
    places = numpy.unique(numpy.linspace(0, len(values) - 1, EXACT).astype(int))
    return values[places], numpy.add.reduceat(weights, places)


def _programme(values: Floats, weights: Floats, k: int) -> list[int]:
    """Where each of the `k` classes begins. One pass over the last value; every class and every beginning at once."""
    n = len(values)
    mass, first, second = (
        numpy.concatenate([[0.0], numpy.cumsum(part)]) for part in (weights, weights * values, weights * values * values)
    )
    least = numpy.full((k, n + 1), numpy.inf)  # least[c, j]: the best of c + 1 classes over the first j values
    begins = numpy.zeros((k, n + 1), dtype=int)
    for end in range(1, n + 1):
        inside = mass[end] - mass[:end]
        moment = first[end] - first[:end]
        cost = numpy.maximum((second[end] - second[:end]) - moment * moment / inside, 0.0)
        least[0, end] = cost[0]
        if end > 1:
            totals = least[:-1, 1:end] + cost[1:]
            at = totals.argmin(axis=1)
            begins[1:, end] = at + 1
            least[1:, end] = totals[numpy.arange(k - 1), at]
    starts, end = [], n
    for rank in range(k - 1, -1, -1):
        end = int(begins[rank, end])
        starts.append(end)
    return starts[::-1]


def fit(found: Sequence[float], starts: Sequence[float]) -> float:
    """Goodness of variance fit: 1 when the classes leave no variance inside them, 0 when they explain none."""
    values = numpy.asarray(found, dtype=float)
    spread = float(values[-1] - values[0])
    if not spread:
        return 1.0
    values = (values - values[0]) / spread
    whole = float(((values - values.mean()) ** 2).sum())
    cuts = numpy.searchsorted(numpy.asarray(found), numpy.asarray(starts[1:]), side="left")
    inside = sum(float(((part - part.mean()) ** 2).sum()) for part in numpy.split(values, cuts) if len(part))
    return 1.0 - inside / whole


def _sizes(found: Sequence[float], starts: Sequence[float]) -> list[int]:
    cuts = [0, *(int(cut) for cut in numpy.searchsorted(numpy.asarray(found), numpy.asarray(starts[1:]))), len(found)]
    return [after - before for before, after in pairwise(cuts)]


# ----- Bounds that people read -----


def _alone(found: list[float], distinct: list[float]) -> tuple[Class, ...]:
    return tuple(
        Class(value, value, found.count(value), value, value, last=rank == len(distinct) - 1)
        for rank, value in enumerate(distinct)
    )


def _made(found: list[float], starts: Sequence[float]) -> tuple[Class, ...]:
    sizes, made, at = _sizes(found, starts), [], 0
    parts: list[list[float]] = []
    for size in sizes:
        parts.append(found[at : at + size])
        at += size
    limits = [between(before[-1], after[0]) for before, after in pairwise(parts)]
    outer = _outside(found[0], found[-1], limits)
    bounds = [outer[0], *limits, outer[1]]
    for rank, part in enumerate(parts):
        made.append(Class(bounds[rank], bounds[rank + 1], len(part), part[0], part[-1], last=rank == len(parts) - 1))
    return tuple(made)


def between(below: float, above: float) -> float:
    """The shortest number above `below` and at most `above`: what parts two classes without moving a value.

    >>> between(9.37, 10.62), between(3.0, 4.0), between(0.281, 0.284)
    (10.0, 4.0, 0.284)
    """
    for unit in _units(max(abs(below), abs(above), above - below)):
        found = float((Decimal(repr(above)) / unit).to_integral_value(ROUND_FLOOR) * unit)
        if below < found <= above:
            return found
    return above


def rounded(found: Sequence[float], starts: Sequence[float]) -> list[float]:
    """The same classes with bounds that are shorter to say, each moved by a tenth of the narrower of its two classes at most."""
    edges = [*starts, found[-1]]
    kept = [starts[0]]
    for place in range(1, len(starts)):
        edge = edges[place]
        leeway = min(edge - edges[place - 1], edges[place + 1] - edge) / LEEWAY
        near = _first(found, _shortest(edge, leeway))
        following = starts[place + 1] if place + 1 < len(starts) else math.inf
        kept.append(near if kept[-1] < near < following else edge)
    return kept


def _shortest(edge: float, leeway: float) -> float:
    for unit in _units(max(abs(edge), leeway)) if leeway > 0 else ():
        near = float((Decimal(repr(edge)) / unit).to_integral_value(ROUND_HALF_EVEN) * unit)
        if abs(near - edge) <= leeway:
            return near
    return edge


def _first(found: Sequence[float], limit: float) -> float:
    place = bisect_left(found, limit)
    return found[place] if place < len(found) else math.inf


def _units(size: float) -> Iterator[Decimal]:
    """1 000, 500, 100, 50, 10…: what a short number is a multiple of, from the coarsest that `size` allows."""
    power = math.ceil(math.log10(size)) + 1 if size > 0 else 0
    for exponent in range(power, power - 25, -1):
        yield Decimal(1).scaleb(exponent)
        yield Decimal(5).scaleb(exponent - 1)


def _outside(low: float, high: float, limits: Sequence[float]) -> tuple[float, float]:
    """The extremes, shortened outwards to three figures: never past a bound."""
    return _shortened(low, ROUND_FLOOR), max(_shortened(high, ROUND_CEILING), limits[-1] if limits else high)


def _shortened(value: float, rounding: str) -> float:
    if value == 0 or value == int(value):
        return value
    places = min(0, math.floor(math.log10(abs(value))) - 2)
    return float(Decimal(value).quantize(Decimal(1).scaleb(places), rounding))


def bounds(one: Class, unit: str = "") -> str:
    """What the legend says of a class: true of each of its values.

    >>> bounds(Class(10, 20, 3, 11, 19)), bounds(Class(10, 20, 3, 11, 20, last=True)), bounds(Class(4, 4, 1, 4, 4))
    ('de 10 à moins de 20', 'de 10 à 20', '4')
    """
    low, high = exact(one.low), exact(one.high)
    end = f"\xa0{unit}" if unit else ""
    if one.low == one.high:
        return low + end
    high += end
    return (
        phrase("de {low} à {high}", low=low, high=high)
        if one.last
        else phrase("de {low} à moins de {high}", low=low, high=high)
    )


def exact(value: float) -> str:
    """A number as it is, written as French readers do: a bound is never rounded."""
    if value and not 1e-9 < abs(value) < 1e15:
        return f"{value:.6g}".replace(".", ",").replace("-", "−")
    text = f"{Decimal(repr(float(value))).normalize():f}"
    return french.number(value, len(text.partition(".")[2]))
