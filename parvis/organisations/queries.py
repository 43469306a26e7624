"""Who may act for which organisation: asked here and nowhere else."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from parvis.accounts.models import User
from parvis.organisations.models import Membership, Organisation, Role

RANK = {Role.AGENT.value: 1, Role.EDITOR.value: 2, Role.ADMINISTRATOR.value: 3}


def role_in(user: object, organisation: Organisation) -> str | None:
    """The role of `user`, or None. An administrator of the platform may do everything everywhere."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_administrator:
        return Role.ADMINISTRATOR
    return Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True).first()


def may(user: object, organisation: Organisation, least: Role) -> bool:
    role = role_in(user, organisation)
    return role is not None and RANK[role] >= RANK[least.value]


def check_may(user: object, organisation: Organisation, least: Role) -> None:
    """Raise `PermissionDenied`, with a sentence that says who could do it, unless `may`."""
    if not may(user, organisation, least):
        raise PermissionDenied(
            f"Il faut être {least.label} de « {organisation.name} » pour faire cela. Demandez à la personne qui administre cette organisation."
        )


def get_organisation_for(user: object, slug: str, least: Role) -> Organisation:
    organisation = get_object_or_404(Organisation, slug=slug)
    check_may(user, organisation, least)
    return organisation


def organisations_of(user: object, least: Role = Role.AGENT) -> QuerySet[Organisation]:
    """The organisations for which `user` may act as `least` or more (by membership; platform roles add nothing here)."""
    if not isinstance(user, User):
        return Organisation.objects.none()
    roles = [role for role, rank in RANK.items() if rank >= RANK[least.value]]
    return Organisation.objects.filter(memberships__user=user, memberships__role__in=roles).order_by("name")
