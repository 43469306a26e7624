"""Programmes, end to end: twenty measures coded by the keyboard, agreement seen, a point decided, the comparison read on a telephone without
JavaScript."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from parvis.programmes.actions import elections
from parvis.programmes.models import Adjudication, Election, Measure, Task
from tests.browser.conftest import Visitor
from tests.browser.test_pages import AXE, check
from tests.programmes.elections import manager_of
from tests.programmes.rounds import code_all, opened

MEASURE = "112111121"
"""One key a criterion: digital, theme, power, public, place, means, date, verifiable, novelty."""
KEYS = {"measure": MEASURE, "presence": "11111", "list": "2222"}


@pytest.fixture
def _open():
    with override_settings(PROGRAMMES=True):
        yield


def code_by_keyboard(page: Page, most: int) -> int:
    """Figures, then Enter, unit after unit; how many measures."""
    measures = 0
    for _unit in range(most):
        if "/coder/" not in page.url:
            break
        task = Task.objects.get(evaluator__label="Lise", position=int(page.url.rstrip("/").rpartition("/")[2]))
        measures += task.unit == "measure"
        before = page.url
        page.wait_for_function("document.activeElement.type === 'radio'")
        for key in KEYS[task.unit]:
            page.keyboard.press(key)
        expect(page.get_by_role("button", name="Enregistrer et passer à la suivante")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=before: url != before)
    return measures


def look_at(visitor: Callable[..., Visitor], who: str, addresses: list[str]) -> None:
    """Each page, narrow and wide, light and dark."""
    somebody = visitor()
    if who:
        somebody.be(who)
    somebody.context.add_init_script(path=AXE)
    for address in addresses:
        somebody.go(address)
        check(somebody)


@pytest.mark.usefixtures("_open")
def test_from_coding_to_reading(visitor: Callable[..., Visitor], tmp_path) -> None:
    site = visitor().site
    coding_round, first, second = opened(measures_each=11)
    by = manager_of(coding_round.election)
    code_all(second, differ={1: {"theme": "culture"}})
    site.people |= {"lise": first.user, "responsable": by}
    where = f"{coding_round.election.get_absolute_url()}codage/1/"

    lise = visitor()
    lise.be("lise")
    lise.go(where)
    lise.page.get_by_role("link", name="Coder la suite").click()
    if folder := os.environ.get("PARVIS_PICTURES"):
        lise.page.screenshot(path=f"{folder}/code.png", full_page=True)
    look_at(visitor, "lise", [where, f"{where}coder/1/"])
    assert code_by_keyboard(lise.page, 40) >= 20
    expect(lise.page.get_by_role("status")).to_contain_text("Vous avez tout codé")
    lise.page.get_by_role("link", name="L'accord entre évaluateurs").click()
    expect(lise.page.get_by_role("heading", level=1)).to_have_text("L'accord entre évaluateurs")

    manager = visitor()
    manager.be("responsable")
    manager.go(where)
    manager.page.get_by_role("button", name="Clore le codage").click()
    manager.page.get_by_role("link", name="L'accord entre évaluateurs").click()
    expect(manager.page.get_by_role("region", name="Accord par critère")).to_contain_text("fiable")
    manager.go(f"{where}arbitrage/")
    base, point = coding_round.election.get_absolute_url(), Adjudication.objects.filter(value="").first()
    one = Measure.objects.filter(candidate_list__election=coding_round.election).first()
    team = [
        where,
        f"{where}accord/",
        f"{where}arbitrage/",
        f"{where}arbitrage/{point.pk}/",
        f"{base}preparer/",
        f"{base}modifier/",
        f"{base}trace/",
    ]
    team += [f"{base}listes/liste-1/{page}/" for page in ("documents", "modifier")] + [f"{one.get_absolute_url()}modifier/"]
    look_at(visitor, "responsable", team)
    while Adjudication.objects.filter(value="").exists():
        page = manager.page
        if not re.search(r"/arbitrage/\d+/$", page.url):
            manager.page.locator(".rows a").first.click()
        page.locator("input[type=radio]").nth(0).check()
        page.get_by_label("Pourquoi").fill("Le premier effet recherché.")
        page.get_by_role("button", name="Décider").click()
        page.wait_for_load_state()
        expect(page.get_by_role("status").first).to_contain_text("C'est décidé")
    manager.go(where)
    manager.page.get_by_role("button", name="Publier").click()
    elections.publish(Election.objects.get(pk=coding_round.election_id), by=by)

    pages = ["", "comparer/", "barometre/", "methode/", "chercher/?q=chose", "listes/liste-1/"]
    rest = [
        "/programmes/",
        "/programmes/calendrier/",
        "/programmes/chercher/?q=chose",
        "/programmes/competences/",
        one.get_absolute_url(),
    ]
    look_at(visitor, "", [f"{base}{page}" for page in pages] + rest)

    reader = visitor(width=360, java_script_enabled=False)
    reader.go("/programmes/")
    reader.page.get_by_role("link", name=coding_round.election.title).click()
    reader.page.get_by_role("link", name="Comparer les programmes, thème par thème").click()
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("données ouvertes")
    measure = Measure.objects.get(candidate_list__rank=2, number=1, candidate_list__election=coding_round.election)
    expect(reader.page.get_by_role("article").filter(has_text=measure.title).first).to_contain_text("Nous ferons la chose 1.")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 360
    for somebody in (lise, manager, reader):
        assert not somebody.complaints, somebody.complaints
        assert not somebody.elsewhere
