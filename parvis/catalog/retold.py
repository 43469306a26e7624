"""What was kept in French (verdicts, refusals of a child), in the language of the reader."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation.trans_real import translation

from parvis.catalog.core.retelling import Retelling
from parvis.catalog.core.speech import FRENCH

CONTEXT = "stored\x04"
"""What gettext puts before a sentence that `speech.stored` wrote (scripts/messages.py gathers it so)."""


def retold(text: str) -> str:
    """`text` as the reader would have it said; as it is in French, and where nothing is known of it."""
    language = (get_language() or FRENCH)[:2]
    return text if language == FRENCH or not text else _told(language, str(text))


@lru_cache(maxsize=4096)
def _told(language: str, text: str) -> str:
    return _retelling(language).say(text)


@lru_cache(maxsize=8)
def _retelling(language: str) -> Retelling:
    catalogue: Any = vars(translation(language))["_catalog"]  # Django has no public way to list what a catalogue holds
    said = {key: value for key, value in catalogue.items() if isinstance(key, str) and key.startswith(CONTEXT)}
    return Retelling({key.removeprefix(CONTEXT): value for key, value in said.items() if value})
