"""A statement, as a kind that other rooms may cite, report and moderate. Its key is the process and its number: `velo.12`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.debates.actions import statements
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Statement
from parvis.debates.permissions import may
from parvis.moderation.public import moderates
from parvis.shared.kinds import Card, Domain, Kind, Moderable, Written
from parvis.shared.templatetags.parvis import number


def _asked(keys: Sequence[str]) -> dict[str, Statement]:
    wanted = Q(pk__in=[])
    for key in keys:
        slug, _dot, text = key.rpartition(".")
        if text.isdecimal() and len(text) < 8:
            wanted |= Q(process__slug=slug, number=int(text))
    found = Statement.objects.filter(wanted).select_related("process__organisation", "process__territory", "author")
    return {f"{one.process.slug}.{one.number}": one for one in found.prefetch_related("process__phases")}


def reads_early(user: Any, statement: Statement) -> bool:
    """Who reads what waits."""
    return moderates(user) or may(user, Act.MODERATE, statement.process)


def card(statement: Statement) -> Card:
    """What is not shown any more keeps its number, without its text; what waits is met by those who read it only."""
    line = " · ".join([statement.process.title, _answers(statement)])
    if statement.state == Statement.State.SHOWN:
        return Card(statement.text, statement.get_absolute_url(), "statement", line)
    number_of = _("Affirmation n° %(number)s") % {"number": statement.number}
    title = statement.text if statement.state == Statement.State.WAITING else number_of
    badge = str(statement.get_state_display())
    return Card(title, statement.get_absolute_url(), "statement", statement.process.title, badges=(badge,))


def _answers(statement: Statement) -> str:
    return ngettext("{n} réponse", "{n} réponses", statement.seen).format(n=number(statement.seen))


def _resolve(keys: Sequence[str], user: Any) -> Mapping[str, Card]:
    found = _asked(keys)
    processes = {one.process_id: one.process for one in found.values()}
    open_to = {pk for pk, process in processes.items() if may(None, Act.READ, process) or may(user, Act.READ, process)}
    wait = {one.process_id: one for one in found.values() if one.state == Statement.State.WAITING}
    early = {pk for pk, one in wait.items() if reads_early(user, one)}
    return {
        key: card(one)
        for key, one in found.items()
        if one.process_id in open_to and (one.state != Statement.State.WAITING or one.process_id in early)
    }


def _territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {key: (one.process.territory.reference,) for key, one in _asked(keys).items()}


def _read(key: str) -> Written | None:
    one = _asked([key]).get(key)
    if one is None:
        return None
    author = one.author.user_id if one.author else one.by_id
    title = _("Affirmation n° %(number)s") % {"number": one.number}
    waiting, hidden = one.state == Statement.State.WAITING, one.state == Statement.State.REFUSED
    return Written(title, one.text, author, waiting=waiting, hidden=hidden)


def _decide(key: str, reason: str | None) -> None:
    one = _asked([key]).get(key)
    if one and reason:
        statements.now_refused(one, reason)
    elif one:
        statements.now_shown(one)


def _judges(key: str, user: Any) -> bool:
    """The team of the process, besides those who moderate the site."""
    one = _asked([key]).get(key)
    return one is not None and may(user, Act.MODERATE, one.process)


def kind() -> Kind:
    return Kind(
        name="statement",
        label=gettext_lazy("affirmation"),
        plural=gettext_lazy("affirmations"),
        domain=Domain.DEBATE,
        resolve=_resolve,
        territory=_territories,
        reportable=True,
        moderable=Moderable(_read, _decide, _judges),
        page="debates:statement",
    )
