"""Says again, in another language, a French sentence that was kept with its blanks filled (`speech.stored`).

The sentence with its blanks is found again from the text, the longest first; what filled them is said again the same way, and left as
it is where nothing says it (a cell, a name, a number). Nothing else than the text is kept, so that what was written years ago is
understood too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BLANK = re.compile(r"\{([a-z_0-9]+)\}")
DEEPEST = 4
LONGEST = 2000
"""Characters: a longer text is left as it is."""


@dataclass(frozen=True, slots=True)
class _Template:
    """`literals` stand around `blanks`: one more than them. `other`: the sentence in the other language."""

    literals: tuple[str, ...]
    blanks: tuple[str, ...]
    other: str

    def match(self, text: str) -> dict[str, str] | None:
        """What fills each blank, the shortest that goes from left to right; no way back, so that no text takes long."""
        first, *others = self.literals
        if not text.startswith(first):
            return None
        at, parts = len(first), []
        for rank, literal in enumerate(others, 1):
            end = self._end(text, literal, at, last=rank == len(others))
            if end < at:
                return None
            parts.append(text[at:end])
            at = end + len(literal)
        found = dict(zip(self.blanks, parts, strict=True))
        same = all(found[name] == part for name, part in zip(self.blanks, parts, strict=True))
        return found if same and at == len(text) else None

    def _end(self, text: str, literal: str, at: int, *, last: bool) -> int:
        if last:
            return len(text) - len(literal) if text.endswith(literal) else -1
        if literal != "." or self.literals[-1]:
            return text.find(literal, at)
        # A full stop, then a last blank: it holds nothing, or another sentence.
        stop = text.find(". ", at)
        return stop if stop >= 0 else len(text) - 1 if text.endswith(".") else -1


class Retelling:
    """sentences: French, with blanks in braces → the other language, with the same blanks."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.whole = {one: other for one, other in sentences.items() if not BLANK.search(one)}
        blanks = [one for one in sentences if BLANK.search(one)]
        # The more is said outside of the blanks, the surer the match.
        blanks.sort(key=lambda one: -len(BLANK.sub("", one)))
        self.templates = [_template(one, sentences[one]) for one in blanks]

    def say(self, text: str, depth: int = 0) -> str:
        if len(text) > LONGEST or depth > DEEPEST or not text.strip():
            return text
        found = self._whole(text)
        if found is not None:
            return found
        for template in self.templates:
            filled = template.match(text)
            if filled is not None:
                parts = {name: self.say(part, depth + 1) for name, part in filled.items()}
                return _filled(template.other, parts)
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
    return text.replace("« ", "“").replace(" »", "”")


def _template(sentence: str, other: str) -> _Template:
    pieces = BLANK.split(sentence)
    return _Template(tuple(pieces[::2]), tuple(pieces[1::2]), other)


def _filled(sentence: str, parts: Mapping[str, str]) -> str:
    return BLANK.sub(lambda blank: parts[blank[1]], sentence)
