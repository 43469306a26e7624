"""`{% word "alpha" %}`: a word, with its meaning at hand and a link to the page of all words."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.shared.glossary import meaning_of

register = template.Library()


@register.simple_tag
def word(key: str, shown: str = "") -> SafeString:
    found = meaning_of(key)
    return format_html('<a href="{}#{}" title="{}">{}</a>', reverse("glossary"), key, found.meaning, shown or found.word)
