"""Be moderated, be told, appeal: a statement is hidden with a reason, its author reads why, and another moderator shows it again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import expect

from parvis.accounts.models import User
from parvis.debates.models import Statement, Teammate
from parvis.moderation.models import Decision
from tests.browser.conftest import Visitor
from tests.browser.small_site import NEWCOMER, SmallSite, person
from tests.browser.test_asking import letter_to
from tests.browser.test_pages import AXE, check
from tests.debates.taking_part import process

WAYS = {"with-javascript": True, "without": False}
REASON, NOTE = "une insulte, une menace ou un appel à la haine", "Le mot « bourg » est une moquerie ici."
WHY = "« Bourg » veut dire petit village."


def moderator(site: SmallSite, name: str) -> str:
    email = f"{name}@moderation.example"
    site.people[email] = person(email, name.capitalize())
    User.objects.filter(pk=site.people[email].pk).update(platform_role="moderator")
    return email


def arrived(visitor: Callable[..., Visitor], way: str, email: str = "") -> Visitor:
    """A telephone; axe can only be asked where scripts run."""
    somebody = visitor(java_script_enabled=WAYS[way], width=360)
    if WAYS[way]:
        somebody.context.add_init_script(path=AXE)
    if email:
        somebody.be(email)
    return somebody


def looked(somebody: Visitor, way: str) -> None:
    if WAYS[way]:
        check(somebody)
        somebody.page.set_viewport_size({"width": 360, "height": 900})


def propose(author: Visitor, slug: str, text: str) -> None:
    author.go(f"/debats/{slug}/affirmations/proposer/")
    author.page.get_by_label("Votre affirmation").fill(text)
    author.page.get_by_role("button", name="Proposer", exact=True).click()
    expect(author.page.get_by_role("heading", level=1, name="Ma participation")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_hidden_told_contested_shown_again(way: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    made = process(f"modere-{way}", title="Les bus du dimanche ?", review="after")
    text = f"Les bus devraient passer le dimanche dans chaque bourg ({way})."
    one, other = (moderator(site, f"{name}-{way}") for name in ("anne", "bruno"))
    author = arrived(visitor, way, NEWCOMER)
    propose(author, made.slug, text)
    statement = Statement.objects.get(process=made)

    # Somebody without an account reports it.
    passer = arrived(visitor, way)
    passer.go(statement.get_absolute_url())
    passer.page.get_by_role("link", name="Signaler ce contenu").click()
    passer.page.get_by_label(REASON).check()
    looked(passer, way)
    passer.page.get_by_role("button", name="Envoyer le signalement").click()
    expect(passer.page.get_by_text("votre signalement est reçu")).to_be_visible()

    # A moderator finds it in the queue and hides it, with a reason.
    judge = arrived(visitor, way, one)
    judge.go("/bureau/")
    judge.page.get_by_role("main").get_by_role("link", name="Modération").click()
    looked(judge, way)
    judge.page.get_by_role("link", name=text).click()
    looked(judge, way)
    judge.page.get_by_label("masquer").check()
    judge.page.get_by_label("Motif").select_option("insult")
    judge.page.get_by_label("Explication pour l'auteur").fill(NOTE)
    judge.page.get_by_role("button", name="Décider").click()
    expect(judge.page.get_by_text("Votre décision est enregistrée.")).to_be_visible()

    # Everybody reads that there was something, and why it is there no more.
    passer.go(statement.get_absolute_url())
    expect(passer.page.get_by_text(REASON)).to_be_visible()
    assert text not in passer.page.content()
    assert NOTE not in passer.page.content()
    looked(passer, way)

    # Its author is told, with the text and the reason, by a letter and on a page.
    letter = letter_to(NEWCOMER, text)
    assert REASON in letter
    assert NOTE in letter
    link = re.search(r"/moderation/decisions/\d+/", letter)
    assert link
    author.go(f"/debats/{made.slug}/ma-participation/")
    expect(author.page.get_by_text(REASON)).to_be_visible()
    expect(author.page.get_by_text(NOTE)).to_be_visible()
    looked(author, way)
    author.go(link[0])
    for words in (text, REASON, NOTE):
        expect(author.page.get_by_text(words)).to_be_visible()
    author.page.get_by_label("Pourquoi cette décision").fill(WHY)
    looked(author, way)
    author.page.get_by_role("button", name="Demander une relecture").click()
    expect(author.page.get_by_text("une autre personne va relire la décision")).to_be_visible()

    # Not who decided, but another one answers.
    judge.go("/moderation/")
    judge.page.get_by_role("link", name=f"Affirmation n° {statement.number}").first.click()
    expect(judge.page.get_by_text(WHY)).to_be_visible()
    judge.page.get_by_label("masquer").check()
    judge.page.get_by_label("Motif").select_option("insult")
    judge.page.get_by_role("button", name="Décider").click()
    expect(judge.page.get_by_text("Une autre personne que celle qui a décidé")).to_be_visible()
    judge.complaints.clear()  # Chromium says 422 aloud
    second = arrived(visitor, way, other)
    second.go(judge.page.url.removeprefix(site.url))
    looked(second, way)
    second.page.get_by_label("montrer de nouveau").check()
    second.page.get_by_label("Motif").select_option("mistake")
    second.page.get_by_role("button", name="Décider").click()
    expect(second.page.get_by_text("Votre réponse est enregistrée.")).to_be_visible()

    # It is there again, and its author knows.
    passer.go(statement.get_absolute_url())
    expect(passer.page.get_by_role("heading", level=1, name=text)).to_be_visible()
    assert "est montré de nouveau" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [NEWCOMER]
    author.go(link[0])
    expect(author.page.get_by_text("le contenu est montré de nouveau")).to_be_visible()
    passer.go("/moderation/chiffres/")
    expect(
        passer.page.get_by_text("décision changée après recours").or_(passer.page.get_by_text("décisions changées"))
    ).to_be_visible()
    looked(passer, way)
    assert list(Decision.objects.filter(case__reference=statement.reference).values_list("verdict", flat=True)) == [
        "hide",
        "restore",
    ]
    for somebody in (author, passer, judge, second):
        assert not somebody.complaints
        assert not somebody.elsewhere


@pytest.mark.parametrize("way", WAYS)
def test_refused_before_it_is_shown_and_contested_without_an_account(
    way: str, visitor: Callable[..., Visitor], site: SmallSite
) -> None:
    made = process(f"relu-{way}", title="Les écoles l'été ?")
    text = f"Les écoles devraient ouvrir l'été et offrir des repas ({way})."
    mate = person(f"equipe-{way}@debat.example", "Équipe")
    site.people[mate.email] = mate
    Teammate.objects.create(process=made, user=mate, role="facilitator")
    author = arrived(visitor, way)
    propose(author, made.slug, text)

    team = arrived(visitor, way, mate.email)
    team.go(f"/debats/{made.slug}/affirmations/relire/")
    team.page.get_by_label("Ou ne pas la retenir").select_option("several")
    team.page.get_by_label("Précision pour l'auteur").fill("Coupez-la en deux.")
    looked(team, way)
    team.page.get_by_role("button", name="Ne pas retenir").click()
    expect(team.page.get_by_text("son auteur lira le motif")).to_be_visible()

    author.go(f"/debats/{made.slug}/ma-participation/")
    expect(author.page.get_by_text("plusieurs choses à la fois")).to_be_visible()
    expect(author.page.get_by_text("Coupez-la en deux.")).to_be_visible()
    author.page.get_by_text("Contester cette décision").click()
    looked(author, way)
    author.page.get_by_label("Pourquoi cette décision").fill("Un repas fait partie de l'école.")
    author.page.get_by_role("button", name="Demander une relecture").click()
    expect(author.page.get_by_text("une autre personne va la relire")).to_be_visible()

    judge = arrived(visitor, way, moderator(site, f"chloe-{way}"))
    judge.go("/moderation/")
    judge.page.get_by_role("link", name=re.compile("^Affirmation n° 1$")).first.click()
    expect(judge.page.get_by_text("Un repas fait partie de l'école.")).to_be_visible()
    judge.page.get_by_label("montrer de nouveau").check()
    judge.page.get_by_label("Motif").select_option("mistake")
    judge.page.get_by_role("button", name="Décider").click()
    author.go(f"/debats/{made.slug}/ma-participation/")
    expect(author.page.get_by_text("Après votre recours, elle est montrée de nouveau.")).to_be_visible()
    for somebody in (author, team, judge):
        assert not somebody.complaints
