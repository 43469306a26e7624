"""`{% report_link "request:abc" %}` and `{% hidden_trace thing %}`: wherever a thing is shown."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("moderation/_report_link.html")
def report_link(reference: str) -> dict[str, Any]:
    return {"reference": reference}


@register.inclusion_tag("moderation/_hidden.html")
def hidden_trace(thing: Any) -> dict[str, Any]:
    """What stands in place of a thing that was hidden: it has `hidden` (a moment) and `hidden_reason` (a sentence)."""
    return {"hidden": thing.hidden, "reason": thing.hidden_reason}
