"""What each room knows of a person: for their copy of their data, and for what happens when they leave.

A room that keeps something about people has a `personal.py` that calls `register`; accounts looks for those modules
at start and so never needs to know the rooms above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.functional import Promise

from parvis.accounts.models import User


def _nothing(user: User) -> str:
    return ""


@dataclass(frozen=True)
class Holding:
    """`export` gives JSON values; `objection` a sentence when the account cannot go yet; `remains` what stays after it."""

    name: str
    export: Callable[[User], Any]
    objection: Callable[[User], str] = _nothing
    remains: str | Promise = ""


HOLDINGS: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    HOLDINGS[holding.name] = holding


def export(user: User) -> dict[str, Any]:
    return {
        "account": {
            "email": user.email,
            "name": user.name,
            "platform_role": user.platform_role,
            "joined": user.date_joined,
            "last_login": user.last_login,
            "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
            "second_factor": [str(kind) for kind in Authenticator.objects.filter(user=user).values_list("type", flat=True)],
            "identity_providers": list(SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined")),
            "tokens": list(user.tokens.values("name", "prefix", "scopes", "created", "expires", "last_used", "revoked")),
        }
    } | {name: holding.export(user) for name, holding in sorted(HOLDINGS.items())}


def objections(user: User) -> list[str]:
    return [sentence for holding in HOLDINGS.values() if (sentence := holding.objection(user))]


def what_remains() -> list[str]:
    return [str(holding.remains) for holding in HOLDINGS.values() if holding.remains]
