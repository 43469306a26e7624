"""What a chart says, in words: the finding that is its title, the description for those who do not see it, what was left aside.

Every sentence is computed from the values drawn, and claims nothing of those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy

from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.fields import Field
from parvis.catalog.core.charts.shapes import SHAPES
from parvis.catalog.core.charts.values import Mark, Values, finite, place

TOLD: Final = 12
LONGEST: Final = 60
MEASURES: Final = {
    "sum": "Le total de « {y} »",
    "mean": "La moyenne de « {y} »",
    "median": "La médiane de « {y} »",
    "min": "Le minimum de « {y} »",
    "max": "Le maximum de « {y} »",
}


def finding(values: Values) -> str:
    """One true sentence: what a reader would say after looking at the picture."""
    return french.typeset(_found(values))


def _found(values: Values) -> str:
    if not values.marks:
        return f"« {_short(values.x.label)} » : rien à montrer"
    shape = values.choice.shape
    if shape == "points":
        return _together(values)
    if shape == "distribution":
        return _spread(values)
    if shape == "lines" or (values.ordered and not values.colour):
        return _course(values)
    return _comparison(values)


def mapped(values: Values, shown: Sequence[Mark], coloured: bool) -> str:
    """The finding of a map. shown: the territories that are coloured, by name; without colours, nothing is claimed of places."""
    if not coloured or not shown:
        return french.typeset(f"{subject(values)}, par territoire")
    low, high = min(mark.value for mark in shown), max(mark.value for mark in shown)
    if low == high:
        return french.typeset(f"{subject(values)} est partout de {_quantity(values, low)}")
    totals: dict[Any, float] = {}
    for mark in shown:
        totals[mark.x if mark.x not in totals else (mark.x, len(totals))] = mark.value

    def named(value: float) -> str:
        names = [name for name, total in totals.items() if total == value]
        first = names[0] if isinstance(names[0], str) else names[0][0]
        return _short(str(first)) if len(names) == 1 else f"{french.number(len(names))} à égalité"

    first, last = french.pair(low, high, values.unit)
    return french.typeset(f"{subject(values)} va de {first} ({named(low)}) à {last} ({named(high)})")


def described(values: Values) -> str:
    """The text alternative: the shape, what it shows, its values when they are few, its extremes when they are many."""
    if not values.marks:
        return "Aucune valeur à dessiner."
    parts = [f"{SHAPES[values.choice.shape].label} : {_axes(values)}."]
    if values.choice.shape == "points":
        parts.append(_dots(values))
    elif values.colour:
        parts += [_one_series(values, name) for name in values.series]
    else:
        parts.append(_told(values, values.marks))
    return french.typeset(" ".join(parts))


def notes(values: Values) -> tuple[str, ...]:
    """What the picture leaves aside or puts together, each in a sentence. Nothing is left out without being said."""
    said = []
    if values.choice.shape == "points" and any(mark.rows > 1 for mark in values.marks):
        said.append(_gathered(values))
    if values.hidden:
        shown = len({mark.x for mark in values.marks})
        which = "les plus petites" if values.choice.sort == "value" else "les plus grandes"
        if values.choice.sort == "x":
            which = "les premières par ordre alphabétique"
        if values.ordered:
            which = "les premières"
        said.append(f"{french.number(shown)} catégories sont dessinées ({which}) sur {french.number(shown + values.hidden)}.")
    if values.unseen:
        label = _short(values.colour.label) if values.colour else ""
        said.append(
            f"Seules les {len(values.series)} valeurs les plus fréquentes de « {label} » sont dessinées ; "
            f"{_many(values.unseen, 'autre ne l’est pas', 'autres ne le sont pas')}."
        )
    if values.unfilled:
        said.append(
            f"{_many(values.unfilled, 'ligne n’est pas comptée', 'lignes ne sont pas comptées')}, faute d’une valeur à montrer."
        )
    if values.bucket in {"year", "month"} and not values.choice.bucket:
        said.append(f"Les dates sont regroupées {'par année' if values.bucket == 'year' else 'par mois'}.")
    return tuple(french.typeset(one) for one in said)


def filtered(choice: Choice, fields: Sequence[Field], operators: dict[str, str]) -> str:
    """The filters, in words: `Champ est égal à « Locaux »`. `operators`: their names in the language of people."""
    labels = {field.name: field.label for field in fields}
    said = [
        f"« {_short(labels.get(one.column, one.column))} » {operators.get(one.operator, one.operator)}"
        + (f" « {_short(one.value)} »" if one.value else "")
        for one in choice.filters
    ]
    return french.listed(said)


# ----- The finding of each shape -----


def subject(values: Values) -> str:
    if values.y is None:
        return "Le nombre de lignes"
    if values.plain:
        return f"« {_short(values.y.label)} »"
    return MEASURES[values.choice.aggregate].format(y=_short(values.y.label))


def _comparison(values: Values) -> str:
    totals = _totals(values)
    if totals is None:
        return _widest(values)
    order = sorted(totals, key=lambda name: totals[name])
    if len(order) == 1:
        return f"{subject(values)} est de {_quantity(values, totals[order[0]])} pour {values.shown(order[0])}"
    low, high = totals[order[0]], totals[order[-1]]
    if values.hidden or values.choice.aggregate in {"count", "sum"}:
        return _leader(values, totals)
    if low == high:
        return f"{subject(values)} est partout de {_quantity(values, low)}"
    first, last = french.pair(low, high, values.unit)
    return f"{subject(values)} va de {first} ({_one(values, totals, low)}) à {last} ({_one(values, totals, high)})"


def _totals(values: Values) -> dict[Any, float] | None:
    """The height of each place of the axis; None where heights of several colours cannot be added."""
    if values.colour and (values.choice.aggregate not in {"count", "sum"} or values.unseen):
        return None
    totals: dict[Any, float] = {}
    for mark in values.marks:
        totals[mark.x] = totals.get(mark.x, 0.0) + mark.value
    return totals


def _leader(values: Values, totals: dict[Any, float]) -> str:
    """The greatest (or, where the smallest are asked for, the smallest): true of what is not drawn too."""
    smallest = values.choice.sort == "value"
    if values.hidden and (values.choice.sort == "x" or values.ordered):
        return f"{subject(values)}, par « {_short(values.x.label)} »"
    best = min(totals.values()) if smallest else max(totals.values())
    ties = [name for name, total in totals.items() if total == best]
    figure = _quantity(values, best) + ("" if values.y else " ligne" if best == 1 else " lignes")
    subjects = "" if values.y is None else f" pour {_lowered(subject(values))}"
    where = "la plus petite valeur" if smallest else "la plus grande"
    if len(ties) > 1:
        count = french.number(len(ties))
        if len(ties) == len(totals) and not values.hidden:
            return f"« {_short(values.x.label)} » : partout {figure}{subjects}"
        if values.hidden and len(ties) == len(totals):
            return f"« {_short(values.x.label)} » : au moins {count} à égalité, avec {figure}{subjects}"
        return f"« {_short(values.x.label)} » : {count} à égalité pour {where}, avec {figure}{subjects}"
    name = _name(values.shown(ties[0]))
    share = _share(values, totals, best)
    verb = "ferme la marche" if smallest else "arrive en tête"
    return f"{name} {verb}{subjects}, avec {figure}{share}"


def _share(values: Values, totals: dict[Any, float], best: float) -> str:
    """What the leader is of the whole, where the whole is known and has a meaning."""
    if values.choice.aggregate not in {"count", "sum"} or values.hidden or values.unseen or min(totals.values()) < 0:
        return ""
    whole = sum(totals.values())
    if whole <= 0 or best == whole or values.unit == "%":
        return ""
    return f", soit {_percent(best, whole)} de l’ensemble"


def _percent(part: float, whole: float) -> str:
    """A share, never rounded to nothing or to everything."""
    share = 100 * part / whole
    if 0 < share < 0.1 or 99.9 < share < 100:
        return f"{'moins' if share < 50 else 'plus'} de {french.quantity(0.1 if share < 50 else 99.9, '%', 1)}"
    return french.quantity(share, "%", 0 if 1 <= share <= 99 or share == 100 else 1)


def _widest(values: Values) -> str:
    low = min(values.marks, key=lambda mark: mark.value)
    high = max(values.marks, key=lambda mark: mark.value)
    if low.value == high.value:
        return f"{subject(values)} est partout de {_quantity(values, low.value)}"
    first, last = french.pair(low.value, high.value, values.unit)
    among = ", parmi les catégories dessinées," if values.hidden or values.unseen else ""
    return f"{subject(values)}{among} va de {first} ({_spot(values, low)}) à {last} ({_spot(values, high)})"


def _course(values: Values) -> str:
    """From the first to the last step of the axis; with several lines, the one that changed most."""
    lines = {name: [mark for mark in values.marks if mark.series == name] for name in values.series or ("",)}
    runs = {name: marks for name, marks in lines.items() if len(marks) > 1}
    if not runs:
        return _comparison(values) if len(values.marks) == 1 else _widest(values)
    name = max(runs, key=lambda one: abs(runs[one][-1].value - runs[one][0].value))
    first, last = runs[name][0], runs[name][-1]
    about = subject(values) + (f" pour « {_short(name)} »" if values.colour else "")
    if first.value == last.value:
        return f"{about} est de {_quantity(values, first.value)} {_at(values, first)} comme {_at(values, last)}"
    start, end = french.pair(first.value, last.value, values.unit)
    told = f"{about} passe de {start} {_at(values, first)} à {end} {_at(values, last)}"
    if len(runs) > 1:
        return told + (", le plus grand changement" if not values.unseen else ", le plus grand changement de celles dessinées")
    peak = max(runs[name], key=lambda mark: mark.value)
    if peak.value > max(first.value, last.value):
        told += f", après un sommet de {_quantity(values, peak.value)} {_at(values, peak)}"
    return told


def _spread(values: Values) -> str:
    """Where the fullest step is, and how much of the whole it holds."""
    whole = sum(mark.value for mark in values.marks)
    best = max(values.marks, key=lambda mark: mark.value)
    label = _short(values.x.label)
    ties = sum(mark.value == best.value for mark in values.marks)
    if len(values.marks) == 1:
        return f"« {label} » : toutes les lignes sont {_within(values, best)}"
    if ties > 1:
        return f"« {label} » : {french.number(ties)} tranches à égalité comptent le plus de lignes ({_quantity(values, best.value)} chacune)"
    return f"« {label} » : c’est {_within(values, best)} que se trouvent le plus de lignes ({_percent(best.value, whole)})"


def _together(values: Values) -> str:
    """How often, of two rows, the one with more of `x` has more of `y` too: Kendall's idea, in words of every day."""
    assert values.y is not None
    x, y = _short(values.x.label), _short(values.y.label)
    agree, differ = concordance(values.marks)
    if agree + differ == 0:
        return f"« {y} » selon « {x} »"
    share = agree / (agree + differ)
    tenths = round(10 * share)
    if share >= 2 / 3:
        return f"Plus « {x} » est grand, plus « {y} » l’est aussi : {_tenths(tenths)} quand on compare deux lignes"
    if share <= 1 / 3:
        return f"Plus « {x} » est grand, plus « {y} » est petit : {_tenths(10 - tenths)} quand on compare deux lignes"
    return f"« {y} » ne dépend pas simplement de « {x} »"


def _tenths(count: int) -> str:
    return "presque toujours" if count >= 10 else f"environ {count} fois sur 10"


def concordance(marks: Sequence[Mark]) -> tuple[float, float]:
    """Pairs of rows that both measures rank alike, and the other way round. Ties count for neither."""
    x = numpy.array([_number(mark.x) for mark in marks])
    y = numpy.array([mark.value for mark in marks])
    rows = numpy.array([mark.rows for mark in marks], dtype=float)
    agree = differ = 0.0
    for at in range(len(marks) - 1):  # one row of the square at a time: memory stays small
        sign = numpy.sign(x[at + 1 :] - x[at]) * numpy.sign(y[at + 1 :] - y[at])
        pairs = rows[at + 1 :] * rows[at]
        agree += float(pairs[sign > 0].sum())
        differ += float(pairs[sign < 0].sum())
    return agree, differ


def _number(value: Any) -> float:
    return float(value.toordinal()) if isinstance(value, date) else finite(value) or 0.0


# ----- Pieces -----


def _quantity(values: Values, value: float) -> str:
    return french.quantity(value, values.unit)


def _one(values: Values, totals: dict[Any, float], value: float) -> str:
    names = [name for name, total in totals.items() if total == value]
    return _short(values.shown(names[0])) if len(names) == 1 else f"{french.number(len(names))} à égalité"


def _spot(values: Values, mark: Mark) -> str:
    return f"{_short(values.shown(mark.x))}, {_short(mark.series)}" if values.colour else _short(values.shown(mark.x))


def _at(values: Values, mark: Mark) -> str:
    """A moment or a step, with its preposition."""
    words = values.shown(mark.x)
    if isinstance(mark.x, date):
        return f"en {words}" if values.bucket in {"year", "month"} else f"le {words}"
    if values.x.type == "year" and not values.bucket:
        return f"en {words}"
    return f"({words})"


def _within(values: Values, mark: Mark) -> str:
    words = values.shown(mark.x)
    if isinstance(mark.x, date):
        return f"en {words}"
    return words.replace("de ", "entre ", 1).replace(" à ", " et ", 1) if words.startswith("de ") else f"à {words}"


def _axes(values: Values) -> str:
    x = f"« {values.x.label} »"
    if values.choice.shape == "points":
        return f"{x} en largeur et « {values.measure} » en hauteur"
    colour = f", une couleur par « {values.colour.label} »" if values.colour else ""
    return f"{values.measure.lower() if values.y is None else f'« {values.measure} »'} selon {x}{colour}"


def _told(values: Values, marks: Sequence[Mark]) -> str:
    if len(marks) <= TOLD:
        return (
            "; ".join(f"{values.shown(mark.x)} : {_quantity(values, mark.value)}" for mark in marks).replace("; ", " ; ") + "."
        )
    low = min(marks, key=lambda mark: mark.value)
    high = max(marks, key=lambda mark: mark.value)
    first, last = marks[0], marks[-1]
    ends = f"la première {values.shown(first.x)} ({_quantity(values, first.value)}), la dernière {values.shown(last.x)} ({_quantity(values, last.value)})"
    return (
        f"{french.number(len(marks))} valeurs, {ends}. La plus petite : {_quantity(values, low.value)}, pour {values.shown(low.x)} ; "
        f"la plus grande : {_quantity(values, high.value)}, pour {values.shown(high.x)}."
    )


def _one_series(values: Values, name: str) -> str:
    return f"{name} : " + _told(values, [mark for mark in values.marks if mark.series == name])


def _dots(values: Values) -> str:
    assert values.y is not None
    heights = sorted(mark.value for mark in values.marks)
    places = sorted((mark.x for mark in values.marks), key=_number)
    low, high = french.pair(heights[0], heights[-1], values.unit)
    count = french.number(sum(mark.rows for mark in values.marks))
    return (
        f"{count} lignes. En largeur, de {place(places[0], values.x)} à {place(places[-1], values.x)} ; "
        f"en hauteur, de {low} à {high}."
    )


def _gathered(values: Values) -> str:
    rows = french.number(sum(mark.rows for mark in values.marks))
    if values.ystep:
        return (
            f"{rows} lignes sont trop nombreuses pour être dessinées une à une : "
            "les voisines sont regroupées, et la taille du point dit combien."
        )
    return "Les lignes qui ont les mêmes valeurs forment un seul point, dont la taille dit combien elles sont."


def _many(count: int, one: str, several: str) -> str:
    return f"{french.number(count)} {one if count == 1 else several}"


def _name(text: str) -> str:
    """A place of the axis at the head of a sentence: between quotation marks unless it is a name by itself."""
    short = _short(text)
    return short if short[:1].isupper() and len(short) > 2 else f"« {short} »"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
