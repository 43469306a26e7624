"""Maps of data: values by territory, or places by their coordinates, as pictures with everything that is said around them.

What is drawn does not depend on the reader's language, as charts do not: a picture is kept and shared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parvis.catalog.core.charts import french
from parvis.catalog.core.maps import classes as breaks
from parvis.catalog.core.maps import picture as pictures
from parvis.catalog.core.maps.classes import Classification
from parvis.catalog.core.maps.picture import GROUND, MISSING, Dot, Picture, Row, Shape
from parvis.catalog.core.speech import marked, phrase, phrases
from parvis.territories import areas as territories
from parvis.territories.areas import Area, Areas
from parvis.territories.core import topology

FINE, PLAIN, SMALL = 1600, 640, 260
"""Steps across a picture: the contours are drawn no finer."""
MOST_DOTS = 3_000
NEAR = 3
"""With values in so few départements, the map stops at them."""
NAMES = {
    "commune": (marked("commune"), marked("communes")),
    "epci": (marked("intercommunalité"), marked("intercommunalités")),
    "departement": (marked("département"), marked("départements")),
}
FEMININE = {"commune", "epci"}
WITHOUT = marked("Les contours officiels ne sont pas chargés : les départements sont dessinés de façon simplifiée.")


@dataclass(frozen=True, slots=True)
class DrawnClass:
    """`low` and `high` as the legend says them in `text` (`high` excluded, but in the last class); `count` shapes have it."""

    low: float
    high: float
    count: int
    text: str
    colour_light: str
    colour_dark: str


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map and what it says. `level` is that drawn, which is not that asked where contours lack.

    `missing`: territories drawn without a value, by name. `unknown`: codes that name no territory. `merged`: old code → commune
    that received it. `outside`: how many values (or places) lie out of the map. `places`: the class of each code drawn."""

    level: str
    picture: Picture
    title: str
    alternative: str
    classes: tuple[DrawnClass, ...]
    method: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str
    note: str
    merged: Mapping[str, str] = field(default_factory=dict)
    outside: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, int | None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def svg_light(self) -> bytes:
        return pictures.svg(self.picture, "light")

    @property
    def svg_dark(self) -> bytes:
        return pictures.svg(self.picture, "dark")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures, in pixels."""
        return pictures.size(self.svg_light)


def lighter(drawn: DrawnMap, *, bare: bool = False) -> Picture:
    """The picture for a page: as fine as its pixels, and its shapes say nothing (an image is silent, the page has the table and the
    text alternative). `bare`: smaller still, without title nor legend."""
    picture = drawn.picture
    if drawn.places:
        ground = territories.areas(drawn.level)
        shown = [area for area in ground.drawn if area.code in drawn.places]
        scale = _scale(shown, SMALL if bare else PLAIN)
        paths = ground.paths(scale)
        shapes = tuple(Shape(paths[code], "", shape.place) for code, shape in zip(drawn.places, picture.shapes, strict=True))
        picture = replace(picture, shapes=shapes, box=_box(shown, scale))
    return replace(picture, title="", heading="", rows=(), footer=()) if bare else picture


# ----- Values by territory -----


@dataclass(frozen=True, slots=True)
class Matched:
    """Values by code of today. `clashes`: communes whose former communes disagree, and nothing says how to put them together."""

    values: Mapping[str, float]
    unknown: tuple[str, ...]
    merged: Mapping[str, str]
    clashes: tuple[str, ...]
    outside: int


def choropleth(level: str, values: Mapping[str, float | None], *, title: str, label: str, additive: bool = False) -> DrawnMap:
    """The map of `values`, by code. `additive`: they are counts, or sums: those of former communes, and where no contour of
    the level is loaded those of a département, may be added. They are never averaged."""
    asked = territories.areas(level)
    matched = match(asked, values, additive=additive)
    if asked.drawn:
        return _coloured(asked, matched, title=title, label=label, notes=[])
    departements = territories.areas("departement")
    lacking = phrase(
        "La carte des {several} a besoin de leurs contours, qui ne sont pas chargés sur ce site : "
        "elle s’arrête aux départements, dessinés de façon simplifiée.",
        several=_names(level)[1],
    )
    if additive:
        sums = _summed(asked, matched.values)
        told = phrase("La valeur d’un département est le total de ses {several} connues.", several=_names(level)[1])
        return _coloured(departements, Matched(sums, matched.unknown, matched.merged, matched.clashes, matched.outside),
                         title=title, label=label, notes=[lacking, told])  # fmt: skip
    told = phrase(
        "Les valeurs des {several} ne peuvent pas être additionnées : elles sont dans le tableau, et le fond n’est pas coloré.",
        several=_names(level)[1],
    )
    return _background(departements, asked, matched, title=title, label=label, notes=[lacking, told])


def match(asked: Areas, values: Mapping[str, float | None], *, additive: bool) -> Matched:
    """Values under the codes of today; what is missing is left out, and never becomes zero."""
    known = {area.code for area in asked.areas}
    found: dict[str, list[float]] = {}
    merged: dict[str, str] = {}
    strangers: list[str] = []
    heirs = territories.heirs() if asked.level == "commune" else {}
    own = {code for code, value in values.items() if code in known and value is not None and breaks.measured(value)}
    for given, value in values.items():
        code = given if given in known else heirs.get(given, given)
        if code in known and code != given:
            merged[given] = code
        if value is None or not breaks.measured(value):
            continue
        if code not in known:
            strangers.append(given)
        elif code == given or additive or code not in own:
            found.setdefault(code, []).append(float(value))
    clashes = tuple(code for code, several in found.items() if not additive and len(set(several)) > 1)
    kept = {code: math.fsum(several) if additive else several[0] for code, several in found.items() if code not in clashes}
    elsewhere = territories.existing(asked.level, strangers)
    unknown = tuple(sorted(code for code in strangers if code not in elsewhere))
    return Matched(kept, unknown, merged, clashes, len(elsewhere))


def _summed(asked: Areas, values: Mapping[str, float]) -> dict[str, float]:
    sums: dict[str, list[float]] = {}
    for area in asked.areas:
        if area.code in values:
            sums.setdefault(area.departement, []).append(values[area.code])
    return {code: math.fsum(several) for code, several in sums.items()}


def _coloured(areas: Areas, matched: Matched, *, title: str, label: str, notes: list[str]) -> DrawnMap:
    shown, cut = _near(areas, matched.values)
    found = breaks.classify([matched.values.get(area.code) for area in shown])
    places = {area.code: found.place(matched.values.get(area.code)) for area in shown}
    counts = Counter(place for place in places.values() if place is not None)
    missing = tuple(area.name for area in shown if places[area.code] is None)
    legend = _legend(found, counts)
    told = [*notes, *_left_out(areas, matched, shown, cut)]
    if areas.outlined and not notes:
        told.insert(0, phrase(WITHOUT))
    alternative = described(areas.level, label, shown, matched.values, found, len(missing))
    title = title or finding(label, shown, matched.values)
    rows = [
        Row(phrase("{name} : {value}", name=one.text, value=_many(areas.level, one.count)), place)
        for place, one in enumerate(legend)
    ]
    if missing:
        rows.append(Row(phrase("valeur manquante : {n}", n=_many(areas.level, len(missing))), MISSING))
    scale = _scale(shown)
    paths = areas.paths(scale)
    shapes = tuple(
        Shape(paths[area.code], _said(area, matched.values), MISSING if places[area.code] is None else places[area.code] or 0)
        for area in shown
    )
    drawing = Picture(
        title, alternative, label, shapes, _box(shown, scale), len(legend), tuple(rows), (*told, phrase("Fond de carte : {source}.", source=areas.source)),
    )  # fmt: skip
    return DrawnMap(
        areas.level,
        drawing,
        title,
        alternative,
        legend,
        found.sentence,
        missing,
        matched.unknown,
        areas.source,
        " ".join(told),
        matched.merged,
        matched.outside,
        {area.code: matched.values[area.code] for area in shown if area.code in matched.values},
        places,
        {area.code: area.name for area in shown},
    )


def _background(ground: Areas, asked: Areas, matched: Matched, *, title: str, label: str, notes: list[str]) -> DrawnMap:
    """Départements without colour: the values have no shape here, and inventing one for them would be a lie."""
    found = breaks.classify(list(matched.values.values()))
    missing = tuple(area.name for area in asked.areas if area.code not in matched.values)
    alternative = described(asked.level, label, asked.areas, matched.values, found, len(missing))
    title = title or finding(label, asked.areas, matched.values)
    told = [*notes, *_left_out(asked, matched, asked.areas, False)]
    scale = _scale(ground.drawn)
    paths = ground.paths(scale)
    shapes = tuple(Shape(paths[area.code], area.name, GROUND) for area in ground.drawn)
    rows = (Row(phrase("{n} avec une valeur, dans le tableau", n=_many(asked.level, len(matched.values)))),)
    footer = (*told, phrase("Fond de carte : {source}.", source=ground.source))
    drawing = Picture(title, alternative, label, shapes, _box(ground.drawn, scale), 0, rows, footer)
    return DrawnMap(
        ground.level, drawing, title, alternative, (), found.sentence,
        missing, matched.unknown, ground.source, " ".join(told), matched.merged, matched.outside, dict(matched.values), {},
        {area.code: area.name for area in asked.areas},
    )  # fmt: skip


def _near(areas: Areas, values: Mapping[str, float]) -> tuple[tuple[Area, ...], bool]:
    """Everything that has a shape; only the départements with values where they are few, since the rest would be hatched."""
    drawn = areas.drawn
    if areas.level == "departement":
        return drawn, False
    there = {area.departement for area in drawn if area.code in values}
    everywhere = {area.departement for area in drawn}
    if not there or len(there) > NEAR or there == everywhere:
        return drawn, False
    return tuple(area for area in drawn if area.departement in there), True


def _legend(found: Classification, counts: Mapping[int, int]) -> tuple[DrawnClass, ...]:
    light, dark = (pictures.colours(len(found.classes), theme) for theme in ("light", "dark"))
    return tuple(
        DrawnClass(one.low, one.high, counts.get(place, 0), breaks.bounds(one), light[place], dark[place])
        for place, one in enumerate(found.classes)
    )


def _left_out(areas: Areas, matched: Matched, shown: Sequence[Area], cut: bool) -> list[str]:
    """What the map does not show, in sentences."""
    several, told = _names(areas.level)[1], []
    if cut:
        told.append(phrase("La carte s’arrête aux départements où il y a des valeurs."))
    shapeless = [area for area in areas.areas if not area.path and area.code in matched.values] if areas.drawn else []
    if shapeless:
        told.append(phrase("{n} avec une valeur, sans contour : voir le tableau.", n=_many(areas.level, len(shapeless))))
    if matched.merged:
        told.append(
            phrases(
                "{n} code d’une ancienne commune est rattaché à la commune d’aujourd’hui.",
                "{n} codes d’anciennes communes sont rattachés à la commune d’aujourd’hui.",
                len(matched.merged),
                n=french.number(len(matched.merged)),
            )
        )
    if matched.clashes:
        told.append(
            phrase(
                "{n} : les anciennes communes n’ont pas la même valeur, et rien ne dit comment les réunir.",
                n=_many("commune", len(matched.clashes)),
            )
        )
    if matched.outside:
        told.append(phrase("{n} hors de la région, sans dessin ici.", n=_many(areas.level, matched.outside)))
    if matched.unknown:
        told.append(
            phrases(
                "{n} code inconnu parmi les {several}.",
                "{n} codes inconnus parmi les {several}.",
                len(matched.unknown),
                n=french.number(len(matched.unknown)),
                several=several,
            )
        )
    return told


def described(
    level: str, label: str, shown: Sequence[Area], values: Mapping[str, float], found: Classification, missing: int
) -> str:
    """What the map says, for those who do not see it: extremes and where, how many in each class, how many are missing."""
    filled = [area for area in shown if area.code in values]
    head = phrase("Carte par {level} : « {label} ».", level=_names(level)[0], label=label)
    if not filled:
        return f"{head} " + phrase("Aucune valeur n’est connue : {n} sans valeur.", n=_many(level, missing))
    low, high = min(values[area.code] for area in filled), max(values[area.code] for area in filled)
    parts = [head]
    if low == high:
        parts.append(phrase("Partout la même valeur : {value}.", value=figure(low)))
    else:
        parts.append(
            phrase(
                "La plus petite valeur est {low} ({lowest}), la plus grande {high} ({highest}).",
                low=figure(low),
                lowest=_where(filled, values, low),
                high=figure(high),
                highest=_where(filled, values, high),
            )
        )
    counts = Counter(found.place(values[area.code]) for area in filled)
    each = [f"{breaks.bounds(one)}, {_many(level, counts[place])}" for place, one in enumerate(found.classes)]
    parts.append(phrase("Par classe : {each}.", each=" ; ".join(each)))
    parts.append(phrase("Valeur manquante : {n}.", n=_many(level, missing)) if missing else phrase("Aucune valeur ne manque."))
    return " ".join(parts)


def finding(label: str, shown: Sequence[Area], values: Mapping[str, float]) -> str:
    """What a reader would say after looking at the map, for those that were given no title."""
    filled = [area for area in shown if area.code in values]
    if not filled:
        return phrase("{label} : rien à montrer", label=label)
    low, high = min(values[area.code] for area in filled), max(values[area.code] for area in filled)
    if low == high:
        return phrase("{label} : partout {value}", label=label, value=figure(low))
    ends = {
        "low": figure(low),
        "lowest": _where(filled, values, low),
        "high": figure(high),
        "highest": _where(filled, values, high),
    }
    return phrase("{label} : de {low} ({lowest}) à {high} ({highest})", label=label, **ends)


def figure(value: float) -> str:
    """A value as people read it: six figures say enough, and never move it to another class that a bound of fewer would part."""
    return breaks.exact(float(f"{value:.6g}") if abs(value) < 1e6 else round(value))


def _where(filled: Iterable[Area], values: Mapping[str, float], value: float) -> str:
    names = [area.name for area in filled if values[area.code] == value]
    return french.listed(names) if len(names) <= 2 else phrase("{name} et {n} autres", name=names[0], n=len(names) - 1)


def _many(level: str, count: int) -> str:
    one, several = _names(level)
    if count == 0:
        return phrase("aucune {one}", one=one) if level in FEMININE else phrase("aucun {one}", one=one)
    return f"{french.number(count)} {one if count == 1 else several}"


def _names(level: str) -> tuple[str, str]:
    one, several = NAMES[level]
    return phrase(one), phrase(several)


def _said(area: Area, values: Mapping[str, float]) -> str:
    said = figure(values[area.code]) if area.code in values else phrase("valeur manquante")
    return phrase("{name} : {value}", name=area.name, value=said)


def _bounds(areas: Sequence[Area]) -> tuple[int, int, int, int]:
    return topology.around(area.box for area in areas) if areas else (0, 0, 1, 1)


def _scale(areas: Sequence[Area], fine: int = FINE) -> float:
    """How coarse the grid of a picture is: two figures, so that nearly equal pictures share their paths."""
    left, top, right, bottom = _bounds(areas)
    return float(f"{max(right - left, bottom - top, 1) / fine:.2g}")


def _box(areas: Sequence[Area], scale: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = _bounds(areas)
    return left / scale, top / scale, right / scale, bottom / scale


# ----- Places by coordinates -----


def points(coordinates: Sequence[tuple[float, float, str]], *, title: str, label: str, notes: Sequence[str] = ()) -> DrawnMap:
    """The map of places: (latitude, longitude, name). Those that would cover one another make one circle, larger.
    `notes`: what else is said under it."""
    ground = territories.areas("departement")
    shown = ground.drawn
    scale = _scale(shown)
    box = _box(shown, scale)
    placed, outside = _placed(coordinates, territories.transform(ground), scale, box)
    gathered = _gathered(placed, pictures.frame(box))
    largest = max((len(group) for group in gathered), default=1)
    dots = tuple(_dot(group, largest) for group in gathered)
    paths = ground.paths(scale)
    shapes = tuple(Shape(paths[area.code], area.name, GROUND) for area in shown)
    told = [phrase(WITHOUT) + " " + phrase("Les lieux y sont placés à quelques kilomètres près.")] if ground.outlined else []
    if outside:
        told.append(phrase("{n} hors de la région, sans dessin ici.", n=_places(outside)))
    told += notes
    title = title or (phrase("{n} dans la région", n=_places(len(placed))) if placed else phrase("Aucun lieu dans la région"))
    alternative = _dotted(label, placed, gathered, outside)
    footer = (*told, phrase("Fond de carte : {source}.", source=ground.source))
    drawing = Picture(title, alternative, label, shapes, box, 0, _sizes(largest), footer, dots)
    return DrawnMap(
        "points", drawing, title, alternative, (),
        phrase("La surface d’un cercle dit combien de lieux il réunit."), (), (), ground.source, " ".join(told), outside=outside,
    )  # fmt: skip


Placed = tuple[float, float, str]


def _placed(
    coordinates: Sequence[tuple[float, float, str]], to_grid: territories.Transform, scale: float, box: tuple[float, ...]
) -> tuple[list[Placed], int]:
    left, top, right, bottom = box
    found, outside = [], 0
    for latitude, longitude, name in coordinates:
        if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) < 85 and abs(longitude) <= 180):
            outside += 1
            continue
        x, y = (part / scale for part in to_grid(longitude, latitude))
        if left <= x <= right and top <= y <= bottom:
            found.append((x, y, name))
        else:
            outside += 1
    return found, outside


def _gathered(placed: Sequence[Placed], unit: float) -> list[list[Placed]]:
    """Places by cells of a few pixels, wider until there are few enough to draw."""
    size = 3.0
    while True:
        cells: dict[tuple[int, int], list[Placed]] = {}
        for place in placed:
            cells.setdefault((int(place[0] // (size * unit)), int(place[1] // (size * unit))), []).append(place)
        if len(cells) <= MOST_DOTS:
            return sorted(cells.values(), key=lambda group: (-len(group), group[0]))
        size *= 1.5


def _radius(count: int, largest: int) -> float:
    """The surface says the number; the largest circle is 16 pixels wide, or less where all are small."""
    return max(2.4, 14 * math.sqrt(count / max(largest, 20)))


def _dot(group: Sequence[Placed], largest: int) -> Dot:
    x, y = (math.fsum(places) / len(group) for places in ([one[0] for one in group], [one[1] for one in group]))
    names = sorted({place[2] for place in group if place[2]})
    said = (
        french.listed([name[:60] for name in names[:3]])
        if len(names) <= 3
        else f"{', '.join(name[:60] for name in names[:3])}…"
    )
    text = said if len(group) == 1 else f"{_places(len(group))}{' : ' + said if said else ''}"
    return Dot(x, y, _radius(len(group), largest), text)


def _sizes(largest: int) -> tuple[Row, ...]:
    steps = sorted({1, largest} | {step for step in (10, 100, 1000, 10_000) if step < largest / 2})
    return tuple(Row(_places(step), radius=_radius(step, largest)) for step in steps)


def _places(count: int) -> str:
    return phrases("{n} lieu", "{n} lieux", count, n=french.number(count))


def _dotted(label: str, placed: Sequence[Placed], gathered: Sequence[Sequence[Placed]], outside: int) -> str:
    head = phrase("Carte de lieux : « {label} ». {n} dans la région.", label=label, n=_places(len(placed)))
    most = ""
    if gathered and len(gathered[0]) > 1:
        most = " " + phrase("Le plus grand cercle en réunit {n}.", n=french.number(len(gathered[0])))
    return head + most + (" " + phrase("{n} hors de la carte.", n=_places(outside)) if outside else "")
