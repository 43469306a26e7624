"""With the keyboard alone: a commune, a search, rows, the next page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

OUTLINED = "one => { const style = getComputedStyle(one); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none' }"


def reach(page: Page, wanted: Locator, most: int = 80) -> Locator:
    """Tab until `wanted` has the focus, which must be seen."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate(OUTLINED), "the focus cannot be seen"
            return wanted
    raise AssertionError(f"{most} presses of Tab do not reach {wanted}")


def test_with_the_keyboard_alone(visitor: Callable[..., Visitor]) -> None:
    page = (somebody := visitor()).page
    somebody.go("/")
    reach(page, page.get_by_role("link", name="Aller au contenu"), most=1)

    # A commune, then back to what was being read.
    reach(page, page.get_by_role("link", name="Choisir votre commune").first)
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Nom de la commune ou code postal"))
    page.keyboard.type("figac")
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("button", name="Figeac", exact=True))
    page.keyboard.press("Space")
    expect(page.get_by_role("banner")).to_contain_text("Autour de Figeac")

    # A search.
    reach(page, page.get_by_role("banner").get_by_role("link", name="Données"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("searchbox"))
    page.keyboard.type("subventions 2024")
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("link", name="Subventions versées en 2024"))
    page.keyboard.press("Enter")

    # The rows, scrolled with the arrows; then the next page.
    reach(page, page.get_by_role("link", name="Lire les 64 lignes"))
    page.keyboard.press("Enter")
    table = reach(page, page.get_by_role("region", name="Tableau des lignes"))
    for _press in range(5):
        page.keyboard.press("ArrowRight")
    for _wait in range(100):
        if table.evaluate("one => one.scrollLeft") > 0:
            break
        page.wait_for_timeout(50)
    else:
        raise AssertionError("the arrows do not scroll the rows")
    expect(table.get_by_role("row")).to_have_count(26)
    reach(page, page.get_by_role("link", name="Page suivante"), most=200)
    page.keyboard.press("Enter")
    expect(page.get_by_text("page 2 sur 3")).to_be_visible()
    expect(page.get_by_role("rowheader", name="26", exact=True)).to_be_visible()


def test_focus_is_never_trapped(visitor: Callable[..., Visitor]) -> None:
    """Going backwards from the end of a page comes back to its start."""
    page = (somebody := visitor(width=360)).page
    somebody.go("/donnees/")
    page.keyboard.press("Shift+Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    for _press in range(120):
        page.keyboard.press("Shift+Tab")
        if skip.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("the first link is out of reach")
