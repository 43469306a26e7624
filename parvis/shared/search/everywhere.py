"""The search over everything: each kind asked in its own index, so that a town and a table are never weighed on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parvis.shared import kinds
from parvis.shared.kinds import Card, Kind
from parvis.shared.search import keeper, words
from parvis.shared.search.port import Question, Unavailable

FIRST = 6


@dataclass(frozen=True)
class Section:
    """What a kind answers. ready: False while its index is being built."""

    kind: Kind
    total: int
    cards: tuple[Card, ...]
    page: int = 1
    ready: bool = True
    relaxed: bool = False


def searchable() -> tuple[Kind, ...]:
    """The kinds that give documents to search."""
    return tuple(kind for kind in kinds.all_kinds() if kind.search_documents is not kinds.no_documents)


def sections(text: str, user: Any, near: Sequence[str] = (), limit: int = FIRST) -> list[Section]:
    """The kinds that have an answer, those that hold every word before those that hold some, an exact name first of all."""
    asked = [section(kind, text, user, near=near, limit=limit) for kind in searchable()]
    found = [one for one in asked if one.total or not one.ready]
    if any(one.total and not one.relaxed for one in found):
        found = [one for one in found if not one.relaxed]
    name = words.words(text)
    return sorted(
        found, key=lambda one: (not any(words.words(card.title) == name for card in one.cards), one.kind.domain, -one.total)
    )


def section(kind: Kind, text: str, user: Any, *, near: Sequence[str] = (), limit: int = FIRST, page: int = 1) -> Section:
    """One page of what a kind answers, as cards; what this person may not see is left out."""
    question = Question(text, near=tuple(near), offset=(page - 1) * limit, limit=limit)
    try:
        answer = keeper.search(kind.name, question)
    except Unavailable:
        return Section(kind, 0, (), page, ready=False)
    known = kind.resolve(answer.keys, user)
    cards = tuple(known[key] for key in answer.keys if key in known)
    return Section(kind, answer.total, cards, page, relaxed=answer.relaxed)
