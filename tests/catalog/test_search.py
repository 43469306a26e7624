"""The list of datasets: what is found, in which order, narrowed by which facets, and that drafts are nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from parvis.catalog import finding, missed
from parvis.catalog.actions import datasets as actions
from parvis.catalog.finding import Asked
from parvis.catalog.models import Dataset, MissedSearch
from parvis.organisations.models import Role
from parvis.shared.search import keeper
from parvis.territories.models import Level, Territory
from tests.catalog.publishing import dataset, member, organisation, published

pytestmark = pytest.mark.django_db


def find(text: str = "", place: Territory | None = None, sort: str = "pertinence", **filters: str) -> finding.Found:
    return finding.find(Asked(text, {name: (value,) for name, value in filters.items()}, sort), place)


def found(text: str = "", **asked: Any) -> list[str]:
    return [one.slug for one in find(text, **asked).datasets]


def test_a_word_is_found_wherever_it_stands_and_however_it_is_written() -> None:
    published(title="Éclairage public", slug="eclairage", description="Les lampadaires de la ville.", keywords=["énergie"])
    dataset("Piscines", slug="piscines", organisation=organisation("Ville de Cahors"))
    for text in ("eclairage", "ÉCLAIRAGES", "lampadaire ville", "energie", "commune de figeac", "habitants", "relevé",
                 "eclair publ", "éclairaje", "lampadere", "eclairagepublic", "eclairage public des villes"):  # fmt: skip
        assert found(text) == ["eclairage"], text
    for text in ("zzzz", "%", "_"):
        assert found(text) == [], text


def test_titles_come_first() -> None:
    dataset("Marchés publics", slug="marches", description="On y trouve aussi des subventions.")
    dataset("Subventions", slug="subventions")
    dataset("Budget", slug="budget", keywords=["subvention"])
    assert found("subvention") == ["subventions", "budget", "marches"]


def test_some_of_the_words_when_none_holds_them_all() -> None:
    dataset("Aires de jeux", slug="aires")
    dataset("Jeux olympiques", slug="olympiques")
    answer = find("aires de jeux olympiques")
    assert answer.relaxed
    assert {one.slug for one in answer.datasets} == {"aires", "olympiques"}


def test_drafts_are_never_found_nor_counted(client: Client) -> None:
    dataset("Subventions", slug="subventions", draft=True, keywords=["secret"])
    assert find("subventions").total == 0
    assert find().facets["theme"] == ()
    assert "secret" not in client.get("/donnees/").content.decode()


def test_what_leaves_the_view_leaves_the_search() -> None:
    shown = dataset("Subventions", slug="subventions")
    assert found("subventions") == ["subventions"]
    actions.unpublish(shown, by=member(shown.organisation, Role.EDITOR))
    assert find("subventions").total == 0


def test_a_row_taken_away_behind_the_index_does_not_leak() -> None:
    dataset("Subventions", slug="subventions")
    assert found("subventions") == ["subventions"]
    Dataset.objects.filter(slug="subventions").update(published=None)  # nobody told the search
    assert found("subventions") == []


@pytest.mark.parametrize("text", ["'; DROP TABLE catalog_dataset; --", "%%%", "\\", "a" * 500, "\x00", "😀", "l' la de", "^#", "AND OR (", "title:x"])  # fmt: skip
def test_any_question_gets_an_answer(client: Client, text: str) -> None:
    dataset("La fibre", slug="fibre")
    assert isinstance(found(text), list)
    assert client.get("/donnees/", {"q": text, "territoire": text, "organisation": text}).status_code == 200
    assert client.get("/api/v1/datasets", {"q": text[:200], "territory": text}).status_code == 200
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
    near = found(place=lot["town"])
    assert set(near[:2]) == {"town", "publisher"}
    assert near[2:] == ["epci", "departement", "region", "other"]
    pages = [finding.find(Asked(page=page), lot["town"], size=2).datasets for page in (1, 2, 3)]
    assert [one.slug for page in pages for one in page] == near


def test_filters_of_the_list(lot: dict[str, Territory]) -> None:
    for slug in ("region", "other", "town", "departement", "epci"):
        dataset(slug, slug=slug, territory=lot[slug], organisation=organisation(f"De {slug}"))
    assert found(territory="epci:200067361", sort="titre") == ["epci", "town"]
    assert found(territory="departement:46", sort="titre") == ["departement", "epci", "other", "town"]
    assert found(territory="commune:46042") == ["other"]
    assert found(territory="commune:99999") == []
    assert found(territory="' OR 1=1") == []
    assert found(organisation="de-town") == ["town"]


def test_filters_on_what_was_checked() -> None:
    for slug, valid in (("ok", True), ("ko", False), ("free", None)):
        version = published(title=slug, slug=slug)
        version.valid, version.schema = valid, "scdl/x" if valid is not None else ""
        version.save()
    assert found(validity="valide") == ["ok"]
    assert found(validity="erreurs") == ["ko"]
    assert found(validity="libre") == ["free"]
    assert found(schema="scdl/x", sort="titre") == ["ko", "ok"]
    assert dict(find().facets["schema"]) == {"scdl/x": 2}


def test_a_facet_counts_without_its_own_filter_and_within_the_others() -> None:
    for number in range(3):
        dataset(f"Budget {number}", slug=f"budget-{number}", keywords=["Finances"], licence="lov2" if number else "odbl")
    dataset("Écoles", slug="ecoles", keywords=["éducation"])
    facets = find(theme="finances").facets
    assert dict(facets["theme"]) == {"finances": 3, "éducation": 1}
    assert dict(facets["licence"]) == {"lov2": 2, "odbl": 1}
    assert find("ecoles", theme="finances").total == 0


def test_facets_are_links_that_add_and_take_away(client: Client) -> None:
    dataset("Budget", slug="budget", keywords=["finances"])
    dataset("Écoles", slug="ecoles", keywords=["éducation"])
    page = client.get("/donnees/", {"q": "budget ecoles"}).content.decode()
    assert "q=budget+ecoles&amp;theme=finances" in page
    narrowed = client.get("/donnees/", {"theme": "finances"}).content.decode()
    assert "1 jeu de données" in narrowed
    assert "Retirer le filtre" in narrowed
    assert 'name="theme" value="finances"' in narrowed
    given = QueryDict("theme=finances&page=3")
    groups = finding.groups(finding.asked(given), find(theme="finances"), given)
    chosen = next(choice for group in groups if group.name == "theme" for choice in group.first if choice.chosen)
    assert chosen.address == "?"


def test_an_organisation_that_changes_its_name_is_found_under_it() -> None:
    published(title="Budget", slug="budget")
    assert found("budget") == ["budget"]
    one = Dataset.objects.get(slug="budget")
    one.organisation.name = "Ville de Montréjeau"
    one.organisation.save()
    assert found("montrejeau") == ["budget"]


def test_while_the_index_is_built_the_list_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset("Budget", slug="budget")
    asked_for: list[str] = []
    monkeypatch.setattr(keeper, "SMALL", 0)
    monkeypatch.setattr(keeper, "ask_for_help", lambda kind: asked_for.append(kind.name))
    page = client.get("/donnees/", {"q": "zzz"}).content.decode()
    assert "La recherche se prépare" in page
    assert "Budget" in page
    assert asked_for == ["dataset"]
    assert client.get("/api/v1/datasets", {"q": "zzz"}).status_code == 503
    assert client.get("/api/v1/datasets").json()["meta"]["total"] == 1
    assert not MissedSearch.objects.exists()


# ----- What nobody found -----


def test_searches_without_result_are_counted_by_day_and_hold_nobody(client: Client) -> None:
    dataset("Budget", slug="budget")
    for text in ("Qualité de  l'air", "qualité de l'AIR", "budget", "jean.dupont@exemple.fr", "06 12 34 56 78", "zzz " * 60):
        client.get("/donnees/", {"q": text})
    kept = list(MissedSearch.objects.values_list("words", "count"))
    assert kept == [("qualité de l'air", 2)]
    assert {field.name for field in MissedSearch._meta.fields} == {"id", "words", "day", "count"}


def test_a_flood_of_words_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "MOST_A_DAY", 2)
    for text in ("un", "deux", "trois", "un"):
        missed.note(text)
    assert dict(MissedSearch.objects.values_list("words", "count")) == {"un": 2, "deux": 1}


def test_administrators_read_what_nobody_found(client: Client) -> None:
    address = "/donnees/recherches-sans-resultat/"
    missed.note("=qualité de l'air")
    assert client.get(address).status_code == 302
    client.force_login(member(organisation()))
    assert client.get(address).status_code == 403
    from parvis.accounts.models import PlatformRole, User

    boss = User.objects.create_user("boss@exemple.fr", "un mot de passe long", platform_role=PlatformRole.ADMINISTRATOR)
    client.force_login(boss)
    assert "qualité de l&#x27;air" in client.get(address).content.decode()
    export = client.get(address + "?format=csv")
    assert export["Content-Type"].startswith("text/csv")
    assert b"'=qualit" in b"".join(export.streaming_content)
