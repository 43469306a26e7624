"""`Authorization: Bearer …` for the API: `auth=bearer("datasets:write")`."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.security import HttpBearer

from parvis.accounts.models import ApiToken, Scope
from parvis.shared.problems import Problem

NOTE_EVERY = timedelta(minutes=1)
REFUSAL = gettext_lazy("Ce jeton est inconnu, expiré ou révoqué. Créez-en un sur la page « Mon compte ».")


class Bearer(HttpBearer):
    """Sets `request.user` to the token's owner and gives the token as `request.auth`; refuses with 401 or 403."""

    openapi_description = "Un jeton, créé sur la page « Mon compte »."

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        unknown = set(scopes) - set(Scope.values)
        if unknown:
            raise ValueError(f"no such scope: {', '.join(sorted(unknown))}")
        self.scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        found = find(token.strip())
        if found is None:
            raise Problem(401, str(REFUSAL))
        if missing := [scope for scope in self.scopes if scope not in found.scopes]:
            raise Problem(403, _("Ce jeton n'a pas le droit « %(scope)s ».") % {"scope": missing[0]}, missing_scopes=missing)
        note_use(found)
        request.user = found.user
        return found


def bearer(*scopes: str) -> Any:
    """The authentication of an operation that needs every one of `scopes` (none: any valid token)."""
    return Bearer(*scopes)


def find(secret: str) -> ApiToken | None:
    """The valid token of this secret. The database compares hashes of 256 random bits: its timing tells nothing."""
    digest = ApiToken.hash(secret)
    token = ApiToken.objects.select_related("user").filter(token_hash=digest).first()
    if token is None or not hmac.compare_digest(token.token_hash, digest):
        return None
    return token if token.is_valid and token.user.may_sign_in else None


def note_use(token: ApiToken) -> None:
    """At most once a minute: reading must not cost a write each time."""
    now = timezone.now()
    if token.last_used and now - token.last_used < NOTE_EVERY:
        return
    stale = Q(last_used=None) | Q(last_used__lt=now - NOTE_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used=now)
