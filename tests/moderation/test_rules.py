"""Rules look at what people write: they queue, name themselves to moderators, never refuse, and hold back the floods of newcomers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import PlatformRole, User
from parvis.moderation import actions, rules
from parvis.moderation.models import DEFAULTS, Case, Hit, Rule, Sent
from parvis.moderation.rules import Writer, screen
from tests.debates.taking_part import Browser, key_in, member, process, teammate

pytestmark = pytest.mark.django_db
PLAIN = "Les bus devraient passer le dimanche aussi."
LINKS = "Lisez http://un.fr, http://deux.fr et http://trois.fr avant de parler."


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def old() -> User:
    return member("ancienne", date_joined=timezone.now() - timedelta(days=30))


def kinds_seen(text: str, writer: Writer, **more: str) -> list[str]:
    return [hit.kind for hit in screen(text, writer, **more).hits]


def wrote(writer: Writer, many: int, text: str = "", minutes_ago: int = 0) -> None:
    for number in range(many):
        actions.keep_screened(f"statement:x.{number}-{minutes_ago}", screen(text or f"Un texte, le numéro {number}.", writer))
    if minutes_ago:
        Sent.objects.update(created=timezone.now() - timedelta(minutes=minutes_ago))


def test_what_each_rule_sees_in_one_text(old: User) -> None:
    assert kinds_seen(PLAIN, Writer(old)) == []
    assert kinds_seen(LINKS, Writer(old)) == ["links"]
    assert kinds_seen(PLAIN.upper(), Writer(old)) == ["shouting"]
    Rule.objects.create(kind="words", words="dimanche\n\nbus rouge", **DEFAULTS["words"])
    (hit,) = screen(PLAIN, Writer(old)).hits
    assert (hit.kind, hit.words, hit.held) == ("words", "dimanche", False)


def test_the_same_text_the_third_time_in_a_day_whoever_writes_it(old: User) -> None:
    for number, name in enumerate(("un", "deux")):
        found = screen(PLAIN, Writer(member(name)))
        assert not found
        actions.keep_screened(f"statement:x.{number}", found)
    assert kinds_seen(PLAIN.lower(), Writer(old)) == ["repeated"]
    assert kinds_seen("Merci !", Writer(old)) == []
    Sent.objects.update(created=timezone.now() - timedelta(days=2))
    assert kinds_seen(PLAIN, Writer(old)) == []


def test_an_edited_text_is_not_its_own_repetition(old: User) -> None:
    writer = Writer(old)
    for _again in range(4):
        found = screen(PLAIN, writer, reference="statement:x.1")
        assert not found
        actions.keep_screened("statement:x.1", found)
    assert Sent.objects.count() == 1


def test_a_flood_is_queued_and_a_newcomer_s_is_held(old: User) -> None:
    new = member("nouveau")
    wrote(Writer(old), 10)
    (flood,) = screen(PLAIN, Writer(old)).hits
    assert (flood.kind, flood.count, flood.held) == ("flood", 11, False)
    wrote(Writer(new), 3)
    found = screen(PLAIN, Writer(new))
    assert [hit.kind for hit in found.hits] == ["newcomer"]
    assert found.held
    Sent.objects.update(created=timezone.now() - timedelta(minutes=11))
    assert not screen(PLAIN, Writer(new))


def test_who_has_no_account_is_new_and_is_not_their_neighbour() -> None:
    wrote(Writer(key="participant:1"), 3)
    assert screen(PLAIN, Writer(key="participant:1")).held
    assert not screen(PLAIN, Writer(key="participant:2"))
    assert not Sent.objects.filter(writer__contains="participant").exists()


def test_moderators_are_not_screened_and_rules_can_be_put_out_of_service(old: User) -> None:
    assert kinds_seen(LINKS, Writer(member("modo", platform_role=PlatformRole.MODERATOR))) == []
    Rule.objects.create(kind="links", active=False, **DEFAULTS["links"])
    assert kinds_seen(LINKS, Writer(old)) == []


def test_a_hit_opens_one_case_and_joins_a_report(old: User) -> None:
    assert actions.keep_screened("statement:x.1", screen(PLAIN, Writer(old))) is None
    for _twice in range(2):
        actions.keep_screened("statement:x.1", screen(LINKS, Writer(old)))
    case = Case.objects.get()
    assert (case.origin, case.held) == ("rule", False)
    hit = Hit.objects.get()
    assert hit.sentence == "3 liens (limite : 2)"
    assert "limite" not in str(Rule(kind="links"))


def test_what_no_rule_looks_at_is_forgotten(old: User) -> None:
    wrote(Writer(old), 2)
    assert rules.forget() == 0
    assert rules.forget(timezone.now() + timedelta(hours=25)) == 2


def propose(browser: Browser, text: str) -> Any:
    page = browser.get(browser.address("suggest")).content.decode()
    return browser.post(browser.address("suggest"), {"cle": key_in(page), "texte": text, "sur": "1"})


def test_a_statement_that_a_rule_saw_is_shown_and_queued_with_the_rule_named(client: Client) -> None:
    made = process(review="after")
    propose(Browser(made), LINKS)
    assert made.statements.get().state == "shown"
    client.force_login(member("modo", platform_role=PlatformRole.MODERATOR))
    page = client.get(reverse("moderation:queue")).content.decode()
    assert "3 liens (limite : 2)" in page
    case = Case.objects.get()
    page = client.get(case.get_absolute_url()).content.decode()
    assert LINKS in page
    assert "3 liens (limite : 2)" in page


def test_the_flood_of_a_newcomer_waits_unseen(client: Client) -> None:
    made = process(review="after")
    browser, stranger = Browser(made), Browser(made)
    texts = ("Des bus le dimanche pour tous.", "Une piscine près de la gare.", "Des pistes vers les écoles.")
    for text in texts:
        propose(browser, text)
    assert set(made.statements.values_list("state", flat=True)) == {"shown"}
    assert propose(browser, "Un marché couvert le samedi.").status_code == 302
    held = made.statements.get(number=4)
    assert held.state == "waiting"
    assert stranger.get(stranger.address("statement", 4)).status_code == 404
    assert "marché couvert" not in stranger.get(stranger.address("statements")).content.decode()
    page = browser.get(browser.address("reword", 4)).content.decode()
    browser.post(browser.address("reword", 4), {"cle": key_in(page), "texte": "Un marché couvert le dimanche."})
    held.refresh_from_db()
    assert (held.state, held.text) == ("waiting", "Un marché couvert le dimanche.")
    moderator = member("modo", platform_role=PlatformRole.MODERATOR)
    client.force_login(moderator)
    assert client.get(held.get_absolute_url()).status_code == 200
    case = Case.objects.get()
    assert case.held
    actions.decide(case, verdict="keep", reason="within_rules", by=moderator)
    assert "marché couvert" in stranger.get(stranger.address("statements")).content.decode()


def test_what_waits_for_the_team_is_in_the_one_queue_and_the_team_settles_it(client: Client) -> None:
    made = process()
    propose(Browser(made), LINKS)
    case = Case.objects.get()
    assert (case.origin, case.held) == ("rule", True)
    team = Browser(made)
    mate = teammate(made)
    team.force_login(mate)
    assert "3 liens (limite : 2)" in team.get(team.address("review")).content.decode()
    assert team.get(case.get_absolute_url()).status_code == 403
    team.post(team.address("decide", 1), {"decision": "show"})
    case.refresh_from_db()
    assert case.decided
    assert case.decisions.get().by == mate
    assert made.statements.get().state == "shown"


def test_moderators_change_the_rules(client: Client, old: User) -> None:
    address = reverse("moderation:rules")
    assert client.get(address).status_code == 302
    client.force_login(old)
    assert client.get(address).status_code == 403
    client.force_login(member("modo", platform_role=PlatformRole.MODERATOR))
    page = client.get(address).content.decode()
    assert page.count("<form method") >= len(DEFAULTS)
    assert "Telle qu'au départ" in page
    for limit in ("0", "1"):
        sent = {"regle": "links", "links-active": "on", "links-limit": limit, "links-holds": "on"}
        assert client.post(address, sent).status_code == 302
    rule = Rule.objects.get()
    assert (rule.kind, rule.limit, rule.holds) == ("links", 1, True)
    assert screen("Voir http://un.fr et http://deux.fr, tout de suite.", Writer(old)).held
    assert "modo" in client.get(address).content.decode()
    client.post(address, {"regle": "words", "words-active": "on", "words-words": "Dimanche\nbus"})
    assert [hit.words for hit in screen(PLAIN, Writer(old)).hits] == ["Dimanche, bus"]
    wrong = client.post(address, {"regle": "flood", "flood-limit": "-1", "flood-minutes": "99999999"})
    assert wrong.status_code == 422
    assert "à corriger" in wrong.content.decode()
    assert client.post(address, {"regle": "autre"}).status_code == 200
    assert Rule.objects.count() == 2


def test_the_queue_asks_a_fixed_number_of_queries(client: Client) -> None:
    made = process()
    client.force_login(member("modo", platform_role=PlatformRole.MODERATOR))

    def asked(query: str = "") -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("moderation:queue") + query).status_code == 200
        return len(queries)

    propose(Browser(made), LINKS)
    before = asked()
    for number in range(12):
        propose(Browser(made), f"{LINKS} Affirmation numéro {number}.")
    assert asked() == before
    assert "Rien de tel" in client.get(reverse("moderation:queue") + "?origine=report").content.decode()
    assert LINKS in client.get(reverse("moderation:queue") + "?origine=rule&nature=statement").content.decode()
    assert asked("?origine=%00&nature=%00&page=zz") <= before
