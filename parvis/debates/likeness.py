"""Statements that say nearly the same: by their words that mean something, reduced to their stems, accents folded."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from parvis.debates.models import Process, Statement
from parvis.shared.search.words import meaning, stem

LEAST = 62.0
"""Likeness from which a statement is worth reading before proposing another, out of 100."""


def likeness(one: str, other: str, **_options: object) -> float:
    """Of two lists of stems. The same words whatever their order; a shorter one inside a longer one counts for half."""
    if len(set(one.split()) & set(other.split())) < 2:
        return fuzz.token_sort_ratio(one, other) if one == other else 0.0
    return (fuzz.token_sort_ratio(one, other) + fuzz.token_set_ratio(one, other)) / 2


def alike(asked: Process, text: str, *, limit: int = 5) -> list[Statement]:
    """What is submitted to answers and resembles `text`, the most alike first."""
    wanted = " ".join(stem(meaning(text)))
    if not wanted:
        return []
    shown = Statement.objects.filter(process=asked, state=Statement.State.SHOWN)
    choices = {pk: words.strip() for pk, words in shown.order_by().values_list("pk", "words")}
    found = process.extract(wanted, choices, scorer=likeness, score_cutoff=LEAST, limit=limit)
    rows = Statement.objects.select_related("process").in_bulk([pk for _words, _score, pk in found])
    return [rows[pk] for _words, _score, pk in found if pk in rows]
