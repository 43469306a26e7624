"""The four levels, as kinds that other rooms may cite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.shared.kinds import Card, Domain, Kind, SearchDocument, register
from parvis.shared.templatetags.parvis import number
from parvis.territories import queries
from parvis.territories.models import Level, Territory

PLURALS = {
    Level.REGION: gettext_lazy("régions"),
    Level.DEPARTEMENT: gettext_lazy("départements"),
    Level.EPCI: gettext_lazy("intercommunalités"),
    Level.COMMUNE: gettext_lazy("communes"),
}


def card(territory: Territory) -> Card:
    people = _("%(people)s habitants") % {"people": number(territory.population)} if territory.population else ""
    where = territory.departement.name if territory.departement else ""
    return Card(territory.name, territory.get_absolute_url(), str(territory.level), " · ".join(filter(None, (where, people))))


def _resolve(level: Level) -> Callable[[Sequence[str], Any], Mapping[str, Card]]:
    def resolve(codes: Sequence[str], _user: Any) -> Mapping[str, Card]:
        found = Territory.objects.filter(level=level, code__in=codes).select_related("departement")
        return {territory.code: card(territory) for territory in found}

    return resolve


def _itself(level: Level) -> Callable[[Sequence[str]], Mapping[str, Sequence[str]]]:
    return lambda codes: {code: (f"{level.value}:{code}",) for code in codes}


def _documents(level: Level) -> Callable[[datetime | None], Iterable[SearchDocument]]:
    def documents(since: datetime | None) -> Iterable[SearchDocument]:
        """All of them after a loading, none otherwise: the loading is the only thing that changes them."""
        last = queries.last_code()
        if last is None or (since is not None and last.created <= since):
            return
        for territory in Territory.objects.filter(level=level).iterator():
            reference = territory.reference
            words = (territory.code, *territory.postcodes)
            yield SearchDocument(
                reference, territory.name, last.created, keywords=words, territories=(reference,), removed=not territory.active
            )

    return documents


for _level in Level:
    register(
        Kind(
            name=_level.value,
            label=_level.label,
            plural=PLURALS[_level],
            domain=Domain.TERRITORY,
            resolve=_resolve(_level),
            territory=_itself(_level),
            search_documents=_documents(_level),
            followable=True,
        )
    )
