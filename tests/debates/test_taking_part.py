"""Taking part with as little as possible: a browser, an e-mail, an account, and what is asked when a network does too much."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from parvis.debates.actions import links
from parvis.debates.models import EmailLink, NetworkCount, Participant, Process, Statement, Vote
from parvis.debates.participation import networks
from tests.debates.taking_part import Browser, commune, key_in, member, process, region, stated
from tests.debates.test_votes import counts, recounted

pytestmark = pytest.mark.django_db
AGREE, AGAINST, SKIP = "d_accord", "pas_d_accord", "je_passe"


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def two() -> tuple[Process, list[Statement]]:
    made = process()
    return made, stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")


def right(made: Process) -> None:
    """The counts are what counting again gives."""
    for one in made.statements.all():
        assert counts(one) == recounted(one)


def ask_link(browser: Browser, address: str, callbacks: Any) -> str:
    """The path that the message holds."""
    mail.outbox.clear()
    with callbacks(execute=True):
        browser.post(browser.address("email"), {"cle": key_in(browser.card()), "email": address})
    assert [letter.to for letter in mail.outbox] == [[address.lower()]]
    found = re.search(r"http://[^/]+(/debats/\S+)", str(mail.outbox[0].body))
    assert found
    return found[1]


def follow(browser: Browser, path: str) -> Any:
    page = browser.get(path)
    return (
        browser.post(f"{path}confirmer/", {"cle": key_in(page.content.decode())}, follow=True)
        if page.status_code == 200
        else page
    )


def test_beyond_what_a_network_does_answers_wait_for_a_link(
    two: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DEBATES_NEWCOMERS_A_DAY = 2
    made, (one, other) = two
    people = [Browser(made) for _each in range(3)]
    for browser in people:
        browser.say(one.number, AGREE)
    assert counts(one) == (2, 0, 0)
    assert "Beaucoup de réponses arrivent du même réseau" in people[2].card()
    assert "Beaucoup de réponses" not in people[1].card()
    people[2].say(other.number, AGAINST)
    assert counts(other) == (0, 0, 0)
    assert Vote.objects.count() == 4
    # From another network, nothing is asked.
    elsewhere = Browser(made, REMOTE_ADDR="203.0.113.9")
    elsewhere.say(one.number, AGREE)
    assert counts(one) == (3, 0, 0)

    path = ask_link(people[2], "Sam@exemple.fr", django_capture_on_commit_callbacks)
    assert "comptent" in follow(people[2], path).content.decode()
    assert (counts(one), counts(other)) == ((4, 0, 0), (0, 1, 0))
    person = Participant.objects.get(level="confirmed")
    assert person.counted
    right(made)
    assert (
        "sam@exemple.fr" not in str(list(EmailLink.objects.values())).lower() + str(list(Participant.objects.values())).lower()
    )


def test_a_network_that_answers_too_fast_is_set_apart(two: Any, settings: Any) -> None:
    settings.DEBATES_VOTES_A_MINUTE = 3
    made, (one, _other) = two
    browser = Browser(made)
    for said in (AGREE, SKIP, AGREE):
        browser.say(one.number, said)
    assert counts(one) == (1, 0, 0)
    browser.say(one.number, AGAINST)
    assert counts(one) == (0, 0, 0)
    assert not Participant.objects.get().counted
    assert Vote.objects.get().value == -1
    # Somebody with an account is known by more than a network.
    signed = Browser(made)
    signed.force_login(member())
    signed.say(one.number, AGREE)
    assert counts(one) == (1, 0, 0)
    right(made)


def test_networks_are_forgotten_after_the_process(two: Any) -> None:
    made, (one, _other) = two
    Browser(made).say(one.number, AGREE)
    assert NetworkCount.objects.filter(process=made).count() == 2
    assert not networks.forget()
    assert Participant.objects.exclude(network="").exists()
    made.phases.update(closes=timezone.now() - timedelta(minutes=1))
    assert networks.forget() == 1
    assert not Participant.objects.exclude(network="").exists()
    assert not NetworkCount.objects.exists()


def test_a_link_is_for_once_and_for_a_day(two: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any) -> None:
    made, (one, _other) = two
    made.access = "confirmed"
    made.save()
    browser = Browser(made)
    assert browser.say(one.number, AGREE).status_code == 403
    assert not Participant.objects.exists()
    path = ask_link(browser, "sam@exemple.fr", django_capture_on_commit_callbacks)
    assert browser.get(path).status_code == 200  # a program that opens every link confirms nothing
    assert not Participant.objects.exists()
    follow(browser, path)
    assert Participant.objects.get().level == "confirmed"
    browser.say(one.number, AGREE)
    assert counts(one) == (1, 0, 0)
    # Again: nothing more, and a sentence.
    again = Browser(made).get(path)
    assert again.status_code == 410
    assert "déjà servi" in again.content.decode()
    assert Browser(made).get(path[:-3] + "xx/").status_code == 410
    EmailLink.objects.all().delete()
    late = ask_link(Browser(made), "lou@exemple.fr", django_capture_on_commit_callbacks)
    monkeypatch.setattr(links, "HOLDS", timedelta(seconds=-1))
    assert Browser(made).get(late).status_code == 410
    assert Participant.objects.count() == 1


def test_one_address_on_two_browsers_is_one_person_and_the_latest_answer_counts(
    two: Any, django_capture_on_commit_callbacks: Any
) -> None:
    made, (one, other) = two
    phone, desk = Browser(made), Browser(made)
    phone.say(one.number, AGREE)
    follow(phone, ask_link(phone, "sam@exemple.fr", django_capture_on_commit_callbacks))
    desk.say(one.number, AGAINST)
    desk.say(other.number, SKIP)
    assert counts(one) == (1, 1, 0)
    follow(desk, ask_link(desk, "SAM@exemple.fr", django_capture_on_commit_callbacks))
    assert Participant.objects.count() == 1
    assert (counts(one), counts(other)) == ((0, 1, 0), (0, 0, 1))
    right(made)
    # Both browsers are still theirs.
    phone.say(other.number, AGREE)
    assert (Participant.objects.count(), counts(other)) == (1, (1, 0, 0))
    desk.say(one.number, SKIP)
    assert (Participant.objects.count(), counts(one)) == (1, (0, 0, 1))
    right(made)


def test_signing_in_keeps_what_was_said_before(two: Any) -> None:
    made, (one, other) = two
    somebody = member()
    first = Browser(made)
    first.force_login(somebody)
    first.say(one.number, AGREE)
    before = Browser(made)
    before.say(one.number, AGAINST)
    before.say(other.number, AGREE)
    assert counts(one) == (1, 1, 0)
    secret = before.cookies["participation"].value
    before.force_login(somebody)
    before.card()
    person = Participant.objects.get()
    assert (person.user, person.level) == (somebody, "member")
    assert (counts(one), counts(other)) == ((0, 1, 0), (1, 0, 0))
    right(made)
    # Signed out, the browser opens nothing of the account.
    before.logout()
    before.cookies["participation"] = secret
    assert "Votre réponse actuelle" not in before.card(f"?affirmation={one.number}")


def test_signing_in_finds_the_participation_of_its_address(two: Any, django_capture_on_commit_callbacks: Any) -> None:
    made, (one, _other) = two
    phone = Browser(made)
    phone.say(one.number, AGREE)
    follow(phone, ask_link(phone, "camille@exemple.fr", django_capture_on_commit_callbacks))
    somebody = member("camille")
    EmailAddress.objects.create(user=somebody, email="camille@exemple.fr", verified=True, primary=True)
    desk = Browser(made)
    desk.force_login(somebody)
    desk.say(one.number, AGAINST)
    assert Participant.objects.count() == 1
    assert counts(one) == (0, 1, 0)


def test_the_commune_is_asked_once_and_may_be_refused(two: Any) -> None:
    made, (one, _other) = two
    figeac = commune()
    browser = Browser(made)
    assert "Dans quelle commune" not in browser.card()
    page = browser.say(one.number, AGREE).content.decode()
    assert "pour savoir si tous les territoires participent" in page
    found = browser.get(browser.address("commune") + "?q=figeac").content.decode()
    assert 'value="46102">Figeac' in found
    browser.post(browser.address("choose_commune"), {"cle": key_in(found), "commune": "46102"})
    assert Participant.objects.get().commune == figeac
    assert "Dans quelle commune" not in browser.card()
    shy = Browser(made)
    page = shy.say(one.number, AGREE).content.decode()
    shy.post(shy.address("choose_commune"), {"cle": key_in(page), "sans": "1"})
    person = Participant.objects.get(commune=None)
    assert person.commune_asked
    assert "Dans quelle commune" not in shy.card()


def test_residents_only() -> None:
    here = region()
    elsewhere = commune("Ailleurs", "01001")
    commune(within=here)
    made = process(residents_only=True, territory=here)
    (one,) = stated(made, "Il faut plus de pistes.")
    stranger, resident = Browser(made), Browser(made)
    for browser in (stranger, resident):
        page = browser.card()
        assert "réservée aux personnes qui habitent ici" in page
        assert 'value="d_accord"' not in page
        assert "Je préfère ne pas le dire" not in page
        assert browser.say(one.number, AGREE, key_in(page)).status_code == 403
    assert not Participant.objects.exists()
    stranger.post(stranger.address("choose_commune"), {"cle": key_in(stranger.card()), "commune": elsewhere.code})
    assert "Vous pouvez la lire" in stranger.card()
    assert stranger.say(one.number, AGREE).status_code == 403
    resident.post(resident.address("choose_commune"), {"cle": key_in(resident.card()), "commune": "46102"})
    resident.say(one.number, AGREE)
    assert counts(one) == (1, 0, 0)


def test_members_only(two: Any) -> None:
    made, (one, _other) = two
    Process.objects.update(access="member")
    browser = Browser(made)
    assert "il faut un compte" in browser.card()
    assert browser.say(one.number, AGREE).status_code == 403
    browser.force_login(member())
    browser.say(one.number, AGREE)
    assert counts(one) == (1, 0, 0)


def test_ones_own_participation_read_copied_left_and_erased(two: Any) -> None:
    made, (one, other) = two
    browser, neighbour = Browser(made), Browser(made)
    assert "rien ici" in browser.get(browser.address("mine")).content.decode()
    browser.say(one.number, AGREE)
    browser.say(other.number, SKIP)
    neighbour.say(one.number, AGREE)
    page = browser.get(browser.address("mine")).content.decode()
    assert "Il faut des bus le dimanche." in page
    copy = browser.get(browser.address("mine_export")).json()
    assert [answer["answer"] for answer in copy["answers"]] == [0, 1]
    browser.post(browser.address("erase"), {"cle": key_in(page)})
    assert Participant.objects.count() == 2
    browser.post(browser.address("erase"), {"cle": key_in(page), "sur": "1"})
    assert Participant.objects.count() == 1
    assert (counts(one), counts(other)) == ((1, 0, 0), (0, 0, 0))
    right(made)
    page = neighbour.get(neighbour.address("mine")).content.decode()
    answer = neighbour.post(neighbour.address("leave"), {"cle": key_in(page)})
    assert answer.cookies["participation"].value == ""
    assert "rien ici" in neighbour.get(neighbour.address("mine")).content.decode()
    assert counts(one) == (1, 0, 0)


def test_erased_after_the_end_is_unlinked(two: Any) -> None:
    made, (one, _other) = two
    browser = Browser(made)
    browser.say(one.number, AGREE)
    made.phases.update(closes=timezone.now() - timedelta(minutes=1))
    page = browser.get(browser.address("mine")).content.decode()
    browser.post(browser.address("erase"), {"cle": key_in(page), "sur": "1"})
    person = Participant.objects.get()
    assert (person.browser_hash, person.email_hash, person.user, person.network) == (None, None, None, "")
    assert counts(one) == (1, 0, 0)
