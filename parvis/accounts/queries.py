"""What is known of a person."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from parvis.accounts.models import ApiToken, PlatformRole, User


def verified_addresses(user: User) -> set[str]:
    """The addresses that this person proved to receive, in lower case."""
    return {email.lower() for email in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)}


def address_is_verified(user: User, email: str) -> bool:
    return email.lower() in verified_addresses(user)


def signed_in(request: HttpRequest) -> User:
    """The person of a view that only signed-in people reach."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def operator(email: str = "") -> User | None:
    """In whose name a command acts: the person of that address, otherwise the first administrator of the platform."""
    people = User.objects.filter(is_active=True)
    found = people.filter(email=email.strip().lower()) if email else people.filter(platform_role=PlatformRole.ADMINISTRATOR)
    return found.order_by("pk").first()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked=None)


def account_page(user: User) -> dict[str, Any]:
    return {
        "memberships": user.memberships.select_related("organisation").order_by("organisation__name"),
        "tokens": tokens_of(user),
        "second_factor": is_mfa_enabled(user),
        "has_password": user.has_usable_password(),
    }
