"""Passages that survive a better extraction: a quotation is found again by its letters and by what surrounds it, or it is lost and says so.

Letters are compared without case, accents, spaces, hyphens and punctuation, so that a line cut elsewhere or a word put together again
changes nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

AROUND = 60
"""Characters of text kept on each side."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """`start`, `end`: offsets in the text it was made in."""

    start: int
    end: int
    quote: str
    before: str
    after: str

    @property
    def digest(self) -> str:
        """Of the quotation and its surroundings, letters only."""
        return sha256("\0".join(letters(part)[0] for part in (self.before, self.quote, self.after)).encode()).hexdigest()


def anchor(text: str, start: int, end: int) -> Anchor:
    """Of `text[start:end]`. Raises ValueError for a span that is empty or outside."""
    if not 0 <= start < end <= len(text) or not letters(text[start:end])[0]:
        raise ValueError("Ce passage est vide ou hors du texte.")
    return Anchor(start, end, text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND])


def letters(text: str) -> tuple[str, list[int]]:
    """Letters and figures, folded, and where each was."""
    kept: list[str] = []
    places: list[int] = []
    for at, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign).casefold():
            if part.isalnum():
                kept.append(part)
                places.append(at)
    return "".join(kept), places


def anchored_again(anchor: Anchor, text: str) -> tuple[int, int] | None:
    """Where the quotation is in another text; among several, the one whose surroundings are the most alike, then the nearest to
    where it was. None when its letters are not there."""
    sought = letters(anchor.quote)[0]
    hay, places = letters(text)
    found: list[tuple[float, int, int]] = []
    at = hay.find(sought) if sought else -1
    while at >= 0 and len(found) < 200:
        likeness = alike(anchor, hay, at, at + len(sought))
        found.append((likeness, -abs(places[at] - anchor.start), at))
        at = hay.find(sought, at + 1)
    if not found:
        return None
    first = max(found)[2]
    return with_signs(anchor.quote, text, places[first], places[first + len(sought) - 1] + 1)


def with_signs(quote: str, text: str, start: int, end: int) -> tuple[int, int]:
    """The same span with the punctuation that the quotation begins and ends with, where it is still there."""
    _letters, places = letters(quote)
    for sign in reversed(quote[: places[0]]):
        start -= start > 0 and text[start - 1] == sign
    for sign in quote[places[-1] + 1 :]:
        end += end < len(text) and text[end] == sign
    return start, end


def alike(anchor: Anchor, hay: str, start: int, end: int) -> float:
    before, after = letters(anchor.before)[0], letters(anchor.after)[0]
    sides = ((before, hay[max(0, start - len(before)) : start]), (after, hay[end : end + len(after)]))
    return sum(SequenceMatcher(None, *side, autojunk=False).ratio() for side in sides)
