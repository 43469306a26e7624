"""Maps of data: what is drawn, what is said, what is missing, and the pages around."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from parvis.catalog import maps
from parvis.catalog.models import Version
from parvis.territories import contours, loading
from parvis.territories.models import Territory
from tests.catalog.publishing import published, withdraw
from tests.territories.conftest import write_package
from tests.territories.test_contours import square, write

SVG = "{http://www.w3.org/2000/svg}"
TABLE = (
    "insee;part;lat;lon\n46102;12,5;44,05;2,05\n46034;0;44,05;2,15\n46042;;43,0;9,5\n99999;3;44,02;2,01\n31555;8;44,15;1,15\n"
)


@pytest.fixture(autouse=True)
def _home(home: Any) -> None:
    """Files of these tests stay here."""


@pytest.fixture
def country(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = write_package(tmp_path / "package")
    monkeypatch.setattr(contours, "folder", lambda: package)
    loading.load(source=package)


@pytest.fixture
def shapes(country: None, tmp_path: Path) -> None:
    """Four communes with a contour; Le Vigan has none."""
    file = write(
        tmp_path / "shapes.geojson",
        square("46102", 2.0),
        square("46034", 2.1),
        square("46042", 2.2),
        square("31555", 1.1, 44.1),
    )
    contours.load(path=file, source="IGN", vintage=2018)


def draw(level: str, values: dict[str, float | None], **more: Any) -> maps.DrawnMap:
    return maps.choropleth(level, values, **{"title": "Un titre", "label": "Part"} | more)


def titles(content: bytes) -> dict[str, str]:
    """The colour of each shape, by what it says."""
    root = ElementTree.fromstring(content)
    return {
        str(path.findtext(f"{SVG}title")): str(group.get("fill"))
        for group in root.iter(f"{SVG}g")
        for path in group.findall(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }


def test_missing_is_hatched_and_zero_is_a_class(shapes: None) -> None:
    drawn = draw("commune", {"46102": 12.5, "46034": 0.0, "46042": None})
    shown = titles(drawn.svg_light)
    assert shown["Le Bourg : 0"] == drawn.classes[0].colour_light
    assert shown["Figeac : 12,5"] == drawn.classes[1].colour_light
    assert shown["Cahors : valeur manquante"].startswith("url(#")
    assert drawn.missing == ("Cahors",)
    assert [one.text for one in drawn.classes] == ["0", "12,5"]
    assert "Valeur manquante : 1 commune." in drawn.alternative
    assert "s’arrête aux départements" in drawn.note, "Toulouse is in a département without values"


def test_a_code_that_is_absent_is_missing(shapes: None) -> None:
    drawn = draw("commune", {"46102": 1.0, "31555": 2.0})
    assert set(drawn.missing) == {"Le Bourg", "Cahors"}
    assert drawn.places["46034"] is None
    assert draw("commune", {}).missing == ("Toulouse", "Le Bourg", "Cahors", "Figeac")


def test_counts_of_the_legend_add_up(shapes: None) -> None:
    drawn = draw("commune", {"46102": 1, "46034": 2, "46042": float("nan"), "31555": 2})
    assert sum(one.count for one in drawn.classes) + len(drawn.missing) == 4
    found = Counter(titles(drawn.svg_light).values())
    assert [found[one.colour_light] for one in drawn.classes] == [one.count for one in drawn.classes]
    legend = "".join(ElementTree.fromstring(drawn.svg_light).itertext())
    assert "1 : 1 commune" in legend
    assert "2 : 2 communes" in legend
    assert "valeur manquante : 1 commune" in legend


def test_old_codes_go_to_their_heir_and_are_never_averaged(shapes: None) -> None:
    assert draw("commune", {"46999": 4.0}).values == {"46034": 4.0}
    own = draw("commune", {"46999": 4.0, "46034": 6.0})
    assert (own.values["46034"], own.merged) == (6.0, {"46999": "46034"})
    assert draw("commune", {"46999": 4.0, "46034": 6.0}, additive=True).values["46034"] == 10.0
    assert "rattaché" in own.note


def test_codes_unknown_or_elsewhere_are_told(shapes: None) -> None:
    drawn = draw("commune", {"46102": 1.0, "99999": 2.0, "51410": 3.0})
    assert (drawn.unknown, drawn.outside) == (("99999",), 1)
    assert "inconnu" in drawn.note


def test_hostile_words_stay_words(shapes: None) -> None:
    Territory.objects.filter(code="46102").update(name='<script>alert(1)</script>"&\x01')
    drawn = draw(
        "commune", {"46102": 1.0, "46034": 2.0}, title="</title><script>x</script>\x00", label="]]><a href='javascript:x'>"
    )
    for content in (drawn.svg_light, drawn.svg_dark):
        root = ElementTree.fromstring(content)
        assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}a", f"{SVG}style"}
        assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or name == "style"]
        assert "<script>x</script>" in str(root.findtext(f"{SVG}title"))


def test_without_contours_departements_are_drawn_and_nothing_is_invented(country: None) -> None:
    drawn = draw("commune", {"46102": 12.5, "31555": 8.0})
    assert drawn.level == "departement"
    assert not drawn.classes
    assert set(titles(drawn.svg_light)) == {"Lot", "Haute-Garonne", "Gard"}
    assert "contours" in drawn.note
    assert "de la commune" not in drawn.note
    assert drawn.values == {"46102": 12.5, "31555": 8.0}
    assert "La plus petite valeur est 8 (Toulouse), la plus grande 12,5 (Figeac)" in drawn.alternative


def test_without_contours_counts_are_added(country: None) -> None:
    drawn = draw("commune", {"46102": 2.0, "46034": 3.0, "31555": 8.0}, additive=True)
    assert drawn.values == {"46": 5.0, "31": 8.0}
    assert drawn.missing == ("Gard",)


def test_departements_need_no_contours(country: None) -> None:
    drawn = draw("departement", {"46": 1.0, "31": 2.0, "30": None})
    assert [one.count for one in drawn.classes] == [1, 1]
    assert drawn.missing == ("Gard",)
    assert "simplifi" in drawn.note


@pytest.mark.parametrize("contours_loaded", [True, False])
def test_places_by_coordinates(request: pytest.FixtureRequest, contours_loaded: bool) -> None:
    request.getfixturevalue("shapes" if contours_loaded else "country")
    inside = [(44.05, 2.05, "Gare <b>"), (44.05, 2.05, "Halle"), (44.06, 2.15, "Pont")]
    drawn = maps.points([*inside, (48.8, 2.3, "Paris"), (float("nan"), 2.0, "")], title="Des lieux", label="Lieux")
    circles = [circle for circle in ElementTree.fromstring(drawn.svg_light).iter(f"{SVG}circle") if len(circle)]
    assert sorted(str(circle.findtext(f"{SVG}title")) for circle in circles) == ["2 lieux : Gare <b> et Halle", "Pont"]
    assert drawn.outside == 2
    assert "3 lieux dans la région" in drawn.alternative


# ----- Pages -----


def address(
    version: Version,
    name: str = "catalog:map",
    *more: Any,
    query: str = "forme=map_commune&territoire=insee&y=part&calcul=mean",
) -> str:
    return reverse(name, args=[version.resource.dataset.slug, version.resource_id, *more]) + f"?{query}"


def test_the_page_says_the_map_and_opens_a_worker_only(client: Client, shapes: None) -> None:
    version = published(TABLE)
    response = client.get(address(version))
    shown = response.content.decode()
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert not re.search(r"unsafe|blob:|https?:|\*", policy)
    assert 'data-values="' in shown
    assert "valeur manquante" in shown
    assert "de 0 (Le Bourg) à 12,5 (Figeac)" in shown
    assert "worker-src" not in client.get(version.resource.get_absolute_url()).headers["Content-Security-Policy"]


def test_the_script_receives_classes_and_missing(client: Client, shapes: None) -> None:
    version = published(TABLE)
    response = client.get(address(version, "catalog:map_values", 1))
    found = json.loads(response.content)
    assert found["areas"]["46034"] == [0, "0"]
    assert found["areas"]["46042"] == [None, ""]
    stored = client.get(found["contours"], headers={"accept-encoding": "gzip"})
    assert stored.headers["Content-Encoding"] == "gzip"
    assert "immutable" in stored.headers["Cache-Control"]
    again = client.get(found["contours"], headers={"if-none-match": stored.headers["ETag"]})
    assert again.status_code == 304
    plain = json.loads(client.get(found["contours"]).content)
    assert {code for code, _name, _path in plain["areas"]} == {"46102", "46034", "46042", "31555"}
    assert client.get(reverse("territories:contours", args=["old", "commune"])).status_code == 302
    assert client.get(reverse("territories:contours", args=["old", "planete"])).status_code == 404


def test_places_for_the_script(client: Client, shapes: None) -> None:
    version = published(TABLE)
    query = "forme=map_coordinates&latitude=lat&longitude=lon"
    found = json.loads(client.get(address(version, "catalog:map_values", 1, query=query)).content)
    assert [44.05, 2.05] in [place[:2] for place in found["points"]]
    assert client.get(address(version, query=query)).status_code == 200


def test_pictures_have_both_schemes(client: Client, shapes: None) -> None:
    version = published(TABLE)
    light, dark = (client.get(address(version, "catalog:map_picture", 1, scheme)) for scheme in ("clair", "sombre"))
    assert light.headers["Content-Type"] == "image/svg+xml"
    assert light.content != dark.content
    assert client.get(address(version, "catalog:map_picture", 1, "rose")).status_code == 404


def test_without_contours_the_page_keeps_the_picture_and_says_why(client: Client, country: None) -> None:
    response = client.get(address(published(TABLE)))
    shown = response.content.decode()
    assert response.status_code == 200
    assert "data-values" not in shown
    assert "maplibre" not in shown
    assert "contours officiels" in shown
    assert ".svg?" in shown


def test_without_a_choice_maps_are_proposed(client: Client, shapes: None) -> None:
    response = client.get(address(published(TABLE), query=""))
    assert response.status_code == 200
    assert "forme=map_commune" in response.content.decode()


def test_a_map_that_is_the_only_one_is_opened_at_once(client: Client, shapes: None) -> None:
    version = published("insee;part\n46102;12,5\n46034;0\n46042;3\n")
    response = client.get(address(version, query=""))
    assert response.status_code == 302
    shown = client.get(response["Location"])
    assert "Carte par commune" in shown.content.decode()
    assert client.get(address(version, query="forme=map_commune")).status_code == 400


def test_mistakes_drafts_and_what_was_withdrawn(client: Client, shapes: None) -> None:
    version = published(TABLE)
    assert client.get(address(version, query="forme=map_commune&territoire=nulle")).status_code == 400
    assert client.get(address(version, "catalog:map_values", 1, query="forme=map_commune")).status_code == 400
    draft = published(TABLE, slug="brouillon", draft=True)
    for name, more in (("catalog:map", ()), ("catalog:map_values", (1,)), ("catalog:map_picture", (1, "clair"))):
        assert client.get(address(draft, name, *more)).status_code == 404
    withdraw(version)
    assert client.get(address(version)).status_code == 410
    assert client.get(address(version, "catalog:map_values", 1)).status_code == 404
