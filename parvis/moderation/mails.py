"""What moderation writes to people: to the author the text, the reason and how to appeal (DSA, article 17); to who reported, the end of it (article 16)."""

from __future__ import annotations

from django.conf import settings

from parvis.accounts.mail import send
from parvis.accounts.models import User
from parvis.moderation.models import Decision, Verdict
from parvis.shared import kinds


def decided(decision: Decision, on_appeal: bool = False) -> None:
    """A thing that was reported and kept: its author has nothing to read."""
    first = decision.case.held
    if decision.author is None or (decision.verdict == Verdict.KEEP and not first):
        return
    send(
        "moderation/mails/decided",
        decision.author.email,
        decision=decision,
        hidden=decision.verdict == Verdict.HIDE,
        first=first,
        hits=decision.case.hits.exists(),
        on_appeal=on_appeal,
        url=settings.SITE_URL + decision.get_absolute_url(),
    )


def reporters(decision: Decision, people: list[User]) -> None:
    card = kinds.cards([decision.case.reference], None)[0]
    for person in people:
        send(
            "moderation/mails/reported",
            person.email,
            decision=decision,
            hidden=decision.verdict == Verdict.HIDE,
            title=decision.title or card.title,
        )
