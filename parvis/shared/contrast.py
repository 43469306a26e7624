"""Contrast as WCAG 2.2 computes it, and the nearest colour that can be read. Colours are `#rrggbb`; no Django here."""

from __future__ import annotations

import re
from typing import Final

TEXT: Final = 4.5
"""The least contrast of a text (WCAG 1.4.3)."""
LIGHT, DARK = "#f4f0e8", "#1e1f26"
"""The darkest of our light backgrounds (`--sunk`) and the lightest of our dark ones (`--surface`): what passes there passes everywhere."""
_HEX: Final = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def _channels(colour: str) -> tuple[int, int, int]:
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is not #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def nearest(colour: str, background: str, least: float = TEXT) -> str:
    """The first colour that passes on `background`, going from `colour` towards black or white: its hue stays."""
    end = 0 if luminance(background) > 0.18 else 255
    for step in range(256):
        mixed = "#" + "".join(f"{round(c + (end - c) * step / 255):02x}" for c in _channels(colour))
        if contrast(mixed, background) >= least:
            return mixed
    raise ValueError("no colour passes on this background")
