from __future__ import annotations

import json
from pathlib import Path

import pytest

from parvis.territories import contours, maps
from parvis.territories.models import Contour, Loading, Territory


def square(code: str, left: float, bottom: float = 44.0, side: float = 0.1, **properties: object) -> dict:
    right, top = left + side, bottom + side
    ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def write(path: Path, *features: dict) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


@pytest.fixture
def lot(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three communes of the Lot: Figeac, and Le Bourg in the two halves that it was; Cahors is missing."""
    monkeypatch.setattr(contours, "folder", lambda: package)
    return write(
        tmp_path / "lot.geojson", square("46102", 2.0), square("46034", 2.1), square("46999", 2.2), square("99123", 3.0)
    )


def test_matched_by_code(country, lot: Path) -> None:
    report = contours.load(path=lot, source="IGN", vintage=2018)
    assert report.merged == {"46999": "46034"}
    assert report.dead == ["commune:99123"]
    assert report.missing == ["46042"]
    assert report.partial == ["departement:46", "epci:200067361"]
    assert report.stored == {"region": 0, "departement": 1, "epci": 1, "commune": 2}
    assert report.derived == {"region": 0, "departement": 1, "epci": 1, "commune": 0}
    bourg = Contour.objects.get(territory__code="46034")
    assert bourg.path.count("M") == 1, "two halves make one shape"
    assert (bourg.vintage, bourg.source) == (2018, "IGN")
    assert Loading.objects.get(what="contours").report["missing"] == ["46042"]


def test_twice_is_once(country, lot: Path) -> None:
    contours.load(path=lot, source="IGN")
    before = dict(Contour.objects.values_list("territory__code", "path"))
    contours.load(path=lot, source="IGN")
    assert dict(Contour.objects.values_list("territory__code", "path")) == before


def test_codes_of_two_digits_are_told_by_the_name_of_the_file(country, lot: Path) -> None:
    folder = lot.parent / "files"
    folder.mkdir()
    write(folder / "regions.geojson", square("76", 2.0))
    write(folder / "departements.geojson", square("31", 1.0), square("46", 2.0))
    (folder / "broken.geojson").write_text("{")
    report = contours.load(path=folder, source="test")
    assert report.stored == {"region": 1, "departement": 2, "epci": 0, "commune": 0}
    assert report.derived["departement"] == 0
    assert len(report.unreadable) == 1
    assert report.unreadable[0].startswith("broken.geojson")


@pytest.mark.parametrize(
    "geometry",
    [None, {"type": "Polygon", "coordinates": [[["a", 1]]]}, {"type": "Polygon"}, {"type": "Point", "coordinates": [1, 1]}, 7],
)
def test_a_bad_feature_is_left_out(country, lot: Path, geometry: object) -> None:
    bad = {"type": "Feature", "properties": {"code": "46042"}, "geometry": geometry}
    report = contours.load(path=write(lot, square("46102", 2.0), bad), source="test")
    assert report.stored["commune"] == 1


def test_nothing_to_load(country, tmp_path: Path, lot: Path) -> None:
    with pytest.raises(contours.ContoursError, match="Aucun contour"):
        contours.load(path=write(tmp_path / "none.geojson"), source="test")
    Territory.objects.update(active=False)


def test_territories_first(db, lot: Path) -> None:
    with pytest.raises(contours.ContoursError, match="parvis territories load"):
        contours.load(path=lot, source="test")


def test_maps_without_contours_stop_at_departements_and_say_so(country) -> None:
    for code, level in (("76", "region"), ("46", "departement"), ("46102", "commune"), ("243100518", "epci")):
        drawn = maps.territory_map(Territory.objects.get(code=code, level=level))
        assert drawn is not None
        assert {shape.label for shape in drawn.shapes} == {"Lot", "Haute-Garonne", "Gard"}
        assert "contours officiels" in drawn.note
        assert "pygal-maps-fr" in drawn.source
    here = maps.territory_map(Territory.objects.get(code="46102"))
    assert [shape.label for shape in here.shapes if shape.kind == "here"] == ["Lot"]


def test_outlines_are_light() -> None:
    paths = maps.outline_paths(("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"))
    assert len(paths) == 13
    assert sum(len(outline.path) for outline in paths.values()) < 20_000


def test_a_departement_is_drawn_by_epci(country, lot: Path) -> None:
    contours.load(path=lot, source="IGN", vintage=2018)
    drawn = maps.territory_map(Territory.objects.get(code="46", level="departement"))
    assert [(shape.label, shape.url) for shape in drawn.shapes] == [("CC Grand-Figeac", "/territoires/epci/200067361/")]
    assert drawn.source == "IGN, 2018"


def test_values_give_classes(country) -> None:
    drawn = maps.region_map({"46": 5, "31": None})
    assert {shape.text: shape.kind for shape in drawn.shapes} == {"46": "class-5", "31": "missing", "30": "missing"}
    assert drawn.links


def test_neighbours_have_different_tints() -> None:
    tints = maps._tints({1: (0, 0, 10, 10), 2: (9, 0, 20, 10), 3: (0, 9, 10, 20), 4: (9, 9, 20, 20)})
    assert len(set(tints.values())) == 4
