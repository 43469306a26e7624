"""The hues, type and sizes of the house, for pictures: the same tokens as `parvis.css`, in the colours that every reader of SVG knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

FONT: Final = "Atkinson Hyperlegible Next"
SIZES: Final = {"wide": (720, 400), "narrow": (350, 330), "small": (260, 150)}
"""For a screen, for a telephone, for a card: width and height in pixels; the height of bars follows their number."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Names of colours are those of the style sheet. `series`: six hues of different lightness, in the order of use."""

    ink: str
    soft: str
    line: str
    paper: str
    hue: str
    series: tuple[str, ...]


THEMES: Final = {
    "light": Theme(
        "#1d1e29", "#50525e", "#d9d4c9", "#fcf9f3", "#125a98",
        ("#125a98", "#d98a5f", "#4d6023", "#b49adb", "#006060", "#c9a04e"),
    ),
    "dark": Theme(
        "#eeebe5", "#bbb7af", "#393a42", "#15161c", "#8bbcef",
        ("#8bbcef", "#c9653f", "#adc585", "#8a63b8", "#84c9c8", "#a67a2a"),
    ),
}  # fmt: skip
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 2], [1, 3])
SYMBOLS: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")

NUMBERS: Final[dict[str, Any]] = {
    "decimal": ",",
    "thousands": "\u202f",
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": "\u202f%",
    "minus": "−",
}
DATES: Final[dict[str, Any]] = {
    "dateTime": "%A %e %B %Y à %X",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    "months": [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ],
    "shortMonths": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}  # fmt: skip


def config(theme: Theme, size: str) -> dict[str, Any]:
    """What every chart shares: no frame, no background, one hue, text large enough to be read."""
    text = 13 if size != "narrow" else 12
    return {
        "background": None,
        "font": f"{FONT}, system-ui, sans-serif",
        "padding": 6 if size != "small" else 3,
        "view": {"stroke": None},
        "mark": {"color": theme.hue},
        "axis": {
            "labelColor": theme.ink, "titleColor": theme.soft, "labelFontSize": text, "titleFontSize": text, "titleFontWeight": 400,
            "gridColor": theme.line, "domainColor": theme.soft, "tickColor": theme.soft, "labelPadding": 5, "titlePadding": 10,
            "tickCount": 5 if size == "wide" else 4, "labelOverlap": True, "labelSeparation": 6,
        },
        "legend": {
            "labelColor": theme.ink, "titleColor": theme.soft, "labelFontSize": text, "titleFontSize": text, "titleFontWeight": 400,
            "orient": "top", "direction": "horizontal", "columns": 3 if size == "wide" else 1, "labelLimit": 200, "offset": 34,
            "symbolStrokeWidth": 2.5, "symbolSize": 120, "titleLimit": 300,
        },
        "title": {
            "color": theme.ink, "subtitleColor": theme.soft, "fontSize": 19, "fontWeight": 700, "subtitleFontSize": 12,
            "anchor": "start", "frame": "bounds", "offset": 18, "subtitlePadding": 6, "lineHeight": 24,
        },
    }  # fmt: skip
