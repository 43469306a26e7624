"""The link by e-mail: it says that one person is one, without an account. The address is used once, to send it, and not kept."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.mail import send
from parvis.debates import counting
from parvis.debates.actions import participants
from parvis.debates.core.processes.rules import Act, Obstacle
from parvis.debates.models import EmailLink, Participant, Process
from parvis.debates.participation import identity, merging
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import SENTENCES, verdict
from parvis.shared.limits import check_limit

SALT = "parvis.debates.links"
HOLDS = timedelta(days=1)
DAY, HOUR = 86_400, 3600
IN_THE_WAY = {Obstacle.NEVER, Obstacle.NOT_NOW, Obstacle.SIGN_IN, Obstacle.NOT_YOURS}


class LinkError(Exception):
    """It cannot be done; the message is the sentence for the person."""


def ask(visit: Visit, email: str) -> None:
    """Send a link to an address."""
    found = verdict(visit.user, Act.VOTE, visit.process, participant=visit.participant)
    if found.obstacle in IN_THE_WAY:
        raise LinkError(str(SENTENCES[found.obstacle]))
    if visit.participant and visit.participant.level != Participant.Level.VISITOR:
        raise LinkError(_("Votre participation est déjà confirmée."))
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise LinkError(_("Cette adresse n'a pas la forme d'une adresse électronique.")) from error
    check_limit(f"debates:link:{visit.network}", 30, HOUR)
    check_limit(f"debates:link:to:{address}", 5, DAY)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = EmailLink.objects.create(
            process=visit.process,
            participant=visit.participant,
            email_hash=identity.email_digest(visit.process, address),
            secret_hash=identity.digest("link", secret),
            browser_hash=visit.digest,
        )
        token = signing.dumps({"i": link.pk, "s": secret}, salt=SALT)
        transaction.on_commit(lambda: write_to(address, visit.process, token), robust=True)


def write_to(address: str, process: Process, token: str) -> None:
    url = settings.SITE_URL + reverse("debates:link", args=[process.slug, token])
    send("debates/mails/link", address, process=process, url=url)


def find(process: Process, token: str) -> EmailLink | None:
    """The link of this process that a token opens, while it holds, used or not."""
    try:
        content = signing.loads(token, salt=SALT, max_age=HOLDS)
        secret = identity.digest("link", str(content["s"]))
        return EmailLink.objects.filter(pk=content["i"], secret_hash=secret, process=process).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


@transaction.atomic
def confirm(visit: Visit, token: str) -> Participant:
    """The participation of this address: the one that asked, the one that had it before, and that of this browser are one."""
    found = find(visit.process, token)
    if found is None:
        raise LinkError(_("Ce lien ne va plus : il vaut un jour. Demandez-en un autre sur la page de la démarche."))
    counting.lock(visit.process.pk)
    link = EmailLink.objects.select_for_update(of=("self",)).select_related("participant").get(pk=found.pk)
    if link.used:
        raise LinkError(_("Ce lien a déjà servi : votre participation est confirmée, ou demandez-en un autre."))
    person = _person(visit, link)
    if person.level == Participant.Level.VISITOR:
        person.level = Participant.Level.CONFIRMED
    person.email_hash = link.email_hash
    person.save(update_fields=["level", "email_hash"])
    merging.count_in(person)
    for browser in (link.browser_hash, visit.digest if visit.user is None else ""):
        merging.know_browser(person, browser)
    link.used, link.participant = timezone.now(), person
    link.save(update_fields=["used", "participant"])
    return person


def _person(visit: Visit, link: EmailLink) -> Participant:
    known = Participant.objects.filter(process=visit.process, email_hash=link.email_hash).first()
    here = visit.participant
    asked = link.participant or identity.find(visit.process, None, link.browser_hash)
    for other in (asked, here):
        if other is None or (known and known.pk == other.pk):
            continue
        if known is None:
            known = Participant.objects.select_for_update(of=("self",)).get(pk=other.pk)
        elif other.email_hash is None and other.user_id is None:
            known = merging.merge(known, other)
    return known or Participant.objects.create(
        process=visit.process,
        number=participants.next_number(visit.process),
        browser_hash=link.browser_hash or None,
        network=visit.network,
        level=Participant.Level.CONFIRMED,
    )
