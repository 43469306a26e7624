"""Numbers and dates as French readers write them, and as English ones do on English pages."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

from parvis.catalog.core.speech import FRENCH, language, phrase

THIN: Final = "\u202f"
HARD: Final = "\xa0"
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
ENGLISH_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def decimals(value: float) -> int:
    """How many decimals say enough of `value`: three figures, none for a whole number."""
    if not math.isfinite(value) or value == int(value) or abs(value) >= 1000:
        return 0
    if abs(value) >= 1:
        return 1 if abs(value) < 100 else 0
    return min(6, 1 - math.floor(math.log10(abs(value))))


def number(value: float, places: int | None = None, *, down: bool = False) -> str:
    """`4 446`, `0,28`, `−3,5`. `down`: never more than the value itself.

    >>> number(1234567.0), number(42.13), number(-0.5)
    ('1\u202f234\u202f567', '42,1', '−0,5')
    """
    places = decimals(value) if places is None else places
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR if down else ROUND_HALF_EVEN)
    whole, _point, rest = f"{abs(rounded):f}".partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    sign = "−" if rounded < 0 else ""
    separator, point = (THIN, ",") if language() == FRENCH else (",", ".")
    return sign + separator.join(groups) + (point + rest if rest else "")


def quantity(value: float, unit: str = "", places: int | None = None, *, down: bool = False) -> str:
    said = number(value, places, down=down)
    if language() == FRENCH or not unit:
        return said + (HARD + unit if unit else "")
    return unit + said if unit == "€" else said + (unit if unit == "%" else HARD + unit)


def pair(low: float, high: float, unit: str = "") -> tuple[str, str]:
    """Two quantities written alike; when they differ, so does what is read (up to six decimals). Where one is ten times the other or
    more, each has the decimals that it needs alone: `0,077 %` and `4,9 %`."""
    if low and high and max(abs(low), abs(high)) >= 10 * min(abs(low), abs(high)):
        return quantity(low, unit), quantity(high, unit)
    places = max(decimals(low), decimals(high))
    while low != high and number(low, places) == number(high, places) and places < 6:
        places += 1
    return quantity(low, unit, places), quantity(high, unit, places)


def day(value: date) -> str:
    """`1er mars 2024`."""
    if language() != FRENCH:
        return f"{value.day} {ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return f"{'1er' if value.day == 1 else value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: date | datetime, step: str = "") -> str:
    """A date, as precise as the step of its axis: `2024`, `mars 2024`, `1er mars 2024`."""
    if step == "year":
        return str(value.year)
    if step == "month":
        return f"{(MONTHS if language() == FRENCH else ENGLISH_MONTHS)[value.month - 1]} {value.year}"
    if isinstance(value, datetime) and (value.hour or value.minute):
        return phrase("{day} à {hour} h {minute}", day=day(value), hour=value.hour, minute=f"{value.minute:02}")
    return day(value)


def listed(words: list[str]) -> str:
    """`a, b et c`."""
    return (
        words[0]
        if len(words) == 1
        else phrase("{first} et {last}", first=", ".join(words[:-1]), last=words[-1])
        if words
        else ""
    )


def typeset(text: str) -> str:
    """No line ends after an opening quotation mark, nor before a closing one or a high mark of punctuation."""
    return text.replace("« ", f"«{HARD}").replace(" »", f"{HARD}»").replace(" :", f"{HARD}:").replace(" ;", f"{THIN};")
