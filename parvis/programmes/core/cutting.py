"""Proposals of cutting: sentences, and among them those that may be a measure. A person always decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parvis.programmes.core.spans import letters

_SHORT = (
    "M",
    "Mme",
    "MM",
    "Dr",
    "St",
    "Ste",
    "art",
    "cf",
    "ex",
    "etc",
    "env",
    "min",
    "max",
    "p",
    "pp",
    "vol",
    "av",
    "bd",
    "tél",
)
_NOT_AFTER = "".join(rf"(?<!\b{word})" for word in _SHORT)
_STOP = rf"{_NOT_AFTER}[.!?…]+(?:\s?[»”)])*(?=\s+[«“\"(–•-]?\s?[A-ZÀ-ÖØ-ÞŒ0-9]|\s*\Z)"
_END = re.compile(rf"{_STOP}|\n\s*\n|\n(?=\s*[•\-–*]\s)|\s;\s*\n")
LEAST = 25
"""Letters of a sentence that may be a measure."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, and the words of the vocabulary that it holds."""

    start: int
    end: int
    words: tuple[str, ...]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of sentences, without the white around them nor the mark of a list."""
    found: list[tuple[int, int]] = []
    start = 0
    for mark in _END.finditer(text):
        found.append((start, mark.end()))
        start = mark.end()
    found.append((start, len(text)))
    return [span for one in found if (span := trimmed(text, *one))]


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end]
    head = re.match(r"[\s•\-–*#>]+", part)
    start += head.end() if head else 0
    end = start + len(text[start:end].rstrip())
    return (start, end) if end > start else None


def candidates(text: str, vocabulary: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Sentences that hold a word of `vocabulary` (theme → words; a word ending with * stands for all that begin so)."""
    patterns = {word: pattern_of(word) for words in vocabulary.values() for word in words}
    found = []
    for start, end in sentences(text):
        sentence = folded(text[start:end])
        held = tuple(word.rstrip("*") for word, pattern in patterns.items() if pattern.search(sentence))
        if held and len(letters(text[start:end])[0]) >= LEAST:
            found.append(Candidate(start, end, held))
    return found


def pattern_of(word: str) -> re.Pattern[str]:
    end = "" if word.endswith("*") else r"[sx]?\b"
    return re.compile(rf"\b{re.escape(folded(word.rstrip('*')))}{end}")


def folded(text: str) -> str:
    """Without case or accents, words kept apart."""
    kept, places = letters(text)
    signs = [" "] * len(text)
    for sign, place in zip(kept, places, strict=True):
        signs[place] = sign if signs[place] == " " else signs[place] + sign
    return "".join(signs)
