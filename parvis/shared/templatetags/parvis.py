"""Template tags that every room uses. Not one domain rule in it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from django import template
from django.http import QueryDict
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

NARROW = "\u202f"
APART = (re.compile(r"(?<=\S) (?=[:;?!»](?:\s|$))"), re.compile(r"(?<=«) (?=\S)"))
"""Spaces of French that no line may be broken at."""


@register.simple_tag(takes_context=True)
def current(context: Context, room: str) -> SafeString:
    """` aria-current="page"` when the page belongs to `room`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return mark_safe(' aria-current="true"') if match and room in match.namespaces else SafeString("")


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address of this page with some parameters changed; `None` or "" takes one away. Changing a filter goes back to page 1."""
    request = context.get("request")
    parameters = request.GET.copy() if request else QueryDict(mutable=True)
    if "page" not in changes:
        parameters.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return "?" + parameters.urlencode()


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """A number as French readers write it: `4 446`, `0,28`. The separator follows the language of the page."""
    if value is None or value == "":
        return "–"
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True).replace("\xa0", NARROW)


@register.filter
def weight(size: int | None) -> str:
    """Bytes as people say them: `812 ko`, `1,4 Mo`."""
    if size is None:
        return "–"
    if size < 1000:
        return _("%(size)s octets") % {"size": size}
    for unit in (_("ko"), _("Mo"), _("Go"), _("To")):
        size_in_unit = size / 1000
        if size_in_unit < 1000 or unit == _("To"):
            return f"{number_format(size_in_unit, 1 if size_in_unit < 10 else 0)} {unit}"
        size = size_in_unit  # type: ignore[assignment]
    raise AssertionError


@register.simple_tag
def spark(bins: list[float], label: str = "") -> SafeString:
    """A small distribution as SVG bars (no inline style: the policy forbids it)."""
    highest = max(bins, default=0) or 1
    bars = "".join(
        f'<rect x="{index * 8}" y="{24 - max(1, round(23 * value / highest))}" width="7" height="{max(1, round(23 * value / highest))}"/>'
        for index, value in enumerate(bins)
        if value
    )
    role = (
        format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    )  # no text of a person in it
    drawn = mark_safe(bars)  # noqa: S308 -- numbers of ours
    return format_html(
        '<svg class="spark" viewBox="0 0 {} 24" width="{}" height="24" {}>{}</svg>', len(bins) * 8, len(bins) * 8, role, drawn
    )


@register.inclusion_tag("shared/_place.html", takes_context=True)
def place(context: Context) -> dict[str, Any]:
    """The commune that this browser remembers, if its owner chose one."""
    request = context.get("request")
    name = request.COOKIES.get("commune-name", "") if request else ""
    return {"name": unquote(name)[:80], "request": request}


@register.filter
def prose(text: str) -> SafeString:
    """A text that a person wrote: paragraphs and links, nothing else."""
    for space in APART:
        text = space.sub("\xa0", text)
    return mark_safe(linebreaks(urlize(text, nofollow=True, autoescape=True)))  # noqa: S308 -- urlize escapes
