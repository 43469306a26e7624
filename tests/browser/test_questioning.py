"""From the list of datasets to a chart of fibre in rural and other communes, to the SQL that proves it, to a citation card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.small_site import SmallSite


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with-javascript", "without"])
def test_from_the_list_to_a_chart_to_its_proof(
    java_script_enabled: bool, visitor: Callable[..., Visitor], site: SmallSite
) -> None:
    reader = visitor(java_script_enabled=java_script_enabled)
    page = reader.page
    reader.go("/donnees/")
    page.get_by_role("main").get_by_role("link", name="Fibre par commune", exact=True).first.click()
    page.get_by_role("link", name="Lire les 8 lignes").click()
    page.get_by_role("link", name="Faire un graphique").click()

    # A proposal is there; the reader chooses by themselves.
    expect(page.get_by_role("heading", name="Pour commencer")).to_be_visible()
    page.get_by_role("radio", name="Barres").check()
    page.get_by_label("Axe", exact=True).select_option(label="Rurale (oui ou non)")
    page.get_by_label("Calcul").select_option(label="moyenne")
    page.get_by_label("Colonne à mesurer").select_option(label="Part raccordable")
    page.get_by_role("button", name="Dessiner").click()
    finding = page.locator("#titre-apercu")
    expect(finding).to_contain_text("27")  # the mean of the rural ones: (34 + 12.5 + 20 + 41.5) / 4
    page.get_by_role("button", name="Garder ce graphique").click()

    # The chart that was kept: a picture that loads, its table, what to take away, its card.
    expect(page.get_by_role("heading", level=1)).to_contain_text("27")
    addresses = [page.locator("figure img").first.get_attribute("src")]
    addresses += [
        page.get_by_role("link", name=kind, exact=True).get_attribute("href") for kind in ("SVG", "PNG", "CSV", "JSON")
    ]
    for address in addresses:
        taken = page.request.get(f"{site.url}{address}")
        assert taken.ok, address
        assert len(taken.body()) > 60, address
    expect(page.locator("table")).to_contain_text("78")
    reference = page.get_by_label("Référence, dans une page de ce site").input_value()
    assert reference.startswith("chart:")
    assert reference.endswith("@1")
    expect(page.locator("#carte ~ *").get_by_role("link").first).to_be_visible()

    # The SQL that proves it.
    page.get_by_role("link", name="Vérifier en SQL").click()
    answer = page.locator("#reponse")
    expect(answer).to_contain_text("27")
    expect(answer).to_contain_text("78")
    # Asked a second time of the same site, the same question is already kept: the page leads to it.
    keep = page.get_by_role("button", name="Garder cette question")
    keep.or_(page.get_by_text("Cette question est déjà gardée").get_by_role("link")).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/donnees/questions/" in page.url
    assert not reader.complaints
    assert not reader.elsewhere
