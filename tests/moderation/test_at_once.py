"""Several people at the same moment: one case, one decision, and nobody waits for somebody who waits for them. Runs on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection

from parvis.accounts.models import PlatformRole, User
from parvis.debates.actions import participants, statements
from parvis.debates.models import Process, Statement
from parvis.debates.participation.identity import Visit
from parvis.moderation import actions
from parvis.moderation.models import Case, Decision, Hit, Report
from tests.debates.taking_part import member, process, stated, teammate

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (actions.ModerationError, statements.StatementError, PermissionDenied)


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


def together(acts: list[Callable[[], Any]]) -> list[bool]:
    """All at once; whether each was done. What is not a refusal is raised."""
    gate = threading.Barrier(len(acts))

    def hand(act: Callable[[], Any]) -> bool:
        gate.wait(timeout=20)
        try:
            act()
        except REFUSALS:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(hand, acts))


def moderators(many: int) -> list[User]:
    return [member(f"modo-{number}", platform_role=PlatformRole.MODERATOR) for number in range(many)]


def test_reports_at_once_are_one_case() -> None:
    (one,) = stated(process(), "Les bus devraient passer le dimanche.")
    together([lambda n=n: actions.report(one.reference, reason="insult", network=f"n{n % 4}") for n in range(8)])
    assert (Case.objects.count(), Report.objects.count()) == (1, 4)


def test_moderators_who_decide_at_once_decide_once() -> None:
    (one,) = stated(process(), "Les bus devraient passer le dimanche.")
    case = actions.report(one.reference, reason="insult", network="n").case
    hide = [lambda who=who: actions.decide(case, verdict="hide", reason="insult", by=who) for who in moderators(3)]
    keep = [
        lambda who=who: actions.decide(case, verdict="keep", reason="within_rules", by=who)
        for who in [member("m", platform_role="moderator")]
    ]
    assert sum(together(hide + keep)) == 1
    decision = Decision.objects.get()
    one.refresh_from_db()
    assert (one.state == "refused") == (decision.verdict == "hide")


def waiting(made: Process, author: User) -> Visit:
    begun = participants.begin(Visit(made, author, "n"))
    return Visit(made, author, "n", participant=begun)


def test_an_author_who_corrects_while_others_decide() -> None:
    """The team, a moderator and the author on one statement that waits: no lock is waited for in a ring."""
    made, author = process(), member("autrice")
    mate, (judge,) = teammate(made), moderators(1)
    visit = waiting(made, author)
    for turn in range(6):
        made_now = statements.propose(visit, f"Les bus devraient passer le dimanche, tour {turn}.", sure=True)
        case = Case.objects.get(reference=made_now.reference)
        together([
            lambda one=made_now, turn=turn: statements.reword(visit, one, f"Voir http://a.fr http://b.fr http://c.fr, tour {turn}."),
            lambda one=made_now: statements.show(one, by=mate),
            lambda case=case: actions.decide(case, verdict="hide", reason="insult", by=judge),
        ])  # fmt: skip
    assert Statement.objects.filter(process=made).count() == 6
    for one in Statement.objects.all():
        open_case = Case.objects.filter(reference=one.reference, decided=None).exists()
        assert open_case or one.state != Statement.State.WAITING  # what waits is always in the queue
    assert not Hit.objects.exclude(kind="links").exclude(kind="newcomer").exists()
