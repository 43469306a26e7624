"""The shapes that a chart may take, and what each needs of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from parvis.catalog.core.charts.fields import CATEGORY, NUMBER, TIME, YESNO
from parvis.catalog.core.speech import marked

NAMES: Final = frozenset({CATEGORY, YESNO})
ORDERED: Final = frozenset({NUMBER, TIME})
ANY: Final = NAMES | ORDERED
NUMBERS: Final = frozenset({NUMBER})

ROLES: Final = {
    "x": marked("l'axe"),
    "y": marked("la mesure"),
    "colour": marked("la couleur"),
    "territory": marked("le territoire"),
    "latitude": marked("la latitude"),
    "longitude": marked("la longitude"),
}
AGGREGATES: Final = {
    "count": marked("nombre de lignes"),
    "sum": marked("total"),
    "mean": marked("moyenne"),
    "median": marked("médiane"),
    "min": marked("minimum"),
    "max": marked("maximum"),
}
LEVELS: Final = {"map_commune": "commune", "map_epci": "epci", "map_departement": "departement"}
MAPS: Final = frozenset({*LEVELS, "map_coordinates"})


@dataclass(frozen=True, slots=True)
class Need:
    """A column that a shape asks for: in which role (a field of `Choice`), of which kinds, and whether it does without."""

    role: str
    kinds: frozenset[str]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """`aggregated`: the rows are grouped and a measure computed for each group; otherwise each row is a mark."""

    name: str
    label: str
    purpose: str
    needs: tuple[Need, ...]
    aggregated: bool = True

    def need(self, role: str) -> Need | None:
        return next((need for need in self.needs if need.role == role), None)


def _map(level: str, label: str, purpose: str) -> Shape:
    return Shape(level, label, purpose, (Need("territory", ANY), Need("y", NUMBERS, required=False)))


SHAPES: Final[dict[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape(
            "bars",
            marked("Barres"),
            marked("Comparer des catégories entre elles."),
            (Need("x", ANY), Need("y", NUMBERS, required=False), Need("colour", NAMES, required=False)),
        ),
        Shape(
            "lines",
            marked("Courbe"),
            marked("Suivre une évolution dans le temps."),
            (Need("x", ORDERED), Need("y", NUMBERS, required=False), Need("colour", NAMES, required=False)),
        ),
        Shape(
            "points",
            marked("Nuage de points"),
            marked("Voir si deux mesures vont ensemble."),
            (Need("x", ORDERED), Need("y", NUMBERS), Need("colour", NAMES, required=False)),
            aggregated=False,
        ),
        Shape(
            "distribution",
            marked("Répartition"),
            marked("Voir comment les valeurs se répartissent, des plus petites aux plus grandes."),
            (Need("x", ORDERED),),
        ),
        _map("map_commune", marked("Carte par commune"), marked("Comparer les communes.")),
        _map("map_epci", marked("Carte par intercommunalité"), marked("Comparer les intercommunalités.")),
        _map("map_departement", marked("Carte par département"), marked("Comparer les départements.")),
        Shape(
            "map_coordinates",
            marked("Carte de points"),
            marked("Voir où se trouvent les lignes, d'après leur latitude et leur longitude."),
            (Need("latitude", NUMBERS), Need("longitude", NUMBERS), Need("colour", NAMES, required=False)),
            aggregated=False,
        ),
    )
}
