"""The messages about a team. Each says what happened and where to go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from parvis.accounts.mail import send
from parvis.accounts.models import PlatformRole, User
from parvis.organisations.models import Invitation, JoinRequest, Membership, Organisation, Role


def _url(name: str, *arguments: Any) -> str:
    return settings.SITE_URL + reverse(f"organisations:{name}", args=arguments)


def invitation(invitation: Invitation, token: str, by: User) -> None:
    send(
        "organisations/mails/invitation",
        invitation.email,
        organisation=invitation.organisation,
        role=invitation.get_role_display(),
        by=by,
        expires=invitation.expires,
        url=_url("invitation", token),
    )


def deciders(organisation: Organisation) -> list[User]:
    """Those who run the organisation; those who run the platform while it has nobody."""
    team = User.objects.filter(memberships__organisation=organisation, memberships__role=Role.ADMINISTRATOR, is_active=True)
    platform = User.objects.filter(platform_role=PlatformRole.ADMINISTRATOR, is_active=True)
    return list(team.order_by("pk")) or list(platform.order_by("pk"))


def request_received(request: JoinRequest) -> None:
    for person in deciders(request.organisation):
        send(
            "organisations/mails/request_received",
            person.email,
            request=request,
            organisation=request.organisation,
            url=_url("decide-request", request.organisation.slug, request.pk),
        )


def request_decided(request: JoinRequest) -> None:
    send(
        "organisations/mails/request_decided",
        request.user.email,
        request=request,
        organisation=request.organisation,
        accepted=request.state == JoinRequest.State.ACCEPTED,
        url=_url("team" if request.state == JoinRequest.State.ACCEPTED else "join", request.organisation.slug),
    )


def role_changed(membership: Membership) -> None:
    send(
        "organisations/mails/role_changed",
        membership.user.email,
        organisation=membership.organisation,
        role=membership.get_role_display(),
        url=_url("team", membership.organisation.slug),
    )


def removed(membership: Membership) -> None:
    send("organisations/mails/removed", membership.user.email, organisation=membership.organisation)
