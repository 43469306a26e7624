"""Following, ceasing to, saying how often to be written to, and telling what happened. Each may be done twice without harm."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.notifications.models import Event, Follow, Period, Preference
from parvis.shared import kinds
from parvis.shared.limits import check_limit

MOST_FOLLOWS = 2_000


class FollowError(Exception):
    """It cannot be followed; the message is the sentence for the person."""


def check_followable(reference: str, user: Any) -> kinds.Card:
    """The card of a thing that `user` may see and that can be followed."""
    kind = reference.partition(":")[0]
    card = kinds.cards([reference], user)[0]
    if card.state == "gone" or not kinds.get(kind).followable:
        raise FollowError(_("On ne peut pas suivre cela : la page n'existe plus, ou ne se suit pas."))
    return card


@transaction.atomic
def follow(reference: str, *, by: User) -> Follow:
    check_followable(reference, by)
    known = Follow.objects.filter(user=by, reference=reference).first()
    if known:
        return known
    check_limit(f"follow:{by.pk}", 200, 3600)
    if Follow.objects.filter(user=by).count() >= MOST_FOLLOWS:
        raise FollowError(_("Vous suivez déjà beaucoup de choses : cessez d'en suivre quelques-unes d'abord."))
    return Follow.objects.get_or_create(user=by, reference=reference)[0]


def follow_too(reference: str, other: str) -> None:
    """What one followed goes on as another thing: those who follow it follow that one too."""
    users = Follow.objects.filter(reference=reference).values_list("user", flat=True)
    Follow.objects.bulk_create([Follow(user_id=user, reference=other) for user in users], ignore_conflicts=True)


@transaction.atomic
def unfollow(reference: str, *, by: User) -> None:
    Follow.objects.filter(user=by, reference=reference).delete()


@transaction.atomic
def set_period(period: str, *, by: User) -> None:
    """What happened before a person asks for letters again is not sent afterwards."""
    known, _created = Preference.objects.select_for_update().get_or_create(user=by)
    if known.period == Period.NONE and period != Period.NONE:
        known.cursor = timezone.now()
    known.period = Period(period).value
    known.save()


def retract(key: str) -> None:
    """What happened is not shown any more: nobody who was not told yet is told."""
    Event.objects.filter(key=key[:200], told=None).delete()


def tell(*, key: str, reference: str, sentence: str, url: str = "", by: User | None = None) -> None:
    """Note what happened to a thing, for those who follow it. To be called inside the transaction that makes it happen."""
    Event.objects.get_or_create(
        key=key[:200], defaults={"reference": reference, "sentence": sentence[:400], "url": url[:500], "actor": by}
    )
