"""What this room keeps about people: teams, requests, invitations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.accounts.queries import verified_addresses
from parvis.organisations.actions import is_last_administrator
from parvis.organisations.models import Invitation, JoinRequest, Membership, Role


def export(user: User) -> dict[str, Any]:
    return {
        "memberships": list(Membership.objects.filter(user=user).values("organisation__name", "role", "created")),
        "requests": list(
            JoinRequest.objects.filter(user=user).values(
                "organisation__name", "message", "state", "reason", "created", "decided"
            )
        ),
        "invitations_received": list(
            Invitation.objects.filter(email__in=verified_addresses(user)).values(
                "organisation__name", "role", "created", "expires", "accepted"
            )
        ),
        "invitations_sent": list(
            Invitation.objects.filter(invited_by=user).values("organisation__name", "email", "role", "created", "accepted")
        ),
    }


def objection(user: User) -> str:
    alone = [
        membership.organisation.name
        for membership in Membership.objects.filter(user=user, role=Role.ADMINISTRATOR).select_related("organisation")
        if is_last_administrator(membership)
    ]
    if not alone:
        return ""
    return _("Vous êtes seul à administrer %(names)s : nommez d'abord quelqu'un d'autre.") % {"names": ", ".join(alone)}


register(
    Holding(
        name="organisations",
        export=export,
        objection=objection,
        remains=gettext_lazy("Les invitations que vous avez envoyées restent à leur organisation, sans votre nom."),
    )
)
