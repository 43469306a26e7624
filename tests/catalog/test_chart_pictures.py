"""Every shape drawn from a real small Parquet, by the real drawing program; hostile labels, odd columns, and what is kept."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parvis.catalog import chart_values, storage
from parvis.catalog.core.charts import words
from parvis.catalog.core.charts.choice import Choice, Condition
from parvis.catalog.drawing import pictures
from parvis.catalog.drawing.engine import DrawingError, engine
from parvis.catalog.drawing.pictures import Look
from parvis.catalog.models import Version
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> \"x\" & 'y'"


@pytest.fixture(scope="module", autouse=True)
def _program() -> Any:
    yield
    engine.stop()


def table(*lines: str, header: str = "Nom;Valeur;Autre;Jour;Vrai;Vide") -> Version:
    return published("\n".join([header, *lines]) + "\n", slug="table-de-formes")


def shapes() -> Version:
    return table(
        *(f"N{i % 4};{i - 5};{i * i},5;{i % 28 + 1:02d}/0{i % 5 + 1}/2024;{'oui' if i % 3 else 'non'};" for i in range(40))
    )


def drawn(found: Version, choice: Choice, **look: str) -> ET.Element:
    return ET.fromstring(pictures.svg(found, choice, Look(**look)))


def read(element: ET.Element) -> str:
    return " ".join(one.text or "" for one in element.iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "choice",
    [
        Choice("bars", x="Nom"),
        Choice("bars", x="Nom", y="Valeur", aggregate="mean"),
        Choice("bars", x="Nom", y="Valeur", aggregate="median", colour="Vrai"),
        Choice("bars", x="Nom", colour="Vrai"),
        Choice("bars", x="Vrai"),
        Choice("bars", x="Jour", bucket="month"),
        Choice("bars", x="Valeur", bucket="10", sort="x"),
        Choice("lines", x="Jour"),
        Choice("lines", x="Jour", y="Autre", aggregate="max", colour="Nom", bucket="month"),
        Choice("points", x="Valeur", y="Autre", colour="Vrai"),
        Choice("distribution", x="Valeur"),
        Choice("distribution", x="Jour"),
        Choice("bars", x="Nom", filters=(Condition("Valeur", "less", "0"),)),
    ],
)
def test_every_shape_is_drawn(choice: Choice, scheme: str) -> None:
    picture = drawn(shapes(), choice, scheme=scheme)
    assert picture.attrib["width"] == "720"
    ground = [one for one in picture if one.tag.endswith("rect")]
    assert not ground  # transparent
    assert "#125a98" in ET.tostring(picture).decode() or "#8bbcef" in ET.tostring(picture).decode()


def test_what_people_wrote_stays_text() -> None:
    found = table(f'"{HOSTILE.replace(chr(34), chr(34) * 2)}";4;1;01/01/2024;oui;', "B;2;1;01/01/2024;non;")
    picture = drawn(found, Choice("bars", x="Nom", y="Valeur", aggregate="sum"), title=HOSTILE, note=HOSTILE)
    assert not [
        one for one in picture.iter() if "script" in one.tag.lower() or any(name.startswith("on") for name in one.attrib)
    ]
    assert "<script>alert(1)</script>" in read(picture)


@pytest.mark.parametrize(
    "choice",
    [
        Choice("bars", x="Vide"),
        Choice("distribution", x="Vide"),
        Choice("bars", x="Nom", filters=(Condition("Nom", "exact", "rien"),)),
    ],
)
def test_nothing_to_show_is_said(client: Client, choice: Choice) -> None:
    found = shapes()
    values = chart_values.read(found, choice)
    assert values.marks == ()
    assert "rien à montrer" in words.finding(values)
    assert drawn(found, choice) is not None


def test_one_row_and_negative_numbers() -> None:
    found = table("Seul;-3;1;01/01/2024;oui;")
    for choice in (
        Choice("bars", x="Nom", y="Valeur", aggregate="sum"),
        Choice("lines", x="Jour"),
        Choice("distribution", x="Valeur"),
    ):
        assert chart_values.read(found, choice).marks
        assert drawn(found, choice) is not None
    assert "−3" in read(drawn(found, Choice("bars", x="Nom", y="Valeur", aggregate="sum")))


def test_ten_thousand_categories_are_cut_aloud() -> None:
    found = table(*(f"C{i:05d};{i};{i % 97};01/01/2024;oui;" for i in range(10_000)))
    values = chart_values.read(found, Choice("bars", x="Nom", y="Valeur", aggregate="sum"))
    assert (len(values.marks), values.hidden) == (20, 9_980)
    assert values.marks[0].x == "C09999"
    assert any("sur 10\u202f000" in note for note in words.notes(values))
    dots = chart_values.read(found, Choice("points", x="Valeur", y="Autre"))
    assert len(dots.marks) <= chart_values.MOST_DOTS
    assert sum(mark.rows for mark in dots.marks) == 10_000
    assert any("regroupées" in note for note in words.notes(dots))


def test_values_against_a_count_by_hand() -> None:
    values = chart_values.read(shapes(), Choice("bars", x="Nom", y="Valeur", aggregate="mean"))
    expected = {f"N{k}": sum(i - 5 for i in range(40) if i % 4 == k) / 10 for k in range(4)}
    assert {mark.x: mark.value for mark in values.marks} == pytest.approx(expected)
    assert [mark.value for mark in values.marks] == sorted(expected.values(), reverse=True)


def test_a_picture_is_drawn_once_and_goes_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    found, choice = shapes(), Choice("bars", x="Nom")
    first = pictures.svg(found, choice, Look())
    monkeypatch.setattr(engine, "svg", lambda spec: pytest.fail("drawn again"))
    assert pictures.svg(found, choice, Look()) == first
    path = pictures.path(found, choice, Look(), "svg")
    assert path.is_file()
    found.withdrawn = found.created
    found.save()
    storage.forget(sha256s=[], digests=[found.digest])
    assert not path.exists()


def test_pictures_do_not_fill_the_disk() -> None:
    found = shapes()
    pictures.sweep(most=0)
    for size in ("wide", "narrow", "small"):
        pictures.svg(found, Choice("bars", x="Nom"), Look(size=size))
    folder: Path = storage.root() / "pictures"
    pictures.sweep(most=10**9)
    assert len(list(folder.glob("*/*"))) == 3
    pictures.sweep(most=0)
    assert not list(folder.glob("*/*"))


def test_the_answer_of_a_picture_runs_nothing(client: Client) -> None:
    found = shapes()
    address = reverse("catalog:chart_preview", args=[found.resource.dataset.slug, found.resource_id, 1])
    response = client.get(f"{address}?forme=bars&x=Nom&vue=clair-large")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert (
        response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"
    )
    assert client.get(f"{address}?forme=bars&x=Nom&vue=rose").status_code == 404
    assert client.get(f"{address}?forme=bars&x=Nope").status_code == 400


def test_a_program_that_dies_is_started_again() -> None:
    assert engine.svg({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x"}}}).startswith("<svg")
    assert engine._child is not None
    engine._child.kill()
    assert engine.svg({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x"}}}).startswith("<svg")
    with pytest.raises(DrawingError):
        engine.svg({"mark": "nothing of the kind"})


def test_a_png_for_documents() -> None:
    assert pictures.png(shapes(), Choice("bars", x="Nom"), Look(title="Un titre", note="Une source")).startswith(b"\x89PNG")
