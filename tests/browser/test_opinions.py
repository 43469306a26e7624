"""Twelve statements answered with the keyboard alone; the same without JavaScript; what is recorded is what is said."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from parvis.debates.models import Participant, Process, Statement, Vote
from tests.browser.conftest import Visitor
from tests.browser.test_keyboard import reach
from tests.debates.taking_part import process, stated

SAID = {"d": Vote.Value.AGREE, "p": Vote.Value.DISAGREE, "j": Vote.Value.PASS}
KEYS = "dpjddpjdpdjp"


def opened(slug: str) -> Process:
    made = process(slug)
    stated(made, *(f"Proposition du village numéro {number}." for number in range(1, 13)))
    return made


def asked(page: Page) -> str:
    return page.locator("#affirmation").inner_text()


def test_twelve_statements_by_keyboard(visitor: Callable[..., Visitor]) -> None:
    made = opened("au-clavier")
    page = (somebody := visitor()).page
    somebody.go("/debats/au-clavier/opinions/")
    page.keyboard.press("d")  # outside the card, keys are the browser's own
    assert not Participant.objects.filter(process=made).exists()
    reach(page, page.get_by_role("button", name="D'accord", exact=True))
    told = {}
    for turn, key in enumerate(KEYS):
        text = asked(page)
        told[text] = SAID[key]
        page.keyboard.press(key)
        expect(page.locator(".recorded")).to_contain_text(text)
        expect(page.locator("#opinion-said")).to_contain_text(text)
        expect(page.locator("#avancement")).to_contain_text(f"{turn + 1} réponse")
    expect(page.get_by_text("Vous avez répondu à tout")).to_be_focused()  # the key of « undo » goes on working
    assert len(told) == 12
    person = Participant.objects.get(process=made)
    recorded = {vote.statement.text: vote.value for vote in Vote.objects.filter(participant=person).select_related("statement")}
    assert recorded == told

    # Undone with a key, and asked again.
    last = page.locator(".recorded")
    undone = next(text for text in told if text in last.inner_text())
    page.keyboard.press("a")
    expect(page.locator("#affirmation")).to_have_text(undone)
    expect(page.locator("#opinion-said")).to_have_text("Réponse annulée.")
    assert person.votes.count() == 11
    somebody.go("/debats/au-clavier/opinions/")
    expect(page.locator("#avancement")).to_contain_text("11 réponses sur 12")
    assert somebody.complaints == []
    assert somebody.elsewhere == set()


def test_without_javascript_on_a_telephone(visitor: Callable[..., Visitor]) -> None:
    made = opened("sans-script")
    page = (somebody := visitor(width=360, java_script_enabled=False)).page
    somebody.go("/debats/sans-script/opinions/")
    for name in ("D'accord", "Pas d'accord", "Je passe"):
        text = asked(page)
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".recorded")).to_contain_text(text)
    assert Participant.objects.filter(process=made).count() == 1
    assert Vote.objects.filter(participant__process=made).count() == 3
    page.get_by_role("link", name="Ma participation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma participation")
    page.get_by_role("link", name="changer la réponse").first.click()
    expect(page.get_by_text("Votre réponse actuelle")).to_be_visible()
    assert not Statement.objects.filter(process=made, agrees__gt=1).exists()
