"""A letter to many: the closed set of words that each copy replaces, and what a text must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

WORDS: Final = ("collectivite", "a_publier", "en_ligne", "habitants", "lien", "region")
_WORD: Final = re.compile(r"\{([^{}\n]{0,40})\}")


class LetterError(ValueError):
    """The text cannot be sent as it is; `word` is the one between braces that nobody knows, "" where the link is missing."""

    def __init__(self, word: str = "") -> None:
        super().__init__(word)
        self.word = word


def check(text: str, *, link: bool = False) -> None:
    """Raise LetterError for a word that is not one of `WORDS`, or where `link` is asked for and absent."""
    for word in _WORD.findall(text):
        if word not in WORDS:
            raise LetterError(word)
    if link and "{lien}" not in text:
        raise LetterError


def filled(text: str, values: Mapping[str, str]) -> str:
    """The copy of one reader, in one pass: what a value holds is never itself replaced. A word without a value stays as it is."""
    return _WORD.sub(lambda found: values.get(found[1], found[0]), text)
