"""What cores say to people: French sentences, in the language of whoever reads.

A core knows no language but French: it says a sentence with its blanks, and the parts that fill them. Who uses it may install a
translator (the site does, with its catalogue); file commands install none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

FRENCH: Final = "fr"
LABELS: Final = frozenset({"alike", "column", "label", "name"})
LONGEST_LABEL: Final = 80
"""Characters: a header may be anything, a page of text too; the sentence that quotes it must still be read."""


@dataclass(slots=True)
class _Voice:
    """How a sentence, and one that counts, are said in the language of the moment; French when nothing is installed."""

    translate: Callable[[str], str]
    several: Callable[[str, str, int], str]
    language: Callable[[], str]


def _counted(one: str, several: str, count: int) -> str:
    return one if abs(count) < 2 else several


_voice = _Voice(str, _counted, lambda: FRENCH)


def install(translate: Callable[[str], str], several: Callable[[str, str, int], str], language: Callable[[], str]) -> None:
    """Once, at the start of a process."""
    _voice.translate, _voice.several, _voice.language = translate, several, language


def language() -> str:
    return _voice.language()


def phrase(sentence: str, /, **parts: Any) -> str:
    """`sentence` in the language of the reader, its blanks filled."""
    found = _voice.translate(sentence)
    return found.format(**parts) if parts else found


def phrases(one: str, several: str, count: int, /, **parts: Any) -> str:
    """The same, for one or for several."""
    return _voice.several(one, several, count).format(**parts)


def marked(sentence: str) -> str:
    """Marks a sentence that is said elsewhere, so that it is gathered for translation."""
    return sentence


def stored(sentence: str, /, **parts: Any) -> str:
    """`sentence` in French, its blanks filled: for what is kept with a file, or leaves a process, and is said again to each reader in
    their language (`retelling`). Labels of columns are cut when they are very long."""
    if not parts:
        return sentence
    return sentence.format(**{key: short(part) if key in LABELS else part for key, part in parts.items()})


def short(label: Any) -> Any:
    """A label that can be quoted in a sentence. What is no text (no column) stays as it is."""
    if not isinstance(label, str) or len(label) <= LONGEST_LABEL:
        return label
    return label[: LONGEST_LABEL - 1].rstrip() + "…"
