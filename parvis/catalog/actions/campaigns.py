"""What the Région may do with a campaign: prepare it, change its text, start, suspend, and say what came back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.campaigns import recipients, sending
from parvis.catalog.core.letters import LetterError, check
from parvis.catalog.models import Campaign, CampaignMessage, MailRefusal
from parvis.catalog.obligations.cockpit import Wanted
from parvis.catalog.permissions import Deed, check_for_region
from parvis.organisations.models import Invitation
from parvis.shared.limits import check_limit

TEXTS = ("title", "subject", "text", "per_minute", "again_days")
State = CampaignMessage.State


class CampaignError(Exception):
    """What was asked cannot be done; the message is the sentence for the person."""


def check_texts(subject: str, text: str) -> None:
    try:
        check(subject)
        check(text, link=True)
    except LetterError as error:
        if error.word:
            raise CampaignError(
                _("« {%(word)s} » n'est pas un mot que nous remplaçons : corrigez-le.") % {"word": error.word}
            ) from error
        raise CampaignError(_("Gardez « {lien} » dans le message : c'est le lien de chaque collectivité.")) from error


@transaction.atomic
def prepare(*, form: dict[str, Any], wanted: Wanted, by: User) -> Campaign:
    """Fix the set of authorities and the text. Nothing leaves yet."""
    check_for_region(by, Deed.SETTLE)
    check_limit(f"campaign:{by.pk}", 20, 3600)
    check_texts(form["subject"], form["text"])
    campaign = Campaign.objects.create(**{name: form[name] for name in TEXTS}, filters=asdict(wanted), created_by=by)
    found = recipients.messages(wanted, campaign.again_days, campaign)
    if not found:
        raise CampaignError(_("Aucune collectivité ne répond à ces filtres."))
    CampaignMessage.objects.bulk_create(found, batch_size=500)
    return campaign


@transaction.atomic
def rewrite(campaign: Campaign, form: dict[str, Any], *, by: User) -> None:
    """Change the text of what has not started."""
    check_for_region(by, Deed.SETTLE)
    fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if fresh.state != Campaign.State.DRAFT:
        raise CampaignError(_("Cette campagne est partie : son texte ne change plus."))
    check_texts(form["subject"], form["text"])
    Campaign.objects.filter(pk=fresh.pk).update(**{name: form[name] for name in TEXTS})


def start(campaign: Campaign, *, by: User) -> None:
    """Begin to send, or go on."""
    check_for_region(by, Deed.SETTLE)
    stopped = Campaign.objects.filter(pk=campaign.pk, state__in=[Campaign.State.DRAFT, Campaign.State.PAUSED])
    with transaction.atomic():
        if stopped.update(state=Campaign.State.SENDING, error="", started=campaign.started or timezone.now()):
            transaction.on_commit(lambda: sending.work.enqueue(campaign.pk))


def pause(campaign: Campaign, *, by: User) -> None:
    check_for_region(by, Deed.SETTLE)
    Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING).update(state=Campaign.State.PAUSED)


def forget(campaign: Campaign, *, by: User) -> None:
    """Throw a campaign away that never started."""
    check_for_region(by, Deed.SETTLE)
    Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.DRAFT).delete()


def settle(message: CampaignMessage, what: str, *, by: User) -> None:
    """A person says what became of one message: it came back, or it is to be sent again."""
    check_for_region(by, Deed.SETTLE)
    mine = CampaignMessage.objects.filter(pk=message.pk)
    if what == "revenu":
        mine.filter(state__in=[State.SENT, State.UNSURE]).update(state=State.RETURNED)
    elif what == "renvoyer":
        again = mine.filter(state__in=[State.FAILED, State.UNSURE]).update(state=State.READY, error="", claimed=None)
        if again:
            Campaign.objects.filter(pk=message.campaign_id, state=Campaign.State.DONE).update(state=Campaign.State.PAUSED)


# ----- What an authority does with its link -----


def get_message(token: str) -> CampaignMessage | None:
    found = CampaignMessage.objects.select_related("organisation", "invitation", "campaign")
    return found.filter(token_hash=Invitation.hash(token)).first()


def follow(message: CampaignMessage) -> None:
    """Its link was opened: the first time is kept."""
    CampaignMessage.objects.filter(pk=message.pk, opened=None).update(opened=timezone.now())


def refuse(message: CampaignMessage) -> None:
    """No more of these messages to this address. Twice is once."""
    MailRefusal.objects.get_or_create(pk=recipients.hashed(message.email))
    CampaignMessage.objects.filter(email=message.email, state=State.READY).update(state=State.REFUSED)
