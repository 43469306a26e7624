"""The link of a sign-in e-mail, for those who read it on the device where they want to be.

It is signed and holds for 15 minutes and for one sign-in: it carries a digest of what signing in changes. Opening it
shows a button; only the button signs in, so that a mail scanner that opens every link does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from parvis.accounts.models import User

SALT = "parvis.accounts.login_links"


@dataclass(frozen=True)
class LoginLink:
    user: User
    email: str
    next: str


def _state(user: User, email: str) -> str:
    """Changes when the person signs in, changes password or changes address: the link dies with it."""
    last_login = user.last_login.isoformat() if user.last_login else ""
    return salted_hmac(SALT, f"{user.pk}:{email}:{user.password}:{last_login}", algorithm="sha256").hexdigest()[:32]


def make(user: User, email: str, next_url: str = "") -> str:
    """The full address to put in a message sent to `email`."""
    token = signing.dumps({"u": user.pk, "s": _state(user, email), "n": next_url}, salt=SALT, compress=True)
    return settings.SITE_URL + reverse("accounts:login-link", args=[token])


def read(token: str) -> LoginLink | None:
    """Who the link is for, or None when it is false, too old or already used."""
    try:
        content = signing.loads(token, salt=SALT, max_age=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
        user = User.objects.get(pk=content["u"])
    except (signing.BadSignature, User.DoesNotExist, KeyError, TypeError, ValueError):
        return None
    for email in {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}:
        if constant_time_compare(content["s"], _state(user, email)):
            return LoginLink(user, email, content["n"])
    return None
