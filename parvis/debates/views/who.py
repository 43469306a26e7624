"""Who acts: a person with an account."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from parvis.accounts.models import User


def who(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Connectez-vous d'abord."))
    return request.user
