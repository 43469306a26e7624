"""`{% follow "request:abc" %}`: the button that follows a thing, wherever it is shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template

from parvis.notifications import queries

register = template.Library()


def drawn(context: Context, reference: str) -> str:
    """The button, for the page of a room below (`{% corner "follow" … %}`)."""
    return get_template("notifications/_follow.html").render(follow(context, reference))


@register.inclusion_tag("notifications/_follow.html", takes_context=True)
def follow(context: Context, reference: str) -> dict[str, Any]:
    request = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "reference": reference,
        "here": request.get_full_path(),
        "follows": queries.follows(request.user, reference),
        "count": queries.followers(reference),
    }
