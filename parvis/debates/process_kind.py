"""A process, as a kind that other rooms may cite, follow, report and search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.debates import processes
from parvis.debates.core.processes.rules import Act, Obstacle, PhaseKind
from parvis.debates.core.processes.stepper import State, state
from parvis.debates.models import Process
from parvis.debates.permissions import SENTENCES, may, verdict
from parvis.debates.processes import STATE_NAMES, Asked
from parvis.shared.kinds import Card, Domain, Floor, Kind, Listing, SearchDocument
from parvis.territories.models import Level


def state_of(process: Process, now: datetime) -> State:
    """Reads `phases`, so that a list may prefetch them."""
    return State.OVER if process.archived else state(list(process.phases.all()), now)


def when(process: Process, now: datetime) -> str:
    """What its dates say next: one short sentence."""
    phases = list(process.phases.all())
    found = state_of(process, now)
    if found is State.OPEN:
        left = [one for one in phases if not one.is_over(now)]
        ends = [one.closes for one in left if one.closes]
        return _("jusqu'au %(day)s") % {"day": _day(max(ends))} if len(ends) == len(left) else _("sans date de fin")
    if found is State.TO_COME:
        return _("à partir du %(day)s") % {"day": _day(min(one.opens for one in phases if one.opens > now))}
    over = [one.closes for one in phases if one.closes]
    return _("jusqu'au %(day)s") % {"day": _day(max(over))} if over else ""


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def badges(process: Process, now: datetime) -> tuple[str, ...]:
    found = [_("brouillon") if process.published is None else str(STATE_NAMES[state_of(process, now)])]
    return tuple([*found, _("inventée pour la démonstration")] if process.invented else found)


def card(process: Process) -> Card:
    now = timezone.now()
    parts = [process.organisation.name, process.territory.name, when(process, now)]
    line = " · ".join(dict.fromkeys(part for part in parts if part))
    return Card(process.title, process.get_absolute_url(), "process", line, badges=badges(process, now))


def _resolve(slugs: Sequence[str], user: Any) -> Mapping[str, Card]:
    found = processes.lines(Process.objects.filter(processes.visible_to(user), slug__in=slugs))
    return {one.slug: card(one) for one in found}


def _territories(slugs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found = Process.objects.filter(slug__in=slugs).select_related("territory")
    return {one.slug: (one.territory.reference,) for one in found}


def _floor(slug: str, user: Any) -> Floor | None:
    """A process that has a phase of discussion is discussed, while it is open."""
    found = processes.lines(Process.objects.filter(processes.visible_to(user), slug=slug)).first()
    if found is None or all(phase.kind != PhaseKind.DISCUSSION for phase in found.phases.all()):
        return None
    obstacle = verdict(user, Act.DISCUSS, found).obstacle
    closed = "" if obstacle in (None, Obstacle.SIGN_IN) else str(SENTENCES[obstacle])
    return Floor(found.organisation.name, speaks=may(user, Act.MODERATE, found), closed=closed)


def _about(reference: str, _user: Any, limit: int) -> Listing:
    """Those of an organisation, or about a territory and what is inside it."""
    level, _colon, key = reference.partition(":")
    if level == "organisation":
        asked, parameters = Asked(organisation=key), {"organisation": key}
    elif level in Level.values:
        asked, parameters = Asked(territory=reference), {"territoire": reference}
    else:
        return Listing()
    found = processes.listed(asked, timezone.now())
    shown = list(found[: limit + 1])
    total = len(shown) if len(shown) <= limit else found.count()
    url = f"{reverse('debates:list')}?{urlencode(parameters)}" if total else ""
    return Listing(tuple(card(one) for one in shown[:limit]), total, url)


def _documents(since: datetime | None) -> Iterable[SearchDocument]:
    """Drafts, and those that are no longer there, only to leave the index."""
    found = Process.objects.filter(modified__gt=since) if since else processes.public()
    for one in found.select_related("organisation", "territory").prefetch_related("phases").order_by("pk").iterator(500):
        yield SearchDocument(
            one.reference, one.title, one.modified, f"{one.summary}\n\n{one.purpose}",
            territories=(one.territory.reference,), holder=one.organisation.name,
            details=tuple(phase.title for phase in one.phases.all()), published=one.published, removed=one.published is None,
        )  # fmt: skip


def kind() -> Kind:
    return Kind(
        name="process",
        label=gettext_lazy("démarche"),
        plural=gettext_lazy("démarches"),
        domain=Domain.DEBATE,
        resolve=_resolve,
        territory=_territories,
        search_documents=_documents,
        about=_about,
        followable=True,
        reportable=True,
        exportable=True,
        page="debates:process",
        floor=_floor,
    )
