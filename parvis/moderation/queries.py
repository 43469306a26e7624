"""The queue of moderators, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from parvis.moderation.models import Appeal, Case, Decision, Hit
from parvis.moderation.permissions import can_be_appealed


def queue(origin: str = "", kind: str = "") -> QuerySet[Case]:
    """What must be decided, the oldest first; of one origin, of one kind of things."""
    found = Case.objects.filter(decided=None)
    if origin:
        found = found.filter(origin=origin)
    if kind:
        found = found.filter(reference__startswith=f"{kind}:")
    return found.annotate(n=Count("reports")).prefetch_related("hits").order_by("created", "pk")


def appeals() -> QuerySet[Appeal]:
    return Appeal.objects.filter(answer=None).select_related("decision__case", "decision__by")


@dataclass(frozen=True)
class Standing:
    """The last decision on a thing, for the page of its author. appeal: on it, or the one that it answers."""

    decision: Decision
    appeal: Appeal | None
    may_be_appealed: bool


def decisions_on(references: Iterable[str]) -> dict[str, Standing]:
    """The last decision on each, where there is one; two queries, however many."""
    found = Decision.objects.filter(case__reference__in=list(references))
    lasts = {one.case.reference: one for one in found.select_related("case", "appeal", "answers").order_by("created", "pk")}
    return {
        reference: Standing(one, getattr(one, "appeal", None) or getattr(one, "answers", None), can_be_appealed(one))
        for reference, one in lasts.items()
    }


def seen_by_rules(references: Iterable[str]) -> dict[str, list[Hit]]:
    """What the rules saw in things that wait for a decision."""
    found: dict[str, list[Hit]] = {}
    for hit in Hit.objects.filter(case__reference__in=list(references), case__decided=None).select_related("case"):
        found.setdefault(hit.case.reference, []).append(hit)
    return found


def history() -> QuerySet[Decision]:
    return Decision.objects.select_related("case", "by").order_by("-created", "-pk")


def waiting() -> int:
    return Case.objects.filter(decided=None).count() + Appeal.objects.filter(answer=None).count()
