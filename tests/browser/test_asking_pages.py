"""The pages of requests, reuses, follows and moderation, for each person who reads them: axe, four looks, nothing too wide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import inventing
from parvis.moderation import actions as moderation
from parvis.notifications import links
from tests.browser.conftest import Visitor
from tests.browser.small_site import EDITOR, NEWCOMER, SmallSite, person
from tests.browser.test_pages import AXE, check

MODERATOR = "moderation@figeac.example"


@pytest.fixture(scope="module")
def pages(site: SmallSite) -> dict[str, list[str]]:
    """Addresses, by who reads them ("" for everybody)."""
    author, editor = site.people[NEWCOMER], site.people[EDITOR]
    person(MODERATOR, "Modératrice Exemple")
    User.objects.filter(email=MODERATOR).update(platform_role="moderator")
    site.people[MODERATOR] = User.objects.get(email=MODERATOR)
    dataset = site.valid.resource.dataset

    def asked(days: int | None, reply: Any = None, title: str = "Menus des cantines") -> Any:
        received = timezone.localdate() - timedelta(days=days) if days is not None else None
        return inventing.request(
            organisation=site.organisation, title=title, text="Une ligne par repas.", signature="Sacha", author=author,
            received=received, reply=reply, by=editor, supporters=[editor], satisfied=None,
        )  # fmt: skip

    running, silent, unsent = asked(5), asked(45), asked(None)
    refused = asked(20, ("refusal", {"ground": "privacy", "text": "Des noms d'enfants."}, 3))
    given, promised = (
        asked(50, ("dataset", {"dataset": dataset, "text": "Voici."}, 9)),
        asked(9, ("date", {"text": "Bientôt."}, 2)),
    )
    hidden = asked(8, title="À masquer")
    reuse = inventing.reuse(
        title="Une affiche", kind="picture", description="Un rond.", dataset=dataset, author=author, shown=True
    )
    inventing.reuse(title="Un cours", kind="lesson", description="Deux heures.", dataset=dataset, author=author, shown=False)
    case = moderation.report(running.reference, reason="off_topic", network="pages").case
    gone = moderation.report(hidden.reference, reason="insult", network="pages").case
    decision = moderation.decide(gone, verdict="hide", reason="insult", note="Le titre.", by=site.people[MODERATOR])
    slug = site.organisation.slug
    answer = reverse("catalog:request_answer", args=[running.pk])
    everybody = [one.get_absolute_url() for one in (running, silent, unsent, refused, given, promised, hidden, reuse)]
    everybody += [reverse(f"catalog:{name}") for name in ("requests", "requests_figures", "request_begin", "reuses")]
    everybody += [
        reverse("catalog:requests") + "?q=zzzzzz",
        reverse("catalog:requests_figures") + f"?organisation={slug}",
        reverse("catalog:request_begin") + f"?organisation={slug}&q=subventions",
        reverse("catalog:request_write") + f"?organisation={slug}&q=menus",
        reverse("catalog:request_letter", args=[running.pk]),
        reverse("moderation:statistics"),
        reverse("moderation:report") + f"?chose={running.reference}",
        links.unsubscribe_url(author),
        dataset.get_absolute_url(),
    ]
    return {
        "": everybody,
        NEWCOMER: [
            *(one.get_absolute_url() for one in (silent, unsent)),
            *(reverse(f"catalog:{name}") for name in ("requests_mine", "reuse_new")),
            reverse("catalog:request_cada", args=[silent.pk]),
            reverse("notifications:follows"),
            decision.get_absolute_url(),
        ],
        EDITOR: [
            *(reverse("catalog:requests_received"), answer, reverse("home:desk")),
            *(f"{answer}?reponse={reply}" for reply in ("dataset", "date", "refusal")),
        ],
        MODERATOR: [reverse("moderation:queue"), reverse("moderation:rules"), case.get_absolute_url()],
    }


@pytest.mark.parametrize("who", ["", NEWCOMER, EDITOR, MODERATOR], ids=["everybody", "author", "editor", "moderator"])
def test_pages_of_requests(who: str, pages: dict[str, list[str]], visitor: Callable[..., Visitor]) -> None:
    somebody = visitor(width=360)
    if who:
        somebody.be(who)
    somebody.context.add_init_script(path=AXE)
    wrong = []
    for address in pages[who]:
        somebody.page.set_viewport_size({"width": 360, "height": 900})
        answer = somebody.go(address)
        try:
            assert answer.status == 200
            check(somebody)
        except AssertionError as fault:
            wrong.append(f"{address}: {answer.status} {fault}")
        somebody.complaints.clear()
    assert not wrong, "\n".join(wrong)
