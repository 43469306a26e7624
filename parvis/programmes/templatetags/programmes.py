"""How pages of programmes write shares and the words of a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parvis.programmes.core.shares import Share
from parvis.shared.templatetags.parvis import number

register = template.Library()


@register.filter
def said(words: Mapping[str, str] | None) -> str:
    """The words of a grid in the language of the page, French without it."""
    found = words or {}
    return found.get((get_language() or "fr")[:2]) or found.get("fr", "")


@register.filter
def percent(value: float | None) -> str:
    """0.1799 → « 18,0 % »; 0.5 → « 50 % »: a decimal unless the share is whole, rounded (Django's own format cuts)."""
    if value is None:
        return "–"
    whole = abs(100 * value - round(100 * value)) < 1e-9
    return _("%(n)s %%") % {"n": number(round(100 * value, 1), 0 if whole else 1)}


@register.filter
def hundredths(value: float) -> float:
    """A published percentage as a share: 18 → 0.18."""
    return value / 100


@register.simple_tag
def share(given: Share | Sequence[int] | None) -> SafeString:
    """A share that says what it is a share of: « 448 sur 2 490, 18 % »."""
    if given is None:
        return SafeString("–")
    found = given if isinstance(given, Share) else Share(*given)
    if found.value is None:
        return format_html('<span class="meta">{}</span>', _("rien à compter"))
    words = _("%(part)s sur %(whole)s") % {"part": number(found.part), "whole": number(found.whole)}
    return format_html('<strong>{}</strong> <span class="meta share">({})</span>', percent(found.value), words)


@register.filter
def of(found: Mapping[str, object], key: object) -> object:
    """The value of a mapping under a key that the page computed."""
    return found.get(str(key)) if found else None
