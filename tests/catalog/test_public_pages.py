"""Pages that everybody reads: the list, a dataset, a table, a row, a column, a verdict, versions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parvis.catalog import kinds, public
from parvis.catalog.models import Dataset, Resource, Version
from parvis.organisations.models import Role
from parvis.shared.kinds import cards
from parvis.territories.models import Level, Territory
from tests.catalog.publishing import TOWNS, dataset, member, organisation, published, version, withdraw

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script>;"a"" onclick=""x";=1+1\n<img src=x onerror=alert(1)>;x;-5\n{{ 7|add:1 }};y;7\n'


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def towns() -> Version:
    return published(
        description="Les communes du Lot et leurs habitants. Le reste de la description.", keywords=["démographie"]
    )


def table(version: Version) -> str:
    return version.resource.get_absolute_url()


def test_the_list_counts_says_its_order_and_links(client: Client, towns: Version) -> None:
    page = text(client.get(reverse("catalog:datasets")))
    assert "1 jeu de données" in page
    assert "Communes du Lot" in page
    assert "8 lignes" in page
    assert 'id="recherche"' in page
    assert "Publier un fichier" not in page
    assert "Aucun jeu de données" in text(client.get(reverse("catalog:datasets"), {"q": "piscine"}))


def test_members_are_offered_to_publish(client: Client, towns: Version) -> None:
    client.force_login(member(towns.resource.dataset.organisation))
    assert "Publier un fichier" in text(client.get(reverse("catalog:datasets")))
    assert "Gérer ce jeu de données" in text(client.get(towns.resource.dataset.get_absolute_url()))


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999", "tri=x&controle=y&territoire=z&schema=%00", "q=" + "x" * 3000]
)
def test_the_list_bears_any_address(client: Client, towns: Version, query: str) -> None:
    assert client.get(reverse("catalog:datasets") + "?" + query).status_code == 200


def test_the_list_is_read_in_a_fixed_number_of_queries(
    client: Client, settings: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        Resource.objects.create(dataset=dataset(f"Jeu {number}", slug=f"jeu-{number}"), title="Table")
    client.get(reverse("catalog:datasets"))  # the index is built
    settings.SEARCH_PATIENCE = 60.0
    with django_assert_max_num_queries(8):
        page = text(client.get(reverse("catalog:datasets")))
    assert "page 1 sur 2" in page


def test_a_dataset_page(client: Client, towns: Version, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        page = text(client.get(towns.resource.dataset.get_absolute_url()))
    for shown in (
        "Communes du Lot",
        "Les communes du Lot et leurs habitants.",
        "Licence Ouverte 2.0",
        "démographie",
        "Lire les 8 lignes",
        "Figeac",
    ):
        assert shown in page
    described = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert described
    data = json.loads(described[1])
    assert data["@type"] == "Dataset"
    assert len(data["distribution"]) == 3


def test_an_invented_dataset_says_so_everywhere(client: Client) -> None:
    found = published(invented=True)
    for address in (reverse("catalog:datasets"), found.resource.dataset.get_absolute_url(), table(found)):
        assert "inventé pour la démonstration" in text(client.get(address)), address


def test_a_table_page(client: Client, towns: Version, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        page = text(client.get(table(towns)))
    for shown in ("8 lignes", "Puy-l&#x27;Évêque", "01/03/2024", "dans l'ordre du fichier", "version 1"):
        assert shown in page, shown
    assert '<td class="n">9\u202f793</td>' in page
    assert 'href="/territoires/commune/46001/"' in page
    assert "aria-sort" not in page


def test_sorting_and_filtering_without_javascript(client: Client, towns: Version) -> None:
    asked = {"tri": "Habitants", "sens": "desc", "c": ["Rurale", ""], "o": ["exact", "contains"], "v": ["non", ""]}
    page = text(client.get(table(towns), asked))
    assert "4 lignes sur 8" in page
    assert "triées par « Habitants » (décroissant)" in page
    assert 'aria-sort="descending"' in page
    assert page.index("Cahors</td>") < page.index("Figeac</td>") < page.index("Saint-Céré</td>")
    assert "/versions/1/csv?c=Rurale&amp;o=exact&amp;v=non" in page


def test_a_filter_that_makes_no_sense_keeps_what_was_typed(client: Client, towns: Version) -> None:
    answer = client.get(table(towns), {"c": "Habitants", "o": "greater", "v": "beaucoup"})
    assert answer.status_code == 400
    page = text(answer)
    assert "« beaucoup » n&#x27;est pas un nombre" in page
    assert 'value="beaucoup"' in page
    assert 'href="#filtre-0"' in page


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=999999",
        "page=-3",
        "page=abc",
        "tri=nope",
        "col=nope",
        "c=a&c=b",
        "c=%22%3B+DROP+TABLE&o=x&v=y",
        "sens=desc",
    ],
)
def test_a_table_bears_any_address(client: Client, towns: Version, query: str) -> None:
    assert client.get(f"{table(towns)}?{query}").status_code in {200, 400}
    assert Version.objects.count() == 1


def test_pages_of_rows(client: Client) -> None:
    found = published("n;mot\n" + "".join(f"{number};mot {number}\n" for number in range(1, 61)))
    last = text(client.get(table(found), {"page": 99}))
    assert "page 3 sur 3" in last
    assert "mot 60" in last
    assert "mot 50<" not in last


def test_wide_tables_show_some_columns_first(client: Client) -> None:
    found = published(
        ";".join(f"colonne n° {number}" for number in range(40)) + "\n" + ";".join("x" for _number in range(40)) + "\n"
    )
    page = text(client.get(table(found)))
    assert "10 colonnes montrées sur 40" in page
    chosen = text(client.get(table(found), {"col": ["colonne n° 30", "colonne n° 31"]}))
    assert "2 colonnes montrées sur 40" in chosen


def test_nothing_in_a_file_becomes_markup(client: Client) -> None:
    found = published(HOSTILE, title="<b>Titre</b>", description='</script><script>alert(2)</script> "x" https://example.org/')
    addresses = [
        reverse("catalog:datasets"),
        found.resource.dataset.get_absolute_url(),
        table(found),
        table(found) + "lignes/1/",
    ]
    addresses += [table(found) + f"colonnes/{position}/" for position in (1, 2, 3)]
    for address in addresses:
        page = text(client.get(address))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Titre" not in page
        assert ' onclick="' not in page


def test_a_row_has_its_own_page(client: Client, towns: Version) -> None:
    page = text(client.get(table(towns) + "lignes/3/"))
    assert "Éclaux" in page
    assert 'rel="prev"' in page
    for wrong in (0, 9, 10**12):
        assert client.get(f"{table(towns)}lignes/{wrong}/").status_code == 404


def test_a_column_has_its_own_page(client: Client, towns: Version) -> None:
    page = text(client.get(table(towns) + "colonnes/3/"))
    for shown in ("Habitants", "nombre entier", "Minimum", "310", "20\u202f050"):
        assert shown in page
    assert '<meter min="0" max="' in page
    assert client.get(table(towns) + "colonnes/6/").status_code == 404


def test_an_old_version_says_that_newer_data_exist(client: Client, towns: Version) -> None:
    newer = version(towns.resource, TOWNS + "46009;Lalbenque;1800;09/03/2024;oui\n")
    old = text(client.get(reverse("catalog:version", args=[towns.resource.dataset.slug, towns.resource_id, 1])))
    assert "Des données plus récentes existent" in old
    assert "Lalbenque" not in old
    current = text(client.get(table(newer)))
    assert "Des données plus récentes existent" not in current
    assert "Lalbenque" in current
    assert "version 1" in current


def test_a_withdrawn_version_keeps_its_reason_and_nothing_else(client: Client, towns: Version) -> None:
    version(towns.resource, TOWNS + "46009;Lalbenque;1800;09/03/2024;oui\n")
    withdraw(towns, "Elle contenait des noms.")
    page = client.get(reverse("catalog:version", args=[towns.resource.dataset.slug, towns.resource_id, 1]))
    assert page.status_code == 200
    assert "Elle contenait des noms." in text(page)
    assert "Figeac</td>" not in text(page)
    assert client.get(table(towns) + "lignes/1/?version=1").status_code == 404
    assert "retirée" in text(client.get(table(towns)))
    assert (
        client.get(reverse("catalog:version_verdict", args=[towns.resource.dataset.slug, towns.resource_id, 1])).status_code
        == 200
    )


def test_the_verdict_is_public(client: Client, towns: Version) -> None:
    error = {"code": "type-error", "row": 4, "column": "Commune", "value": "=1<b>", "message": "Il faut un nom."}
    cause = {
        "code": "type-error",
        "rule": "type",
        "column": "Commune",
        "title": "Un nom mal écrit",
        "explanation": "Voici pourquoi.",
        "count": 1200,
        "first": [error],
    }
    towns.valid, towns.schema = False, "scdl/equipements"
    towns.verdict = {"valid": False, "counts": {"type-error": 1200}, "errors": [error], "warnings": [], "causes": [cause]}
    towns.save()
    page = text(client.get(table(towns) + "controle/"))
    for shown in (
        "1\u202f200 erreurs",
        "Un nom mal écrit",
        "Voici pourquoi.",
        "=1&lt;b&gt;",
        "Il faut un nom.",
        "La première de 1\u202f200",
    ):
        assert shown in page, shown
    assert "1\u202f200 erreurs" in text(client.get(table(towns)))
    errors = client.get(reverse("catalog:version_errors", args=[towns.resource.dataset.slug, towns.resource_id, 1]))
    lines = b"".join(errors.streaming_content).decode().splitlines()
    assert lines[1].startswith("4,Commune,'=1<b>,type-error")


def test_drafts_exist_for_members_alone(client: Client) -> None:
    found = published(draft=True)
    address = found.resource.dataset.get_absolute_url()
    assert client.get(address).status_code == client.get(table(found)).status_code == 404
    client.force_login(member(organisation("Une autre"), Role.ADMINISTRATOR))
    assert client.get(address).status_code == 404
    client.force_login(member(found.resource.dataset.organisation))
    assert "Brouillon" in text(client.get(address))
    assert "Figeac" in text(client.get(table(found)))
    assert "Communes du Lot" not in text(client.get(reverse("catalog:datasets")))


def test_a_table_without_a_version(client: Client) -> None:
    resource = Resource.objects.create(dataset=dataset(), title="Vide")
    assert "pas encore de version" in text(client.get(resource.get_absolute_url()))
    assert "Aucune version publiée" in text(client.get(resource.dataset.get_absolute_url()))


def test_cards_show_what_the_person_may_see(towns: Version, django_assert_num_queries: Any) -> None:
    draft = dataset("Brouillon", slug="brouillon", draft=True)
    version(towns.resource, TOWNS + "46009;Lalbenque;1800;09/03/2024;oui\n")
    key = towns.resource_id
    with django_assert_num_queries(5):
        here, hidden, current, old, missing = cards(
            ["dataset:communes-du-lot", "dataset:brouillon", f"resource:{key}", f"resource:{key}@1", f"resource:{key}@7"], None
        )
    assert here.title == "Communes du Lot"
    assert "9 lignes" in here.line
    assert hidden.state == missing.state == "gone"
    assert current.url == table(towns)
    assert "données plus récentes disponibles" in old.badges
    assert cards(["dataset:brouillon"], member(draft.organisation))[0].badges == ("brouillon",)


def test_what_concerns_an_organisation_or_a_territory(towns: Version) -> None:
    region = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", vintage=2026)
    for number in range(3):
        dataset(f"Jeu {number}", slug=f"jeu-{number}", territory=region)
    listing = kinds._about("region:76", None, 2)
    assert (len(listing.cards), listing.total) == (2, 3)
    assert listing.url == "/donnees/?territoire=region%3A76"
    assert kinds._about("organisation:commune-de-figeac", None, 9).total == 4
    assert kinds._about("nothing:x", None, 9).total == 0


def test_what_the_home_page_asks(towns: Version) -> None:
    dataset("Brouillon", slug="brouillon", draft=True)
    assert public.figures() == {"datasets": 1, "publishers": 1}
    assert public.latest(limit=3) == [Dataset.objects.get(slug="communes-du-lot")]
