"""`{% discussion "dataset:fibre" %}`: what is said of a thing, on its page. It holds no form, so that the page stays the same for readers."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from parvis.discussions import permissions, queries
from parvis.discussions.models import Message

register = template.Library()
SHOWN = 3


@register.inclusion_tag("discussions/_discussion.html", takes_context=True)
def discussion(context: Context, reference: str) -> dict[str, Any]:
    """The first threads, how many there are, and the way to say something; nothing when the thing is not discussed."""
    user = getattr(context.get("request"), "user", None)
    floor = permissions.floor_of(reference, user)
    if floor is None:
        return {"floor": None}
    found = list(queries.heads(reference, None)[:SHOWN])
    threads = queries.threads(found, None) if found else []
    return {
        "floor": floor,
        "subject": reference,
        "facts": queries.facts_of(reference) if found else queries.Facts(),
        "threads": threads,
        "cited": queries.cited_by((message for thread in threads for message in thread.messages), None),
        "closed": floor.closed,
    }


@register.inclusion_tag("discussions/_message.html", takes_context=True)
def message(context: Context, one: Message, level: int = 3, head: Message | None = None) -> dict[str, Any]:
    """One message with what this person may do of it; on the page of a thing (no `marked`), without any button."""
    user = getattr(context.get("request"), "user", None)
    acting, early = "marked" in context, permissions.reads_early(user, one)
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "message": one,
        "level": level,
        "is_answer": head is not None and head.answer_id == one.pk,
        "words": one.is_readable or early,
        "reads_early": early,
        "cited": [context["cited"][str(reference)] for reference in one.sources],
        "acting": acting and one.is_readable,
        "may_reply": acting and context.get("may_reply"),
        "may_mark": acting and not context["floor"].closed,
        "may_edit": acting and permissions.may_edit(user, one),
        "is_mine": permissions.is_author(user, one),
        "may_be_answer": acting
        and head is not None
        and one.pk != head.pk
        and permissions.may_mark_answer(user, head, context["floor"]),
        "is_marked": acting and one.pk in context["marked"],
        "here": context.get("here", ""),
    }
