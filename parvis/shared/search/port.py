"""What a search engine is for the rest of the house. Tantivy answers it today; another engine would take this shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from parvis.shared.kinds import SearchDocument

MOST_VALUES = 40


class Unavailable(Exception):
    """There is no index to ask yet: it is being built."""


@dataclass(frozen=True)
class Question:
    """What is asked of one kind.

    filters: facet → values, any of them within a facet, all facets together. near: references of territories, the nearest first:
    without words, what is about the first comes first. sort: "relevance", "date" or "title". facets: those to count, each
    without its own filter. facet_values: how many values of each.
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    sort: str = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()
    facet_values: int = MOST_VALUES


@dataclass(frozen=True)
class Answer:
    """keys: of the references found, best first. facets: facet → (value, how many), the most present first.
    relaxed: nothing held every word, so these hold some of them. corrected: what was understood of misspelt words."""

    total: int = 0
    keys: tuple[str, ...] = ()
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    relaxed: bool = False
    corrected: Mapping[str, str] = field(default_factory=dict)


class Engine(Protocol):
    """One kind's index at one place."""

    def search(self, question: Question) -> Answer: ...

    def write(self, documents: Iterable[SearchDocument]) -> int:
        """Add, replace or remove (by reference). What is written is seen at once and whole, or not at all."""
        ...
