"""Searches that found nothing: counted by day for those who look after the data, without anything of who asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Max, Sum
from django.utils import timezone

from parvis.catalog.models import MissedSearch

LONGEST, MOST_A_DAY = 80, 1_000
KEPT = timedelta(days=400)
# What may be somebody's: an address, a telephone, a card, a date of birth.
PERSONAL = re.compile(r"@|https?:|www\.|\d[\d .-]{5,}\d|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")


def note(text: str, today: date | None = None) -> None:
    """Count one more search for these words. Words that may be somebody's, and those past a thousand a day, are let go."""
    words = " ".join(text.replace("\x00", " ").casefold().split())
    if not words or len(words) > LONGEST or PERSONAL.search(words):
        return
    day = today or timezone.localdate()
    kept = MissedSearch.objects.filter(words=words, day=day)
    if kept.update(count=F("count") + 1):
        return
    if MissedSearch.objects.filter(day=day).count() < MOST_A_DAY:
        MissedSearch.objects.get_or_create(words=words, day=day)
        kept.update(count=F("count") + 1)


def totals(days: int, today: date | None = None) -> Any:
    """Words, how many times in the last `days` days, and the last day; the most looked for first."""
    since = (today or timezone.localdate()) - timedelta(days=days)
    found = MissedSearch.objects.filter(day__gt=since).values("words")
    return found.annotate(times=Sum("count"), last=Max("day")).order_by("-times", "-last", "words")


def lines(days: int) -> Iterable[tuple[Any, ...]]:
    for one in totals(days).iterator():
        yield one["words"], one["times"], one["last"].isoformat()


def forget(today: date | None = None) -> int:
    """What is older than thirteen months goes."""
    return MissedSearch.objects.filter(day__lt=(today or timezone.localdate()) - KEPT).delete()[0]
