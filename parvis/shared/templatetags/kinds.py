"""`{% card "dataset:slug" %}` and `{% cards references %}`: the card of anything, whatever room it belongs to.

`{% corner "follow" "organisation:slug" %}`: what a room above draws there (see `shared/corners.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from parvis.shared import corners, kinds
from parvis.shared.kinds import Card, Reference

register = template.Library()


@register.inclusion_tag("shared/_card.html", takes_context=True)
def card(context: Context, reference: Reference | Card | str) -> dict[str, Any]:
    """One card. For several, `{% cards %}` asks each room only once."""
    if isinstance(reference, Card):
        return _shown(reference)
    return _shown(kinds.cards([reference], _reader(context))[0])


@register.inclusion_tag("shared/_cards.html", takes_context=True)
def cards(context: Context, references: Iterable[Reference | Card | str]) -> dict[str, Any]:
    """A list of cards, with one call for each kind; those that a page already has are shown as they are."""
    wanted = list(references)
    asked = iter(kinds.cards([one for one in wanted if not isinstance(one, Card)], _reader(context)))
    return {"shown": [_shown(one if isinstance(one, Card) else next(asked)) for one in wanted]}


@register.simple_tag(takes_context=True)
def corner(context: Context, name: str, reference: Reference | str) -> str:
    return corners.draw(name, context, str(reference))


def _reader(context: Context) -> Any:
    """The person who reads the page; None in a mail or any page without a request."""
    request = context.get("request")
    return getattr(request, "user", None) if request is not None else context.get("user")


def _shown(card: Card) -> dict[str, Any]:
    kind = kinds.get(card.kind) if card.kind else None
    return {"card": card, "label": kind.label if kind else "", "hue": kind.domain.value if kind else ""}
