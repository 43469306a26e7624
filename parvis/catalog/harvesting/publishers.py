"""Who publishes what a source lists: the organisation of our register, when it is sure, otherwise a proposal or a name.

A SIREN (or SIRET) or an INSEE code is sure for a source that the platform declared. For the source of an organisation, only
itself is: somebody who administers the other one must confirm, so that nobody publishes in the name of another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count
from django.utils.text import slugify

from parvis.catalog.models import HarvestPublisher, HarvestSource
from parvis.organisations.models import Nature, Organisation
from parvis.territories.core import siren
from parvis.territories.models import Level, Territory

State = HarvestPublisher.State
NUMBER = re.compile(r"(?<!\d)(\d{3}\s?\d{3}\s?\d{3})(\s?\d{5})?(?!\d)")
PLACE = re.compile(
    r"(commune|departement|region|epci)s?[:/_-](?:\d{4}-\d\d-\d\d/)?([0-9AB]{2,9})(?![0-9A-Za-z])", re.IGNORECASE
)
COG = re.compile(r"geo/\d{4}/(COM|DEP|REG)_([0-9AB]{2,5})\b")
COG_LEVELS = {"COM": "commune", "DEP": "departement", "REG": "region"}
FRONT = re.compile(
    r"^(ville|mairie|commune|conseil-departemental|departement|region|conseil-regional)-(de-la-|de-l-|de-|du-|des-|d-|l-)?"
)


def key_of(agent: Mapping[str, Any] | None) -> str:
    """One publisher, however often it is named: by its SIREN, else its name, else its address. "" when nobody is named."""
    if not agent:
        return ""
    named = siren_of(agent) or slugify(str(agent.get("name") or "")) or str(agent.get("iri") or "")
    return hashlib.sha256(named.encode()).hexdigest()[:40] if named else ""


def siren_of(agent: Mapping[str, Any]) -> str:
    """A valid SIREN that a publisher says of itself, in its identifier or its address."""
    for text in (agent.get("identifier"), agent.get("iri")):
        for found in NUMBER.finditer(str(text or "")):
            number = re.sub(r"\s", "", found[1])
            if siren.valid(number):
                return number
    return ""


def place_in(text: str) -> str:
    """`http://id.insee.fr/geo/commune/31555`, `fr:commune:31555` → "commune:31555"."""
    if found := PLACE.search(text):
        return f"{found[1].lower()}:{found[2].upper()}"
    if found := COG.search(text):
        return f"{COG_LEVELS[found[1]]}:{found[2]}"
    return ""


class Publishers:
    """The publishers of one source, known and met. Questions are asked once for all of them."""

    def __init__(self, source: HarvestSource) -> None:
        self.source = source
        self.known = {one.key: one for one in source.publishers.select_related("organisation__territory")}
        self.default = Organisation.objects.select_related("territory").get(pk=source.organisation_id)

    def meet(self, agents: Iterable[Mapping[str, Any] | None]) -> None:
        """Learn those that are new, with the organisation that each seems to be."""
        new = {key: agent for agent in agents if agent and (key := key_of(agent)) and key not in self.known}
        if not new:
            return
        rows = [self.row(key, agent) for key, agent in new.items()]
        HarvestPublisher.objects.bulk_create(rows, ignore_conflicts=True)
        fresh = self.source.publishers.filter(key__in=new).select_related("organisation__territory")
        self.known |= {one.key: one for one in fresh}

    def row(self, key: str, agent: Mapping[str, Any]) -> HarvestPublisher:
        found, reason = recognised(agent)
        own = found is not None and found.pk == self.source.organisation_id
        sure = own or (self.source.trusted and reason in {"siren", "insee"})
        state = State.UNKNOWN if found is None else State.CONFIRMED if sure else State.PROPOSED
        return HarvestPublisher(
            source=self.source,
            key=key,
            name=str(agent.get("name") or agent.get("iri") or "")[:500],
            identifier=siren_of(agent),
            organisation=found,
            reason=reason,
            state=state,
        )

    def organisation(self, key: str) -> Organisation:
        """Under which organisation a dataset stands: that of its publisher once it is sure, otherwise that of the source."""
        found = self.known.get(key)
        if found is not None and found.state == State.CONFIRMED and found.organisation is not None:
            return found.organisation
        return self.default


def count(source: HarvestSource) -> None:
    """How many datasets each publisher of the source has here now."""
    shown = source.datasets.filter(archived=None).order_by()
    counts = dict(shown.values_list("publisher_key").annotate(n=Count("pk")))
    found = list(source.publishers.all())
    for one in found:
        one.count = counts.get(one.key, 0)
    HarvestPublisher.objects.bulk_update(found, ["count"], batch_size=500)


def recognised(agent: Mapping[str, Any]) -> tuple[Organisation | None, str]:
    """The organisation that a publisher seems to be, and by what: its SIREN, an INSEE code, or its name."""
    number = siren_of(agent)
    if number and (found := Organisation.objects.filter(siren=number).first()):
        return found, "siren"
    for text in (agent.get("iri"), agent.get("identifier")):
        level, _colon, code = place_in(str(text or "")).partition(":")
        if code and (found := Organisation.objects.filter(nature=level, territory__code=code, territory__level=level).first()):
            return found, "insee"
    named = list(by_name(str(agent.get("name") or "")))
    return (named[0], "name") if len(named) == 1 else (None, "")


def by_name(name: str) -> Iterable[Organisation]:
    """Those who bear this name: as it is, or a commune (département, région) called by its territory's name."""
    if not name.strip():
        return []
    exact = list(Organisation.objects.filter(name__iexact=name.strip())[:2])
    if exact:
        return exact
    bare = FRONT.sub("", slugify(name.replace("'", " ").replace("’", " ")))
    if not bare or bare == slugify(name.replace("'", " ").replace("’", " ")):
        return []
    authorities = Organisation.objects.filter(nature__in=[Nature.COMMUNE, Nature.DEPARTEMENT, Nature.REGION])
    return authorities.filter(slug__startswith=bare[:100] + "-", territory__isnull=False).filter(
        slug__regex=rf"^{re.escape(bare[:100])}-[0-9ab]+$"
    )[:2]


class Places:
    """Territories that records are about, each looked for once."""

    def __init__(self) -> None:
        self.known: dict[str, Territory | None] = {}

    def of(self, record: Mapping[str, Any]) -> Territory | None:
        """The only territory that a record names; none where it names several, or none of ours."""
        named = {place for one in record.get("spatial") or () if (place := place_in(str(one.get("iri") or "")))}
        return self.get(named.pop()) if len(named) == 1 else None

    def get(self, reference: str) -> Territory | None:
        if reference not in self.known:
            level, _colon, code = reference.partition(":")
            found = Territory.objects.filter(level=level, code=code).first() if level in Level.values else None
            self.known[reference] = found
        return self.known[reference]
