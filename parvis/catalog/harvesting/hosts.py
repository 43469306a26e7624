"""How often we may go to a server: what it asks for (`Retry-After`) is kept, and one that fails is left alone longer each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django.db.models import F

from parvis.catalog.models import HarvestHost

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=6)


def host_of(url: str) -> str:
    return urlsplit(url).netloc.casefold()[:255]


def free_at(url: str, now: datetime) -> datetime | None:
    """When this server may be asked again, or None when it may be now."""
    found = HarvestHost.objects.filter(host=host_of(url), not_before__gt=now).first()
    return found.not_before if found else None


def failed(url: str, now: datetime, retry_after: str = "") -> datetime:
    """It did not answer as it should: when to come back."""
    found, _made = HarvestHost.objects.get_or_create(host=host_of(url), defaults={"not_before": now})
    wait = min(FIRST * 4 ** min(found.failures, 8), LONGEST)
    asked = asked_wait(retry_after, now)
    until = now + (max(wait, min(asked, LONGEST)) if asked is not None else wait)
    HarvestHost.objects.filter(host=found.host).update(not_before=until, failures=F("failures") + 1)
    return until


def answered(url: str) -> None:
    HarvestHost.objects.filter(host=host_of(url)).delete()


def asked_wait(text: str, now: datetime) -> timedelta | None:
    """`Retry-After`: seconds, or a date. None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta(0))
    except (TypeError, ValueError):
        return None
