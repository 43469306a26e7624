"""The search over datasets: every word, whatever the case, the accents and the plural; the title first."""

from __future__ import annotations

import pytest

from parvis.catalog import queries, search
from parvis.catalog.models import Dataset
from parvis.catalog.queries import Question
from parvis.territories.models import Level, Territory
from tests.catalog.publishing import dataset, organisation, published

pytestmark = pytest.mark.django_db


def found(text: str, **question: str) -> list[str]:
    return [one.slug for one in queries.datasets(Question(text=text, **question))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éclairage public", ["eclairage", "public"]),
        ("L'œuvre des ÉCOLES, en 2024", ["l", "oeuvre", "des", "ecole", "en", "2024"]),
        ("prix bus", ["pri", "bus"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert search.words(text) == expected


def test_every_word_counts_wherever_it_stands() -> None:
    published(title="Éclairage public", slug="eclairage", description="Les lampadaires de la ville.", keywords=["énergie"])
    for text in (
        "eclairage",
        "ÉCLAIRAGES",
        "lampadaire ville",
        "energie",
        "commune de figeac",
        "habitants",
        "relevé",
        "eclair publ",
    ):
        assert found(text) == ["eclairage"], text
    for text in ("clairage", "eclairage piscine", "%", "_", "^eclairage %"):
        assert found(text) == ([] if text != "^eclairage %" else ["eclairage"]), text


def test_titles_come_first() -> None:
    dataset("Marchés publics", slug="marches", description="On y trouve aussi des subventions.")
    dataset("Subventions", slug="subventions")
    dataset("Budget", slug="budget", keywords=["subvention"])
    assert found("subvention") == ["subventions", "budget", "marches"]


def test_drafts_are_never_found() -> None:
    dataset("Subventions", slug="subventions", draft=True)
    assert found("subventions") == []
    assert queries.datasets(Question()).count() == 0


@pytest.mark.parametrize("text", ["'; DROP TABLE catalog_dataset; --", "%%%", "\\", "a" * 500, "\x00", "😀", "l' la de", "^#"])
def test_any_question_gets_an_answer(text: str) -> None:
    dataset("La fibre", slug="fibre")
    assert isinstance(found(text), list)
    assert Dataset.objects.count() == 1


@pytest.fixture
def lot() -> dict[str, Territory]:
    def place(level: str, code: str, name: str, **around: Territory) -> Territory:
        return Territory.objects.create(level=level, code=code, name=name, vintage=2026, **around)

    region = place(Level.REGION, "76", "Occitanie")
    departement = place(Level.DEPARTEMENT, "46", "Lot", region=region)
    epci = place(Level.EPCI, "200067361", "Grand-Figeac", region=region, departement=departement)
    town = place(Level.COMMUNE, "46102", "Figeac", region=region, departement=departement, epci=epci)
    other = place(Level.COMMUNE, "46042", "Cahors", region=region, departement=departement)
    return {"region": region, "departement": departement, "epci": epci, "town": town, "other": other}


def test_what_is_near_comes_first(lot: dict[str, Territory]) -> None:
    for slug in ("region", "other", "town", "departement", "epci"):
        dataset(slug, slug=slug, territory=lot[slug])
    dataset("publisher", slug="publisher", organisation=organisation("Figeac", territory=lot["town"]))
    near = [one.slug for one in queries.datasets(Question(), lot["town"])]
    assert set(near[:2]) == {"town", "publisher"}
    assert near[2:] == ["epci", "departement", "region", "other"]
    assert [one.distance for one in queries.datasets(Question(), lot["town"])] == [0, 0, 1, 2, 3, 4]


def test_filters_of_the_list(lot: dict[str, Territory]) -> None:
    for slug in ("region", "other", "town", "departement", "epci"):
        dataset(slug, slug=slug, territory=lot[slug], organisation=organisation(f"De {slug}"))
    assert found("", territory="epci:200067361", sort="titre") == ["epci", "town"]
    assert found("", territory="departement:46", sort="titre") == ["departement", "epci", "other", "town"]
    assert found("", territory="commune:46042") == ["other"]
    assert found("", territory="commune:99999") == []
    assert found("", territory="' OR 1=1") == []
    assert found("", organisation="de-town") == ["town"]


def test_filters_on_what_was_checked() -> None:
    for slug, valid in (("ok", True), ("ko", False), ("free", None)):
        version = published(title=slug, slug=slug)
        version.valid, version.schema = valid, "scdl/x" if valid is not None else ""
        version.save()
    assert found("", validity="valide") == ["ok"]
    assert found("", validity="erreurs") == ["ko"]
    assert found("", validity="libre") == ["free"]
    assert found("", schema="scdl/x", sort="titre") == ["ko", "ok"]
    assert queries.choices()["schemas"] == [{"name": "scdl/x", "n": 2}]


def test_an_organisation_that_changes_its_name_is_found_under_it() -> None:
    one = published(title="Budget", slug="budget")
    one = Dataset.objects.get(slug="budget")
    one.organisation.name = "Ville de Montréjeau"
    one.organisation.save()
    assert found("montrejeau") == ["budget"]
