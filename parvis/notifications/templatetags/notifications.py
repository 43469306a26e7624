"""`{% follow "request:abc" %}`: the button that follows a thing, wherever it is shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from parvis.notifications import queries

register = template.Library()


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
