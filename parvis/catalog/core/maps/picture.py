"""A map as one SVG file that stands by itself: title, shapes, legend with its counts, source. No script, no style, no other file.

Colours are attributes, so that the picture is the same inside a page whose policy forbids style; each shape says its name and its
value, each class has its row in the legend: colour is never alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from parvis.catalog.core.charts.theme import FONT, THEMES

WIDTH: Final = 520
"""In pixels. Not much more than a telephone, so that the legend is still read on one."""
TALLEST: Final = 560
MARGIN: Final = 6
TEXT: Final = 16
LINE: Final = 25

RAMPS: Final = {
    "light": ("#c9e2f2", "#95c4e7", "#609fd2", "#3275b4", "#154d8c"),
    "dark": ("#253749", "#335578", "#4378ad", "#64a2d5", "#9ecef1"),
}
"""The hue of data from pale to deep (dark: from deep to pale): the classes of `parvis.css`."""
STEPS: Final = {1: (3,), 2: (1, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
HATCHED: Final = {"light": ("#f4f0e8", "#8b8577"), "dark": ("#1c1d24", "#7d7a74")}
BACKGROUND: Final = {"light": "#e9e4da", "dark": "#2b2c34"}

MISSING: Final = -1
GROUND: Final = -2
"""What is drawn for a place whose value is missing, and for one that is there to show where things are."""


def colours(count: int, theme: str) -> tuple[str, ...]:
    """One colour a class, in order."""
    return tuple(RAMPS[theme][step] for step in STEPS.get(count, ()))


@dataclass(frozen=True, slots=True)
class Shape:
    """`place`: its class, or `MISSING`, or `GROUND`."""

    path: str
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle, in the units of the shapes; `radius` in pixels."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the legend: a class (or `MISSING`), or a circle of `radius`."""

    text: str
    place: int = GROUND
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """`box` in the units of the shapes: left, top, right, bottom. `classes`: how many."""

    title: str
    description: str
    heading: str
    shapes: tuple[Shape, ...]
    box: tuple[float, float, float, float]
    classes: int
    rows: tuple[Row, ...]
    footer: tuple[str, ...]
    dots: tuple[Dot, ...] = ()
    borders: str = ""


def frame(box: tuple[float, float, float, float]) -> float:
    """How many units of `box` a pixel is."""
    left, top, right, bottom = box
    return max((right - left) / (WIDTH - 2 * MARGIN), (bottom - top) / TALLEST, 1e-9)


def svg(picture: Picture, theme: str) -> bytes:
    """The file, on nothing: it is read on the paper of the page, light or dark as `theme`."""
    left, top, right, bottom = picture.box
    unit = frame(picture.box)
    ink, soft = THEMES[theme].ink, THEMES[theme].soft
    parts: list[str] = []
    y = 8.0
    for line in _wrapped(picture.title, 46):
        y += LINE
        parts.append(f'<text x="{MARGIN}" y="{y:g}" font-size="20" font-weight="700" fill="{ink}">{_safe(line)}</text>')
    y += 14
    across = (WIDTH - (right - left) / unit) / 2
    place = f"translate({across:.2f} {y:.2f}) scale({1 / unit:.6g}) translate({-left:g} {-top:g})"
    parts.append(f'<g transform="{place}">{_shapes(picture, theme, unit)}{_dots(picture, theme, unit)}</g>')
    y += (bottom - top) / unit + 10
    for line in _wrapped(picture.heading, 58):
        y += LINE - 4
        parts.append(f'<text x="{MARGIN}" y="{y:g}" font-weight="700" fill="{ink}">{_safe(line)}</text>')
    y += 6
    for row in picture.rows:
        parts.append(_row(row, picture, theme, y))
        y += max(LINE, 2 * row.radius + 6)
    y += 4
    for note in picture.footer:
        for line in _wrapped(note, 74):
            y += 18
            parts.append(f'<text x="{MARGIN}" y="{y:g}" font-size="13" fill="{soft}">{_safe(line)}</text>')
    height = round(y + 12)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="carte-titre carte-dit" font-family="{FONT}, system-ui, sans-serif" font-size="{TEXT}">'
        f'<title id="carte-titre">{_safe(picture.title)}</title><desc id="carte-dit">{_safe(picture.description)}</desc>'
    )
    return f"{head}<defs>{_hatch('carte-hachures', theme, 1)}{_hatch('carte-manque', theme, unit)}</defs>{''.join(parts)}</svg>".encode()


def size(file: bytes) -> tuple[int, int]:
    """Width and height that a file of `svg` says in its first line."""
    found = re.search(rb'width="(\d+)" height="(\d+)"', file[:500])
    assert found
    return int(found[1]), int(found[2])


def _hatch(name: str, theme: str, unit: float) -> str:
    paper, line = HATCHED[theme]
    return (
        f'<pattern id="{name}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="scale({unit:.6g}) rotate(45)">'
        f'<path fill="{paper}" d="M0 0h5v5H0z"/><path fill="{line}" d="M0 0h1.3v5H0z"/></pattern>'
    )


def _fill(place: int, classes: int, theme: str, pattern: str) -> str:
    if place == MISSING:
        return f"url(#{pattern})"
    return BACKGROUND[theme] if place == GROUND else colours(classes, theme)[place]


def _shapes(picture: Picture, theme: str, unit: float) -> str:
    """One group a class: its colour is said once."""
    groups: dict[int, list[str]] = {}
    silent: dict[int, list[str]] = {}
    for shape in picture.shapes:
        if shape.text:
            named = f"<title>{_safe(shape.text)}</title>"
            groups.setdefault(shape.place, []).append(f'<path d="{shape.path}">{named}</path>')
        else:
            silent.setdefault(shape.place, []).append(shape.path)
    for place, paths in silent.items():  # one path: it weighs less
        groups.setdefault(place, []).append(f'<path d="{"".join(paths)}"/>')
    # Many shapes are small: a line as thick as for a few would hide them.
    width = unit * (0.15 if len(picture.shapes) > 1000 else 0.5 if len(picture.shapes) > 60 else 1.2)
    drawn = [
        f'<g fill="{_fill(place, picture.classes, theme, "carte-manque")}">{"".join(group)}</g>'
        for place, group in sorted(groups.items())
    ]
    borders = ""
    if picture.borders:
        borders = (
            f'<path d="{picture.borders}" fill="none" stroke="{THEMES[theme].ink}" stroke-width="{unit * 0.8:.4g}" '
            'stroke-opacity=".65" stroke-linejoin="round" stroke-linecap="round"/>'
        )
    lines = f'<g stroke="{THEMES[theme].paper}" stroke-width="{width:.4g}" stroke-linejoin="round">{"".join(drawn)}</g>'
    return lines + borders


def _dots(picture: Picture, theme: str, unit: float) -> str:
    if not picture.dots:
        return ""
    found = "".join(
        f'<circle cx="{dot.x:.0f}" cy="{dot.y:.0f}" r="{dot.radius * unit:.4g}"><title>{_safe(dot.text)}</title></circle>'
        for dot in picture.dots
    )
    return f"<g {_ink(theme, unit)}>{found}</g>"


def _ink(theme: str, unit: float) -> str:
    return f'fill="{THEMES[theme].hue}" fill-opacity=".72" stroke="{THEMES[theme].paper}" stroke-width="{0.8 * unit:.4g}"'


def _row(row: Row, picture: Picture, theme: str, y: float) -> str:
    height = max(LINE, 2 * row.radius + 6)
    middle = y + height / 2
    if row.radius:
        mark = f'<circle cx="{MARGIN + 16}" cy="{middle:g}" r="{row.radius:g}" {_ink(theme, 1)}/>'
    else:
        fill = _fill(row.place, picture.classes, theme, "carte-hachures")
        mark = (
            f'<rect x="{MARGIN}" y="{middle - 8:g}" width="30" height="17" rx="2" fill="{fill}" '
            f'stroke="{THEMES[theme].soft}" stroke-width=".75"/>'
        )
    ink = THEMES[theme].ink
    return f'{mark}<text x="{MARGIN + 40}" y="{middle + 5.5:g}" fill="{ink}">{_safe(_short(row.text, 62))}</text>'


# ----- Text -----

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _safe(text: str) -> str:
    """Text that is text in XML: whatever it holds, it opens no element, and characters that XML refuses are left out."""
    return escape(_FORBIDDEN.sub("", text), {'"': "&quot;"})


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _wrapped(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(_FORBIDDEN.sub("", text).replace("\n", " ").replace("\t", " "), width, break_on_hyphens=False)[:6]
