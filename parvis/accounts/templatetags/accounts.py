"""Small help for allauth's forms and for the outbox."""

from __future__ import annotations

import re

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@register.filter
def plain(form: forms.BaseForm) -> forms.BaseForm:
    """The same form without placeholders, which vanish as one types and repeat the label."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def linked(text: str) -> SafeString:
    """Text with its http(s) addresses as links. Everything else is escaped."""
    parts: list[tuple[SafeString | str]] = []
    position = 0
    for match in LINK.finditer(text):
        parts.append((text[position : match.start()],))
        parts.append((format_html('<a href="{0}" rel="nofollow noreferrer">{0}</a>', match.group()),))
        position = match.end()
    parts.append((text[position:],))
    return format_html_join("", "{}", parts)
