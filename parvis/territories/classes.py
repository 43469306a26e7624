"""The class of each commune (centre, periphery, rural), the sentence that says how it was decided, and how many people live in each."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.territories.core.classes import GRID, Method, TerritoryClass, by_size
from parvis.territories.models import Level, Loading, Territory

LABELS = {
    TerritoryClass.CENTRE.value: gettext_lazy("centres"),
    TerritoryClass.PERIPHERY.value: gettext_lazy("périphéries"),
    TerritoryClass.RURAL.value: gettext_lazy("communes rurales"),
}


def loaded() -> Loading | None:
    """The last file of density, None where none was loaded."""
    return Loading.objects.filter(what=Loading.What.DENSITY).first()


def settle() -> int:
    """Decide the class of every commune again; how many changed. Inside the transaction of a loading."""
    communes = list(
        Territory.objects.filter(level=Level.COMMUNE).only(
            "level", "active", "population", "epci_id", "rural", "density", "territory_class"
        )
    )
    largest = _largest(communes)
    changed: dict[str, list[int]] = {}
    for commune in communes:
        found = _class_of(commune, commune.pk in largest)
        if commune.territory_class != found:
            changed.setdefault(found.value, []).append(commune.pk)
    for name, keys in changed.items():
        for start in range(0, len(keys), 500):
            Territory.objects.filter(pk__in=keys[start : start + 500]).update(territory_class=name)
    return sum(map(len, changed.values()))


def _class_of(commune: Territory, largest: bool) -> TerritoryClass:
    if commune.density:
        return GRID[commune.density]
    return by_size(commune.rural, commune.population, largest=largest)


def _largest(communes: Iterable[Territory]) -> set[int]:
    """The most populous commune in force of each EPCI; one outside of any EPCI is the largest of its own."""
    best: dict[int, Territory] = {}
    alone: set[int] = set()
    for commune in communes:
        if commune.epci_id is None:
            alone.add(commune.pk)
        elif commune.active:
            first = best.get(commune.epci_id)
            if first is None or (commune.population or 0, -commune.pk) > (first.population or 0, -first.pk):
                best[commune.epci_id] = commune
    return alone | {commune.pk for commune in best.values()}


def method() -> Method:
    known = loaded()
    if known is None:
        return Method.POPULATION
    return Method.GRID if known.report.get("graded") else Method.COLUMN


def sentence() -> str:
    """How classes were decided and from what, for every page that shows them."""
    known = loaded()
    if known is None:
        return _(
            "Commune rurale : moins de 2 000 habitants (seuil de l'Insee avant 2020), faute de grille de densité chargée. Parmi les autres, le centre est la commune la plus peuplée de son intercommunalité ; les autres sont en périphérie."
        )
    source = {"source": known.source, "vintage": f" {known.vintage}" if known.vintage else ""}
    if method() is Method.GRID:
        return (
            _(
                "Grille de densité de l'Insee (%(source)s%(vintage)s) : centres urbains, périphéries (ceintures urbaines et petites villes), communes rurales."
            )
            % source
        )
    return (
        _(
            "Commune rurale ou non : %(source)s%(vintage)s. Parmi les autres, le centre est la commune la plus peuplée de son intercommunalité ; les autres sont en périphérie."
        )
        % source
    )


def population_by(territory: Territory, field: str) -> dict[str | int, int]:
    """Inhabitants of `territory` by `territory_class`, or by `epci_id` or `departement_id` of their commune; one query."""
    if field not in {"territory_class", "epci_id", "departement_id"}:
        raise ValueError(f"{field} is not a way to share out people")
    communes = Territory.objects.filter(level=Level.COMMUNE, active=True)
    inside = (
        communes.filter(pk=territory.pk)
        if territory.level == Level.COMMUNE
        else communes.filter(**{territory.level: territory})
    )
    rows = (
        inside.exclude(**{field: "" if field == "territory_class" else None})
        .values_list(field)
        .annotate(people=Sum("population"))
    )
    return {key: people or 0 for key, people in rows.order_by()}
