"""On an English page, what the site itself says is English: findings, alternatives, notes, reasons, mistakes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from parvis.catalog import charts
from parvis.catalog.actions import charts as actions
from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.models import Version
from parvis.shared import kinds
from tests.catalog.publishing import TOWNS, published, version

pytestmark = pytest.mark.django_db
FRENCH = re.compile(
    r"\b(le|la|les|des|une|est|sont|dans|avec|pour|aucune?|lignes?|moyenne|valeurs?|selon|chaque|choisissez)\b", re.I
)
NAMES = ("Communes du Lot", "Commune de Figeac", "Relevé le", "Code commune", "Licence Ouverte")
CHOICES = (
    "forme=bars&x=Rurale&calcul=mean&y=Habitants",
    "forme=bars&x=Commune",
    "forme=bars&x=Rurale&couleur=Commune",
    "forme=lines&x=Relevé le&y=Habitants&calcul=sum",
    "forme=distribution&x=Habitants",
    "forme=points&x=Relevé le&y=Habitants",
    "forme=map_commune&territory=Code commune",
    "forme=bars&x=absente",
    "forme=bars&x=Rurale&limite=999&pas=abc",
)


@pytest.fixture
def towns(home: object) -> Version:
    cache.clear()
    return published()


@pytest.fixture
def reader(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def said(client: Client, address: str) -> str:
    """What a page says in its main part, without what people or the law wrote (names, values, code)."""
    page = client.get(address).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    spoken = " ".join(re.findall(r'\b(?:alt|aria-label|title)="([^"]*)"', main))
    main = re.sub(r"<(textarea|pre|code|script|svg)\b.*?</\1>", " ", main, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", " ", main) + " " + spoken)
    for name in NAMES:
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("choice", CHOICES)
def test_the_page_of_a_choice(reader: Client, towns: Version, choice: str) -> None:
    text = said(reader, f"/donnees/{towns.resource.dataset.slug}/{towns.resource_id}/graphiques/?{choice}")
    assert not FRENCH.findall(text), text


def test_a_kept_chart_says_its_finding_in_the_language_of_the_reader(reader: Client, towns: Version) -> None:
    choice = Choice("bars", x="Rurale", y="Habitants", aggregate="mean")
    chart = actions.keep(towns, choice, findings=charts.findings(towns, choice))
    text = said(reader, chart.get_absolute_url())
    assert "The mean of “Habitants” ranges from" in text
    picture = re.search(r'<img src="([^"]*langue=en)"', reader.get(chart.get_absolute_url()).content.decode())
    assert picture, "the picture of an English page has an address of its own"
    assert "La moyenne de" in unescape(Client().get(chart.get_absolute_url()).content.decode())


def test_the_card_of_a_kept_chart_speaks_the_language_of_the_reader(towns: Version) -> None:
    choice = Choice("bars", x="Rurale", y="Habitants", aggregate="mean")
    chart = actions.keep(towns, choice, findings=charts.findings(towns, choice))
    (french_card,) = kinds.cards([chart.reference], None)
    with translation.override("en"):
        (card,) = kinds.cards([chart.reference], None)
    assert french_card.title.startswith("La moyenne de")
    assert card.title.startswith("The mean of")


def test_numbers_and_dates_of_english_readers() -> None:
    from datetime import date

    with translation.override("en"):
        assert (french.number(1234567.5), french.quantity(4.25, "%"), french.quantity(1200, "€")) == (
            "1,234,568",
            "4.2%",
            "€1,200",
        )
        assert french.day(date(2024, 3, 1)) == "1 March 2024"
        assert french.listed(["a", "b", "c"]) == "a, b and c"
    assert french.day(date(2024, 3, 1)) == "1er mars 2024"


def test_the_page_of_sql_and_its_refusals(reader: Client, towns: Version) -> None:
    table = f"table=towns:{towns.resource_id}"
    for sql in ("", "SELECT Commune FROM towns LIMIT 1", "SELECT absente FROM towns", "DROP TABLE towns"):
        text = said(reader, f"/donnees/questions/?{table}&sql={sql}")
        assert not FRENCH.findall(text), text


def test_the_pages_of_a_comparison(reader: Client, towns: Version) -> None:
    after = version(towns.resource, TOWNS.replace("9793", "9800"))
    table = f"/donnees/{towns.resource.dataset.slug}/{towns.resource_id}"
    chosen = f"{table}/versions/{towns.number}/comparer/{after.number}/"
    assert reader.get(f"{table}/comparer/", follow=True).request["PATH_INFO"] == chosen
    text = said(reader, chosen)
    assert "What changes from version 1 to version 2" in text
    assert not FRENCH.findall(text), text
