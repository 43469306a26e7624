"""The public figures: counted again by hand, and never a name or a text."""

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

from parvis.accounts.models import User
from parvis.debates.models import Statement
from parvis.moderation import actions
from parvis.moderation.figures import figures
from parvis.moderation.models import Appeal, Case, Decision
from parvis.moderation.rules import Writer, screen
from parvis.moderation.templatetags.moderation import hours
from tests.debates.taking_part import Browser, member, process, stated

pytestmark = pytest.mark.django_db
LINKS = "Lisez http://un.fr, http://deux.fr et http://trois.fr avant de parler."


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def story() -> dict[str, Any]:
    """Four statements: one reported twice and hidden, contested, shown again; one that a rule saw, hidden; one kept; one that waits."""
    made = process()
    Browser(made).say(stated(made, "Une première affirmation.")[0].number, "d_accord")
    statements = [*Statement.objects.all(), *stated(made, LINKS, "Une troisième affirmation.", "Une quatrième affirmation.")]
    author = member("autrice")
    one, other = (member(name, platform_role="moderator") for name in ("modo", "autre"))
    for reason in ("insult", "personal"):
        actions.report(statements[0].reference, reason=reason, network=reason)
    case = Case.objects.get()
    Case.objects.update(created=timezone.now() - timedelta(hours=10))
    actions.decide(case, verdict="hide", reason="insult", by=one)
    Decision.objects.update(author=author)
    appeal = actions.appeal(Decision.objects.get(), text="Non.", by=author)
    Appeal.objects.update(created=timezone.now() - timedelta(hours=3))
    actions.answer(appeal, verdict="restore", reason="mistake", by=other)
    seen = actions.keep_screened(statements[1].reference, screen(LINKS, Writer(author)))
    assert seen
    actions.decide(seen, verdict="hide", reason="advertising", by=one)
    kept = actions.report(statements[2].reference, reason="insult", network="n").case
    actions.decide(kept, verdict="keep", reason="within_rules", by=one)
    actions.report(statements[3].reference, reason="insult", network="n")
    return {"author": author, "moderator": one}


def test_counted_again_by_hand(story: dict[str, Any]) -> None:
    found = figures()
    assert (found.reports, found.decided, found.hidden, found.kept, found.waiting) == (4, 3, 2, 1, 1)
    assert found.median_hours is not None
    assert found.median_hours < 0.1
    assert found.oldest
    appeals = found.appeals
    assert (appeals.received, appeals.waiting, appeals.changed, appeals.confirmed) == (1, 0, 1, 0)
    assert appeals.median_hours == pytest.approx(3, abs=0.1)
    assert {(one.name, one.count) for one in found.hidden_for} == {("insult", 1), ("advertising", 1)}
    assert {(one.name, one.count) for one in found.reported_for} == {("insult", 3), ("personal", 1)}
    assert {(one.name, one.count) for one in found.origins} == {("report", 2), ("rule", 1)}
    links = next(one for one in found.rules if one.name == "links")
    assert (links.hits, links.held, links.hidden) == (1, 0, 1)
    (kind,) = found.kinds
    assert (kind.name, kind.reports, kind.hits, kind.kept, kind.hidden, kind.appeals, kind.restored) == (
        "statement", 4, 1, 1, 2, 1, 1,
    )  # fmt: skip


def test_only_twelve_months(story: dict[str, Any]) -> None:
    later = figures(timezone.now() + timedelta(days=366))
    assert (later.reports, later.decided, later.appeals.received, later.median_hours) == (0, 0, 0, None)


def test_page_table_and_api_say_the_same_and_no_name(story: dict[str, Any], client: Client) -> None:
    page = client.get(reverse("moderation:statistics")).content.decode()
    table = b"".join(client.get(reverse("moderation:statistics"), {"format": "csv"}).streaming_content).decode()
    numbers = client.get("/api/v1/moderation/figures").json()
    decisions = client.get("/api/v1/moderation/decisions?page_size=2").json()
    assert (numbers["decided"], numbers["appeals"]["changed"], numbers["rules"][0]["hits"]) == (3, 1, 1)
    assert (len(decisions["data"]), decisions["meta"]["total"]) == (2, 4)
    assert client.get("/api/v1/moderation/decisions?page=9").json()["data"] == []
    rows = [line.split(",") for line in table.splitlines()]
    assert rows[0][0] == "jour"
    assert [row[5] for row in rows[1:]] == ["hide", "restore", "hide", "keep"]
    assert [row[3] for row in rows[1:]] == ["", "", "links", ""]
    assert rows[1][8] == "10.0"
    assert rows[2][7:] == ["true", "3.0"]
    for answer in (page, table, str(numbers), str(decisions)):
        assert "autrice" not in answer
        assert "modo@" not in answer
        assert "affirmation." not in answer
        assert "un.fr" not in answer


def test_a_fixed_number_of_queries(story: dict[str, Any], client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            figures()
            b"".join(client.get(reverse("moderation:statistics"), {"format": "csv"}).streaming_content)
        return len(queries)

    before = asked()
    for number in range(5):
        case = actions.open_case(f"statement:velo.{number + 50}", Case.Origin.RULE)
        actions.decide(case, verdict="keep", reason="within_rules", by=User.objects.get(email="modo@exemple.fr"))
    assert asked() == before


@pytest.mark.parametrize(("value", "words"), [(0.2, "1 heure"), (1.5, "2 heures"), (48, "48 heures"), (49, "3 jours")])
def test_delays_in_words(value: float, words: str) -> None:
    assert hours(value) == words
