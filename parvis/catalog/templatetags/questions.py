"""How answers to questions are written: their columns are known by the engine's types only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from parvis.catalog import question_page
from parvis.catalog.models import Version
from parvis.catalog.templatetags.catalog import CLIPPED, figure

register = template.Library()


@register.simple_tag
def answer_cells(row: Sequence[Any], kinds: Sequence[str]) -> SafeString:
    return format_html_join(
        "",
        "<td{}>{}</td>",
        (
            (mark_safe(' class="n"') if kind == "number" else "", answer_cell(value, kind))
            for value, kind in zip(row, kinds, strict=True)
        ),
    )


def answer_cell(value: Any, kind: str) -> str:
    """A value of an answer, which came as JSON: dates are texts, and large numbers too."""
    if value is None or value == "":
        return format_html('<span class="meta" title="{}">–</span>', _("vide"))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if kind == "number":
        return _number(value)
    if kind == "date":
        return _moment(str(value))
    text = str(value)
    if len(text) > CLIPPED:
        return format_html('<span title="{}">{}…</span>', text[:1000], text[:CLIPPED].rstrip())
    return text


def _number(value: Any) -> str:
    try:
        # Not a word tells a year from an amount here: thousands are set apart from 10 000 on.
        return figure(value if isinstance(value, float) else Decimal(value), grouped=abs(float(value)) >= 10_000)
    except (InvalidOperation, ValueError):
        return str(value)


def _moment(text: str) -> str:
    try:
        if len(text) == len("2024-01-01"):
            return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
        return date_format(datetime.fromisoformat(text), "SHORT_DATETIME_FORMAT")
    except ValueError:
        return text


@register.simple_tag
def question_url(version: Version) -> str:
    """The page of questions, with this table in it: today's version without a number, so that the address lasts."""
    resource = version.resource
    given = resource.pk if resource.current_id == version.pk else f"{resource.pk}@{version.number}"
    return question_page.address("", {question_page.free_name(resource): given})
