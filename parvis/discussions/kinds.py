"""A message, as a kind that other rooms may cite, follow, report and hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.discussions import actions
from parvis.discussions.models import Message
from parvis.discussions.permissions import reads_early
from parvis.discussions.telling import begins
from parvis.shared import kinds
from parvis.shared.kinds import Card, Domain, Kind, Moderable, Written, register


def card(message: Message, about: Card, *, words: bool = True) -> Card:
    """What is hidden or waits keeps its place, without its words."""
    title = begins(message, 120) if words else _("Message")
    day = date_format(localtime(message.created), "DATE_FORMAT")
    line = " · ".join(part for part in (message.voice or message.signature, day, about.title) if part)
    badges: tuple[str, ...] = (str(_("inventé pour la démonstration")),) if message.invented else ()
    if message.published is None:
        badges += (str(_("en attente de relecture")),)
    return Card(title, message.get_absolute_url(), "message", line, badges=badges)


def _resolve(keys: Sequence[str], user: Any) -> Mapping[str, Card]:
    """Those about a thing that this person sees."""
    found = list(Message.objects.filter(pk__in=keys, withdrawn=None).select_related("parent"))
    subjects = list(dict.fromkeys(one.subject for one in found))
    about = dict(zip(subjects, kinds.cards(subjects, user), strict=True))
    return {
        one.pk: card(one, about[one.subject])
        for one in found
        if about[one.subject].state == "here" and ((one.published and not one.hidden) or reads_early(user, one))
    }


def _territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Those of what they are about."""
    subjects = dict(Message.objects.filter(pk__in=keys).values_list("pk", "subject"))
    by_kind: dict[str, list[str]] = {}
    for subject in set(subjects.values()):
        name, _colon, address = subject.partition(":")
        by_kind.setdefault(name, []).append(address)
    known = {
        f"{name}:{address}": places
        for name, addresses in by_kind.items()
        for address, places in kinds.get(name).territory(addresses).items()
    }
    return {key: known[subject] for key, subject in subjects.items() if subject in known}


def _read(key: str) -> Written | None:
    one = Message.objects.filter(pk=key, withdrawn=None).first()
    if one is None:
        return None
    return Written(
        begins(one, 60),
        one.text,
        one.author_id,
        waiting=one.published is None or one.standing is not None,
        hidden=one.hidden is not None,
    )


def _decide(key: str, reason: str | None) -> None:
    one = Message.objects.get(pk=key)
    if reason:
        actions.hide(one, reason)
    else:
        actions.show(one)


register(
    Kind(
        name="message",
        label=gettext_lazy("message"),
        plural=gettext_lazy("messages"),
        domain=Domain.DEBATE,
        resolve=_resolve,
        territory=_territories,
        followable=True,
        reportable=True,
        exportable=True,
        moderable=Moderable(_read, _decide),
        page="discussions:thread",
    )
)
