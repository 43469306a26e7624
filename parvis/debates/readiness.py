"""What is missing before a draft may be published: sentences, each with the page where to put it right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.debates.core.processes.blueprints import LEAST_STATEMENTS
from parvis.debates.core.processes.calendar import Dates, Fault, faults_at_publication
from parvis.debates.core.processes.rules import PhaseKind
from parvis.debates.models import Phase, Process, Statement

FAULTS = {
    Fault.NO_PHASE: gettext_lazy("Il faut au moins une phase."),
    Fault.ENDS_FIRST: gettext_lazy("Elle se termine avant de s'ouvrir : changez l'une des deux dates."),
    Fault.ORDER: gettext_lazy("Elle s'ouvre avant la phase qui la précède : changez sa date, ou leur ordre."),
    Fault.OVER: gettext_lazy("Elle serait déjà terminée : choisissez une fin à venir."),
    Fault.TWICE: gettext_lazy("Il ne peut y en avoir qu'une de cette nature."),
}


@dataclass(frozen=True)
class Missing:
    sentence: str
    url: str


def dates_of(phases: list[Phase]) -> list[Dates]:
    return [Dates(PhaseKind(one.kind), one.opens, one.closes) for one in phases]


def missing(process: Process, now: datetime) -> list[Missing]:
    phases = list(process.phases.all())
    edit = reverse("debates:edit", args=[process.slug])
    found = [Missing(sentence, edit) for sentence in _words(process)]
    for place, fault in faults_at_publication(dates_of(phases), now):
        named = f"« {phases[place].title} » : " if place is not None else ""
        found.append(Missing(f"{named}{FAULTS[fault]}", edit))
    if any(one.kind == PhaseKind.OPINIONS for one in phases):
        written = process.statements.filter(state=Statement.State.SHOWN).count()
        if written < LEAST_STATEMENTS:
            found.append(Missing(_few(written), reverse("debates:seeds", args=[process.slug])))
    return found


def _words(process: Process) -> list[str]:
    found = []
    if not process.summary.strip():
        found.append(_("Dites en une phrase de quoi il s'agit."))
    if not process.purpose.strip():
        found.append(_("Dites à quoi elle sert : les gens veulent savoir ce que l'on fera de leurs réponses."))
    if "[" in process.purpose and "]" in process.purpose:
        found.append(_("Le texte de présentation contient encore des passages entre crochets, à écrire ou à effacer."))
    return found


def _few(written: int) -> str:
    asked = ngettext(
        "Il faut au moins {least} affirmations pour commencer ; il y en a {n}.",
        "Il faut au moins {least} affirmations pour commencer ; il y en a {n}.",
        written,
    )
    return asked.format(least=LEAST_STATEMENTS, n=written)
