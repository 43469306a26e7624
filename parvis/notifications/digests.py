"""One digest for a person and a period: reserved, then sent. Nothing is told twice, whoever is killed.

    reserve   in one transaction: the row of the digest (one for a person and a period) and one row for each event told to this person
              (one for a person and an event). Two workers at once: the database refuses the second, which goes on.
    send      `sending` is written first, by an update that only one worker wins; then the message leaves; then `sent`.

A refusal by the mail server puts the digest back, for some hours. A worker killed while sending, or a server that goes away in the middle,
leaves `sending`: it stays so, since sending again could tell twice; everything told is also on « Mes suivis »."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from email.utils import formatdate
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.notifications import links
from parvis.notifications.models import Digest, Event, Follow, Period, Preference, Told
from parvis.shared import kinds

HOUR = 7
"""Letters leave from seven in the morning, Paris time."""
OVERLAP = timedelta(hours=1)
"""An event is dated when it is made and seen when it is committed: what is younger than this is looked at again."""
OLDEST = timedelta(days=30)
MOST_EVENTS, MOST_READ = 100, 1000
"""Told in one letter; read to find them, when some may not be seen any more."""
ATTEMPTS, RETRY = 20, timedelta(minutes=15)
"""A mail server may be away for some hours."""
log = logging.getLogger(__name__)


def tick(now: datetime | None = None) -> int:
    """Reserve and send what is due. Returns how many letters left."""
    moment = now or timezone.now()
    local = timezone.localtime(moment)
    if local.hour < HOUR:
        return 0
    for user in waiting(moment).iterator(chunk_size=500):
        try:
            reserve(user, moment)
        except Exception:  # what one person follows must not keep the letters of all the others
            log.exception("the letter of person %s is not ready", user.pk)
    rested = Q(attempts=0) | Q(touched__lt=timezone.now() - RETRY)
    due = Digest.objects.filter(rested, state=Digest.State.WAITING).order_by("pk").values_list("pk", flat=True)
    return sum(send(pk) for pk in list(due[:1000]))


def period_of(period: str, moment: datetime) -> str:
    """`2026-11-23`, or `2026-W48`."""
    day = timezone.localtime(moment).date()
    if period == Period.WEEKLY:
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    return day.isoformat()


def waiting(now: datetime) -> QuerySet[User]:
    """People who follow something that happened lately, and who were not written to in their period."""
    mine = Digest.objects.filter(user=OuterRef("pk"))
    today, week = (mine.filter(created__gte=beginning(period, now)) for period in (Period.DAILY, Period.WEEKLY))
    follows = Follow.objects.filter(user=OuterRef("pk"), reference__in=_recent(now).values("reference"))
    weekly = Q(notification_preference__period=Period.WEEKLY)
    silent = Q(notification_preference__period=Period.NONE)
    found = User.objects.filter(Exists(follows), ~Exists(today), is_active=True)
    return found.exclude(silent).exclude(weekly & Exists(week))


def beginning(period: str, moment: datetime) -> datetime:
    """When the day, or the week, of a moment begins. Who changes from one rhythm to the other has had the letter of both."""
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight.date() - timedelta(days=midnight.weekday() if period == Period.WEEKLY else 0)
    return timezone.make_aware(datetime.combine(day, time()))


def _recent(now: datetime) -> QuerySet[Event]:
    return Event.objects.filter(created__gt=now - OLDEST, created__lte=now)


def news(user: User, now: datetime) -> QuerySet[Event]:
    """What this person follows, did not do, and was never told."""
    followed = Follow.objects.filter(user=user, reference=OuterRef("reference"), created__lte=OuterRef("created"))
    told = Told.objects.filter(user=user, event=OuterRef("pk"))
    found = _recent(now).filter(Exists(followed), ~Exists(told)).exclude(actor=user)
    cursor = Preference.objects.filter(user=user).values_list("cursor", flat=True).first()
    if cursor:
        found = found.filter(created__gt=cursor - OVERLAP)
    return found.order_by("created", "pk")


def reserve(user: User, now: datetime) -> Digest | None:
    """Write down the digest of this period and what it tells, together or not at all; None when there is nothing, or another did."""
    preference = Preference.objects.filter(user=user).first() or Preference(user=user)
    if preference.period == Period.NONE:
        return None
    try:
        with transaction.atomic():
            if Digest.objects.filter(user=user, created__gte=beginning(preference.period, now)).exists():
                return None
            events = visible(news(user, now)[:MOST_READ], user)[:MOST_EVENTS]
            if not events:
                return None
            digest = Digest.objects.create(user=user, period=period_of(preference.period, now), created=now)
            Told.objects.bulk_create([Told(digest=digest, user=user, event=event) for event in events])
            Preference.objects.update_or_create(user=user, defaults={"cursor": events[-1].created})
            return digest
    except IntegrityError:
        return None


def visible(events: Iterable[Event], user: User) -> list[Event]:
    """Those whose thing this person may still see: what was hidden since is not told."""
    found = list(events)
    shown = kinds.cards([event.reference for event in found], user)
    return [event for event, card in zip(found, shown, strict=True) if card.state == "here"]


def once(events: Iterable[Event]) -> list[Event]:
    """Who follows a request and the authority that answers it reads one sentence, not two."""
    return list({(event.sentence, event.url): event for event in events}.values())


def send(digest_id: int) -> bool:
    """Hand one reserved digest over. True when it left."""
    mine = Digest.objects.filter(pk=digest_id, state=Digest.State.WAITING)
    if not mine.update(state=Digest.State.SENDING, touched=timezone.now(), attempts=F("attempts") + 1):
        return False
    digest = Digest.objects.select_related("user").get(pk=digest_id)
    events = visible(digest.events.order_by("created", "pk"), digest.user) if still_wanted(digest.user) else []
    state = hand_over(letter(digest, events), digest) if events else Digest.State.FAILED
    Digest.objects.filter(pk=digest_id).update(state=state, touched=timezone.now())
    return state == Digest.State.SENT


def still_wanted(user: User) -> bool:
    """Who ended the letters, or left, while one waited for the mail server does not receive it."""
    ended = Preference.objects.filter(user=user, period=Period.NONE).exists()
    return user.is_active and not ended


def hand_over(message: EmailMessage, digest: Digest) -> str:
    """What the digest becomes: sent; waiting again when it surely did not leave; `sending` when nobody can say."""
    again = Digest.State.WAITING if digest.attempts < ATTEMPTS else Digest.State.FAILED
    message.connection = get_connection()
    try:
        message.connection.open()
    except (OSError, ValueError) as error:
        log.warning("digest %s did not leave: %s", digest.pk, error)
        return again
    try:
        message.send()
    except (SMTPResponseException, SMTPRecipientsRefused, ValueError) as error:  # the server said no
        log.warning("digest %s did not leave: %s", digest.pk, error)
        return again
    except OSError as error:  # cut in the middle: it may have left
        log.warning("digest %s may have left: %s", digest.pk, error)
        return Digest.State.SENDING
    finally:
        message.connection.close()
    return Digest.State.SENT


def letter(digest: Digest, events: Iterable[Event]) -> EmailMessage:
    stop = settings.SITE_URL + links.unsubscribe_url(digest.user)
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "events": once(events),
            "site_name": settings.SITE_NAME,
            "region_name": settings.REGION_NAME,
            "site_url": settings.SITE_URL,
            "follows_url": settings.SITE_URL + reverse("notifications:follows"),
            "stop_url": stop,
        }
        subject = one_line(render_to_string("notifications/mails/digest_subject.txt", context))
        body = render_to_string("notifications/mails/digest_message.txt", context).strip() + "\n"
    host = settings.SITE_URL.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Message-ID": f"<digest-{digest.pk}@{host}>",
        "Date": formatdate(digest.created.timestamp()),
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, body, to=[digest.user.email], headers=headers)
