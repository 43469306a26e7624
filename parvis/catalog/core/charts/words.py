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
from parvis.catalog.core.charts.values import Mark, Values, finite, place, span
from parvis.catalog.core.speech import marked, phrase, phrases

TOLD: Final = 12
LONGEST: Final = 60
MEASURES: Final = {
    "sum": marked("Le total de « {y} »"),
    "mean": marked("La moyenne de « {y} »"),
    "median": marked("La médiane de « {y} »"),
    "min": marked("Le minimum de « {y} »"),
    "max": marked("Le maximum de « {y} »"),
}


WITH_VALUE: Final = marked("« {column} » {operator} « {value} »")
WITHOUT: Final = marked("« {column} » {operator}")


def finding(values: Values) -> str:
    """One true sentence: what a reader would say after looking at the picture."""
    return french.typeset(_found(values))


def _found(values: Values) -> str:
    if not values.marks:
        return phrase("« {label} » : rien à montrer", label=_short(values.x.label))
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
        return french.typeset(phrase("{subject}, par territoire", subject=subject(values)))
    low, high = min(mark.value for mark in shown), max(mark.value for mark in shown)
    if low == high:
        return french.typeset(_everywhere(values, low))
    totals: dict[Any, float] = {}
    for mark in shown:
        totals[mark.x if mark.x not in totals else (mark.x, len(totals))] = mark.value

    def named(value: float) -> str:
        names = [name for name, total in totals.items() if total == value]
        first = names[0] if isinstance(names[0], str) else names[0][0]
        return _short(str(first)) if len(names) == 1 else _tied(len(names))

    first, last = french.pair(low, high, values.unit)
    return french.typeset(_ranges(values, first, named(low), last, named(high)))


def described(values: Values) -> str:
    """The text alternative: the shape, what it shows, its values when they are few, its extremes when they are many."""
    if not values.marks:
        return phrase("Aucune valeur à dessiner.")
    parts = [phrase("{shape} : {axes}.", shape=phrase(SHAPES[values.choice.shape].label), axes=_axes(values))]
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
        said.append(_chosen(values, french.number(shown), french.number(shown + values.hidden)))
    if values.unseen:
        label = _short(values.colour.label) if values.colour else ""
        said.append(
            phrases(
                "Seules les {n} valeurs les plus fréquentes de « {label} » sont dessinées ; {others} autre ne l’est pas.",
                "Seules les {n} valeurs les plus fréquentes de « {label} » sont dessinées ; {others} autres ne le sont pas.",
                values.unseen,
                n=len(values.series),
                label=label,
                others=french.number(values.unseen),
            )
        )
    if values.unfilled:
        said.append(
            phrases(
                "{n} ligne n’est pas comptée, faute d’une valeur à montrer.",
                "{n} lignes ne sont pas comptées, faute d’une valeur à montrer.",
                values.unfilled,
                n=french.number(values.unfilled),
            )
        )
    if values.bucket in {"year", "month"} and not values.choice.bucket:
        by_year = values.bucket == "year"
        said.append(
            phrase("Les dates sont regroupées par année.") if by_year else phrase("Les dates sont regroupées par mois.")
        )
    return tuple(french.typeset(one) for one in said)


def _chosen(values: Values, shown: str, whole: str) -> str:
    """Which categories are drawn, of how many."""
    counts = {"shown": shown, "whole": whole}
    if values.ordered:
        return phrase("{shown} catégories sont dessinées (les premières) sur {whole}.", **counts)
    if values.choice.sort == "x":
        return phrase("{shown} catégories sont dessinées (les premières par ordre alphabétique) sur {whole}.", **counts)
    if values.choice.sort == "value":
        return phrase("{shown} catégories sont dessinées (les plus petites) sur {whole}.", **counts)
    return phrase("{shown} catégories sont dessinées (les plus grandes) sur {whole}.", **counts)


def filtered(choice: Choice, fields: Sequence[Field], operators: dict[str, str]) -> str:
    """The filters, in words: `Champ est égal à « Locaux »`. `operators`: their names in the language of people."""
    labels = {field.name: field.label for field in fields}
    said = [
        phrase(
            WITH_VALUE if one.value else WITHOUT,
            column=_short(labels.get(one.column, one.column)),
            operator=operators.get(one.operator, one.operator),
            value=_short(one.value),
        )
        for one in choice.filters
    ]
    return french.listed(said)


# ----- The finding of each shape -----


def subject(values: Values) -> str:
    if values.y is None:
        return phrase("Le nombre de lignes")
    if values.plain:
        return phrase("« {label} »", label=_short(values.y.label))
    return phrase(MEASURES[values.choice.aggregate], y=_short(values.y.label))


def _comparison(values: Values) -> str:
    totals = _totals(values)
    if totals is None:
        return _widest(values)
    order = sorted(totals, key=lambda name: totals[name])
    if len(order) == 1:
        return phrase(
            "{subject} est de {value} pour {name}",
            subject=subject(values),
            value=_quantity(values, totals[order[0]]),
            name=values.shown(order[0]),
        )
    low, high = totals[order[0]], totals[order[-1]]
    if values.hidden or values.choice.aggregate in {"count", "sum"}:
        return _leader(values, totals)
    if low == high:
        return _everywhere(values, low)
    first, last = french.pair(low, high, values.unit)
    return _ranges(values, first, _one(values, totals, low), last, _one(values, totals, high))


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
        return phrase("{subject}, par « {label} »", subject=subject(values), label=_short(values.x.label))
    best = min(totals.values()) if smallest else max(totals.values())
    ties = [name for name, total in totals.items() if total == best]
    figure = _quantity(values, best) if values.y else phrases("{n} ligne", "{n} lignes", int(best), n=_quantity(values, best))
    subjects = "" if values.y is None else " " + phrase("pour {subject}", subject=_lowered(subject(values)))
    if len(ties) > 1:
        return _equals(values, len(ties), len(totals), figure + subjects)
    said = {"name": _name(values.shown(ties[0])), "subjects": subjects, "figure": figure, "share": _share(values, totals, best)}
    if smallest:
        return phrase("{name} ferme la marche{subjects}, avec {figure}{share}", **said)
    return phrase("{name} arrive en tête{subjects}, avec {figure}{share}", **said)


def _equals(values: Values, ties: int, drawn: int, figure: str) -> str:
    said = {"label": _short(values.x.label), "n": french.number(ties), "figure": figure}
    if ties == drawn and not values.hidden:
        return phrase("« {label} » : partout {figure}", **said)
    if ties == drawn:
        return phrase("« {label} » : au moins {n} à égalité, avec {figure}", **said)
    if values.choice.sort == "value":
        return phrase("« {label} » : {n} à égalité pour la plus petite valeur, avec {figure}", **said)
    return phrase("« {label} » : {n} à égalité pour la plus grande, avec {figure}", **said)


def _share(values: Values, totals: dict[Any, float], best: float) -> str:
    """What the leader is of the whole, where the whole is known and has a meaning."""
    if values.choice.aggregate not in {"count", "sum"} or values.hidden or values.unseen or min(totals.values()) < 0:
        return ""
    whole = sum(totals.values())
    if whole <= 0 or best == whole or values.unit == "%":
        return ""
    return phrase(", soit {share} de l’ensemble", share=_percent(best, whole))


def _percent(part: float, whole: float) -> str:
    """A share, never rounded to nothing or to everything."""
    share = 100 * part / whole
    if 0 < share < 0.1 or 99.9 < share < 100:
        bound = french.quantity(0.1 if share < 50 else 99.9, "%", 1)
        return phrase("moins de {share}", share=bound) if share < 50 else phrase("plus de {share}", share=bound)
    return french.quantity(share, "%", 0 if 1 <= share <= 99 or share == 100 else 1)


def _widest(values: Values) -> str:
    low = min(values.marks, key=lambda mark: mark.value)
    high = max(values.marks, key=lambda mark: mark.value)
    if low.value == high.value:
        return _everywhere(values, low.value)
    first, last = french.pair(low.value, high.value, values.unit)
    among = values.hidden or values.unseen
    return _ranges(values, first, _spot(values, low), last, _spot(values, high), among=bool(among))


def _everywhere(values: Values, value: float) -> str:
    return phrase("{subject} est partout de {value}", subject=subject(values), value=_quantity(values, value))


def _ranges(values: Values, first: str, low: str, last: str, high: str, *, among: bool = False) -> str:
    """From the smallest, with its place, to the greatest."""
    sentence = "{subject} va de {first} ({low}) à {last} ({high})"
    if among:
        sentence = "{subject}, parmi les catégories dessinées, va de {first} ({low}) à {last} ({high})"
    return phrase(sentence, subject=subject(values), first=first, low=low, last=last, high=high)


RANGES: Final = (
    marked("{subject} va de {first} ({low}) à {last} ({high})"),
    marked("{subject}, parmi les catégories dessinées, va de {first} ({low}) à {last} ({high})"),
    WITH_VALUE,
    WITHOUT,
)


def _tied(count: int) -> str:
    return phrase("{n} à égalité", n=french.number(count))


def _course(values: Values) -> str:
    """From the first to the last step of the axis; with several lines, the one that changed most."""
    lines = {name: [mark for mark in values.marks if mark.series == name] for name in values.series or ("",)}
    runs = {name: marks for name, marks in lines.items() if len(marks) > 1}
    if not runs:
        return _comparison(values) if len(values.marks) == 1 else _widest(values)
    name = max(runs, key=lambda one: abs(runs[one][-1].value - runs[one][0].value))
    first, last = runs[name][0], runs[name][-1]
    about = subject(values)
    if values.colour:
        about = phrase("{subject} pour « {name} »", subject=about, name=_short(name))
    if first.value == last.value:
        return phrase(
            "{subject} est de {value} {first} comme {last}",
            subject=about,
            value=_quantity(values, first.value),
            first=_at(values, first),
            last=_at(values, last),
        )
    start, end = french.pair(first.value, last.value, values.unit)
    steps = {"start": start, "first": _at(values, first), "end": end, "last": _at(values, last)}
    told = phrase("{subject} passe de {start} {first} à {end} {last}", subject=about, **steps)
    if len(runs) > 1:
        return told + (
            phrase(", le plus grand changement de celles dessinées") if values.unseen else phrase(", le plus grand changement")
        )
    peak = max(runs[name], key=lambda mark: mark.value)
    if peak.value > max(first.value, last.value):
        told += phrase(", après un sommet de {value} {when}", value=_quantity(values, peak.value), when=_at(values, peak))
    return told


def _spread(values: Values) -> str:
    """Where the fullest step is, and how much of the whole it holds."""
    whole = sum(mark.value for mark in values.marks)
    best = max(values.marks, key=lambda mark: mark.value)
    label = _short(values.x.label)
    ties = sum(mark.value == best.value for mark in values.marks)
    if len(values.marks) == 1:
        return phrase("« {label} » : toutes les lignes sont {where}", label=label, where=_within(values, best))
    if ties > 1:
        return phrase(
            "« {label} » : {n} tranches à égalité comptent le plus de lignes ({rows} chacune)",
            label=label,
            n=french.number(ties),
            rows=_quantity(values, best.value),
        )
    return phrase(
        "« {label} » : c’est {where} que se trouvent le plus de lignes ({share})",
        label=label,
        where=_within(values, best),
        share=_percent(best.value, whole),
    )


def _together(values: Values) -> str:
    """How often, of two rows, the one with more of `x` has more of `y` too: Kendall's idea, in words of every day."""
    assert values.y is not None
    x, y = _short(values.x.label), _short(values.y.label)
    agree, differ = concordance(values.marks)
    if agree + differ == 0:
        return phrase("« {y} » selon « {x} »", x=x, y=y)
    share = agree / (agree + differ)
    tenths = round(10 * share)
    if share >= 2 / 3:
        return phrase(
            "Plus « {x} » est grand, plus « {y} » l’est aussi : {often} quand on compare deux lignes",
            x=x,
            y=y,
            often=_tenths(tenths),
        )
    if share <= 1 / 3:
        return phrase(
            "Plus « {x} » est grand, plus « {y} » est petit : {often} quand on compare deux lignes",
            x=x,
            y=y,
            often=_tenths(10 - tenths),
        )
    return phrase("« {y} » ne dépend pas simplement de « {x} »", x=x, y=y)


def _tenths(count: int) -> str:
    return phrase("presque toujours") if count >= 10 else phrase("environ {n} fois sur 10", n=count)


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
    return _short(values.shown(names[0])) if len(names) == 1 else _tied(len(names))


def _spot(values: Values, mark: Mark) -> str:
    return f"{_short(values.shown(mark.x))}, {_short(mark.series)}" if values.colour else _short(values.shown(mark.x))


def _at(values: Values, mark: Mark) -> str:
    """A moment or a step, with its preposition."""
    words = values.shown(mark.x)
    if isinstance(mark.x, date):
        return phrase("en {when}", when=words) if values.bucket in {"year", "month"} else phrase("le {when}", when=words)
    if values.x.type == "year" and not values.bucket:
        return phrase("en {when}", when=words)
    return f"({words})"


def _within(values: Values, mark: Mark) -> str:
    words = values.shown(mark.x)
    if isinstance(mark.x, date):
        return phrase("en {when}", when=words)
    ends = span(mark.x, values.x, values.bucket)
    return phrase("entre {low} et {high}", low=ends[0], high=ends[1]) if ends else phrase("à {value}", value=words)


def _axes(values: Values) -> str:
    x, measure = phrase("« {label} »", label=values.x.label), values.measure
    if values.choice.shape == "points":
        return phrase("{x} en largeur et {y} en hauteur", x=x, y=phrase("« {label} »", label=measure))
    y = _lowered(measure) if values.y is None else phrase("« {label} »", label=measure)
    said = phrase("{y} selon {x}", y=y, x=x)
    return said + (phrase(", une couleur par « {label} »", label=values.colour.label) if values.colour else "")


def _told(values: Values, marks: Sequence[Mark]) -> str:
    def pair(mark: Mark) -> str:
        return phrase("{name} : {value}", name=values.shown(mark.x), value=_quantity(values, mark.value))

    if len(marks) <= TOLD:
        return " ; ".join(map(pair, marks)) + "."
    low = min(marks, key=lambda mark: mark.value)
    high = max(marks, key=lambda mark: mark.value)
    first, last = marks[0], marks[-1]
    return phrase(
        "{n} valeurs, la première {first} ({start}), la dernière {last} ({end}). La plus petite : {low}, pour {lowest} ; "
        "la plus grande : {high}, pour {highest}.",
        n=french.number(len(marks)),
        first=values.shown(first.x),
        start=_quantity(values, first.value),
        last=values.shown(last.x),
        end=_quantity(values, last.value),
        low=_quantity(values, low.value),
        lowest=values.shown(low.x),
        high=_quantity(values, high.value),
        highest=values.shown(high.x),
    )


def _one_series(values: Values, name: str) -> str:
    said = _told(values, [mark for mark in values.marks if mark.series == name])
    return phrase("{name} : {value}", name=name, value=said)


def _dots(values: Values) -> str:
    assert values.y is not None
    heights = sorted(mark.value for mark in values.marks)
    places = sorted((mark.x for mark in values.marks), key=_number)
    low, high = french.pair(heights[0], heights[-1], values.unit)
    count = french.number(sum(mark.rows for mark in values.marks))
    ends = {"left": place(places[0], values.x), "right": place(places[-1], values.x), "low": low, "high": high}
    return phrase("{n} lignes. En largeur, de {left} à {right} ; en hauteur, de {low} à {high}.", n=count, **ends)


def _gathered(values: Values) -> str:
    rows = french.number(sum(mark.rows for mark in values.marks))
    if values.ystep:
        return phrase(
            "{n} lignes sont trop nombreuses pour être dessinées une à une : "
            "les voisines sont regroupées, et la taille du point dit combien.",
            n=rows,
        )
    return phrase("Les lignes qui ont les mêmes valeurs forment un seul point, dont la taille dit combien elles sont.")


def _name(text: str) -> str:
    """A place of the axis at the head of a sentence: between quotation marks unless it is a name by itself."""
    short = _short(text)
    return short if short[:1].isupper() and len(short) > 2 else phrase("« {label} »", label=short)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
