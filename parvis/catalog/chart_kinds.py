"""Charts, as a kind that other rooms may cite: always with the number of the version that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.catalog.models import Chart
from parvis.shared.kinds import Card, Domain, Kind


def chart_card(chart: Chart) -> Card:
    dataset, version = chart.resource.dataset, chart.version
    line = " · ".join([dataset.organisation.name, dataset.title, _("version {number}").format(number=version.number)])
    badges = []
    if dataset.published is None:
        badges.append(_("brouillon"))
    if dataset.invented:
        badges.append(_("inventé pour la démonstration"))
    current = chart.resource.current
    if current and current.number > version.number:
        badges.append(_("données plus récentes disponibles"))
    light, dark = (reverse("catalog:chart_picture", args=[chart.pk, f"{scheme}-vignette"]) for scheme in ("clair", "sombre"))
    address = chart.get_absolute_url()
    return Card(chart.said, address, "chart", line, thumbnail=light, thumbnail_dark=dark, badges=tuple(badges))


def pinned(reference: str) -> str:
    """`chart:k3v9` as one cites it: with the version whose data it shows."""
    found = Chart.objects.filter(pk=reference.partition(":")[2]).select_related("version").first()
    return found.reference if found else reference


def _wanted(addresses: Sequence[str]) -> dict[str, tuple[str, str]]:
    return {address: address.partition("@")[::2] for address in addresses}


def resolver(visible_to: Any) -> Any:
    def resolve(addresses: Sequence[str], user: Any) -> Mapping[str, Card]:
        """A chart whose version was withdrawn, or whose number is another's, is gone."""
        asked = _wanted(addresses)
        found = (
            Chart.objects.filter(visible_to(user, "resource__dataset__"), pk__in={key for key, _number in asked.values()})
            .filter(version__withdrawn=None)
            .select_related("version", "resource__current", "resource__dataset__organisation")
            .defer("version__reading", "version__profile", "version__verdict")
            .defer("resource__current__reading", "resource__current__profile", "resource__current__verdict")
        )
        known = {chart.pk: chart for chart in found}
        return {
            address: chart_card(known[key])
            for address, (key, number) in asked.items()
            if key in known and number in {"", str(known[key].version.number)}
        }

    return resolve


def _territories(addresses: Sequence[str]) -> Mapping[str, Sequence[str]]:
    asked = _wanted(addresses)
    found = Chart.objects.filter(pk__in={key for key, _number in asked.values()}).select_related(
        "resource__dataset__territory", "resource__dataset__organisation__territory"
    )
    places = {}
    for chart in found:
        dataset = chart.resource.dataset
        place = dataset.territory or dataset.organisation.territory
        if place:
            places[chart.pk] = (place.reference,)
    return {address: places[key] for address, (key, _number) in asked.items() if key in places}


def kind(visible_to: Any) -> Kind:
    return Kind(
        name="chart",
        label=gettext_lazy("graphique"),
        plural=gettext_lazy("graphiques"),
        domain=Domain.DATA,
        resolve=resolver(visible_to),
        territory=_territories,
        versioned=True,
        reportable=True,
        exportable=True,
        page="catalog:chart",
        pin=pinned,
    )
