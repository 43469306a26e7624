"""How the page of the policy writes its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from parvis.shared.templatetags.parvis import number

register = template.Library()


@register.filter
def figure(figures: Mapping[str, Any], key: str) -> Any:
    return figures.get(key)


@register.filter
def gained(count: int) -> str:
    """What changed in thirty days, in words."""
    if count == 0:
        return _("comme il y a trente jours")
    shown = number(abs(count))
    return _("{n} de plus en trente jours").format(n=shown) if count > 0 else _("{n} de moins en trente jours").format(n=shown)
