"""`{% report_link "request:abc" %}` and `{% hidden_trace thing %}`: wherever a thing is shown."""

from __future__ import annotations

import math
from typing import Any

from django import template
from django.utils.translation import ngettext

from parvis.shared.templatetags.parvis import number

register = template.Library()


@register.inclusion_tag("moderation/_report_link.html")
def report_link(reference: str) -> dict[str, Any]:
    return {"reference": reference}


@register.inclusion_tag("moderation/_hidden.html")
def hidden_trace(thing: Any) -> dict[str, Any]:
    """What stands in place of a thing that was hidden: it has `hidden` (a moment) and `hidden_reason` (a sentence)."""
    return {"hidden": thing.hidden, "reason": thing.hidden_reason}


@register.filter
def hours(value: float) -> str:
    """A delay as people say it: hours up to two days, then days."""
    many = max(1, math.ceil(value))
    if many <= 48:
        return ngettext("%(n)s heure", "%(n)s heures", many) % {"n": number(many)}
    days = math.ceil(value / 24)
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": number(days)}
