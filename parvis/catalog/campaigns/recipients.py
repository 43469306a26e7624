"""Who would receive a letter, at which address, and why some would not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from parvis.catalog.models import Campaign, CampaignMessage, MailRefusal
from parvis.catalog.obligations.cockpit import Wanted, helping
from parvis.organisations.models import Membership, Organisation, Role

State = CampaignMessage.State
WRITTEN = (State.SENT, State.SENDING, State.UNSURE, State.RETURNED)
BATCH = 500


def hashed(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def addresses(organisations: Sequence[Organisation]) -> dict[int, str]:
    """Of each authority: whoever runs its team here, else its public contact. Two queries, whatever their number."""
    found = {one.pk: one.email.strip().lower() for one in organisations if one.email}
    team = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).order_by("-created", "-pk")
    for start in range(0, len(organisations), BATCH):
        here = team.filter(organisation__in=[one.pk for one in organisations[start : start + BATCH]])
        found |= {pk: email.lower() for pk, email in here.values_list("organisation_id", "user__email") if email}
    return found


def refusing(emails: Iterable[str]) -> set[str]:
    """Those of `emails` that asked for no more messages."""
    hashes = {hashed(email): email for email in emails}
    held: set[str] = set()
    keys = list(hashes)
    for start in range(0, len(keys), BATCH):
        here = MailRefusal.objects.filter(pk__in=keys[start : start + BATCH])
        held |= {hashes[key] for key in here.values_list("pk", flat=True)}
    return held


def written_lately(days: int) -> set[str]:
    """Every address that a letter went to, or may have gone to, in the last days."""
    since = timezone.now() - timedelta(days=days)
    return set(CampaignMessage.objects.filter(state__in=WRITTEN, claimed__gte=since).values_list("email", flat=True))


def messages(wanted: Wanted, days: int, campaign: Campaign | None = None) -> list[CampaignMessage]:
    """The message of each authority of the set, not saved; those that will not go say why. One address receives one message."""
    organisations = [row.organisation for row in helping(wanted).select_related("organisation")]
    held = addresses(organisations)
    refused, lately = refusing(held.values()), written_lately(days)
    taken: set[str] = set()
    found = []
    for one in organisations:
        email = held.get(one.pk, "")
        state = State.READY
        if not email:
            state = State.NO_ADDRESS
        elif email in refused:
            state = State.REFUSED
        elif email in lately or email in taken:
            state = State.RECENT
        taken.add(email)
        found.append(CampaignMessage(campaign=campaign, organisation=one, email=email, state=state))
    return found


def counts(found: Iterable[CampaignMessage]) -> Counter[str]:
    return Counter(str(one.state) for one in found)


def in_team(message: CampaignMessage) -> bool:
    """Whether who received it is already in the team."""
    return Membership.objects.filter(organisation=message.organisation_id, user__email__iexact=message.email).exists()
