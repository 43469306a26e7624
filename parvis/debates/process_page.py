"""What the page of a process shows: its steps, what one can do now, and what the reader may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.debates.core.processes.calendar import span
from parvis.debates.core.processes.rules import Act, Moment, PhaseKind
from parvis.debates.core.processes.stepper import Step, step
from parvis.debates.models import Phase, Process
from parvis.debates.permissions import allowed

SAID = {Step.DONE: gettext_lazy("terminée"), Step.CURRENT: gettext_lazy("en cours"), Step.TO_COME: gettext_lazy("à venir")}


@dataclass(frozen=True)
class Door:
    """Something that one can do, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Stage:
    """One phase as the page says it."""

    phase: Phase
    step: Step
    dates: str
    lasts: str
    doors: Sequence[Door] = ()

    @property
    def said(self) -> str:
        return str(SAID[self.step])

    @property
    def current(self) -> bool:
        return self.step is Step.CURRENT


def stages(process: Process, now: datetime) -> list[Stage]:
    return [stage(process, phase, now) for phase in process.phases.all()]


def stage(process: Process, phase: Phase, now: datetime) -> Stage:
    found = step(phase, now)
    here = process.published is not None and process.archived is None
    doors = doors_of(process, PhaseKind(phase.kind), found) if here else []
    return Stage(phase, found, dates(phase), lasts(phase), doors)


def doors_of(process: Process, kind: PhaseKind, found: Step) -> list[Door]:
    """What the phase leads to: taking part while it is open, results afterwards."""
    if kind is PhaseKind.OPINIONS and found is Step.CURRENT:
        return [
            Door(_("Donner mon avis"), reverse("debates:opinions", args=[process.slug])),
            Door(_("Proposer une affirmation"), reverse("debates:suggest", args=[process.slug])),
        ]
    if kind is PhaseKind.OPINIONS and found is Step.DONE:
        return [Door(_("Lire les résultats"), reverse("debates:report", args=[process.slug]))]
    if kind is PhaseKind.DISCUSSION and found is not Step.TO_COME:
        words = _("Discuter") if found is Step.CURRENT else _("Lire la discussion")
        return [Door(words, reverse("discussions:subject", args=[process.reference]))]
    return []


def moment_in_full(moment: datetime) -> str:
    """« 3 mars 2026 à 9:00 », in the hour of Paris."""
    return date_format(localtime(moment), "DATETIME_FORMAT")


def dates(phase: Phase) -> str:
    if phase.closes is None:
        return _("À partir du %(opens)s, sans date de fin") % {"opens": moment_in_full(phase.opens)}
    return _("Du %(opens)s au %(closes)s") % {"opens": moment_in_full(phase.opens), "closes": moment_in_full(phase.closes)}


def lasts(phase: Phase) -> str:
    """How long, in words."""
    if phase.closes is None:
        return ""
    found = span(phase.opens, phase.closes)
    if found.days >= 14 and found.days % 7 == 0:  # from one week on, hours are not said
        return ngettext("{n} semaine", "{n} semaines", found.days // 7).format(n=found.days // 7)
    parts = []
    if found.days:
        parts.append(ngettext("{n} jour", "{n} jours", found.days).format(n=found.days))
    if found.hours and found.days < 7:
        parts.append(ngettext("{n} heure", "{n} heures", found.hours).format(n=found.hours))
    return _(" et ").join(parts) or _("moins d'une heure")


def context(process: Process, user: Any, now: datetime) -> dict[str, Any]:
    moments = process.moments(now)
    kinds = {phase.kind for phase in process.phases.all()}
    shown, granted = stages(process, now), allowed(user, process, TEAM_ACTS, now)
    begun = {one.phase.kind for one in shown if one.step is not Step.TO_COME}
    return {
        "process": process,
        "stages": shown,
        "notices": [notice for one in shown for notice in one.phase.notices.all()],
        "draft": Moment.DRAFT in moments,
        "archived": Moment.ARCHIVED in moments,
        "over": bool(moments & {Moment.AFTER, Moment.ARCHIVED}),
        "answers_now": Moment.OPINIONS in moments,
        "has_opinions": PhaseKind.OPINIONS in kinds,
        "has_results": PhaseKind.OPINIONS in begun and process.published is not None,
        "has_discussion": PhaseKind.DISCUSSION in begun and process.published is not None,
        "may": {act.name.lower(): act in granted for act in TEAM_ACTS},
        "of_team": bool(granted),
        "sources": process.sources,
    }


TEAM_ACTS = (Act.EDIT, Act.SCHEDULE, Act.PUBLISH, Act.ARCHIVE, Act.DUPLICATE, Act.MODERATE, Act.SYNTHESISE, Act.ENTER)
