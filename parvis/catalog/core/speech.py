"""What cores say to people: French sentences, in the language of whoever reads.

A core knows no language but French: it says a sentence with its blanks, and the parts that fill them. Who uses it may install a
translator (the site does, with its catalogue); file commands install none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

FRENCH: Final = "fr"


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
    their language (`retelling`)."""
    return sentence.format(**parts) if parts else sentence
