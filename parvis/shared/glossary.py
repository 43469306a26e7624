"""The words of the site, explained where they appear (`{% word "alpha" %}`) and on one page. Rooms add theirs with `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.shared.readers import same_for_readers

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Word:
    """`key`: its anchor on the page."""

    key: str
    word: str | _StrPromise
    meaning: str | _StrPromise


_words: dict[str, Word] = {}


def explain(key: str, word: str | _StrPromise, meaning: str | _StrPromise) -> None:
    """Make a word known. Raises ValueError when another room already explains that key otherwise."""
    made = Word(key, word, meaning)
    if _words.setdefault(key, made) is not made and str(_words[key].meaning) != str(meaning):
        raise ValueError(f"two meanings of {key!r}")


def meaning_of(key: str) -> Word:
    """Raises KeyError: a template that names an unknown word is a mistake."""
    return _words[key]


def words() -> list[Word]:
    """In the order of the alphabet, in the language of the page."""
    return sorted(_words.values(), key=lambda one: str(one.word).casefold())


@same_for_readers
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "shared/glossary.html", {"words": words()})
