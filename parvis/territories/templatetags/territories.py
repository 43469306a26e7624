"""How pages write what territories and organisations have in common."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def siren(value: str) -> str:
    """Nine digits as people read them: `213 105 554`."""
    return "\u202f".join(value[start : start + 3] for start in range(0, len(value), 3))
