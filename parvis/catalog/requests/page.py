"""What the page of a request says: its dates, done and to come, each with the text of the law where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.core.requests.clocks import LAW, Clocks, Window
from parvis.catalog.core.requests.grounds import GROUNDS
from parvis.catalog.core.requests.states import OPEN, State
from parvis.catalog.models import DataRequest, DataRequestAnswer, DataRequestStep, DataRequestSupport
from parvis.catalog.requests.permissions import Act, acts

What = DataRequestStep.What


@dataclass(frozen=True)
class Line:
    """One date: passed, or to come. law: the articles. answer: what the authority said that day."""

    day: date
    words: str
    coming: bool = False
    law: str = ""
    answer: DataRequestAnswer | None = None


@dataclass(frozen=True)
class Page:
    request: DataRequest
    clocks: Clocks
    lines: tuple[Line, ...]
    answer: DataRequestAnswer | None
    article: str
    acts: dict[str, bool]
    supporters: int
    supports: bool
    author: bool
    awaited: bool


def page_of(request: DataRequest, user: Any, today: date) -> Page:
    found, allowed = request.clocks(today), acts(user, request, today)
    answer = request.standing
    person = user if isinstance(user, User) else None
    return Page(
        request=request,
        clocks=found,
        lines=tuple(timeline(request, found, today)),
        answer=answer,
        article=GROUNDS[answer.ground].article if answer and answer.ground in GROUNDS else "",
        acts={act.value: act in allowed for act in Act},
        supporters=request.supports.count(),
        supports=person is not None and DataRequestSupport.objects.filter(request=request, user=person).exists(),
        author=person is not None and request.author_id == person.pk,
        awaited=State(request.state) in OPEN,
    )


def timeline(request: DataRequest, clocks: Clocks, today: date) -> list[Line]:
    began = _("La demande arrive, transmise") if request.passed_from_id else _("La demande est publique")
    done = [Line(_day(request.published or request.created), began)]
    done += [line for step in request.steps.all() if (line := _step(step, clocks))]
    done += [_answered(answer) for answer in request.answers.all()]
    order = sorted(done, key=lambda line: line.day)
    over = request.state in (State.CLOSED, State.PASSED)
    return order + ([] if over else _coming(clocks, today))


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _step(step: DataRequestStep, clocks: Clocks) -> Line | None:
    day = _day(step.created)
    if step.what in {What.TRANSMITTED, What.BROUGHT}:
        words = (
            _("La collectivité la reçoit, par ce site")
            if step.what == What.TRANSMITTED
            else _("Son auteur la remet à la collectivité")
        )
        return Line(clocks.received or day, words, law=LAW["answer"].text)
    if step.what == What.SILENCE:
        return Line(clocks.answer_by or day, _("Un mois a passé sans réponse : la loi y voit un refus"), law=LAW["answer"].text)
    if step.what == What.PASSED:
        return Line(day, _("La collectivité la transmet à l'administration qui détient les données"), law=LAW["passed"].text)
    if step.what == What.CADA:
        return None  # said with the date that its author gave
    return Line(
        day, {What.REMINDED: _("Le délai est rappelé à la collectivité"), What.CLOSED: _("Son auteur la clôt")}[What(step.what)]
    )


def _answered(answer: DataRequestAnswer) -> Line:
    words = {
        "dataset": _("La collectivité publie des données"),
        "date": _("La collectivité promet une date"),
        "refusal": _("La collectivité refuse"),
    }[answer.kind]
    if answer.replaced:
        words = _("%(words)s (réponse corrigée depuis)") % {"words": words}
    return Line(_day(answer.created), words, answer=answer)


def _coming(clocks: Clocks, today: date) -> list[Line]:
    """What the law lets one expect. Dates that are over belong to the past, or to nobody."""
    found = []
    if clocks.answer_by and not clocks.silent and clocks.window in {Window.NOT_YET} and today <= clocks.answer_by:
        found.append(
            Line(clocks.answer_by, _("Dernier jour pour répondre ; ensuite, le silence vaut refus"), True, LAW["answer"].text)
        )
    if clocks.window is Window.OPEN and clocks.cada_until and clocks.opinion_by is None:
        found.append(Line(clocks.cada_until, _("Dernier jour sûr pour saisir la CADA"), True, LAW["cada"].text))
    if clocks.opinion_by and clocks.confirmed:
        found.append(
            Line(clocks.opinion_by, _("La CADA doit avoir donné son avis"), clocks.opinion_by >= today, LAW["opinion"].text)
        )
        found.append(
            Line(
                clocks.confirmed,
                _("Sans réponse, le refus est confirmé : le tribunal peut être saisi"),
                clocks.confirmed >= today,
                LAW["confirmed"].text,
            )
        )
    return found
