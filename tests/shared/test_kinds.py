"""The registry of kinds, with two rooms that know nothing of each other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from parvis.shared import kinds
from parvis.shared.kinds import Card, Domain, Kind, Reference


class Room:
    """Remembers what it was asked; shows "secret" to Ana only."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[list[str]] = []

    def resolve(self, keys: Sequence[str], user: Any) -> Mapping[str, Card]:
        self.asked.append(list(keys))
        visible = [key for key in keys if key != "missing" and (key != "secret" or user == "ana")]
        return {key: Card(title=f"<{key}>", url=f"/{self.name}/{key}/", kind=self.name, badges=("neuf",)) for key in visible}


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(kinds, "_kinds", {})
    made = SimpleNamespace(dataset=Room("dataset"), chart=Room("chart"))
    kinds.register(
        Kind(name="dataset", label="jeu de données", plural="jeux de données", domain=Domain.DATA, resolve=made.dataset.resolve)
    )
    kinds.register(
        Kind(
            name="chart",
            label="graphique",
            plural="graphiques",
            domain=Domain.DEBATE,
            resolve=made.chart.resolve,
            versioned=True,
        )
    )
    return made


def render(text: str, user: Any = None, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load kinds %}" + text).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("chart:abc@3", ("chart", "abc", 3)),
        ("dataset:budget-2025", ("dataset", "budget-2025", None)),
        ("commune:2A004", ("commune", "2A004", None)),
        ("data_request:a.b~c_d", ("data_request", "a.b~c_d", None)),
    ],
)
def test_references_are_read_and_written(text: str, parts: tuple[str, str, int | None]) -> None:
    reference = Reference.parse(text)
    assert (reference.kind, reference.key, reference.version) == parts
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    ["", "chart", "chart:", ":abc", "Chart:abc", "chart:abc@", "chart:abc@0", "chart:abc@03", "chart:abc@-1", "chart:abc@1@2",
     "chart:abc ", " chart:abc", "chart:abc\n", "chart:a/b", "chart:../x", "chart:a b", "chart:é", "chart:<b>", "chart:abc@٣",
     "chart:" + "a" * 201, "chart:abc@9999999999"],
)  # fmt: skip
def test_malformed_references_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="référence"):
        Reference.parse(text)


def test_a_reference_cannot_be_made_malformed() -> None:
    for arguments in (("chart", "a@1"), ("chart", "a", 0), ("Chart", "a"), ("chart", "a", -1)):
        with pytest.raises(ValueError, match="référence"):
            Reference(*arguments)


@given(
    st.from_regex(r"[a-z][a-z_]{0,29}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}", fullmatch=True),
    st.none() | st.integers(1, 999_999_999),
)
def test_references_round_trip(kind: str, key: str, version: int | None) -> None:
    reference = Reference(kind, key, version)
    assert Reference.parse(str(reference)) == reference


def test_a_name_belongs_to_one_kind(rooms: SimpleNamespace) -> None:
    again = kinds.get("chart")
    assert kinds.register(again) is again
    with pytest.raises(ValueError, match="two kinds"):
        kinds.register(Kind(name="chart", label="x", plural="x", domain=Domain.DATA, resolve=rooms.dataset.resolve))
    with pytest.raises(ValueError, match="prefix"):
        Kind(name="Chart", label="x", plural="x", domain=Domain.DATA, resolve=rooms.dataset.resolve)
    with pytest.raises(KeyError):
        kinds.get("proposal")
    assert [kind.name for kind in kinds.all_kinds()] == ["chart", "dataset"]


def test_what_a_kind_does_not_say_is_nothing(rooms: SimpleNamespace) -> None:
    kind = kinds.get("dataset")
    assert (kind.territory(["a"]), list(kind.search_documents(None)), kind.count_by_territory_class()) == ({}, [], {})


def test_one_call_for_each_kind(rooms: SimpleNamespace) -> None:
    asked = [
        "chart:a@2",
        "dataset:x",
        Reference("dataset", "y"),
        "dataset:x",
        "dataset:missing",
        "poem:z",
        "nonsense",
        "dataset:x@4",
    ]
    found = kinds.cards(asked, None)
    assert rooms.dataset.asked == [["x", "y", "missing"]]
    assert rooms.chart.asked == [["a@2"]]
    assert [card.url for card in found] == ["/chart/a@2/", "/dataset/x/", "/dataset/y/", "/dataset/x/", "", "", "", ""]
    assert [(card.kind, card.state) for card in found[4:]] == [
        ("dataset", "gone"),
        ("", "gone"),
        ("", "gone"),
        ("dataset", "gone"),
    ]


def test_what_one_may_not_see_looks_missing(rooms: SimpleNamespace) -> None:
    assert kinds.cards(["dataset:secret"], "bob") == kinds.cards(["dataset:missing"], "bob")
    assert kinds.cards(["dataset:secret"], "ana")[0].state == "here"


def test_a_card_is_drawn(rooms: SimpleNamespace) -> None:
    html = render('{% card "dataset:x" %}')
    assert '<article class="card hue-data">' in html
    assert '<p class="eyebrow">jeu de données</p>' in html
    assert '<h3><a href="/dataset/x/">&lt;x&gt;</a></h3>' in html
    assert '<li class="tag">neuf</li>' in html
    assert "<img" not in html
    assert render("{% card reference %}", reference=Reference("dataset", "x")) == html
    assert render("{% card reference %}", reference=kinds.cards(["dataset:x"], None)[0]) == html


def test_a_card_that_is_gone_says_so(rooms: SimpleNamespace) -> None:
    html = render('{% card "dataset:secret" %}')
    assert '<article class="card hue-data gone">' in html
    assert "Ce contenu n’existe plus, ou n’est pas public." in html
    assert "<h3" not in html
    assert "secret" not in html
    assert "<h3" in render('{% card "dataset:secret" %}', user="ana")
    assert '<article class="card gone">' in render('{% card "poem:z" %}')


def test_cards_are_drawn_in_one_call_for_each_kind(rooms: SimpleNamespace) -> None:
    html = render("{% cards references %}", references=["dataset:x", "chart:a@2", "dataset:y"])
    assert html.count("<article") == 3
    assert rooms.dataset.asked == [["x", "y"]]
    assert "<ul" not in render("{% cards references %}", references=[])


def test_the_registry_needs_no_django() -> None:
    code = "import sys; import parvis.shared.kinds, parvis.shared.exports, parvis.shared.sandbox; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_autodiscover_imports_what_rooms_declare() -> None:
    kinds.autodiscover()
    assert "parvis.shared.kinds" in sys.modules
