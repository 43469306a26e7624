from __future__ import annotations

import itertools
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from parvis.territories.core import names, outlines, siren, topology


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("St-Étienne-d'Œuvre", "saint etienne d oeuvre"),
        ("  L’HAŸ-les-Roses ", "l hay les roses"),
        ("Ste Foy", "sainte foy"),
        ("46 100", "46 100"),
        ("…", ""),
    ],
)
def test_names_are_normalised(typed: str, expected: str) -> None:
    assert names.normalise(typed) == expected


@given(st.text(max_size=60))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert names.normalise(names.normalise(text)) == names.normalise(text)


@pytest.mark.parametrize(
    ("name", "link", "expected"),
    [
        ("Lot", 2, "du Lot"),
        ("Haute-Garonne", 3, "de la Haute-Garonne"),
        ("Hérault", 5, "de l'Hérault"),
        ("Hautes-Pyrénées", 4, "des Hautes-Pyrénées"),
        ("Occitanie", 1, "d'Occitanie"),
        ("Figeac", 0, "de Figeac"),
        ("Le Vigan", 2, "du Vigan"),
        ("Les Angles", 4, "des Angles"),
        ("L'Isle-Jourdain", 5, "de L'Isle-Jourdain"),
        ("La Salvetat", 3, "de La Salvetat"),
    ],
)
def test_names_follow_de_as_french_says(name: str, link: int, expected: str) -> None:
    assert names.of(name, link) == expected


def test_siren_key() -> None:
    assert siren.valid("200053791")
    assert not siren.valid("200053792")
    assert not siren.valid("20005379")
    assert not siren.valid("20005379A")


@given(st.floats(-60, 56), st.floats(-45, 51.5))
def test_grid_gives_its_coordinates_back(longitude: float, latitude: float) -> None:
    point = topology.project(shapely.Point(longitude, latitude))
    back = topology.lonlat(point.x, point.y)
    assert back == pytest.approx((longitude, latitude), abs=2e-5)


ring = st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)), min_size=3, max_size=40)


@given(st.lists(ring.filter(lambda points: all(a != b for a, b in itertools.pairwise(points))), min_size=1, max_size=5))
def test_paths_are_read_as_they_were_written(rings: list[topology.Ring]) -> None:
    assert topology.read(topology.path(rings)) == rings


def _wavy(left: float, right: float) -> Polygon:
    """A strip whose sides are waves, so that simplification has something to take away."""
    ups = [(left + 3 * ((i * 7919) % 5), i) for i in range(101)]
    downs = [(right + 3 * ((i * 7919) % 5), i) for i in range(100, -1, -1)]
    return Polygon([*ups, *downs])


def test_neighbours_keep_one_border() -> None:
    strips = [_wavy(start, start + 60) for start in range(0, 300, 60)]
    simple = topology.simplify(strips, 6.0)
    assert sum(len(s.exterior.coords) for s in simple) < sum(len(s.exterior.coords) for s in strips) / 2
    rounded = [Polygon(topology.rings(surface)[0]) for surface in simple]
    assert shapely.coverage_is_valid(rounded)
    whole = shapely.union_all(rounded)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(surface.area for surface in rounded))


def test_a_surface_smaller_than_the_grid_is_still_drawn() -> None:
    rings = topology.rings(box(10.1, 10.1, 10.2, 10.2))
    assert len(rings) == 1
    assert len(rings[0]) == 4


def test_union_closes_the_slivers_of_imperfect_borders() -> None:
    assert topology.union([box(0, 0, 10, 10), box(10.2, 0, 20, 10)]).geom_type == "Polygon"


def test_broken_rings_are_repaired() -> None:
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert topology.surfaces(bow).is_valid
    assert topology.surfaces(shapely.LineString([(0, 0), (1, 1)])).is_empty


def test_label_stands_inside() -> None:
    crescent = box(0, 0, 100, 100).difference(box(20, 20, 100, 80))
    assert crescent.contains(shapely.Point(topology.middle(crescent)))


def test_outlines_are_read_by_class() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g><g class="z46 departement"><path d="m 1,1 c 0,0 1,1 9,0 l 0,9e0 -9,0 z"/></g>'
        '<g class="z46 inset"><path d="M0 0L1 0L1 1z"/></g><g class="z31"><path d="M20 1H30V11H20z"/></g></g></svg>'
    )
    assert ElementTree.fromstring(svg) is not None
    found = outlines.read(svg, "z")
    assert set(found) == {"46", "31"}
    assert found["46"].bounds == pytest.approx((1, 1, 10, 10))
    assert found["31"].area == pytest.approx(100)
