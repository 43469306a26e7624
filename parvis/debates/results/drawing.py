"""The picture of a map, ready for the template: numbers and words only. Groups have a letter, an outline and a pattern, never a
colour alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot, sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.debates.results.standing import Standing
from parvis.debates.results.words import LETTERS, people, percent, share_of

WIDTH, LEAST_HEIGHT, MOST_HEIGHT, MARGIN = 640, 300, 520, 56
INK = 0.10
"""Share of the picture that the points of people cover together."""


@dataclass(frozen=True)
class Cloud:
    """Everybody of one group: their discs are one path, because hundreds of elements weigh on an old telephone."""

    group: int
    path: str


@dataclass(frozen=True)
class Outline:
    points: str
    group: int
    letter: str
    x: float
    y: float
    size: str
    title: str


@dataclass(frozen=True)
class Picture:
    """`you`: where the person who asks stands, never part of what is cached."""

    width: int
    height: int
    title: str
    outlines: list[Outline] = field(default_factory=list)
    clouds: list[Cloud] = field(default_factory=list)
    you: tuple[float, float] | None = None


@dataclass(frozen=True)
class Mark:
    """A group on a line from 0 to 100 %."""

    x: float
    y: float
    group: int
    letter: str
    title: str


@dataclass(frozen=True)
class Strip:
    marks: list[Mark]
    height: int
    title: str


class Scale:
    """From the plane of opinions to the picture; the same in both directions, so that distances mean something."""

    def __init__(self, facts: dict[str, Any]) -> None:
        corners = [corner for group in facts["groups"] for corner in group["outline"]] or [[-1, -1], [1, 1]]
        xs, ys = [x for x, _y in corners], [y for _x, y in corners]
        self.left, self.top = min(xs), max(ys)
        across, down = max(max(xs) - self.left, 1e-9), max(self.top - min(ys), 1e-9)
        self.unit = min((WIDTH - 2 * MARGIN) / across, (MOST_HEIGHT - 2 * MARGIN) / down)
        self.height = round(max(LEAST_HEIGHT, down * self.unit + 2 * MARGIN))
        self.x0 = (WIDTH - across * self.unit) / 2
        self.y0 = (self.height - down * self.unit) / 2

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return round(self.x0 + (x - self.left) * self.unit, 1), round(self.y0 + (self.top - y) * self.unit, 1)

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """At the border, for who stands farther than anybody of the map."""
        across, down = self(x, y)
        return min(max(across, 16.0), WIDTH - 16.0), min(max(down, 16.0), self.height - 16.0)


def picture_of(facts: dict[str, Any], standing: Standing | None = None) -> Picture:
    scale = Scale(facts)
    where = standing.where if standing else None
    return Picture(
        WIDTH, scale.height, title_of(facts), outlines_of(facts, scale), clouds_of(facts, scale),
        scale.inside(where.x, where.y) if where else None,
    )  # fmt: skip


def clouds_of(facts: dict[str, Any], scale: Scale) -> list[Cloud]:
    """The larger discs first, so that they hide none of the smaller ones."""
    total = sum(base[2] for base in facts["bases"]) or 1
    unit = sqrt(INK * WIDTH * scale.height / total / 3.1416)
    paths: dict[int, list[str]] = {}
    for x, y, weight, group, _certainty in sorted(facts["bases"], key=lambda base: -base[2]):
        paths.setdefault(group, []).append(disc(*scale(x, y), round(min(30.0, max(3.0, unit * sqrt(weight))), 1)))
    return [Cloud(group, "".join(paths[group])) for group in sorted(paths)]


def disc(x: float, y: float, radius: float) -> str:
    return f"M{x - radius:g} {y:g}a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0"


def group_name(group: int) -> str:
    return _("groupe %(letter)s") % {"letter": LETTERS[group]}


def title_of(facts: dict[str, Any]) -> str:
    """The text of the picture for who does not see it: the same facts, the sentences and the table say the rest."""
    named = [f"{LETTERS[at]} ({people(group['size'])})" for at, group in enumerate(facts["groups"])]
    if len(named) < 2:
        return _("Carte des opinions : pas encore de groupes.")
    count = ngettext("%(n)d groupe", "%(n)d groupes", len(named)) % {"n": len(named)}
    return _(
        "Carte des opinions, %(groups)s : %(names)s. Plus deux personnes sont proches, plus elles ont répondu de même."
    ) % {
        "groups": count,
        "names": ", ".join(named),
    }


def outlines_of(facts: dict[str, Any], scale: Scale) -> list[Outline]:
    """Each label goes on the side of its group that looks away from the others."""
    centres = [scale(*group["centre"]) for group in facts["groups"]]
    middle = (sum(x for x, _y in centres) / max(1, len(centres)), sum(y for _x, y in centres) / max(1, len(centres)))
    found = []
    for at, group in enumerate(facts["groups"]):
        corners = [scale(*corner) for corner in group["outline"]]
        x, y = label_at(corners, centres[at], middle, scale.height)
        found.append(
            Outline(
                " ".join(f"{across},{down}" for across, down in corners), at, LETTERS[at], x, y, people(group["size"]),
                f"{group_name(at)} : {people(group['size'])}",
            )
        )  # fmt: skip
    return found


def label_at(
    corners: list[tuple[float, float]], centre: tuple[float, float], middle: tuple[float, float], height: float
) -> tuple[float, float]:
    """Above the highest corner, or under the lowest for a group that is below the middle."""
    if not corners:
        return centre
    below = centre[1] > middle[1]
    edge = max(y for _x, y in corners) + 22 if below else min(y for _x, y in corners) - 12
    x = centre[0]
    return round(min(max(x, 70.0), WIDTH - 70.0), 1), round(min(max(edge, 18.0), height - 8.0), 1)


# ----- What each group says of one statement, on a line -----

LINE, DOT, LANE = 600, 15, 30


def strip_of(cells: list[list[int]]) -> Strip:
    """Where each group stands between nobody agrees and everybody agrees; groups that say the same are drawn one above the other."""
    placed: list[tuple[float, int]] = []
    marks = []
    for group, cell in sorted(enumerate(cells), key=lambda one: share_of(one[1]) or 0.0):
        share = share_of(cell)
        if share is None:
            continue
        x = DOT + 2 + share * (LINE - 2 * DOT - 4)
        lane = 0
        while any(lane == taken and hypot(x - at, 0) < 2 * DOT + 1 for at, taken in placed):
            lane += 1
        placed.append((x, lane))
        title = _("groupe %(letter)s : %(share)s d'accord") % {"letter": LETTERS[group], "share": percent(share)}
        marks.append(Mark(round(x, 1), 0.0, group, LETTERS[group], title))
    lanes = max((lane for _x, lane in placed), default=0) + 1
    height = lanes * LANE + 6
    marks = [
        Mark(mark.x, height - 3 - LANE / 2 - lane * LANE, mark.group, mark.letter, mark.title)
        for mark, (_x, lane) in zip(marks, placed, strict=True)
    ]
    return Strip(marks, height, " ; ".join(mark.title for mark in sorted(marks, key=lambda mark: mark.group)))
