"""Good first charts of a table, from what its columns hold, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.fields import CATEGORY, NUMBER, PLACES, TIME, YESNO, Field, named
from parvis.catalog.core.charts.shapes import SHAPES
from parvis.catalog.core.speech import marked, phrase

MOST: Final = 6
FEW: Final = 24
CROWDED: Final = 0.9
"""A distribution with this share in one step, or bars with this share in one bar, show nothing else."""
IDENTIFIER: Final = ("id", "code", "num", "ref", "siren", "siret", "cle")


@dataclass(frozen=True, slots=True)
class Proposal:
    choice: Choice
    title: str
    reason: str


def proposals(
    fields: Sequence[Field], shapes: Collection[str] = tuple(SHAPES), territories: Mapping[str, str] | None = None
) -> tuple[Proposal, ...]:
    """At most six, of different shapes first; none for a table without a column that varies. `shapes`: those drawn here;
    `territories`: the column that holds the codes of each level."""
    codes = territories or {}
    measures = sorted((one for one in fields if _is_measure(one) and one.name not in codes.values()), key=_worth)
    names = sorted(
        (one for one in fields if _compares(one)), key=lambda one: (one.distinct or 0) if one.kind == CATEGORY else 1
    )
    times = [one for one in fields if one.kind == TIME and (one.distinct or 0) > 2]
    found = [
        *_maps(fields, measures, codes),
        *_courses(times, measures),
        *_comparisons(names, measures, fields),
        *_spreads(measures),
        *_pairs(measures),
    ]
    kept = _varied([one for one in found if one.choice.shape in shapes])
    return tuple(replace(one, title=french.typeset(one.title), reason=french.typeset(one.reason)) for one in kept)


def _is_measure(field: Field) -> bool:
    """A number that varies and that is no identifier."""
    if field.kind != NUMBER or field.format in PLACES or (field.distinct or 0) < 3:
        return False
    unique = field.distinct == field.filled and field.type == "integer" and field.filled > 20
    return not (unique and field.label.casefold().startswith(IDENTIFIER))


def _crowded(field: Field) -> bool:
    return bool(field.bins) and max(field.bins) > CROWDED * sum(field.bins)


def _worth(field: Field) -> tuple[int, int]:
    """Shares first, then amounts, then the columns with the fewest holes."""
    return ({"%": 0, "€": 1}.get(field.unit, 2), field.empty)


def _compares(field: Field) -> bool:
    lone = field.top is not None and field.top > CROWDED * field.filled
    return (
        field.kind in {CATEGORY, YESNO}
        and 2 <= (field.distinct or 0) <= FEW
        and field.filled > (field.distinct or 0)
        and not lone
    )


def _maps(fields: Sequence[Field], measures: Sequence[Field], territories: Mapping[str, str]) -> list[Proposal]:
    found = []
    for level, name in territories.items():
        shape, column = f"map_{level}", named(name, fields)
        if column:
            first = next((one for one in measures if one.name != name), None)
            aggregate = "count" if first is None else "sum" if first.unit == "€" else "mean"
            choice = Choice(shape, territory=name, y=first.name if first else "", aggregate=aggregate)
            reason = phrase("La colonne « {label} » désigne des territoires : la carte montre où.", label=column.label)
            found.append(Proposal(choice, phrase(SHAPES[shape].label), reason))
    places = {one.format: one for one in fields if one.format in PLACES}
    if len(places) == 2:
        choice = Choice("map_coordinates", latitude=places["latitude"].name, longitude=places["longitude"].name)
        found.append(
            Proposal(
                choice, phrase("Carte de points"), phrase("Chaque ligne a une latitude et une longitude : la carte montre où.")
            )
        )
    return found


def _courses(times: Sequence[Field], measures: Sequence[Field]) -> list[Proposal]:
    found = []
    for time in times[:1]:
        sentence = "« {label} » est une date : une courbe montre l’évolution."
        if time.type == "year":
            sentence = "« {label} » est une année : une courbe montre l’évolution."
        reason = phrase(sentence, label=time.label)
        amounts = [one for one in measures if one.unit == "€"]
        found.append(
            Proposal(Choice("lines", x=time.name), phrase("Nombre de lignes selon « {label} »", label=time.label), reason)
        )
        if amounts:
            choice = Choice("lines", x=time.name, y=amounts[0].name, aggregate="sum")
            found.append(Proposal(choice, _against(amounts[0], time), reason))
    return found


def _comparisons(names: Sequence[Field], measures: Sequence[Field], fields: Sequence[Field]) -> list[Proposal]:
    found = []
    for name in names[:2]:
        count = french.number(name.distinct or 0)
        reason = phrase(
            "« {label} » n’a que {n} valeurs : des barres les comparent d’un coup d’œil.", label=name.label, n=count
        )
        if measures:
            first = measures[0]
            choice = Choice("bars", x=name.name, y=first.name, aggregate="mean")
            found.append(Proposal(choice, _against(first, name), reason))
        else:
            found.append(
                Proposal(Choice("bars", x=name.name), phrase("Nombre de lignes par « {label} »", label=name.label), reason)
            )
    unique = [
        one for one in fields if one.kind == CATEGORY and one.distinct == one.filled and not one.format and one.filled > 2
    ]
    if unique and measures and unique[0].filled <= 2000:
        first = measures[0]
        choice = Choice("bars", x=unique[0].name, y=first.name, aggregate="mean")
        found.append(
            Proposal(
                choice,
                phrase("« {label} » : les plus grandes valeurs", label=first.label),
                phrase("Chaque ligne a son nom dans « {label} » : des barres les classent.", label=unique[0].label),
            )
        )
    many = [one for one in fields if one.kind == CATEGORY and FEW < (one.distinct or 0) < one.filled / 2 and not one.format]
    if many and not names:
        label = many[0].label
        choice = Choice("bars", x=many[0].name)
        title = phrase("« {label} » : les plus fréquents", label=label)
        found.append(Proposal(choice, title, phrase("Les mêmes valeurs reviennent dans « {label} ».", label=label)))
    return found


def _spreads(measures: Sequence[Field]) -> list[Proposal]:
    return [
        Proposal(
            Choice("distribution", x=one.name),
            phrase("Répartition de « {label} »", label=one.label),
            phrase(
                "« {label} » a {n} valeurs différentes : on voit lesquelles sont courantes, lesquelles sont rares.",
                label=one.label,
                n=french.number(one.distinct or 0),
            ),
        )
        for one in measures[:2]
        if (one.distinct or 0) > 10 and not _crowded(one)
    ]


def _pairs(measures: Sequence[Field]) -> list[Proposal]:
    wide = [one for one in measures if (one.distinct or 0) > 10 and not _crowded(one)]
    if len(wide) < 2:
        return []
    choice = Choice("points", x=wide[0].name, y=wide[1].name)
    reason = phrase("Deux mesures sont connues pour chaque ligne : le nuage montre si elles vont ensemble.")
    return [Proposal(choice, _against(wide[1], wide[0]), reason)]


def _varied(found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """One of each shape first, then the others."""
    first = {one.choice.shape: one for one in reversed(found)}
    ahead = [one for one in found if first[one.choice.shape] is one]
    rest = [one for one in found if first[one.choice.shape] is not one]
    return tuple([*ahead, *rest][:MOST])


def _against(measure: Field, axis: Field) -> str:
    return phrase("« {y} » selon « {x} »", y=measure.label, x=axis.label)


COURSES: Final = (
    marked("« {label} » est une date : une courbe montre l’évolution."),
    marked("« {label} » est une année : une courbe montre l’évolution."),
)
