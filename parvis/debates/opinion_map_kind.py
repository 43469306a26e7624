"""Maps of opinions, as a kind that other rooms cite: with their number, so that a citation shows what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.debates.core.processes.rules import Act
from parvis.debates.models import OpinionMap, Process
from parvis.debates.permissions import may
from parvis.debates.results.sentences import Words
from parvis.shared.kinds import Card, Domain, Kind

Done = OpinionMap.State.DONE


def kind() -> Kind:
    return Kind(
        name="opinion_map",
        label=gettext_lazy("carte des opinions"),
        plural=gettext_lazy("cartes des opinions"),
        domain=Domain.DEBATE,
        resolve=_cards,
        territory=_territories,
        versioned=True,
        exportable=True,
        page="debates:map",
    )


def _asked(addresses: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    found = {}
    for address in addresses:
        slug, _at, number = address.partition("@")
        found[address] = (slug, int(number) if number else None)
    return found


def _cards(addresses: Sequence[str], user: Any) -> Mapping[str, Card]:
    """Without a number, the last good map; one that is shown with its number is kept for good."""
    asked = _asked(addresses)
    processes = _visible({slug for slug, _number in asked.values()}, user)
    last = dict(
        OpinionMap.objects.filter(process__in=processes.values(), state=Done)
        .values_list("process__slug")
        .annotate(last=Max("number"))
        .order_by()
    )
    wanted = {address: (slug, number or last[slug]) for address, (slug, number) in asked.items() if slug in last}
    either = Q(pk=None)
    for slug, number in wanted.values():
        either |= Q(process=processes[slug], number=number)
    found = {(one.process_id, one.number): one for one in OpinionMap.objects.filter(either, state=Done).defer("arrays")}
    cards, quoted = {}, []
    for address, (slug, number) in wanted.items():
        one = found.get((processes[slug].pk, number))
        if one is None:
            continue
        if "@" in address and not one.cited:
            quoted.append(one.pk)
        cards[address] = _card(one, processes[slug], newer=number < last[slug])
    if quoted:
        OpinionMap.objects.filter(pk__in=quoted).update(cited=True)
    return cards


def _visible(slugs: set[str], user: Any) -> dict[str, Process]:
    found = Process.objects.filter(slug__in=slugs).select_related("organisation", "territory").prefetch_related("phases")
    return {one.slug: one for one in found if one.published or may(user, Act.SEE_MAP, one)}


def _card(one: OpinionMap, process: Process, *, newer: bool) -> Card:
    when = date_format(timezone.localtime(one.done or one.created), "DATE_FORMAT")
    badges = [_("inventé pour la démonstration")] if process.invented else []
    if newer:
        badges.append(_("une carte plus récente existe"))
    line = " · ".join([process.title, _("carte n° %(n)d, du %(date)s") % {"n": one.number, "date": when}])
    address = reverse("debates:map", args=[process.slug, one.number])
    return Card(Words(one.facts).lead, address, "opinion_map", line, badges=tuple(badges))


def _territories(addresses: Sequence[str]) -> Mapping[str, Sequence[str]]:
    asked = _asked(addresses)
    found = Process.objects.filter(slug__in={slug for slug, _number in asked.values()}, published__isnull=False)
    places = {one.slug: (one.territory.reference,) for one in found.select_related("territory")}
    return {address: places[slug] for address, (slug, _number) in asked.items() if slug in places}
