"""Opening hours as OpenStreetMap writes them (wiki.openstreetmap.org/wiki/Key:opening_hours/specification), as people use them.

A reader by recursive descent over the rules `months, weeks, days, hours, state "comment"`, joined by `;`, `,` or `||`.
"""

from __future__ import annotations

import re
from typing import Final

_DAY: Final = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_NTH: Final = r"(?:\[-?[1-5](?:-[1-5])?(?:,-?[1-5](?:-[1-5])?)*\])?"
_OFFSET: Final = r"(?: ?[+-]\d+ days?)?"
_HOLIDAY: Final = rf"(?:PH|SH){_OFFSET}"
_DAYS: Final = rf"(?:{_DAY}(?:{_NTH}{_OFFSET}|\s?-\s?{_DAY})|{_HOLIDAY})"
_WEEKDAYS: Final = rf"{_DAYS}(?:\s?,\s?{_DAYS})*(?:\s{_DAYS}(?:,{_DAYS})*)?"
_CLOCK: Final = r"(?:[01]?\d|2\d|3\d|4[0-8]):[0-5]\d"
_EVENT: Final = rf"(?:dawn|sunrise|sunset|dusk|\((?:dawn|sunrise|sunset|dusk)[+-]{_CLOCK}\))"
_MOMENT: Final = rf"(?:{_CLOCK}|{_EVENT})"
_SPAN: Final = rf"{_MOMENT}(?:\s?-\s?{_MOMENT}(?:\+|/{_CLOCK}|/\d+)?|\+)"
_HOURS: Final = rf"{_SPAN}(?:\s?,\s?{_SPAN})*"
_DATE: Final = rf"(?:\d{{4}} )?(?:{_MONTH}(?: (?:[0-2]?\d|3[01]))?|easter){_OFFSET}"
_DATES: Final = rf"{_DATE}(?:\s?-\s?(?:{_DATE}|[0-2]?\d|3[01])(?:/\d+)?|\+)?"
_YEARS: Final = r"\d{4}(?:-\d{4}(?:/\d+)?|\+)?"
_WEEKS: Final = r"week (?:\d{1,2}(?:-\d{1,2}(?:/\d+)?)?)(?:,\d{1,2}(?:-\d{1,2}(?:/\d+)?)?)*"
_WIDE: Final = rf"(?:(?:{_YEARS}|{_DATES})(?:\s?,\s?(?:{_YEARS}|{_DATES}))*\s?)?(?:{_WEEKS}\s?)?(?:\"[^\"]*\")?:?\s?"
_STATE: Final = r"(?:open|closed|off|unknown)"
_COMMENT: Final = r'"[^"]+"'
_RULE: Final = re.compile(
    rf"(?:24/7|{_WIDE}(?:{_WEEKDAYS})?(?:\s?:?\s?{_HOURS})?)(?:\s?{_STATE})?(?:\s?{_COMMENT})?",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(r"\s*(?:;|\|\||,\s)\s*")


def valid_opening_hours(text: str) -> bool:
    """Whether every rule of the text reads as opening hours; hours such as 25:99 or days such as « Lundi » do not."""
    if len(text) > 2_000 or not text.strip():
        return False
    rules = _parts(text.strip())
    if len(rules) > 1 and not rules[-1]:
        rules.pop()  # a last « ; » is harmless
    return all(rule and _RULE.fullmatch(rule) for rule in rules)


def _parts(text: str) -> list[str]:
    """Split on `;`, `||` and `, `, but not inside a comment."""
    found: list[str] = []
    start = 0
    quoted_spans = [(one.start(), one.end()) for one in re.finditer(_COMMENT, text)]
    for joint in _JOINT.finditer(text):
        if any(begin <= joint.start() < end for begin, end in quoted_spans):
            continue
        found.append(text[start : joint.start()].strip())
        start = joint.end()
    found.append(text[start:].strip())
    return found
