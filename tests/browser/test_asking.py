"""Asking for data without an account, the answer of the authority with a dataset, and the digest of somebody who asks for the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from parvis.catalog.models import DataRequest
from parvis.notifications import digests
from tests.browser.conftest import Visitor
from tests.browser.small_site import EDITOR, NEWCOMER, SmallSite

WAYS = {"with-javascript": True, "without": False}


def letter_to(address: str, words: str) -> str:
    """The body of the last letter to an address that holds these words."""
    found = [letter.body for letter in mail.outbox if letter.to == [address] and words in letter.body]
    assert found, [letter.to for letter in mail.outbox]
    return found[-1]


@pytest.mark.parametrize("way", WAYS)
def test_from_a_question_to_the_digest_of_another(way: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    asker = visitor(java_script_enabled=WAYS[way], width=360)
    page = asker.page
    address, title = f"moi-{way}@exemple.example", f"Aides aux associations ({way})"

    # What exists is proposed first.
    asker.go("/donnees/demandes/")
    page.get_by_role("main").get_by_role("link", name="Demander des données").first.click()
    page.get_by_label("Que cherchez-vous ?").fill("subventions associations")
    page.get_by_label("Auprès de quelle collectivité ?").fill("figeac")
    page.get_by_role("button", name="Chercher", exact=True).click()
    page.get_by_role("link", name="Commune de Figeac").click()
    expect(page.get_by_role("heading", name="Cela existe peut-être déjà")).to_be_visible()
    page.get_by_role("link", name="Écrire ma demande").click()

    # The words, with what is missing said.
    page.get_by_label("Quelles données demandez-vous ?").fill(title)
    page.get_by_role("button", name="Recevoir le lien de confirmation").click()
    expect(page.get_by_role("heading", name="Quelque chose est à corriger")).to_be_visible()
    asker.complaints.clear()  # Chromium says 422 aloud
    page.get_by_label("Précisez").fill("Une ligne par association, avec le montant et la date.")
    page.get_by_label("Votre adresse électronique").fill(address)
    page.get_by_role("button", name="Recevoir le lien de confirmation").click()
    expect(page.get_by_role("heading", level=1, name="Confirmez votre demande")).to_be_visible()

    # The link of the letter publishes.
    link = re.search(r"/donnees/demandes/confirmer/\S+", letter_to(address, "confirmer"))
    assert link
    asker.go(link[0])
    page.get_by_role("button", name="Publier et envoyer ma demande").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.get_by_text("Dernier jour pour répondre")).to_be_visible()
    expect(page.get_by_text("Une personne qui ne se nomme pas")).to_be_visible()
    here = page.url.removeprefix(site.url)
    assert address not in page.content()

    # Somebody asks for the same.
    neighbour = visitor(java_script_enabled=WAYS[way])
    neighbour.be(NEWCOMER)
    neighbour.go(here)
    neighbour.page.get_by_role("button", name="Je demande aussi").click()
    expect(neighbour.page.get_by_text("2 personnes demandent ces données")).to_be_visible()

    # The authority was written to, and answers with a dataset.
    assert title in letter_to(EDITOR, title)
    agent = visitor(java_script_enabled=WAYS[way])
    agent.be(EDITOR)
    agent.go("/donnees/demandes/recues/")
    agent.page.get_by_role("link", name=f"Répondre {title}").click()
    agent.page.get_by_role("link", name="Les données sont publiées").click()
    agent.page.get_by_label("Quel jeu de données répond à la demande ?").select_option(label="Subventions versées en 2024")
    agent.page.get_by_label("Un mot d'explication").fill("Voici la liste de 2024.")
    agent.page.get_by_role("button", name="Publier cette réponse").click()
    expect(agent.page.get_by_text("La collectivité a publié des données en réponse.")).to_be_visible()
    expect(agent.page.get_by_role("link", name="Subventions versées en 2024").first).to_be_visible()

    # Who asked is told at once; who asks too, in one digest.
    assert "Voici la liste de 2024." in letter_to(address, "Des données sont publiées")
    before = len(mail.outbox)
    tomorrow = timezone.localtime().replace(hour=9) + timedelta(days=1 + list(WAYS).index(way))
    digests.tick(tomorrow)
    digests.tick(tomorrow)
    told = [letter for letter in mail.outbox[before:] if letter.to == [NEWCOMER]]
    assert len(told) == 1
    assert f"a publié des données en réponse à « {title} »" in told[0].body

    # Its page says what it is told to follow, and one button ends the letters.
    stop = told[0].extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    reader = visitor(java_script_enabled=WAYS[way])
    reader.go(f"/{stop}")
    expect(reader.page.get_by_role("button", name="Ne plus m'écrire")).to_be_visible()
    assert DataRequest.objects.get(title=title).state == "answered"
    for one in (asker, neighbour, agent, reader):
        assert not one.complaints
        assert not one.elsewhere
