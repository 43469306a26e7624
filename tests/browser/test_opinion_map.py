"""The map of opinions, read as a table with the keyboard alone, then without JavaScript on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from parvis.debates.models import Process
from parvis.debates.results import computing
from parvis.territories.models import Level, Territory
from tests.browser.conftest import Visitor
from tests.browser.small_site import SmallSite
from tests.browser.test_keyboard import reach
from tests.debates import crowds


@pytest.fixture
def water(site: SmallSite) -> Process:
    assert site.url
    known = Process.objects.filter(slug="eau-partagee").first()
    if known:
        return known
    region = Territory.objects.filter(level=Level.REGION, code="76").get()
    communes = list(Territory.objects.filter(level=Level.COMMUNE, region=region))
    made = crowds.process(region, "eau-partagee")
    crowds.fill(made, 90, 25, communes)
    computing.run(computing.ask(made).pk)
    return made


def test_the_map_is_read_as_a_table_with_the_keyboard(water: Process, visitor: Callable[..., Visitor]) -> None:
    page = (somebody := visitor()).page
    somebody.go(f"/debats/{water.slug}/carte/")
    expect(page.get_by_role("img", name="Carte des opinions, 3 groupes")).to_be_visible()
    reach(page, page.get_by_role("link", name="le tableau", exact=True))
    page.keyboard.press("Enter")
    table = page.get_by_role("table")
    sort = table.get_by_role("link", name="Groupe A")
    reach(page, sort, most=120)
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Groupe A")).to_have_attribute("aria-sort", "descending")
    shares = [
        int("".join(filter(str.isdigit, one.split("%")[0])))
        for one in table.locator("tbody tr td:nth-child(3)").all_inner_texts()
    ]
    assert len(shares) == 20
    assert shares == sorted(shares, reverse=True)
    reach(page, page.get_by_role("link", name="Page suivante"), most=120)
    page.keyboard.press("Enter")
    expect(table.get_by_role("caption")).to_contain_text("21 à 25 sur 25")


def test_on_a_telephone_without_scripts(water: Process, visitor: Callable[..., Visitor]) -> None:
    page = (somebody := visitor(width=360, java_script_enabled=False)).page
    for place in ("carte", "rapport", "participation", "donnees"):
        somebody.go(f"/debats/{water.slug}/{place}/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= 360
