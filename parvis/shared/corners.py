"""Corners: what a room above draws on the page of a room below, which cannot know it.

The page of an organisation says `{% corner "follow" organisation.reference %}`; the room of notifications, when it is there, draws the
button. Without it the page has nothing there."""

from __future__ import annotations

from collections.abc import Callable

from django.template import Context

Draw = Callable[[Context, str], str]
"""From the context of the page and a reference (`organisation:estrac-46000`) to HTML that a template wrote."""
_drawn: dict[str, Draw] = {}


def register(name: str, draw: Draw) -> None:
    _drawn[name] = draw


def draw(name: str, context: Context, reference: str) -> str:
    return _drawn[name](context, reference) if name in _drawn else ""
