"""Proposing, correcting, reading before it is shown, refusing with a reason; lists and pages of statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from parvis.accounts.models import PlatformRole, User
from parvis.debates import likeness
from parvis.debates.actions import statements
from parvis.debates.models import Participant, Process, Statement
from parvis.moderation import actions as moderation
from parvis.moderation.models import Appeal, Case, Verdict
from parvis.shared import kinds
from tests.debates.taking_part import Browser, key_in, member, process, stated, teammate

pytestmark = pytest.mark.django_db
TEXT = "Les bus devraient passer le dimanche aussi."


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def made() -> Process:
    return process()


def suggest(browser: Browser, text: str = TEXT, **more: str) -> Any:
    page = browser.get(browser.address("suggest")).content.decode()
    return browser.post(browser.address("suggest"), {"cle": key_in(page), "texte": text} | more)


def test_proposed_without_an_account_read_then_shown(made: Process) -> None:
    browser = Browser(made)
    answer = suggest(browser)
    assert answer.status_code == 302
    assert answer.cookies["participation"].value
    one = Statement.objects.get()
    assert (one.state, one.number, one.author) == ("waiting", 1, Participant.objects.get())
    assert TEXT in browser.get(browser.address("mine")).content.decode()
    stranger = Browser(made)
    assert stranger.get(stranger.address("statement", 1)).status_code == 404
    assert TEXT not in stranger.get(stranger.address("statements")).content.decode()
    assert kinds.cards([one.reference], None)[0].state == "gone"

    team = Browser(made)
    team.force_login(teammate(made))
    assert TEXT in team.get(team.address("review")).content.decode()
    team.post(team.address("decide", 1), {"decision": "show"})
    assert TEXT in stranger.card()
    assert TEXT in stranger.get(stranger.address("statement", 1)).content.decode()
    assert kinds.cards([one.reference], None)[0].title == TEXT


def test_shown_at_once_where_the_process_says_so(made: Process) -> None:
    Process.objects.update(review="after")
    suggest(Browser(made))
    assert Statement.objects.get().state == "shown"


def test_sent_twice_is_one(made: Process) -> None:
    browser = Browser(made)
    suggest(browser)
    suggest(browser)
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("text", ["", "Trop court.", "x" * 281])
def test_length(made: Process, text: str) -> None:
    answer = suggest(Browser(made), text)
    assert answer.status_code == 422
    assert "à corriger" in answer.content.decode()
    assert not Participant.objects.exists()


def test_those_alike_are_read_first(made: Process) -> None:
    stated(made, "Il faut des bus le dimanche.", "Le prix de la cantine doit baisser.", "Les bus doivent rouler à l'hydrogène.")
    browser = Browser(made)
    answer = suggest(browser, "Les BUS devraient rouler le dimanche : il en faut !")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Il faut des bus le dimanche." in page
    assert "cantine" not in page
    assert not Participant.objects.exists()
    assert suggest(browser, "Les BUS devraient rouler le dimanche : il en faut !", sur="1").status_code == 302
    assert Statement.objects.count() == 4


def test_likeness_folds_accents_and_endings(made: Process) -> None:
    (one,) = stated(made, "Créer des pistes cyclables protégées vers les écoles.")
    assert likeness.alike(made, "creation de piste cyclable protegee vers l'ecole") == [one]
    assert likeness.alike(made, "Construire une piscine près de la gare.") == []
    assert likeness.alike(made, "le la les") == []


def test_corrected_by_its_author_while_nobody_answered(made: Process) -> None:
    Process.objects.update(review="after")
    author, other = Browser(made), Browser(made)
    suggest(author)
    page = author.get(author.address("reword", 1)).content.decode()
    author.post(author.address("reword", 1), {"cle": key_in(page), "texte": "Les bus devraient passer la nuit aussi."})
    one = Statement.objects.get()
    assert one.text == "Les bus devraient passer la nuit aussi."
    assert one.edited
    assert " nuit " in one.words
    other.say(1, "je_passe")
    assert other.get(other.address("reword", 1)).status_code == 302
    author.post(author.address("reword", 1), {"cle": key_in(page), "texte": "Une autre phrase, tout à fait."})
    one.refresh_from_db()
    assert one.text == "Les bus devraient passer la nuit aussi."
    assert "corriger" not in author.get(author.address("mine")).content.decode()


def test_refused_with_a_reason_told_to_the_author_and_a_trace_for_all(
    made: Process, django_capture_on_commit_callbacks: Any
) -> None:
    author = Browser(made)
    author.force_login(member("sacha"))
    suggest(author)
    team = Browser(made)
    team.force_login(teammate(made))
    assert "Choisissez un motif" in team.post(team.address("decide", 1), {"decision": "refuse"}, follow=True).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        team.post(team.address("decide", 1), {"decision": "refuse", "reason": "several", "note": "Coupez-la en deux."})
    assert [letter.to for letter in mail.outbox] == [["sacha@exemple.fr"]]
    assert "plusieurs choses à la fois" in str(mail.outbox[0].body)
    assert "Coupez-la en deux" in str(mail.outbox[0].body)
    assert "plusieurs choses à la fois" in author.get(author.address("mine")).content.decode()
    stranger = Browser(made)
    for page in (
        stranger.get(stranger.address("statement", 1)),
        stranger.get(stranger.address("statements") + "?etat=refused"),
    ):
        text = page.content.decode()
        assert page.status_code == 200
        assert "plusieurs choses à la fois" in text
        assert TEXT not in text
    assert Statement.objects.get().number == 1


def test_reported_hidden_by_moderation_then_shown_again(made: Process) -> None:
    (one,) = stated(made, TEXT)
    voter = Browser(made)
    voter.say(1, "d_accord")
    moderation.report(one.reference, reason="insult", network="n")
    moderator = member("modo", platform_role=PlatformRole.MODERATOR)
    moderation.decide(Case.objects.get(), verdict=Verdict.HIDE, reason="insult", by=moderator)
    one.refresh_from_db()
    assert one.state == "refused"
    assert TEXT not in voter.card()
    moderation.report(one.reference, reason="other", text="Ce n'est pas une insulte.", network="n")
    moderation.decide(Case.objects.get(decided=None), verdict=Verdict.RESTORE, reason="mistake", by=moderator)
    one.refresh_from_db()
    assert (one.state, one.agrees, one.reason) == ("shown", 1, "")


def test_only_the_team_reads_and_writes_for_it(made: Process) -> None:
    stated(made, TEXT)
    somebody = Browser(made)
    assert somebody.get(somebody.address("review")).status_code == 302
    somebody.force_login(member())
    for answer in (
        somebody.get(somebody.address("review")),
        somebody.post(somebody.address("decide", 1), {"decision": "refuse", "reason": "known"}),
        somebody.post(somebody.address("write"), {"text": "Une phrase de l'équipe."}),
    ):
        assert answer.status_code == 403
    mediator = teammate(made, "mediator", "mediatrice")
    with pytest.raises(PermissionDenied):
        statements.write(made, "Une phrase de l'équipe.", by=mediator)
    team = Browser(made)
    team.force_login(teammate(made))
    for _twice in range(2):
        team.post(team.address("write"), {"text": "Une phrase de l'équipe."})
    one = Statement.objects.get(seed=True, by__isnull=False)
    assert (one.number, one.state) == (2, "shown")


def test_the_list_is_sorted_searched_and_paged(made: Process) -> None:
    found = stated(made, *(f"Proposition du quartier numéro {number}." for number in range(28)), "Des écoles ouvertes l'été.")
    Statement.objects.filter(pk=found[3].pk).update(agrees=40)
    Statement.objects.filter(pk=found[5].pk).update(agrees=30, disagrees=30)
    browser = Browser(made)

    def first(query: str) -> str:
        page = browser.get(browser.address("statements") + query).content.decode()
        return page[page.index('class="rows"') :].split("<h2>")[1].split("</h2>")[0]

    assert "numéro 3." in first("?tri=accord")
    assert "numéro 5." in first("?tri=divise")
    assert "numéro 5." in first("?tri=reponses")
    assert "écoles" in first("?q=ECOLE")
    assert "page 1 sur 2" in browser.get(browser.address("statements")).content.decode()
    assert "Aucune affirmation ne contient" in browser.get(browser.address("statements") + "?q=piscine").content.decode()
    assert browser.get(browser.address("statements") + "?tri=x&etat=y&page=zz&q=%00").status_code == 200


def refused_and_contested(made: Process, author: Browser, text: str = "Je parle de deux bus, pas de deux idées.") -> Case:
    """The team refuses what they propose; they contest it on their page."""
    suggest(author)
    mate = teammate(made)
    statements.refuse(Statement.objects.get(), reason="several", note="Coupez-la en deux.", by=mate)
    page = author.get(author.address("mine")).content.decode()
    assert "Coupez-la en deux." in page
    assert "Contester cette décision" in page
    for _twice in range(2):
        author.post(author.address("contest", 1), {"cle": key_in(page), "pourquoi": text})
    assert "une autre personne va la relire" in author.get(author.address("mine")).content.decode()
    return Case.objects.get()


@pytest.mark.parametrize("account", [True, False])
def test_the_team_s_refusal_is_contested_before_a_moderator(made: Process, account: bool) -> None:
    author = Browser(made)
    if account:
        author.force_login(member("sacha"))
    case = refused_and_contested(made, author)
    assert case.origin == "review"
    appeal = Appeal.objects.get()
    moderator = member("modo", platform_role=PlatformRole.MODERATOR)
    with pytest.raises(PermissionDenied):
        moderation.answer(appeal, verdict=Verdict.HIDE, reason="several", by=appeal.decision.by)
    moderation.answer(appeal, verdict=Verdict.RESTORE, reason="mistake", by=moderator)
    one = Statement.objects.get()
    assert (one.state, one.reason) == ("shown", "")
    assert "Après votre recours, elle est montrée" in author.get(author.address("mine")).content.decode()
    with pytest.raises(PermissionDenied):  # what an appeal settled, the team does not undo
        statements.refuse(one, reason="several", by=appeal.decision.by)


def test_only_the_author_contests_and_once(made: Process) -> None:
    author, other = Browser(made), Browser(made)
    suggest(author)
    statements.refuse(Statement.objects.get(), reason="several", by=teammate(made))
    other.say(stated(made, "Une autre affirmation ici.")[0].number, "d_accord")
    page = other.get(other.address("mine")).content.decode()
    answer = other.post(other.address("contest", 1), {"cle": key_in(page), "pourquoi": "Pour rien."}, follow=True)
    assert "pas de vous" in answer.content.decode()
    page = author.get(author.address("mine")).content.decode()
    answer = author.post(author.address("contest", 1), {"cle": key_in(page), "pourquoi": " \x00"}, follow=True)
    assert "Dites pourquoi" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_who_moderates_but_refused_it_does_not_answer_the_appeal(made: Process) -> None:
    author = Browser(made)
    suggest(author)
    both = teammate(made)
    User.objects.filter(pk=both.pk).update(platform_role=PlatformRole.MODERATOR)
    both.refresh_from_db()
    statements.refuse(Statement.objects.get(), reason="unclear", by=both)
    page = author.get(author.address("mine")).content.decode()
    author.post(author.address("contest", 1), {"cle": key_in(page), "pourquoi": "C'est clair."})
    with pytest.raises(PermissionDenied):
        moderation.answer(Appeal.objects.get(), verdict=Verdict.HIDE, reason="unclear", by=both)


def test_the_team_does_not_show_what_a_moderator_hid_but_takes_back_its_own(made: Process) -> None:
    mate = teammate(made)
    own = statements.write(made, "Une phrase de l'équipe.", by=mate)
    assert statements.refuse(own, reason="known", by=mate).state == "refused"
    assert statements.show(own, by=mate).state == "shown"
    assert not Case.objects.exists()
    moderation.report(own.reference, reason="insult", network="n")
    moderator = member("modo", platform_role=PlatformRole.MODERATOR)
    moderation.decide(Case.objects.get(), verdict=Verdict.HIDE, reason="insult", by=moderator)
    with pytest.raises(PermissionDenied):
        statements.show(own, by=mate)
    other = teammate(made, name="autre")
    with pytest.raises(PermissionDenied):
        statements.show(own, by=other)
