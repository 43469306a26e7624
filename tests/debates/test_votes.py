"""One statement at a time: what is said is what is recorded, once a person and statement, and the counts follow."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from parvis.debates import choosing, priorities
from parvis.debates.models import Participant, Statement, Vote
from parvis.debates.participation import identity
from tests.debates.taking_part import Browser, key_in, member, number_in, process, stated

pytestmark = pytest.mark.django_db


def counts(statement: Statement) -> tuple[int, int, int]:
    statement.refresh_from_db()
    return statement.agrees, statement.disagrees, statement.passes


def recounted(statement: Statement) -> tuple[int, int, int]:
    """The same, counted again from the votes."""
    found = Counter(Vote.objects.filter(statement=statement, participant__counted=True).values_list("value", flat=True))
    return found[1], found[-1], found[0]


def test_reading_makes_nobody_a_participant_and_sets_no_cookie() -> None:
    made = process()
    stated(made, "Il faut plus de pistes.")
    browser = Browser(made)
    answer = browser.get(browser.address("opinions"))
    assert answer.status_code == 200
    assert not answer.cookies
    assert not Participant.objects.exists()
    assert "no-store" in answer["Cache-Control"]


def test_a_first_answer_makes_a_participant_with_a_secret() -> None:
    made = process()
    one, _other = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    browser = Browser(made)
    answer = browser.say(one.number, "d_accord")
    assert "Enregistré" in answer.content.decode()
    cookie = answer.cookies["participation"]
    assert (cookie["path"], cookie["samesite"], bool(cookie["httponly"])) == ("/debats/", "Lax", True)
    assert answer.cookies["participation-api"]["path"] == "/api/v1/debates"
    person = Participant.objects.get()
    assert (person.level, person.counted, person.number) == ("visitor", True, 1)
    assert cookie.value not in (person.browser_hash, person.network)
    assert person.browser_hash == identity.browser_digest(made, cookie.value)
    assert counts(one) == (1, 0, 0)


def test_secure_cookie_on_https(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    assert Browser(made).say(one.number, "d_accord").cookies["participation"]["secure"]


def test_the_next_page_says_what_the_database_holds() -> None:
    made = process()
    first, second, _third = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.", "Le train est trop cher.")
    browser = Browser(made)
    browser.say(first.number, "d_accord")
    answer = browser.say(second.number, "je_passe")
    assert answer.status_code == 302
    page = browser.get(answer.url).content.decode()
    assert re.search(r"Enregistré : <strong>je passe</strong>, pour « Il faut des bus le dimanche", page)
    # Changed behind the page's back: the page says what is there now, not what was sent.
    Vote.objects.filter(statement=second).update(value=-1)
    assert "<strong>pas d&#x27;accord</strong>" in browser.get(answer.url).content.decode()
    Vote.objects.filter(statement=second).delete()
    assert "Enregistré" not in browser.get(answer.url).content.decode()


def test_the_latest_answer_counts_and_the_same_twice_changes_nothing() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    browser = Browser(made)
    for said, expected in (
        ("d_accord", (1, 0, 0)), ("d_accord", (1, 0, 0)), ("pas_d_accord", (0, 1, 0)), ("je_passe", (0, 0, 1)), ("annuler", (0, 0, 0)),
        ("annuler", (0, 0, 0)), ("d_accord", (1, 0, 0)),
    ):  # fmt: skip
        browser.say(one.number, said)
        assert counts(one) == recounted(one) == expected
    assert Participant.objects.count() == 1


def test_a_form_sent_twice_before_the_cookie_came_is_one_person() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    browser = Browser(made)
    key = key_in(browser.card())
    for _again in range(2):
        browser.cookies.clear()
        browser.say(one.number, "d_accord", key)
    assert Participant.objects.count() == Vote.objects.count() == 1
    assert counts(one) == (1, 0, 0)


def test_a_browser_that_refuses_cookies_goes_on_and_is_told() -> None:
    made = process()
    one, other = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    browser = Browser(made)
    page = browser.say(one.number, "d_accord").content.decode()
    assert "refuse les témoins" not in page
    browser.cookies.clear()
    page = browser.say(other.number, "je_passe", key_in(page)).content.decode()
    assert "refuse les témoins" in page
    assert Participant.objects.count() == 1
    assert Vote.objects.count() == 2


def test_a_page_of_another_site_answers_for_nobody() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    browser = Browser(made)
    assert browser.say(one.number, "d_accord", headers={"origin": "https://ailleurs.example"}).status_code == 403
    assert browser.say(one.number, "d_accord", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not Vote.objects.exists()


def test_a_key_that_is_false_old_or_of_another_process_records_nothing() -> None:
    made, another = process(), process("autre")
    (one,) = stated(made, "Il faut plus de pistes.")
    stated(another, "Le train est trop cher.")
    browser = Browser(made)
    for key in ("x", key_in(Browser(another).card())):
        answer = browser.say(one.number, "d_accord", key)
        assert answer.status_code == 409
        assert "rien n&#x27;est enregistré" in answer.content.decode()
    key = key_in(browser.card())
    browser.force_login(member())
    assert browser.say(one.number, "d_accord", key).status_code == 409
    assert not Participant.objects.exists()


def test_an_account_is_one_participant_on_two_browsers() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    somebody = member()
    for said in ("d_accord", "pas_d_accord"):
        browser = Browser(made)
        browser.force_login(somebody)
        answer = browser.say(one.number, said)
        assert "participation" not in answer.cookies
    assert counts(one) == (0, 1, 0)
    assert Participant.objects.get().level == "member"


def test_the_answer_of_one_is_never_shown_to_another() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    first, second = Browser(made), Browser(made)
    first.say(one.number, "d_accord")
    for query in (f"?repondu={one.number}", f"?affirmation={one.number}"):
        page = second.card(query)
        assert "Enregistré" not in page
        assert "Votre réponse actuelle" not in page
    assert "Votre réponse actuelle : d&#x27;accord" in first.card(f"?affirmation={one.number}")


def test_no_cache_ever_says_a_vote(settings: Any) -> None:
    """With the pages of readers kept: each page says the state of the moment, and no page with a key is kept."""
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "told"}
    }
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    first, second = Browser(made), Browser(made)
    assert key_in(first.card()) != key_in(second.card())
    page = made.get_absolute_url()  # kept for readers, but never with the key of one of them
    assert key_in(first.get(page).content.decode()) != key_in(second.get(page).content.decode())
    listed = first.get(first.address("statements")).content.decode()
    assert "pas encore de réponse" in listed
    first.say(one.number, "d_accord")
    assert "1 d&#x27;accord" in first.get(first.address("statements")).content.decode()  # who answered reads past the cache
    page = first.card(f"?affirmation={one.number}")
    assert "Votre réponse actuelle : d&#x27;accord" in page
    first.say(one.number, "pas_d_accord")
    assert "Votre réponse actuelle : pas d&#x27;accord" in first.card(f"?affirmation={one.number}")


def test_htmx_answers_with_the_card_alone() -> None:
    made = process()
    one, _other = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    answer = Browser(made).say(one.number, "d_accord", headers={"hx-request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="opinion"' in text
    assert 'hx-swap-oob="innerHTML"' in text
    assert answer.cookies["participation"].value


def test_closed_is_closed() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    browser, earlier = Browser(made), Browser(made)
    key = key_in(browser.card())
    earlier.say(one.number, "je_passe")
    made.phases.update(closes=timezone.now() - timedelta(minutes=1))
    for who, said in ((browser, "d_accord"), (earlier, "d_accord"), (earlier, "annuler")):
        answer = who.say(one.number, said, key)
        assert answer.status_code == 403
        assert "pas possible à ce moment" in answer.content.decode()
    assert Participant.objects.count() == 1
    assert counts(one) == (0, 0, 1)


def test_a_statement_that_is_not_shown_is_not_answered() -> None:
    made = process()
    one, _two = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    Statement.objects.filter(pk=one.pk).update(state="refused")
    answer = Browser(made).say(one.number, "d_accord")
    assert answer.status_code == 403
    assert not Vote.objects.exists()
    assert number_in(Browser(made).card()) != one.number


def test_a_reload_shows_the_same_statement_and_all_come_once() -> None:
    made = process()
    stated(made, *(f"Proposition du groupe numéro {number}." for number in range(12)))
    browser, asked = Browser(made), []
    for _turn in range(12):
        page = browser.card()
        number = number_in(page)
        assert number == number_in(browser.card())
        asked.append(number)
        browser.say(number, "je_passe", key_in(page))
    assert sorted(asked) == list(range(1, 13))
    assert "Vous avez répondu à tout" in browser.card()


def test_the_draw_follows_priority() -> None:
    """Of a thousand people, three in four see first the statement that weighs three times the other."""
    made = process()
    heavy, light = stated(made, "Il faut plus de pistes.", "Il faut des bus le dimanche.")
    Statement.objects.filter(pk=heavy.pk).update(priority=3.0)
    Statement.objects.filter(pk=light.pk).update(priority=1.0)
    first = Counter(choosing.next_statement(identity.Visit(made, None, f"network{number}")).number for number in range(1000))
    assert 700 < first[heavy.number] < 800


def test_priority_follows_each_answer() -> None:
    made = process()
    (one,) = stated(made, "Il faut plus de pistes.")
    assert one.priority == pytest.approx(priorities.of(0, 0, 0))
    Browser(made).say(one.number, "d_accord")
    one.refresh_from_db()
    assert one.priority == pytest.approx(priorities.of(1, 0, 0))
    priorities.refresh(made, {one.pk: 2.0})
    one.refresh_from_db()
    assert one.priority == pytest.approx(priorities.of(1, 0, 0, 2.0))
    assert one.extremity == 2.0


def test_constant_queries(django_assert_max_num_queries: Any) -> None:
    made = process()
    stated(made, *(f"Proposition du groupe numéro {number}." for number in range(30)))
    browser = Browser(made)
    browser.say(1, "d_accord")
    with django_assert_max_num_queries(14):
        browser.card()
    with django_assert_max_num_queries(9):
        browser.get(browser.address("statements"))
