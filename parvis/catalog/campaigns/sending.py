"""Sends the messages of a campaign, a few at a time, at the pace that was chosen.

Each message is claimed before it leaves: two workers never send the same one. What was claimed by a worker that died may have left:
it is marked so, and never sent again by itself. A refusal of the server is final; a server that is away pauses nothing at first,
then suspends the campaign with a sentence."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.accounts.forms import one_line
from parvis.catalog.campaigns.recipients import WRITTEN, hashed
from parvis.catalog.core.letters import filled
from parvis.catalog.models import Campaign, CampaignMessage, MailRefusal, ObligationProgress
from parvis.organisations.actions import prepare_invitation
from parvis.organisations.models import Organisation, Role
from parvis.shared.templatetags.parvis import number

logger = logging.getLogger(__name__)

State = CampaignMessage.State
MINUTE = timedelta(minutes=1)
LOST = timedelta(minutes=5)
AWAY = 3
"""How many times in a row the mail server may be away before the campaign is suspended."""


def catch_up() -> int:
    """What the worker does at each round: nudge what is being sent, say what a dead worker left in the middle."""
    CampaignMessage.objects.filter(state=State.SENDING, claimed__lt=timezone.now() - LOST).update(state=State.UNSURE)
    running = list(Campaign.objects.filter(state=Campaign.State.SENDING).values_list("pk", flat=True))
    for campaign in running:
        work.enqueue(campaign)
    return len(running)


@task(priority=-5)
def work(campaign_id: str) -> None:
    send_some(campaign_id)


def send_some(campaign_id: str) -> int:
    """Send what the pace leaves for this minute; returns how many left."""
    sent = away = 0
    while campaign := Campaign.objects.filter(pk=campaign_id, state=Campaign.State.SENDING).first():
        lately = campaign.messages.filter(claimed__gte=timezone.now() - MINUTE).count()
        message = claim(campaign) if lately < campaign.per_minute else None
        if message is None:
            finish(campaign)
            break
        try:
            deliver(campaign, message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValidationError) as error:
            end(message, State.FAILED, error=said(error))
        except (smtplib.SMTPException, OSError) as error:
            logger.warning("campaign %s: %s", campaign.pk, error)
            end(message, State.READY, claimed=None)
            away += 1
            if away >= AWAY:
                pause = _("Le serveur de courrier ne répond pas. Vérifiez ses réglages (SMTP_HOST), puis reprenez l'envoi.")
                Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.PAUSED, error=pause)
                break
        else:
            away = 0
            sent += end(message, State.SENT, sent=timezone.now(), error="")
    return sent


def said(error: Exception) -> str:
    """What the server answered about an address, in a line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (0, b""))
        return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"[:300]
    return one_line(str(error))[:300]


@transaction.atomic
def claim(campaign: Campaign) -> CampaignMessage | None:
    """The next message that may still leave, marked as leaving. What changed since the campaign was prepared counts."""
    waiting = (
        campaign.messages.select_for_update(of=("self",)).filter(state=State.READY).select_related("organisation__territory")
    )
    since = timezone.now() - timedelta(days=campaign.again_days)
    while message := waiting.order_by("pk").first():
        lately = CampaignMessage.objects.filter(email=message.email, state__in=WRITTEN, claimed__gte=since).exclude(
            pk=message.pk
        )
        state = State.SENDING
        if MailRefusal.objects.filter(pk=hashed(message.email)).exists():
            state = State.REFUSED
        elif lately.exists():
            state = State.RECENT
        claimed = timezone.now() if state == State.SENDING else None
        CampaignMessage.objects.filter(pk=message.pk).update(state=state, claimed=claimed)
        if state == State.SENDING:
            message.state, message.claimed = state, claimed
            return message
    return None


def end(message: CampaignMessage, state: str, **fields: object) -> int:
    return CampaignMessage.objects.filter(pk=message.pk, state=State.SENDING).update(state=state, **fields)


def finish(campaign: Campaign) -> None:
    left = campaign.messages.filter(state__in=[State.READY, State.SENDING])
    Campaign.objects.filter(~Exists(left.filter(campaign=OuterRef("pk"))), pk=campaign.pk, state=Campaign.State.SENDING).update(
        state=Campaign.State.DONE, error=""
    )


def deliver(campaign: Campaign, message: CampaignMessage) -> None:
    """Make the authority's own link, and send."""
    validate_email(message.email)
    role = Role.ADMINISTRATOR
    with transaction.atomic():
        invitation, token = prepare_invitation(message.organisation, message.email, role, by=campaign.created_by)
        message.invitation, message.token_hash = invitation, invitation.hash(token)
        message.save(update_fields=["invitation", "token_hash"])
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = letter(campaign, message.organisation, link=address("campaign_link", token))
        leave = address("campaign_refuse", token)
        body += "\n\n" + _("Ne plus recevoir ces messages :") + "\n" + leave + "\n"
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    reply = [campaign.created_by.email] if campaign.created_by else []  # the letter says that one may answer it
    EmailMessage(subject, body, to=[message.email], reply_to=reply, headers=headers).send()


def address(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(f"catalog:{name}", args=[token])


def letter(campaign: Campaign, organisation: Organisation, *, link: str) -> tuple[str, str]:
    """(subject, text) of the copy of one authority."""
    progress = ObligationProgress.objects.filter(organisation=organisation).first()
    people = organisation.territory.population if organisation.territory else None
    values = {
        "collectivite": organisation.name,
        "a_publier": str(progress.to_do + progress.late) if progress else "0",
        "en_ligne": str(progress.done) if progress else "0",
        "habitants": number(people),
        "lien": link,
        "region": settings.REGION_NAME,
    }
    return one_line(filled(campaign.subject, values)), filled(campaign.text, values).replace("\r\n", "\n").strip()
