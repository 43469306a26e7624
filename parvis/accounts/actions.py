"""What a person does with their own account."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts import personal
from parvis.accounts.models import ApiToken, PlatformRole, Scope, User
from parvis.shared.limits import check_limit

TOKEN_PREFIX = "parvis_"  # noqa: S105  what every token starts with, so that leaked ones can be searched for


class Refused(Exception):
    """The rules of the house say no; the message says why and what to do."""


@transaction.atomic
def create_token(name: str, scopes: Iterable[str], days: int, *, by: User) -> tuple[ApiToken, str]:
    """The new token and its secret, which exists nowhere else."""
    scopes = sorted(set(scopes))
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Refused(_("Choisissez au moins un droit dans la liste."))
    check_limit(f"token:{by.pk}", 20, 3600)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name,
        prefix=secret[:12],
        token_hash=ApiToken.hash(secret),
        scopes=scopes,
        expires=timezone.now() + timedelta(days=days),
    )
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """Doing it twice changes nothing."""
    if token.user_id != by.pk and not by.is_administrator:
        raise PermissionDenied(_("Ce jeton n'est pas le vôtre."))
    ApiToken.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now())


@transaction.atomic
def delete_account(user: User, *, by: User) -> None:
    """Remove a person and what is only theirs. What they published belongs to their organisation and stays."""
    if by.pk != user.pk:
        raise PermissionDenied(_("Seule la personne peut supprimer son compte."))
    if reasons := objections(user):
        raise Refused(" ".join(reasons))
    user.delete()


def objections(user: User) -> list[str]:
    """Why this account cannot be deleted now; empty when it can."""
    others = User.objects.filter(platform_role=PlatformRole.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    alone = user.is_administrator and not others.exists()
    reasons = [_("Vous êtes seul à administrer la plateforme : nommez d'abord une autre personne.")] if alone else []
    return reasons + personal.objections(user)


@transaction.atomic
def create_demonstration_account(email: str, name: str, platform_role: str = PlatformRole.NONE) -> tuple[User, str]:
    """An invented person who may sign in on a demonstration only, and their random password (a new one if they exist)."""
    validate_email(email)
    password = secrets.token_urlsafe(12)
    user = User.objects.filter(email__iexact=email).first() or User(email=email.lower())
    if user.pk and not user.demonstration:
        raise Refused(_("%(email)s est le compte d'une vraie personne.") % {"email": email})
    user.name, user.platform_role, user.demonstration = name, platform_role, True
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user, password


@transaction.atomic
def account_of(email: str) -> User:
    """The account of an address that its owner has just proved to receive: theirs, or a new one without a password.

    Somebody else may have signed up with this address before, and wait with a password of theirs: it stops working."""
    email = email.strip().lower()
    validate_email(email)
    known = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if known:
        owner: User = known.user
        return owner
    user, created = User.objects.get_or_create(email=email)
    if created or user.has_usable_password():
        user.set_unusable_password()
        user.save()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user
