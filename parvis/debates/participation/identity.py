"""Who is behind a request. A browser is known by a random secret in a cookie; the database holds digests of it, one a process, so that
the same browser in two processes cannot be told. The form carries a signed key, which makes the first vote, sent twice, one person."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parvis.accounts.models import User
from parvis.debates.models import Participant, Process
from parvis.shared.networks import network_of

COOKIES = {"participation": "/debats/", "participation-api": "/api/v1/debates"}
"""Name → the only addresses that receive it. The same secret in both."""
KEPT = 180 * 86_400
SALT = "parvis.debates.key"
HOLDS = 86_400
"""Seconds for which the key of a form holds."""


class StaleKeyError(Exception):
    """The form is too old, or of somebody else: nothing is recorded, and the page is shown again."""


@dataclass(frozen=True)
class Key:
    """What a form carries. nonce: a newcomer's secret comes of it. sent: a cookie was sent with the page that holds it."""

    nonce: str
    sent: bool = False


@dataclass(frozen=True)
class Visit:
    """Somebody in one process. secret: of their browser, "" before their first answer. refuses: their browser keeps no cookie."""

    process: Process
    user: User | None
    network: str
    secret: str = ""
    key: Key = Key("")
    participant: Participant | None = None
    refuses: bool = False

    @property
    def digest(self) -> str:
        """What the database knows of the browser, "" for one that has no secret yet."""
        return browser_digest(self.process, self.secret) if self.secret else ""


def digest(purpose: str, text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"debates:{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def browser_digest(process: Process, secret: str) -> str:
    return digest("browser", f"{process.pk}:{secret}")


def email_digest(process: Process, email: str) -> str:
    return digest("email", f"{process.pk}:{email.strip().lower()}")


def secret_of(nonce: str) -> str:
    """The secret that a newcomer receives; who has the nonce only cannot make it."""
    return digest("secret", nonce)


def cookie_of(request: HttpRequest) -> str:
    found = next((request.COOKIES[name] for name in COOKIES if request.COOKIES.get(name)), "")
    return found if len(found) == 64 and found.isalnum() else ""


def signed_in(request: HttpRequest) -> User | None:
    user = request.user
    return user if isinstance(user, User) and user.is_active else None


def make_key(visit: Visit, *, sent: bool = False) -> str:
    """The field of a form. `sent`: a cookie goes out with it, so that its absence next time says that the browser refuses cookies."""
    content = {
        "p": visit.process.pk,
        "n": visit.key.nonce or secrets.token_urlsafe(16),
        "u": visit.user.pk if visit.user else 0,
        "s": int(sent or visit.key.sent),
    }
    return signing.dumps(content, salt=SALT)


def read_key(text: str, process: Process, user: User | None) -> Key:
    """Raises `StaleKeyError`."""
    try:
        content = signing.loads(text, salt=SALT, max_age=HOLDS)
        if content["p"] != process.pk or content["u"] != (user.pk if user else 0):
            raise StaleKeyError
        return Key(str(content["n"]), bool(content["s"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise StaleKeyError from error


def find(process: Process, user: User | None, browser: str) -> Participant | None:
    """The participation of an account, or of a browser without one."""
    known = Participant.objects.filter(process=process).select_related("commune__departement")
    if user:
        return known.filter(user=user).first()
    if not browser:
        return None
    own = known.filter(browser_hash=browser, user=None).first()
    return own or known.filter(other_browsers__digest=browser, user=None).first()


def visit_of(request: HttpRequest, process: Process) -> Visit:
    """Who reads."""
    user, secret = signed_in(request), cookie_of(request)
    found = find(process, user, browser_digest(process, secret) if secret else "")
    return Visit(process, user, network_of(request), secret, participant=found)


def sending_visit(request: HttpRequest, process: Process, key: str) -> Visit:
    """Who sends a form, which holds a key. Raises `StaleKeyError`, or `PermissionDenied` for a page of another site."""
    check_origin(request)
    user, secret = signed_in(request), cookie_of(request)
    read = read_key(key, process, user)
    own = secret or secret_of(read.nonce)
    found = find(process, user, browser_digest(process, own))
    refuses = user is None and not secret and read.sent
    return Visit(process, user, network_of(request), own, read, found, refuses)


def check_origin(request: HttpRequest) -> None:
    """A page of another site acts in nobody's name: browsers say where a form comes from."""
    origin = request.headers.get("Origin", "")
    elsewhere = origin and urlsplit(origin).netloc != request.get_host()
    if elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDenied


def remember(response: HttpResponseBase, visit: Visit) -> None:
    """Give the browser of a visitor its secret, for the debates only. Who has an account needs none."""
    if visit.user is None and visit.secret:
        for name, path in COOKIES.items():
            response.set_cookie(
                name,
                visit.secret,
                max_age=KEPT,
                path=path,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )


def forget(response: HttpResponseBase) -> None:
    for name, path in COOKIES.items():
        response.delete_cookie(name, path=path, samesite="Lax")
