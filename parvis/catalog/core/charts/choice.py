"""What a person chose to see of a table, apart from how it is drawn: the same choice always has the same text and the same digest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import urlencode

from parvis.catalog.core.charts.fields import NUMBER, TIME, Field, named
from parvis.catalog.core.charts.shapes import AGGREGATES, LEVELS, ROLES, SHAPES, Shape
from parvis.catalog.core.speech import marked, phrase

LIMIT: Final = 20
"""How many categories are drawn when nothing is asked; the rest is said, never silently left out."""
MOST: Final = 60
MOST_FILTERS: Final = 8
LONGEST: Final = 500
SORTS: Final = {
    "": marked("dans l'ordre le plus lisible"),
    "value": marked("les plus petits d'abord"),
    "-value": marked("les plus grands d'abord"),
    "x": marked("par ordre alphabétique"),
}
NO_COLUMN: Final = marked("Cette table n'a pas de colonne « {label} » : choisissez-en une de la liste.")
BUCKETS: Final = {"year": "année", "month": "mois"}
WRITTEN: Final = {"année": "year", "annee": "year", "an": "year", "mois": "month", "par année": "year", "par mois": "month"}
"""What people write for a step of dates."""
PARAMETERS: Final = {
    "shape": "forme",
    "x": "x",
    "y": "y",
    "aggregate": "calcul",
    "colour": "couleur",
    "bucket": "pas",
    "sort": "tri",
    "limit": "limite",
    "territory": "territoire",
    "latitude": "latitude",
    "longitude": "longitude",
}
"""Field of a choice → its name in an address. Filters are `c`, `o`, `v`, repeated, as on the page of a table."""
_WIDTH = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """A filter, as `parvis.catalog.rows.Filter`: column, operator of the rows API, value as typed."""

    column: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A shape, columns by role, and what is computed.

    bucket: "" (each value), "year" or "month" for dates, a width such as "10" or "0.5" for numbers.
    limit: how many categories at most; 0 stands for the usual number. filters: all must hold; their order means nothing."""

    shape: str
    x: str = ""
    y: str = ""
    aggregate: str = "count"
    colour: str = ""
    bucket: str = ""
    filters: tuple[Condition, ...] = ()
    sort: str = ""
    limit: int = 0
    territory: str = ""
    latitude: str = ""
    longitude: str = ""

    @property
    def level(self) -> str:
        """The level of the territories of a map, "" for other shapes."""
        return LEVELS.get(self.shape, "")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for role in ROLES if (name := getattr(self, role)))

    def as_dict(self) -> dict[str, Any]:
        """Only what was chosen: what is as usual is left out."""
        kept: dict[str, Any] = {"shape": self.shape}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name not in {"shape", "filters"} and value != one.default:
                kept[one.name] = value
        if self.filters:
            kept["filters"] = [[one.column, one.operator, one.value] for one in sorted(set(self.filters))]
        return kept

    @property
    def text(self) -> str:
        """The canonical form: two choices that mean the same have the same."""
        return json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def query(self) -> str:
        """The end of an address that asks for this choice."""
        given = self.as_dict()
        pairs = [(PARAMETERS[name], str(given[name])) for name in PARAMETERS if name in given]
        for one in sorted(set(self.filters)):
            pairs += [("c", one.column), ("o", one.operator), ("v", one.value)]
        return urlencode(pairs)


def from_dict(given: Mapping[str, Any]) -> Choice:
    """The choice that `as_dict` wrote. Raises ValueError for anything else."""
    known = {one.name for one in fields(Choice)}
    if not isinstance(given, Mapping) or not set(given) <= known or not isinstance(given.get("shape"), str):
        raise ValueError("Ce choix de graphique est illisible.")
    values: dict[str, Any] = dict(given)
    filters = values.pop("filters", [])
    texts = {name: value for name, value in values.items() if name != "limit"}
    limit = values.get("limit", 0)
    if not all(isinstance(value, str) for value in texts.values()) or not isinstance(limit, int) or isinstance(limit, bool):
        raise ValueError("Ce choix de graphique est illisible.")
    lines = [tuple(line) for line in filters if isinstance(line, list | tuple)]
    if len(lines) != len(filters) or not all(len(line) == 3 and all(isinstance(one, str) for one in line) for line in lines):
        raise ValueError("Ce choix de graphique est illisible.")
    return Choice(**values, filters=tuple(sorted({Condition(*line) for line in lines})))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, in one sentence that says what to do; `role` is the field of `Choice` that it is about."""

    role: str
    sentence: str


def parse(
    given: Mapping[str, Sequence[str]], columns: Sequence[Field], shapes: Mapping[str, Shape] = SHAPES
) -> tuple[Choice | None, tuple[Mistake, ...]]:
    """The choice that an address writes, or None and one sentence per mistake. `shapes`: those that can be drawn here.

    A column in a role that the shape does not have is forgotten: changing the shape in a form is no mistake."""

    def one(role: str) -> str:
        return (list(given.get(PARAMETERS[role], ())) or [""])[0].strip()

    shape = shapes.get(one("shape"))
    if shape is None:
        return None, (Mistake("shape", phrase("Choisissez une forme de graphique.")),)
    chosen = {role: one(role) if shape.need(role) else "" for role in ROLES}
    mistakes = [mistake for role in ROLES if (mistake := _wrong_column(shape, role, chosen[role], columns))]
    mistakes += _twice(chosen, columns)
    aggregate = one("aggregate") or ("mean" if chosen["y"] else "count")
    if aggregate not in AGGREGATES:
        mistakes.append(
            Mistake(
                "aggregate", phrase("Choisissez un calcul : nombre de lignes, total, moyenne, médiane, minimum ou maximum.")
            )
        )
    if shape.name == "points" and chosen["x"] and chosen["x"] == chosen["y"]:
        mistakes.append(Mistake("y", phrase("Choisissez deux colonnes différentes : un nuage compare deux mesures.")))
    if not shape.aggregated or shape.name == "distribution" or aggregate == "count":
        aggregate = "count"
    elif not chosen["y"]:
        mistakes.append(
            Mistake(
                "y",
                f"Pour une mesure autre que le nombre de lignes, choisissez la colonne ({AGGREGATES.get(aggregate, 'calcul')}).",
            )
        )
    if shape.aggregated and aggregate == "count":
        chosen["y"] = ""
    bucket, wrong = _bucket(one("bucket") if shape.need("x") else "", named(chosen["x"], columns))
    mistakes += wrong
    limit, wrong = _limit(one("limit") if shape.name in {"bars", "lines"} else "")
    mistakes += wrong
    sort = one("sort") if shape.name == "bars" else ""
    if sort not in SORTS:
        mistakes.append(Mistake("sort", phrase("Choisissez un ordre de la liste.")))
    filters, wrong = _filters(given, columns)
    mistakes += wrong
    if mistakes:
        return None, tuple(mistakes)
    return Choice(shape.name, aggregate=aggregate, bucket=bucket, sort=sort, limit=limit, filters=filters, **chosen), ()


def _twice(chosen: Mapping[str, str], columns: Sequence[Field]) -> list[Mistake]:
    """The same column in two roles, where the picture would say nothing. A measure may be that of the axis's own column."""
    found = []
    for first, second in (("x", "colour"), ("latitude", "longitude")):
        if chosen[first] and chosen[first] == chosen[second]:
            field = named(chosen[first], columns)
            label = field.label if field else chosen[first]
            found.append(
                Mistake(
                    second,
                    phrase(
                        "« {label} » est déjà pris pour {role} : choisissez une autre colonne.",
                        label=label[:80],
                        role=phrase(ROLES[first]),
                    ),
                )
            )
    return found


def _wrong_column(shape: Shape, role: str, name: str, columns: Sequence[Field]) -> Mistake | None:
    need = shape.need(role)
    if need is None:
        return None
    if not name:
        return Mistake(role, phrase("Choisissez la colonne pour {role}.", role=phrase(ROLES[role]))) if need.required else None
    field = named(name, columns)
    if field is None:
        return Mistake(role, phrase(NO_COLUMN, label=name[:80]))
    if field.kind in need.kinds:
        return None
    wanted = _wanted(need.kinds)
    return Mistake(
        role,
        phrase(
            "« {label} » ne convient pas pour {role} : choisissez une colonne {wanted}.",
            label=field.label[:80],
            role=phrase(ROLES[role]),
            wanted=wanted,
        ),
    )


def _wanted(kinds: frozenset[str]) -> str:
    if kinds == {NUMBER}:
        return phrase("de nombres")
    return phrase("de dates ou de nombres") if kinds == {NUMBER, TIME} else phrase("de noms ou de catégories")


def _bucket(text: str, field: Field | None) -> tuple[str, list[Mistake]]:
    """A step only where it means something: on another kind of column, it is forgotten."""
    text = WRITTEN.get(text.casefold(), text).replace(",", ".").replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    if not text or field is None:
        return "", []
    if field.type in {"date", "datetime"}:
        if text in BUCKETS:
            return text, []
        return "", [] if _WIDTH.fullmatch(text) else [
            Mistake("bucket", phrase("Pour des dates, regroupez par année ou par mois."))
        ]
    if field.kind == NUMBER or field.type == "year":
        if text in BUCKETS:
            return "", []
        if _WIDTH.fullmatch(text) and float(text) > 0:
            return f"{float(text):.6f}".rstrip("0").rstrip("."), []
        return "", [Mistake("bucket", phrase("Le pas est un nombre plus grand que zéro, par exemple 10 ou 0,5."))]
    return "", []


def _limit(text: str) -> tuple[int, list[Mistake]]:
    if not text:
        return 0, []
    if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST and len(text) < 9:
        return (0 if int(text) == LIMIT else int(text)), []
    return 0, [Mistake("limit", phrase("Le nombre de catégories va de 1 à {n}.", n=MOST))]


def _filters(given: Mapping[str, Sequence[str]], columns: Sequence[Field]) -> tuple[tuple[Condition, ...], list[Mistake]]:
    """Names are checked here; operators and values where the rows are read, by the same rules as the page of a table."""
    values = [*given.get("v", ()), *[""] * len(given.get("c", ()))]
    lines = [line for line in zip(given.get("c", ()), given.get("o", ()), values, strict=False) if line[0]]
    mistakes = [
        Mistake("filters", phrase(NO_COLUMN, label=column[:80]))
        for column, _operator, _value in lines
        if named(column, columns) is None
    ]
    if len(lines) > MOST_FILTERS:
        mistakes.append(Mistake("filters", phrase("Pas plus de {n} filtres à la fois.", n=MOST_FILTERS)))
    if any(len(value) > LONGEST for _column, _operator, value in lines):
        mistakes.append(Mistake("filters", phrase("La valeur d'un filtre a {n} caractères au plus.", n=LONGEST)))
    return tuple(sorted({Condition(*line) for line in lines})), mistakes
