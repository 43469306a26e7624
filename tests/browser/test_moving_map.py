"""The interactive map, in a real browser: it draws with what this site sends alone, and says so where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from parvis.territories import contours
from parvis.territories.models import Contour
from tests.browser.conftest import FLAGS, SmallSite, Visitor
from tests.catalog.publishing import organisation, published
from tests.territories.test_contours import square, write

TABLE = "insee;part\n46102;12,5\n46034;0\n46042;\n31555;8\n"
SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture
def path(site: SmallSite, tmp_path: Path) -> Iterator[str]:
    """The address of a map of a very small country, whose contours are loaded for this test alone."""
    found = published(TABLE, slug="parts", title="Parts", organisation=organisation("Service des cartes"))
    file = write(
        tmp_path / "shapes.geojson",
        *(square(code, 1.0 + at / 10) for at, code in enumerate(("46102", "46034", "46042", "31555"))),
    )
    contours.load(path=file, source="IGN", vintage=2018)
    yield f"/donnees/parts/{found.resource_id}/carte/?forme=map_commune&territoire=insee&y=part&calcul=mean"
    Contour.objects.all().delete()
    found.resource.dataset.delete()


def test_the_map_is_drawn_or_says_that_it_is_not(visitor: Callable[..., Visitor], path: str) -> None:
    """The browser of these journeys has no graphics card: the page then keeps the picture and the table, and says why."""
    anna = visitor()
    anna.go(path)
    page = anna.page
    expect(page.locator("#carte-refusee, #carte-interactive[data-drawn]").filter(visible=True)).to_have_count(1, timeout=30_000)
    expect(page.get_by_role("img", name="Carte par commune")).to_be_visible()
    expect(page.get_by_role("row", name="Cahors")).to_contain_text("valeur manquante")
    assert not anna.elsewhere


def test_without_webgl_the_page_says_so(visitor: Callable[..., Visitor], path: str) -> None:
    anna = visitor()
    anna.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    anna.go(path)
    expect(anna.page.locator("#carte-refusee")).to_be_visible()
    expect(anna.page.locator("#carte-interactive")).to_be_hidden()
    assert not anna.complaints


def test_without_javascript_the_picture_and_the_table_are_there(visitor: Callable[..., Visitor], path: str) -> None:
    anna = visitor(java_script_enabled=False)
    anna.go(path)
    expect(anna.page.get_by_role("img", name="Carte par commune")).to_be_visible()
    expect(anna.page.get_by_role("row", name="Figeac")).to_contain_text("12,5")
    expect(anna.page.locator("#carte-interactive")).to_be_hidden()


def test_a_canvas_is_drawn_and_speaks(chromium: Browser, site: SmallSite, path: str) -> None:
    """With WebGL in software; skipped where this Chromium has not even that."""
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=[*FLAGS, *SOFTWARE])
    try:
        anna = Visitor(site, browser.new_context(viewport={"width": 1000, "height": 900}, locale="fr-FR"))
        anna.go(path)
        page = anna.page
        if not page.evaluate("!!document.createElement('canvas').getContext('webgl2')"):
            pytest.skip("no WebGL in this browser, even in software")
        expect(page.locator("#carte-interactive[data-drawn]")).to_be_visible(timeout=60_000)
        assert page.locator("#carte-interactive canvas").count() == 1
        page.get_by_label("Aller à").fill("Cahors")
        page.keyboard.press("Tab")
        expect(page.locator(".said")).to_have_text("Cahors : valeur manquante")
        page.get_by_label("Aller à").fill("Le Bourg")
        page.keyboard.press("Tab")
        expect(page.locator(".said")).to_have_text("Le Bourg : 0")
        assert not anna.complaints
        assert not anna.elsewhere
    finally:
        browser.close()


def chromium_path() -> str:
    import os
    import shutil

    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)))
