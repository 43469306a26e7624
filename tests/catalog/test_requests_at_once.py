"""Many at the same time: one form is one request, one person one support, one answer stands, one month begins, one case is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from parvis.catalog.actions import requests as actions
from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.models import DataRequest, DataRequestStep
from parvis.catalog.requests import delivery
from parvis.moderation import actions as moderation
from parvis.moderation.models import Case, Report
from parvis.notifications import digests
from parvis.notifications.models import Digest
from parvis.organisations.models import Nature, Organisation, Role
from parvis.shared.limits import TooMany
from tests.catalog.conftest import person

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def together(act: Callable[[int], Any]) -> list[Exception]:
    """The same thing at the same time, from as many threads; what went wrong."""
    gate, wrong = threading.Barrier(CROWD), []

    def run(number: int) -> None:
        try:
            gate.wait(timeout=20)
            act(number)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return wrong


def test_at_once() -> None:
    cache.clear()
    town = Organisation.objects.create(name="Commune d'ici", slug="ici", nature=Nature.COMMUNE)
    editor, author, other = person("editor", town, Role.EDITOR), person("sacha"), person("autre")
    words = actions.Words("Menus", "Tous les menus.")

    assert not together(lambda _number: actions.ask(town, words, by=author, form_key="k"))
    asked = DataRequest.objects.get()
    assert len([letter for letter in mail.outbox if letter.to == ["editor@exemple.fr"]]) == 1
    assert not together(lambda _number: delivery.deliver(asked.pk))
    assert DataRequestStep.objects.filter(request=asked, what="transmitted").count() == 1

    assert not together(lambda _number: actions.support(asked, by=other))
    assert asked.supports.count() == 1

    later = timezone.localdate() + timedelta(days=30)
    assert not together(
        lambda number: actions.answer(asked, reply=Reply.DATE, promised=later, text=f"Réponse {number}", by=editor)
    )
    assert asked.answers.filter(replaced=None).count() == 1
    assert asked.answers.count() == CROWD

    # Five reports an hour from one network: the sixth of the same instant may be asked to wait, when none is written yet.
    wrong = together(lambda _number: moderation.report(asked.reference, reason="insult", network="n"))
    assert len(wrong) <= CROWD - 5
    assert all(isinstance(one, TooMany) for one in wrong)
    assert (Case.objects.count(), Report.objects.count()) == (1, 1)

    mail.outbox.clear()
    tomorrow = timezone.localtime().replace(hour=9) + timedelta(days=1)
    assert not together(lambda _number: digests.tick(tomorrow))
    assert Digest.objects.count() == 1
    assert [letter.to for letter in mail.outbox] == [[other.email]]
