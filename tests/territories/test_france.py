"""The whole country, loaded once: its figures, its contours, its picker."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import shapely
from shapely import Polygon

from parvis.organisations.models import Organisation
from parvis.territories import contours, maps
from parvis.territories import search as picker
from parvis.territories.core import topology
from parvis.territories.models import Contour, Loading, Territory
from parvis.territories.search import search

CASES = [
    ("figeac", "46102"), ("FIGEAC", "46102"), ("figac", "46102"), ("figeca", "46102"),
    ("toulous", "31555"), ("toulouse", "31555"), ("Toulouse Metropole", "243100518"),
    ("montpelier", "34172"), ("carcasone", "11069"), ("beziers", "34032"), ("bezier", "34032"), ("perpignant", "66136"),
    ("castelnaudry", "11076"), ("viilefranche de rouerge", "12300"), ("Saint-Étiene de tulmont", "82161"),
    ("st etienne de tulmont", "82161"), ("isle jourdain", "32160"), ("le vigan", "30350"), ("vigan", "30350"),
    ("haute garone", "31"), ("occitanie", "76"), ("grand figeac", "200067361"), ("46102", "46102"), ("2a004", "2A004"),
    ("œuilly", "51410"), ("saint martin d'oydes", "09270"), ("nimes", "30189"), ("sete", "34301"), ("lot", "46"),
]  # fmt: skip


def test_loaded_under_twenty_seconds(france, db) -> None:
    report, seconds = france
    assert sum(counts.created for counts in report.levels.values()) == Organisation.objects.count() == 36_359
    assert seconds < 20


def test_the_official_files(france, db, official_data: Path) -> None:
    """Contours of 2018 against the code of 2026: forty codes died, none is lost, no neighbour is left apart."""
    report = contours.load(path=official_data / "territories", source="IGN Admin Express", vintage=2018)
    assert (report.files, report.read) == (15, 4_520)
    assert len(report.merged) == 40
    assert all(code.startswith("region:") for code in report.dead)
    assert report.missing == []
    assert len(report.partial) == 6
    assert {level: report.stored[level] for level in ("departement", "epci", "commune")} == {
        "departement": 13,
        "epci": 164,
        "commune": 4_446,
    }
    region = maps.region_map()
    assert region is not None
    assert len(region.shapes) == 13
    assert sum(len(shape.path) for shape in region.shapes) < 40_000
    for departement in Territory.objects.filter(level="departement", region__code="76"):
        drawn = maps.territory_map(departement)
        assert drawn is not None
        assert sum(len(shape.path) for shape in drawn.shapes) < 120_000
    _check_borders()


def _check_borders() -> None:
    """The communes of a département without enclaves, as drawn: between them neither gap nor overlap that a reader could see (one in ten thousand)."""
    for departement in ("46", "81"):
        paths = Contour.objects.filter(territory__level="commune", territory__departement__code=departement).values_list(
            "path", flat=True
        )
        drawn = [shapely.union_all([shapely.make_valid(Polygon(ring)) for ring in topology.read(d)]) for d in paths]
        whole = shapely.union_all(drawn)
        holes = sum(Polygon(ring).area for part in getattr(whole, "geoms", [whole]) for ring in part.interiors)
        total = sum(surface.area for surface in drawn)
        assert total - whole.area < total / 10_000
        assert holes < total / 10_000


@pytest.mark.parametrize(("typed", "code"), CASES)
def test_the_first_answer_is_the_one_meant(france, db, typed: str, code: str) -> None:
    assert search(typed)[0].code == code


def test_a_postcode_gives_its_communes(france, db) -> None:
    assert search("46100")[0].code == "46102"
    assert {territory.code for territory in search("31000", limit=5)} == {"31555"}
    assert search("310", level="commune")[0].code == "31555"


def test_near_comes_first(france, db) -> None:
    assert search("villeneuve", level="commune", near="09270")[0].departement.code == "09"
    assert search("saint martin ariege")[0].departement.code == "09"


def test_level_is_respected(france, db) -> None:
    assert {territory.level for territory in search("toulouse", level="epci")} == {"epci"}


@pytest.mark.parametrize("typed", ["", "a", "xyzzyq", "%%%", "99999", "'" * 50])
def test_nothing_looks_like_it(france, db, typed: str) -> None:
    assert search(typed) == []


def test_under_fifty_milliseconds(france, db, django_assert_max_num_queries) -> None:
    search("figeac")  # builds the index
    slowest = 0.0
    for typed, _code in [*CASES, ("xyzzyqwertyu", ""), ("sa", ""), ("saint", "")]:
        with django_assert_max_num_queries(2):
            start = time.thread_time()
            search(typed)
            slowest = max(slowest, time.thread_time() - start)
    assert slowest < 0.15, "50 ms of processor on an idle machine; the margin is for a slow one"


def test_the_index_follows_the_loading(country) -> None:
    assert search("cahors")[0].code == "46042"
    before = picker.index()
    assert picker.index() is before
    Territory.objects.filter(code="46042").update(active=False)
    Loading.objects.create(what="code", vintage=2027, source="test")
    assert search("cahors") == []
