"""Maps as SVG, drawn from what is known: contours where they were loaded, outlines of départements elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from parvis.territories.core import outlines, topology
from parvis.territories.core.topology import Box
from parvis.territories.models import Contour, Level, Territory

# The outlines of the fallback are in units of their own picture, finer than our eye: ten of ours for one of theirs.
FINER = 10
OUTLINES = "pygal-maps-fr (Kozea, LGPL-3.0+)"


@dataclass(frozen=True)
class Shape:
    """What a map draws of one territory. Without `url` it is a background; `text` is written at `at`."""

    path: str
    label: str
    url: str = ""
    kind: str = ""
    text: str = ""
    at: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Map:
    """`note` says what was drawn where it is not what a reader would expect."""

    title: str
    shapes: tuple[Shape, ...]
    box: Box
    source: str
    note: str = ""

    @property
    def viewbox(self) -> str:
        left, top, right, bottom = self.box
        margin = max(right - left, bottom - top) // 80 + 1
        return f"{left - margin} {top - margin} {right - left + 2 * margin} {bottom - top + 2 * margin}"

    @property
    def width(self) -> int:
        return int(self.viewbox.split(" ")[2])

    @property
    def height(self) -> int:
        return int(self.viewbox.split(" ")[3])

    @property
    def text_size(self) -> int:
        return self.width // 26

    @property
    def links(self) -> bool:
        return any(shape.url for shape in self.shapes)


def kind(value: int | None) -> str:
    """The class of a shape for a class of values: 1 to 5, or nothing known."""
    return f"class-{value}" if value else "missing"


def sources(contours: Iterable[Contour]) -> str:
    quoted = sorted({(contour.source, contour.vintage or 0) for contour in contours})
    return " ; ".join(f"{source}, {year}" if year else source for source, year in quoted)


def region_map(
    values: Mapping[str, int | None] | None = None, *, code: str | None = None, title: str = "", here: str = ""
) -> Map | None:
    """The départements of a région. `values` gives each code a class from 1 to 5 (None: unknown); `here` is marked."""
    code = code or settings.REGION_CODE
    departements = list(
        Territory.objects.filter(
            level=Level.DEPARTEMENT, region__level=Level.REGION, region__code=code, active=True
        ).select_related("contour")
    )
    if not departements:
        return None
    drawn = [territory for territory in departements if hasattr(territory, "contour")]
    title = title or _("Les départements de la région")
    kinds = {t.code: "here" if t.code == here else kind(values.get(t.code)) if values is not None else "" for t in departements}
    if len(drawn) < len(departements):
        return _outlined(departements, title, kinds)
    contours = [territory.contour for territory in drawn]
    shapes = tuple(
        Shape(c.path, t.name, t.get_absolute_url(), kinds[t.code], t.code, (c.label_x, c.label_y))
        for t, c in zip(drawn, contours, strict=True)
    )
    return Map(title, shapes, topology.around(contour.box for contour in contours), sources(contours))


def _outlined(departements: list[Territory], title: str, kinds: Mapping[str, str]) -> Map | None:
    paths = outline_paths(tuple(sorted(territory.code for territory in departements)))
    known = [territory for territory in departements if territory.code in paths]
    if not known:
        return None
    shapes = tuple(
        Shape(paths[t.code].path, t.name, t.get_absolute_url(), kinds[t.code], t.code, paths[t.code].at) for t in known
    )
    box = topology.around(outline.box for outline in paths.values())
    return Map(
        title,
        shapes,
        box,
        OUTLINES,
        _("Les contours officiels ne sont pas chargés : la carte s'arrête aux départements, dessinés de façon simplifiée."),
    )


@dataclass(frozen=True)
class Outline:
    path: str
    box: Box
    at: tuple[int, int]


@lru_cache(maxsize=32)
def outline_paths(codes: tuple[str, ...]) -> dict[str, Outline]:
    """Paths of départements on any machine, from the package's picture; read once a process."""
    surfaces = {code: surface for code, surface in _outlines().items() if code in codes}
    if not surfaces:
        return {}
    scaled = [topology.surfaces(topology.scale(surface, FINER)) for surface in surfaces.values()]
    simple = topology.simplify(scaled, 0.7 * FINER)
    drawn: dict[str, Outline] = {}
    for code, surface in zip(surfaces, simple, strict=True):
        rings = topology.rings(surface)
        drawn[code] = Outline(topology.path(rings), topology.box(rings), topology.middle(surface))
    return drawn


@lru_cache(maxsize=1)
def _outlines() -> dict[str, BaseGeometry]:
    # The file is read without importing the package, which would start a whole chart library.
    return outlines.read((files("pygal_maps_fr") / "fr.departments.svg").read_text(encoding="utf-8"), "z")


def territory_map(territory: Territory) -> Map | None:
    """The map of a territory's page: what is inside it, as links; for a commune, its EPCI with the commune marked."""
    if territory.level == Level.REGION:
        return region_map(code=territory.code, title=_("Les départements de la région %(name)s") % {"name": territory.name})
    drawn = {Level.DEPARTEMENT: _departement, Level.EPCI: _epci, Level.COMMUNE: _commune}[Level(territory.level)](territory)
    if drawn or territory.region is None:
        return drawn
    here = territory if territory.level == Level.DEPARTEMENT else territory.departement
    title = _("%(name)s dans sa région") % {"name": territory.name}
    return region_map(code=territory.region.code, title=title, here=here.code if here else "")


def _communes(**filters: object) -> list[Contour]:
    found = Contour.objects.filter(territory__level=Level.COMMUNE, territory__active=True, **filters)
    return list(found.select_related("territory").order_by("territory__name").defer("territory__postcodes"))


def _departement(territory: Territory) -> Map | None:
    """The communes, one shape for those of each EPCI: fifteen links rather than five hundred."""
    contours = _communes(territory__departement=territory)
    if not contours:
        return None
    grouped: dict[int | None, list[Contour]] = defaultdict(list)
    for contour in contours:
        grouped[contour.territory.epci_id].append(contour)
    tints = _tints({pk: topology.around(contour.box for contour in group) for pk, group in grouped.items()})
    epcis = Territory.objects.in_bulk([pk for pk in grouped if pk])
    shapes: list[Shape] = []
    for pk, group in grouped.items():
        path, epci = "".join(contour.path for contour in group), epcis.get(pk or 0)
        label, url = (epci.name, epci.get_absolute_url()) if epci else (_("Communes sans intercommunalité"), "")
        shapes.append(Shape(path, label, url, tints[pk]))
    shapes.sort(key=lambda shape: shape.label)
    title = _("Communes et intercommunalités %(name)s") % {"name": territory.of_name}
    return Map(title, tuple(shapes), topology.around(contour.box for contour in contours), sources(contours))


def _tints(boxes: Mapping[int | None, Box]) -> dict[int | None, str]:
    """One of four tints for each shape, so that neighbours differ: the one that overlaps least with what has it already."""
    given: dict[int | None, int] = {}
    for pk, (left, top, right, bottom) in sorted(boxes.items(), key=lambda item: item[1]):
        weights = dict.fromkeys(range(1, 5), 0)
        for other, tint in given.items():
            other_left, other_top, other_right, other_bottom = boxes[other]
            across, down = min(right, other_right) - max(left, other_left), min(bottom, other_bottom) - max(top, other_top)
            weights[tint] += max(across, 0) * max(down, 0)
        given[pk] = min(weights, key=lambda tint: (weights[tint], tint))
    return {pk: f"tint-{tint}" for pk, tint in given.items()}


def _epci(territory: Territory, here: Territory | None = None) -> Map | None:
    contours = _communes(territory__epci=territory)
    if not contours:
        return None
    shapes = tuple(
        Shape(c.path, c.territory.name, c.territory.get_absolute_url(), "here" if here and c.territory_id == here.pk else "")
        for c in contours
    )
    title = _("%(name)s et ses communes") % {"name": territory.name}
    if here:
        title = _("%(name)s dans son intercommunalité, %(epci)s") % {"name": here.name, "epci": territory.name}
    lacking = territory.communes.filter(active=True).count() - len(contours)
    note = (
        _("%(count)s communes de cette intercommunalité n'ont pas de contour chargé.") % {"count": lacking}
        if lacking > 0
        else ""
    )
    return Map(title, shapes, topology.around(contour.box for contour in contours), sources(contours), note)


def _commune(territory: Territory) -> Map | None:
    if not Contour.objects.filter(territory=territory).exists():
        return None
    if territory.epci:
        return _epci(territory.epci, here=territory)
    contour = Contour.objects.get(territory=territory)
    return Map(territory.name, (Shape(contour.path, territory.name, kind="here"),), contour.box, sources([contour]))
