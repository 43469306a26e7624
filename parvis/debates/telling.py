"""What those who follow a process, or its organisation, read: each event once, in their digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.debates.models import Notice, Phase, Process, Publication
from parvis.notifications import public as notifications
from parvis.shared.search import keeper

SOON = timedelta(days=3)
RECENT = timedelta(days=3)
"""A phase that opened before this is no news, even for a worker that slept."""


def look_again() -> None:
    transaction.on_commit(partial(keeper.look_again, "process"))


def published(process: Process, by: User | None) -> None:
    """To who follows the organisation: nobody follows a process that was a draft."""
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("%(organisation)s ouvre une démarche : « %(title)s ».") % {
            "organisation": process.organisation.name,
            "title": process.title,
        }
    _tell(process, f"process:{process.pk}:published", sentence, by=by, reference=process.organisation.reference)


def moved(notice: Notice, process: Process, by: User | None) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        said = {"title": process.title, "phase": notice.phase.title, "date": _day(notice.after), "reason": notice.reason}
        sentence = _("« %(title)s » : « %(phase)s » se termine désormais le %(date)s. %(reason)s") % said
    _tell(process, f"notice:{notice.pk}", sentence, by=by)


def synthesised(process: Process, by: User | None) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("« %(title)s » : l'équipe a écrit la synthèse.") % {"title": process.title}
    _tell(process, f"process:{process.pk}:synthesis", sentence, by=by)


def tick(now: datetime | None = None) -> int:
    """Phases that opened, that close soon, results that came out. Called by the worker every few seconds; how many were told."""
    now = now or timezone.now()
    return _opened(now) + _closing(now) + _results(now)


def _phases(wanted: Q) -> list[Phase]:
    public = Phase.objects.filter(wanted, process__published__isnull=False, process__archived=None)
    return list(public.select_related("process"))


def _opened(now: datetime) -> int:
    """Not those that were open when their process was published: that was told then."""
    recent = Q(opens__lte=now) & Q(opens__gt=now - RECENT)
    found = _phases(recent & Q(opens__gt=F("process__published")))
    for phase in found:
        with translation.override(settings.LANGUAGE_CODE):
            said = {"title": phase.process.title, "phase": phase.title}
            sentence = _("« %(title)s » : « %(phase)s » est ouvert.") % said
        _tell(phase.process, f"phase:{phase.pk}:opens", sentence)
    return len(found)


def _closing(now: datetime) -> int:
    """Once for each end that was set: an end moved to another day is told again before that day."""
    found = _phases(Q(opens__lte=now, closes__gt=now, closes__lte=now + SOON))
    for phase in found:
        with translation.override(settings.LANGUAGE_CODE):
            said = {"title": phase.process.title, "phase": phase.title, "date": _day(phase.closes)}
            sentence = _("« %(title)s » : « %(phase)s » se termine le %(date)s.") % said
        day = timezone.localtime(phase.closes).date() if phase.closes else ""
        _tell(phase.process, f"phase:{phase.pk}:closing:{day}", sentence)
    return len(found)


def _results(now: datetime) -> int:
    found = Publication.objects.filter(state=Publication.State.DONE, closed__gt=now - timedelta(days=30))
    told = 0
    for one in found.filter(phase__process__archived=None).select_related("phase__process"):
        process = one.phase.process
        with translation.override(settings.LANGUAGE_CODE):
            sentence = _("« %(title)s » : les résultats sont publiés, avec leurs données.") % {"title": process.title}
        _tell(process, f"phase:{one.phase_id}:results:{one.closed:%Y%m%d%H%M}", sentence)
        told += 1
    return told


def _day(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else "–"


def _tell(process: Process, key: str, sentence: str, *, by: User | None = None, reference: str = "") -> None:
    notifications.tell(
        key=key, reference=reference or process.reference, sentence=sentence, url=process.get_absolute_url(), by=by
    )
