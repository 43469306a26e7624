"""The link that ends a person's letters, without signing in: signed, for one person and nothing else. It holds for ever, as old letters do."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from parvis.accounts.models import User

SALT = "parvis.notifications.unsubscribe"


def unsubscribe_url(user: User) -> str:
    return reverse("notifications:unsubscribe", args=[signing.dumps({"u": user.pk}, salt=SALT)])


def who_asks(token: str) -> User | None:
    try:
        content = signing.loads(token, salt=SALT)
        return User.objects.filter(pk=content["u"]).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
