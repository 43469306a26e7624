"""Whether the files of elsewhere still answer. Slowly, in the background, a host at a time; their publisher is told once.

One failure says nothing (a server restarts): a link is broken after three, a day apart."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.accounts.mail import send
from parvis.catalog.harvesting import hosts
from parvis.catalog.models import LinkCheck, Resource
from parvis.organisations.models import Organisation
from parvis.organisations.team_mails import deciders
from parvis.shared import fetching
from parvis.shared.fetching import FetchError

AFTER_GOOD, AFTER_BAD = timedelta(days=7), timedelta(days=1)
BROKEN_AFTER = 3
PACE = 1.0  # seconds between two questions to one host
SLICE = 15.0
SECONDS = 15.0
AT_ONCE = 200
LISTED = 20
EVERY = 60
State = LinkCheck.State


@task(priority=-50)  # after everything that anybody waits for
def work() -> None:
    check()


def ask(now: datetime | None = None) -> None:
    """Have some links checked, if any is due and nobody was asked this minute."""
    if cache.add("harvest-links", 1, EVERY) and due(now or timezone.now()).exists():
        work.enqueue()


def due(now: datetime) -> QuerySet[Resource]:
    shown = Resource.objects.exclude(remote_url="").filter(dataset__published__isnull=False)
    return shown.filter(Q(link=None) | Q(link__next_check__lte=now))


def check(now: datetime | None = None, *, pace: float = PACE, seconds: float = SLICE) -> int:
    """Look at some links: returns how many. Hosts take turns, and none is asked twice within `pace`."""
    moment, deadline, done = now or timezone.now(), time.monotonic() + seconds, 0
    waiting: dict[str, list[Resource]] = defaultdict(list)
    for one in due(moment).select_related("link").order_by("link__next_check", "pk")[:AT_ONCE]:
        waiting[hosts.host_of(one.remote_url)].append(one)
    asked: dict[str, float] = {}
    while waiting and time.monotonic() < deadline:
        for host in list(waiting):
            time.sleep(max(0.0, min(asked.get(host, 0.0) + pace - time.monotonic(), pace)))
            resource = waiting[host].pop()
            note(resource, problem(resource.remote_url), moment)
            asked[host], done = time.monotonic(), done + 1
            if not waiting[host]:
                del waiting[host]
            if time.monotonic() >= deadline:
                break
    tell(moment)
    return done


def problem(url: str) -> str:
    """Why nothing stands at this address, or the empty text. Access that is refused is not an absence."""
    try:
        found = fetching.probe(url, seconds=SECONDS, allow=settings.FETCH_ALLOW)
    except FetchError as error:
        return error.message
    if found.status < 400 or found.status in {401, 403, 405, 416, 429}:
        return ""
    return _("Le site a répondu par une erreur ({status}).").format(status=found.status)


def note(resource: Resource, why: str, now: datetime) -> None:
    before = getattr(resource, "link", None)
    failures = (before.failures if before else 0) + 1 if why else 0
    broken = failures >= BROKEN_AFTER
    values: dict[str, Any] = {
        "state": State.BROKEN if broken else State.GOOD,
        "why": why[:300],
        "failures": min(failures, 1000),
        "checked": now,
        "next_check": now + (AFTER_BAD if why else AFTER_GOOD),
    }
    if not why:
        values["told"] = None  # should it break again, that will be news
    LinkCheck.objects.update_or_create(resource=resource, defaults=values)


def tell(now: datetime) -> int:
    """Write to those who run the organisations whose links broke: one message for all of them, once. Returns how many."""
    new = LinkCheck.objects.filter(state=State.BROKEN, told=None, resource__dataset__published__isnull=False)
    by_organisation: dict[int, list[LinkCheck]] = defaultdict(list)
    for one in new.select_related("resource__dataset").order_by("resource__dataset__title")[:1000]:
        by_organisation[one.resource.dataset.organisation_id].append(one)
    for pk, found in by_organisation.items():
        mine = LinkCheck.objects.filter(pk__in=[one.pk for one in found], told=None)
        if not mine.update(told=now):
            continue
        organisation = Organisation.objects.get(pk=pk)
        for person in deciders(organisation):
            send(
                "catalog/mails/broken_links",
                person.email,
                organisation=organisation,
                links=[line(one) for one in found[:LISTED]],
                count=len(found),
                more=max(0, len(found) - LISTED),
                url=settings.SITE_URL + reverse("catalog:datasets") + f"?organisation={organisation.slug}",
            )
    return len(by_organisation)


def line(found: LinkCheck) -> dict[str, str]:
    dataset = found.resource.dataset
    return {
        "title": dataset.title,
        "file": found.resource.title,
        "address": found.resource.remote_url,
        "why": found.why,
        "page": settings.SITE_URL + dataset.get_absolute_url(),
    }
