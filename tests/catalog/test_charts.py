"""From a table to a chart that is kept, with the real client and a real small Parquet."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parvis.catalog import chart_values
from parvis.catalog.actions import charts as actions
from parvis.catalog.actions import versions
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.drawing.engine import engine
from parvis.catalog.models import Chart, Version
from parvis.organisations.models import Role
from parvis.shared import kinds
from tests.catalog.publishing import member, published, version, withdraw

pytestmark = pytest.mark.django_db
CHOICE = "forme=bars&x=Rurale&y=Habitants&calcul=sum"


@pytest.fixture(autouse=True)
def without_program() -> Any:
    yield
    engine.stop()


def build(found: Version, query: str = "") -> str:
    address = reverse("catalog:chart_build", args=[found.resource.dataset.slug, found.resource_id])
    return f"{address}?{query}" if query else address


def keep(client: Client, found: Version, query: str = CHOICE, **more: str) -> Any:
    given = dict(pair.split("=") for pair in query.split("&")) | {"version": str(found.number)} | more
    return client.post(reverse("catalog:chart_keep", args=[found.resource.dataset.slug, found.resource_id]), given)


def kept(found: Version, title: str = "Les communes rurales comptent moins d'habitants") -> Chart:
    return actions.keep(found, Choice("bars", x="Rurale", y="Habitants", aggregate="sum"), findings={"fr": title})


def text(response: Any) -> str:
    return re.sub(r"[\xa0\u202f]", " ", response.content.decode())


def test_the_builder_proposes_first_charts_with_reasons(client: Client) -> None:
    page = text(client.get(build(published())))
    assert "Pour commencer" in page
    assert "vue=clair-vignette" in page
    assert "n’a que 2 valeurs" in page or "une courbe montre" in page


def test_a_choice_becomes_a_finding_a_picture_and_a_table(client: Client) -> None:
    page = text(client.get(build(published(), CHOICE)))
    # By hand: Cahors 20050 + Figeac 9793 + Saint-Céré 3500 + Gourdon 4100; the rural ones 310 + 1600 + 1900.
    assert "37 443" in page
    assert "3 810" in page
    assert "« non » arrive en tête pour le total de « Habitants », avec 37 443, soit 91 % de l’ensemble" in page
    assert "1 ligne n’est pas comptée" in page
    assert 'media="(prefers-color-scheme: dark)"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("forme=camembert", "Choisissez une forme"),
        ("forme=bars&x=Rien", "n&#x27;a pas de colonne « Rien »"),
        ("forme=bars&x=Commune&c=Habitants&o=greater&v=beaucoup", "n&#x27;est pas un nombre"),
        ("forme=bars&x=Commune&c=Habitants&o=drop&v=1", "ne s&#x27;applique pas"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(client: Client, query: str, words: str) -> None:
    response = client.get(build(published(), query))
    assert response.status_code == 400
    assert words in text(response)


def test_keeping_twice_is_keeping_once(client: Client) -> None:
    found = published()
    first, second = keep(client, found), keep(Client(), found)
    assert first.status_code == 302
    assert first.url == second.url
    chart = Chart.objects.get()
    assert (chart.version, chart.created_by, chart.own_title) == (found, None, False)
    assert client.get(first.url).status_code == 200


def test_words_of_ones_own_need_an_account(client: Client) -> None:
    found = published()
    keep(client, found, titre="Un titre inventé")
    assert "inventé" not in Chart.objects.get().title
    client.force_login(member(found.resource.dataset.organisation))
    keep(client, found, titre="Mon titre")
    assert Chart.objects.get(own_title=True).title == "Mon titre"


def test_keeping_is_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis.catalog.views.charts.KEPT_AN_HOUR", 1)
    found = published()
    assert keep(client, found, REMOTE_ADDR="x").status_code == 302
    assert keep(client, found).status_code == 429


def test_a_kept_chart_says_everything(client: Client) -> None:
    found = published()
    chart = kept(found)
    page = text(client.get(chart.get_absolute_url()))
    for words in ("version 1", "Voir les données", "37 443", chart.reference, "&lt;iframe", "donnees.csv", "graphique.png"):
        assert words in page
    answer = client.get(f"/api/v1/charts/{chart.pk}").json()
    assert answer["choice"] == {"shape": "bars", "x": "Rurale", "y": "Habitants", "aggregate": "sum"}
    assert (answer["version"]["number"], answer["newer_version"]) == (1, None)


def test_the_data_are_those_of_the_picture(client: Client) -> None:
    chart = kept(published())
    csv = client.get(reverse("catalog:chart_data", args=[chart.pk, "csv"]))
    assert csv.content.decode("utf-8-sig").splitlines()[1].startswith("non,37443,4") or "False" not in csv.content.decode()
    lines = json.loads(client.get(reverse("catalog:chart_data", args=[chart.pk, "json"])).content)
    assert sorted(line["Habitants (total)"] for line in lines) == [3810, 37443]


def test_newer_data_are_announced_with_the_same_chart(client: Client) -> None:
    found = published()
    chart = kept(found)
    version(
        found.resource,
        "Code commune;Commune;Habitants;Relevé le;Rurale\n46001;Figeac;10;01/03/2025;non\n46002;Lot;2;01/03/2025;oui\n",
    )
    page = text(client.get(chart.get_absolute_url()))
    assert "Des données plus récentes existent : version 2" in page
    assert "?version=2&amp;forme=bars" in page
    assert "37 443" in page  # still those of version 1
    assert kinds.cards([chart.reference], None)[0].badges == ("données plus récentes disponibles",)


def test_a_withdrawn_version_takes_its_charts_with_it(client: Client) -> None:
    found = published()
    chart = kept(found, title="Un secret")
    client.get(reverse("catalog:chart_picture", args=[chart.pk, "clair-large"]))
    withdraw(found, "Elle contenait des noms.")
    page = client.get(chart.get_absolute_url())
    assert page.status_code == 410
    assert "Elle contenait des noms." in text(page)
    assert "Un secret" not in text(page)
    assert client.get(reverse("catalog:chart_picture", args=[chart.pk, "clair-large"])).status_code == 410
    assert client.get(reverse("catalog:chart_data", args=[chart.pk, "csv"])).status_code == 410
    assert client.get(f"/api/v1/charts/{chart.pk}").status_code == 410
    assert kinds.cards([chart.reference], None)[0].state == "gone"


def test_withdrawing_forgets_what_charts_say(client: Client) -> None:
    found = published()
    chart = kept(found)
    boss = member(found.resource.dataset.organisation, Role.ADMINISTRATOR)
    versions.withdraw(found, reason="Des noms.", by=boss)
    chart.refresh_from_db()
    assert (chart.title, chart.choice) == ("", {})
    assert client.get(chart.get_absolute_url()).status_code == 410


def test_the_charts_of_a_draft_are_for_its_organisation(client: Client) -> None:
    found = published(draft=True)
    chart = kept(found)
    addresses = [
        chart.get_absolute_url(),
        build(found),
        reverse("catalog:chart_picture", args=[chart.pk, "clair-large"]),
        reverse("catalog:chart_embed", args=[chart.pk]),
        reverse("catalog:chart_data", args=[chart.pk, "csv"]),
        reverse("catalog:charts", args=[found.resource.dataset.slug]),
    ]
    assert {client.get(address).status_code for address in addresses} == {404}
    assert keep(client, found).status_code == 404
    assert client.get(f"/api/v1/charts/{chart.pk}").status_code == 404
    assert kinds.cards([chart.reference], None)[0].state == "gone"
    client.force_login(member(found.resource.dataset.organisation))
    assert {client.get(address).status_code for address in addresses} == {200}
    assert "frame-ancestors 'none'" in client.get(addresses[3]).headers["Content-Security-Policy"]
    assert client.get(addresses[2]).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("who", "sites", "policy"),
    [
        ("everybody", "", "frame-ancestors *;"),
        ("nobody", "", "frame-ancestors 'none';"),
        (
            "some",
            "https://www.figeac.example\nhttps://lot.example/",
            "frame-ancestors 'self' https://www.figeac.example https://lot.example;",
        ),
    ],
)
def test_the_publisher_chooses_who_may_embed(client: Client, who: str, sites: str, policy: str) -> None:
    found = published()
    chart = kept(found)
    dataset = found.resource.dataset
    editor = Client()
    editor.force_login(member(dataset.organisation, Role.EDITOR))
    assert (
        editor.post(reverse("catalog:manage_embedding", args=[dataset.slug]), {"qui": who, "sites": sites}).status_code == 302
    )
    response = client.get(reverse("catalog:chart_embed", args=[chart.pk]))
    assert policy in response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert "37" in text(response) or "picture" in text(response)
    assert client.get(chart.get_absolute_url()).headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "sites", ["http://sans-s.example", "https://a.example; script-src *", "javascript:alert(1)", "", "https://*"]
)
def test_only_addresses_of_sites_enter_the_policy(client: Client, sites: str) -> None:
    dataset = published().resource.dataset
    client.force_login(member(dataset.organisation, Role.EDITOR))
    answer = client.post(reverse("catalog:manage_embedding", args=[dataset.slug]), {"qui": "some", "sites": sites})
    assert answer.status_code == 422


def test_strangers_choose_nothing(client: Client) -> None:
    found = published()
    chart = kept(found)
    client.force_login(member(published(slug="autre", organisation=None).resource.dataset.organisation))
    assert client.post(reverse("catalog:chart_remove", args=[chart.pk])).status_code == 403
    editor = Client()
    editor.force_login(member(found.resource.dataset.organisation, Role.EDITOR))
    assert editor.post(reverse("catalog:chart_remove", args=[chart.pk])).status_code == 302
    assert not Chart.objects.exists()


def test_a_page_of_charts_costs_the_same_however_many(client: Client, django_assert_max_num_queries: Any) -> None:
    found = published()
    for number in range(9):
        kept(found, title=f"Titre {number}")
        Chart.objects.update_or_create(
            pk=f"c{number:011}",
            defaults={
                "resource": found.resource,
                "version": found,
                "choice": {"shape": "bars", "x": "Rurale"},
                "title": f"N {number}",
            },
        )
    address = reverse("catalog:charts", args=[found.resource.dataset.slug])
    with django_assert_max_num_queries(8):
        page = client.get(address)
    assert "N 8" in text(page)


def test_columns_are_what_the_file_holds(db: Any) -> None:
    fields = {one.label: one.kind for one in chart_values.fields_of(published())}
    assert fields == {
        "Code commune": "category",
        "Commune": "category",
        "Habitants": "number",
        "Relevé le": "time",
        "Rurale": "yesno",
    }
