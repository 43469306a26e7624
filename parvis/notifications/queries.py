"""Who follows what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from parvis.accounts.models import User
from parvis.notifications.models import Event, Follow, Told


def follows(user: Any, reference: str) -> bool:
    return isinstance(user, User) and Follow.objects.filter(user=user, reference=reference).exists()


def followers(reference: str) -> int:
    return Follow.objects.filter(reference=reference).count()


def followed(references: Iterable[str]) -> set[str]:
    """Those that somebody follows: what happens to the others need not be told to nobody."""
    return set(Follow.objects.filter(reference__in=list(references)).values_list("reference", flat=True).distinct())


def events_for(user: User) -> QuerySet[Event]:
    """The last things that happened to what this person follows, and what they were told of things they follow no more."""
    followed = Follow.objects.filter(user=user).values("reference")
    told = Told.objects.filter(user=user).values("event")
    return (Event.objects.filter(reference__in=followed) | Event.objects.filter(pk__in=told)).order_by("-created", "-pk")
