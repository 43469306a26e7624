"""How results are drawn in pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.debates.models import Process, Vote
from parvis.debates.results.drawing import picture_of
from parvis.debates.results.map_page import good_map, state_sentence, texts_of
from parvis.debates.results.sentences import Words
from parvis.debates.results.words import percent as percent_of

register = template.Library()
PATTERNS = ("M0 0h8", "M0 0v8", "M0 8 8 0", "M0 0 8 8", "M0 4h8M4 0v8")


@register.filter
def percent(share: float | None) -> str:
    return percent_of(share)


@register.filter
def plain(value: float) -> str:
    """A number as a picture writes it, whatever the language of the page."""
    return f"{value:g}"


@register.filter
def hatching(group: int) -> str:
    """The lines of the pattern of a group."""
    return PATTERNS[group]


@register.filter
def item(found: dict[Any, Any], key: Any) -> Any:
    return found.get(key, "")


@register.filter
def answer(value: int | None) -> str:
    """What somebody answered, as people say it."""
    return "–" if value is None else str(Vote.Value(value).label)


@register.simple_tag
def sort_mark(order: str, key: str) -> SafeString:
    """` aria-sort` of a column."""
    how = {key: "ascending", f"-{key}": "descending"}.get(order, "none")
    return format_html(' aria-sort="{}"', how)


@register.filter
def turned(order: str, key: str) -> str:
    """The order that a click on a column asks for: the largest first, then the other way."""
    return key if order == f"-{key}" else f"-{key}"


@register.inclusion_tag("debates/_map_summary.html")
def map_summary(process: Process) -> dict[str, Any]:
    """The last map in a few lines, for the page of the process: the same for everybody."""
    found = good_map(process)
    state = state_sentence(process, found)
    if found is None:
        return {"process": process, "map": None, "state": state}
    words = Words(found.facts)
    numbers = found.facts["all_groups"][:2] + found.facts["divides"][:1]
    return {
        "process": process, "map": found, "facts": found.facts, "words": words, "picture": picture_of(found.facts),
        "texts": texts_of(process, numbers), "state": state, "agreed": words.all_groups[:2], "divides": words.divides[:1],
    }  # fmt: skip
