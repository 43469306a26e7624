"""Says again, in another language, a French sentence that was kept with its blanks filled (`speech.stored`).

The sentence with its blanks is found again from the text, the longest first; what filled them is said again the same way, and left as
it is where nothing says it (a cell, a name, a number). Nothing else than the text is kept, so that what was written years ago is
understood too."""

from __future__ import annotations

import re
from collections.abc import Mapping

BLANK = re.compile(r"\{([a-z_0-9]+)\}")
DEEPEST = 4
LONGEST = 2000
"""Characters: a longer text is left as it is."""


class Retelling:
    """sentences: French, with blanks in braces → the other language, with the same blanks."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.whole = {one: other for one, other in sentences.items() if not BLANK.search(one)}
        blanks = [one for one in sentences if BLANK.search(one)]
        # The more is said outside of the blanks, the surer the match.
        blanks.sort(key=lambda one: -len(BLANK.sub("", one)))
        self.patterns = [(re.compile(_pattern(one), re.DOTALL), sentences[one]) for one in blanks]

    def say(self, text: str, depth: int = 0) -> str:
        if len(text) > LONGEST or depth > DEEPEST or not text.strip():
            return text
        found = self._whole(text)
        if found is not None:
            return found
        for pattern, other in self.patterns:
            match = pattern.fullmatch(text)
            if match:
                parts = {name: self.say(part, depth + 1) for name, part in match.groupdict().items()}
                return BLANK.sub(lambda blank, parts=parts: parts[blank[1]], other)  # type: ignore[misc]
        return quoted(text) if depth else text

    def _whole(self, text: str) -> str | None:
        if text in self.whole:
            return self.whole[text]
        small = text[0].lower() + text[1:]
        if small in self.whole:
            other = self.whole[small]
            return other[0].upper() + other[1:]
        return None


def quoted(text: str) -> str:
    """`« x »` → `“x”`: quotation marks of the other language around what is quoted."""
    return re.sub(r"« (.*?) »", "“\\1”", text)


def _pattern(sentence: str) -> str:
    pieces, at = [], 0
    seen: set[str] = set()
    for blank in BLANK.finditer(sentence):
        before = sentence[at : blank.start()]
        pieces.append(re.escape(before))
        pieces.append(f"(?P={blank[1]})" if blank[1] in seen else f"(?P<{blank[1]}>{_filling(sentence, before, blank)})")
        seen.add(blank[1])
        at = blank.end()
    return "".join([*pieces, re.escape(sentence[at:])])


def _filling(sentence: str, before: str, blank: re.Match[str]) -> str:
    """Anything; after the full stop that ends a sentence, nothing or another sentence."""
    return "| .+" if before.endswith(".") and blank.end() == len(sentence) else ".*?"
