"""Somebody who just typed the first code of their application has shown who they are: no need to ask again at once."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from parvis.accounts.models import User


@receiver(authenticator_added)
def remember_the_code(request: HttpRequest, user: User, authenticator: Authenticator, **details: Any) -> None:
    """Without it, a person who has no password could not see the recovery codes made in the same step."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)
