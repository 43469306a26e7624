"""Who joins and leaves an organisation's team. Every action may be done twice without harm."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.accounts.public import Refused, address_is_verified, verified_addresses
from parvis.organisations import team_mails
from parvis.organisations.models import Invitation, JoinRequest, Membership, Organisation, Role
from parvis.organisations.official_domains import is_official
from parvis.organisations.queries import RANK, check_may
from parvis.shared.limits import check_limit

HOLDS_FOR = timedelta(days=14)
LETTER_HOLDS_FOR = timedelta(days=60)
DOUBLE_CLICK = timedelta(minutes=1)
HOUR, DAY = 3600, 86_400


def after_commit(function: Callable[[], None]) -> None:
    """A message that cannot leave must not undo what was decided."""
    transaction.on_commit(function, robust=True)


def _locked(organisation: Organisation) -> Organisation:
    """Decisions about one team are taken one after the other."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


@transaction.atomic
def invite(organisation: Organisation, email: str, role: str, *, by: User) -> Invitation:
    """Send an invitation that holds 14 days. Inviting again renews it; twice within a minute is one invitation."""
    check_may(by, organisation, Role.ADMINISTRATOR)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("Cette adresse n'a pas la forme d'une adresse électronique.")) from error
    role = Role(role).value
    _locked(organisation)
    if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
        raise Refused(_("Cette personne est déjà dans l'équipe."))
    open_one = Invitation.objects.filter(organisation=organisation, email=email, accepted=None).first()
    now = timezone.now()
    if open_one and open_one.role == role and now - open_one.created < DOUBLE_CLICK:
        return open_one
    check_limit(f"invite:by:{by.pk}", 30, HOUR)
    check_limit(f"invite:to:{email}", 5, DAY)
    token = secrets.token_urlsafe(32)
    invitation = open_one or Invitation(organisation=organisation, email=email)
    invitation.role, invitation.invited_by = role, by
    invitation.token_hash, invitation.created, invitation.expires = Invitation.hash(token), now, now + HOLDS_FOR
    invitation.save()
    after_commit(lambda: team_mails.invitation(invitation, token, by))
    return invitation


@transaction.atomic
def prepare_invitation(organisation: Organisation, email: str, role: str, *, by: User | None) -> tuple[Invitation, str]:
    """An invitation that another room sends in its own words, and the token of its link. That room says who may: it holds 60 days,
    and renews the one that waits at the same address."""
    _locked(organisation)
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation = Invitation.objects.filter(organisation=organisation, email=email, accepted=None).first()
    invitation = invitation or Invitation(organisation=organisation, email=email)
    invitation.role, invitation.invited_by = Role(role).value, by
    invitation.token_hash, invitation.created, invitation.expires = Invitation.hash(token), now, now + LETTER_HOLDS_FOR
    invitation.save()
    return invitation, token


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> None:
    """The link in the message stops working. An accepted invitation is a membership: remove that instead."""
    check_may(by, invitation.organisation, Role.ADMINISTRATOR)
    Invitation.objects.filter(pk=invitation.pk, accepted=None).delete()


@transaction.atomic
def accept_invitation(token: str, *, by: User) -> Membership:
    """Join the team. Only the person who receives mail at the invited address may."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(token_hash=Invitation.hash(token))
        .first()
    )
    if invitation is None:
        raise Refused(_("Cette invitation n'existe plus. Demandez-en une autre à votre organisation."))
    if not address_is_verified(by, invitation.email):
        raise Refused(
            _(
                "Cette invitation est pour %(invited)s et vous êtes connecté avec %(yours)s. Connectez-vous avec la bonne adresse."
            )
            % {"invited": masked(invitation.email), "yours": by.email}
        )
    existing = Membership.objects.filter(user=by, organisation=invitation.organisation).first()
    if invitation.accepted:
        if existing is None:
            raise Refused(_("Cette invitation a déjà servi. Demandez-en une autre à votre organisation."))
        return existing
    if invitation.expires <= timezone.now():
        raise Refused(_("Cette invitation a expiré. Demandez-en une autre à votre organisation."))
    Invitation.objects.filter(pk=invitation.pk).update(accepted=timezone.now())
    if existing is None:
        existing = Membership.objects.create(user=by, organisation=invitation.organisation, role=invitation.role)
    elif RANK[existing.role] < RANK[invitation.role]:
        existing.role = invitation.role
        existing.save(update_fields=["role"])
    return existing


def masked(email: str) -> str:
    """`c…@mairie.fr`: enough for its owner to recognise it."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


@transaction.atomic
def ask_to_join(organisation: Organisation, message: str, *, by: User) -> JoinRequest:
    """Ask to act for an organisation. Asking again while waiting changes nothing."""
    if Membership.objects.filter(user=by, organisation=organisation).exists():
        raise Refused(_("Vous êtes déjà dans cette équipe."))
    _locked(organisation)
    waiting = JoinRequest.objects.filter(organisation=organisation, user=by, state=JoinRequest.State.WAITING).first()
    if waiting:
        return waiting
    check_limit(f"join:{by.pk}", 10, DAY)
    request = JoinRequest.objects.create(
        organisation=organisation,
        user=by,
        message=message.strip()[:2000],
        official_domain=is_official(verified_addresses(by), organisation.email_domain),
    )
    after_commit(lambda: team_mails.request_received(request))
    return request


@transaction.atomic
def decide_request(request: JoinRequest, accept: bool, reason: str, role: str, *, by: User) -> JoinRequest:
    """Accept with a role, or refuse with a reason. A decision is final; the person may ask again."""
    check_may(by, request.organisation, Role.ADMINISTRATOR)
    request = JoinRequest.objects.select_for_update(of=("self",)).select_related("organisation", "user").get(pk=request.pk)
    state = JoinRequest.State.ACCEPTED if accept else JoinRequest.State.REFUSED
    if request.state != JoinRequest.State.WAITING:
        if request.state == state:
            return request
        raise Refused(_("Quelqu'un a déjà répondu à cette demande."))
    if not accept and not reason.strip():
        raise Refused(_("Dites pourquoi : la personne recevra votre réponse."))
    request.state, request.reason, request.decided_by, request.decided = state, reason.strip(), by, timezone.now()
    request.save()
    if accept:
        Membership.objects.get_or_create(
            user=request.user, organisation=request.organisation, defaults={"role": Role(role).value}
        )
    after_commit(lambda: team_mails.request_decided(request))
    return request


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> Membership:
    check_may(by, membership.organisation, Role.ADMINISTRATOR)
    role = Role(role).value
    _locked(membership.organisation)
    membership = Membership.objects.select_related("organisation", "user").get(pk=membership.pk)
    if membership.role == role:
        return membership
    _check_somebody_is_left(membership, by)
    membership.role = role
    membership.save(update_fields=["role"])
    after_commit(lambda: team_mails.role_changed(membership))
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> None:
    """Take somebody out of the team, or leave it oneself."""
    if membership.user_id != by.pk:
        check_may(by, membership.organisation, Role.ADMINISTRATOR)
    _locked(membership.organisation)
    current = Membership.objects.select_related("organisation", "user").filter(pk=membership.pk).first()
    if current is None:
        return
    _check_somebody_is_left(current, by)
    current.delete()
    if current.user_id != by.pk:
        after_commit(lambda: team_mails.removed(current))


def _check_somebody_is_left(membership: Membership, by: User) -> None:
    """A team keeps an administrator. Only the platform's may take the last one away, and not themselves."""
    if membership.role != Role.ADMINISTRATOR or not is_last_administrator(membership):
        return
    if by.is_administrator and by.pk != membership.user_id:
        return
    raise Refused(_("C'est la seule personne qui administre cette organisation : nommez d'abord quelqu'un d'autre."))


def is_last_administrator(membership: Membership) -> bool:
    others = Membership.objects.filter(
        organisation=membership.organisation, role=Role.ADMINISTRATOR, user__is_active=True
    ).exclude(pk=membership.pk)
    return membership.role == Role.ADMINISTRATOR and not others.exists()
