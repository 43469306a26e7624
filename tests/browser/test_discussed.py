"""Ask who publishes, be answered, correct, judge useful; then be reported and leave a trace. With scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from parvis.discussions.models import Message
from tests.browser.conftest import Visitor
from tests.browser.small_site import EDITOR, NEWCOMER, SmallSite, person
from tests.browser.test_moderated import REASON, WAYS, arrived, looked, moderator

ASKED = "De quel trimestre sont ces chifres ? ({way})"
CORRECTED = "De quel trimestre sont ces chiffres ? ({way})"
ANSWER = "Du premier trimestre de l'année. ({way})"


@pytest.mark.parametrize("way", WAYS)
def test_asked_answered_corrected_reported_hidden(way: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    data = site.fibre.resource.dataset
    words, corrected, answered = (text.format(way=way) for text in (ASKED, CORRECTED, ANSWER))
    neighbour = person(f"voisine-{way}@discussion.example", "Voisine")
    site.people[neighbour.email] = neighbour

    # Who reads a dataset asks its publisher, with the data in question beside.
    asker = arrived(visitor, way, NEWCOMER)
    asker.go(data.get_absolute_url())
    asker.page.get_by_role("link", name="Poser une question").click()
    expect(asker.page.get_by_label("une question à qui publie")).to_be_checked()
    asker.page.get_by_label("Votre message").fill(words)
    asker.page.get_by_label("Ce que vous citez").fill(data.get_absolute_url())
    asker.page.get_by_label("Nom affiché").fill("Une curieuse")
    looked(asker, way)
    asker.page.get_by_role("button", name="Publier").click()
    expect(asker.page.get_by_text("Votre message est publié.")).to_be_visible()
    question = Message.objects.get(text=words)
    looked(asker, way)

    # The publisher finds it on the desk, and answers in its name: that is the answer.
    agent = arrived(visitor, way, EDITOR)
    agent.go("/bureau/")
    agent.page.get_by_role("link", name=words).first.click()
    agent.page.get_by_role("main").get_by_role("link", name="Répondre").last.click()
    agent.page.get_by_label("Votre message").fill(answered)
    agent.page.get_by_label("J'écris au nom de").check()
    agent.page.get_by_role("button", name="Publier").click()
    expect(agent.page.get_by_text("la réponse", exact=True)).to_be_visible()

    # A slip is corrected; what was written before stays readable.
    asker.go(question.get_absolute_url())
    expect(asker.page.get_by_text(answered)).to_be_visible()
    asker.page.get_by_role("link", name="Corriger").click()
    asker.page.get_by_label("Votre message").fill(corrected)
    asker.page.get_by_role("button", name="Enregistrer").click()
    asker.page.get_by_role("link", name="modifié").click()
    expect(asker.page.get_by_text(words)).to_be_visible()
    looked(asker, way)

    # Somebody finds it useful, once.
    reader = arrived(visitor, way, neighbour.email)
    reader.go(question.get_absolute_url())
    reader.page.locator(f"#m-{question.pk}").get_by_role("button", name="Utile").click()
    expect(reader.page.locator(f"#m-{question.pk}").get_by_role("button", name="Utile (1)")).to_be_visible()
    looked(reader, way)

    # It is on the page of the data, with its answer, and it is reported there.
    passer = arrived(visitor, way)
    passer.go(data.get_absolute_url())
    expect(passer.page.get_by_text(corrected)).to_be_visible()
    expect(passer.page.get_by_text(answered)).to_be_visible()
    passer.go(question.get_absolute_url())
    passer.page.locator(f"#m-{question.pk}").get_by_role("link", name="Signaler").click()
    passer.page.get_by_label(REASON).check()
    passer.page.get_by_role("button", name="Envoyer le signalement").click()
    judge = arrived(visitor, way, moderator(site, f"denise-{way}"))
    judge.go("/moderation/")
    judge.page.get_by_role("link", name=corrected).click()
    judge.page.get_by_label("masquer").check()
    judge.page.get_by_label("Motif").select_option("insult")
    judge.page.get_by_role("button", name="Décider").click()
    expect(judge.page.get_by_text("Votre décision est enregistrée.")).to_be_visible()

    # The words are gone, the place, the reason and the answer stay.
    passer.go(question.get_absolute_url())
    expect(passer.page.get_by_text(REASON)).to_be_visible()
    expect(passer.page.get_by_text(answered)).to_be_visible()
    assert corrected not in passer.page.content()
    assert words not in passer.page.content()
    looked(passer, way)
    for somebody in (asker, agent, reader, passer, judge):
        assert not somebody.complaints
        assert not somebody.elsewhere
