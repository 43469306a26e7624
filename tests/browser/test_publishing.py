"""From an agent's broken file to a citizen's download, with JavaScript and without; and nothing typed is lost on the way."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from parvis.catalog.models import Deposit
from parvis.home.demonstration import grants
from tests.browser.conftest import Visitor
from tests.browser.small_site import EDITOR, GIVER, SIREN, SmallSite, twin


def drop(page: Page, year: int) -> str:
    """Give the broken file of a year to the form, and return the id of the deposit."""
    name = f"subventions {year} v2 FINAL.csv"
    page.get_by_label("Votre fichier").set_input_files(
        FilePayload(name=name, mimeType="text/csv", buffer=grants.broken(GIVER, SIREN, year))
    )
    page.get_by_role("button", name="Déposer et lire le fichier").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def wait_for(page: Page, heading: str, *, alone: bool) -> None:
    """With JavaScript the page comes to its reader; without, its link does the same."""
    if not alone:
        page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with-javascript", "without"])
def test_from_a_broken_file_to_a_download(
    java_script_enabled: bool, visitor: Callable[..., Visitor], site: SmallSite, tmp_path: Any
) -> None:
    year = 2026 if java_script_enabled else 2027
    title = f"Subventions versées en {year}"
    agent = visitor(java_script_enabled=java_script_enabled)
    page = agent.page
    agent.sign_in(EDITOR)

    # The file is received, and the work goes on while the page is closed.
    page.get_by_role("main").get_by_role("link", name="Publier un fichier").click()
    deposit = drop(page, year)
    expect(page.get_by_text("Votre fichier attend son tour.")).to_be_visible()
    Deposit.objects.filter(pk=deposit).update(step="profile", progress=30, state=Deposit.State.READING)
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "30")
    expect(page.get_by_text("Nous lisons toutes les lignes")).to_be_visible()
    site.work(deposit)

    # What was understood, then the schema that fits, then the causes.
    wait_for(page, "Ce que nous avons compris", alone=java_script_enabled)
    reading = page.locator("#lecture")
    expect(reading).to_contain_text("64 lignes et 16 colonnes.")
    expect(reading).to_contain_text("Accents écrits en cp1252.")
    expect(reading).to_contain_text("Titres à la ligne 3.")
    page.get_by_role("button", name="Contrôler avec ce schéma").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    site.work(deposit)
    wait_for(page, "Un fichier réparé est prêt", alone=java_script_enabled)
    expect(page.locator("#controle")).to_contain_text("points à corriger")
    assert page.locator("#controle ul.rows > li").count() >= 3
    before = Deposit.objects.get(pk=deposit).verdict["counts"]

    # The repaired file has fewer errors; those that only a person can correct are left, and said.
    page.get_by_role("button", name="Continuer avec le fichier réparé").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    site.work(deposit)
    wait_for(page, "Le contrôle", alone=java_script_enabled)
    after = Deposit.objects.get(pk=deposit).verdict["counts"]
    assert 0 < sum(after.values()) < sum(before.values())
    page.get_by_role("link", name="Continuer : décrire ces données").click()
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Description").fill("Toutes les subventions aux associations, avec leur objet.")
    page.get_by_label("Mots-clés").fill("subventions, budget")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", level=2, name=title)).to_be_visible()
    confirm = page.get_by_label("J'ai vérifié : ces données peuvent être publiées.")
    if confirm.count():
        confirm.check()
    page.get_by_role("button", name="Publier maintenant").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="C'est publié.")).to_be_visible()
    assert not agent.complaints
    assert not agent.elsewhere

    read_as_a_citizen(visitor(java_script_enabled=java_script_enabled, width=360), title, year)


def read_as_a_citizen(citizen: Visitor, title: str, year: int) -> None:
    page = citizen.page
    citizen.go("/donnees/")
    page.get_by_role("searchbox").fill(f"subvention {year}")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    page.get_by_role("link", name="Lire les 64 lignes").click()
    page.get_by_text("Filtrer les lignes").click()
    first = page.get_by_role("group", name="Filtre 1")
    first.get_by_label("Colonne").select_option(label="objet")
    first.get_by_label("Condition").select_option(label="contient")
    first.get_by_label("Valeur").fill("jardin")
    page.get_by_role("button", name="Filtrer").click()
    wanted = [row for row in grants.grants(GIVER, SIREN, year) if "Jardin" in row["objet"]]
    expect(page.get_by_role("status")).to_contain_text(f"{len(wanted)} ")
    expect(page.locator("table.data tbody tr")).to_have_count(len(wanted))

    with page.expect_download() as filtered:
        page.locator("#telecharger ~ p").get_by_role("link", name="CSV").click()
    assert [float(row["montant"]) for row in rows_of(filtered.value)] == [float(row["montant"]) for row in wanted]
    with page.expect_download() as whole:
        page.locator(".downloads").get_by_role("link", name="CSV").click()
    found = rows_of(whole.value)
    assert len(found) == 64
    assert found[0]["nomAttribuant"] == GIVER
    assert found[0]["dateConvention"] == next(grants.grants(GIVER, SIREN, year))["dateConvention"]
    assert "é" in found[0]["nature"]
    assert not citizen.complaints
    assert not citizen.elsewhere


def rows_of(download: Any) -> list[dict[str, str]]:
    with download.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_typed_is_kept(visitor: Callable[..., Visitor], site: SmallSite) -> None:
    """A refused form, a page left half-filled, a browser that was closed."""
    agent = visitor()
    agent.be(EDITOR)
    agent.go("/donnees/publier/")
    page = agent.page
    page.get_by_label("Ou son adresse sur internet").fill("ftp:/pas une adresse")
    page.get_by_role("button", name="Déposer et lire le fichier").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Ou son adresse sur internet")).to_have_value("ftp:/pas une adresse")
    page.get_by_label("Ou son adresse sur internet").fill("")
    drop(page, 2028)
    agent.context.close()

    # The deposit is on the desk of somebody who comes back with another browser.
    agent = visitor()
    agent.sign_in(EDITOR)
    page = agent.page
    page.get_by_role("link", name="subventions 2028 v2 FINAL.csv").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    agent.go(twin(site.deposits["ready"]).get_absolute_url())
    page.get_by_role("link", name="Continuer : décrire ces données").click()

    # Half a sentence, a reload: with JavaScript it is there again, and said.
    page.get_by_label("Description").fill("Une phrase comm")
    page.reload()
    expect(page.get_by_label("Description")).to_have_value("Une phrase comm")
    expect(page.get_by_text("Nous avons retrouvé ce que vous aviez commencé à écrire")).to_be_visible()

    # A refused description keeps what was right, and what was not.
    page.get_by_label("Titre").fill("")
    page.get_by_label("Description").fill("À moitié écrite")
    page.get_by_label("Adresse de l'original").fill("pas une adresse")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("À moitié écrite")
    expect(page.get_by_label("Adresse de l'original")).to_have_value("pas une adresse")

    # Half-filled, then reloaded.
    page.get_by_label("Adresse de l'original").fill("")
    page.get_by_label("Titre").fill("Un titre")
    page.get_by_label("D'où viennent ces données ?").fill("Le service")
    page.get_by_role("button", name="Enregistrer, finir plus tard").click()
    expect(page.get_by_role("status").filter(has_text="La description est enregistrée.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Titre")).to_have_value("Un titre")
    expect(page.get_by_label("Description")).to_have_value("À moitié écrite")
    expect(page.get_by_label("D'où viennent ces données ?")).to_have_value("Le service")
