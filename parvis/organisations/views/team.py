"""The team of an organisation: who is in it, who is invited, who asks to join."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.accounts.public import Refused, signed_in
from parvis.organisations import actions
from parvis.organisations.forms import DecisionForm, InviteForm, JoinForm, RoleForm
from parvis.organisations.models import Invitation, JoinRequest, Membership, Organisation, Role
from parvis.organisations.queries import get_organisation_for, may, role_in
from parvis.shared.limits import TooMany

NO = (Refused, TooMany)


def _context(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    manages = may(request.user, organisation, Role.ADMINISTRATOR)
    members = organisation.memberships.select_related("user").order_by("user__name", "user__email")
    context: dict[str, Any] = {"organisation": organisation, "members": members, "manages": manages}
    if manages:
        context["invitations"] = organisation.invitations.filter(accepted=None).order_by("-created")
        context["requests"] = (
            organisation.join_requests.filter(state=JoinRequest.State.WAITING).select_related("user").order_by("created")
        )
        context["now"] = timezone.now()
        context["roles"] = Role.choices
    return context


@never_cache
@login_required
def team(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.AGENT)
    return render(request, "organisations/team.html", _context(request, organisation) | {"form": InviteForm()})


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.ADMINISTRATOR)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(organisation, **form.cleaned_data, by=signed_in(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("L'invitation est partie à %(email)s.") % form.cleaned_data)
            return redirect("organisations:team", slug)
    return render(request, "organisations/team.html", _context(request, organisation) | {"form": form}, status=422)


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.ADMINISTRATOR)
    found = Invitation.objects.filter(pk=invitation_id, organisation=organisation).first()
    if found:
        actions.revoke_invitation(found, by=signed_in(request))
    messages.success(request, _("L'invitation est annulée : son lien ne marche plus."))
    return redirect("organisations:team", slug)


@login_required
@require_POST
def change_role(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.ADMINISTRATOR)
    membership = get_object_or_404(Membership, pk=membership_id, organisation=organisation)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choisissez un rôle dans la liste."))
        membership = actions.change_role(membership, form.cleaned_data["role"], by=signed_in(request))
    except NO as refusal:
        messages.error(request, str(refusal))
    else:
        values = {"name": membership.user, "role": membership.get_role_display()}
        messages.success(request, _("%(name)s a maintenant le rôle « %(role)s ».") % values)
    return _back(request, organisation)


@login_required
def remove_member(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Ask first, then remove. A member may always ask to leave."""
    organisation = get_organisation_for(request.user, slug, Role.AGENT)
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=membership_id, organisation=organisation)
    leaving = membership.user_id == request.user.pk
    if not leaving and not may(request.user, organisation, Role.ADMINISTRATOR):
        raise PermissionDenied(_("Il faut administrer cette organisation pour retirer quelqu'un de l'équipe."))
    if request.method != "POST":
        context = {"organisation": organisation, "membership": membership, "leaving": leaving}
        return render(request, "organisations/team_remove.html", context)
    try:
        actions.remove_member(membership, by=signed_in(request))
    except NO as refusal:
        messages.error(request, str(refusal))
    else:
        gone = _("%(name)s ne fait plus partie de l'équipe.") % {"name": membership.user}
        messages.success(request, _("Vous ne faites plus partie de l'équipe.") if leaving else gone)
    return _back(request, organisation)


@never_cache
@login_required
def decide_request(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    organisation = get_organisation_for(request.user, slug, Role.ADMINISTRATOR)
    asked = get_object_or_404(JoinRequest.objects.select_related("user"), pk=request_id, organisation=organisation)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.decide_request(asked, data["decision"] == "accept", data["reason"], data["role"], by=signed_in(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre réponse est enregistrée. %(name)s la recevra.") % {"name": asked.user})
            return redirect("organisations:team", slug)
    context = {"organisation": organisation, "asked": asked, "form": form, "waiting": asked.state == JoinRequest.State.WAITING}
    return render(request, "organisations/team_request.html", context)


@never_cache
@login_required
def join(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation, slug=slug)
    if organisation.memberships.filter(user=signed_in(request)).exists():
        return redirect("organisations:team", slug)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_to_join(organisation, form.cleaned_data["message"], by=signed_in(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("organisations:join", slug)
    last = organisation.join_requests.filter(user=signed_in(request)).order_by("-created").first()
    return render(request, "organisations/team_join.html", {"organisation": organisation, "form": form, "last": last})


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opened from a message, with or without an account."""
    found = Invitation.objects.select_related("organisation", "invited_by").filter(token_hash=Invitation.hash(token)).first()
    expired = found is not None and not found.accepted and found.expires <= timezone.now()
    if found is None or expired:
        return render(request, "organisations/team_invitation_gone.html", {"expired": expired}, status=410 if expired else 404)
    refusal = ""
    if request.method == "POST" and request.user.is_authenticated:
        try:
            actions.accept_invitation(token, by=signed_in(request))
        except NO as error:
            refusal = str(error)
        else:
            messages.success(request, _("Bienvenue dans l'équipe de %(name)s.") % {"name": found.organisation})
            return redirect("organisations:team", found.organisation.slug)
    here = request.path
    context = {
        "invitation": found,
        "organisation": found.organisation,
        "refusal": refusal,
        "signup_url": f"{reverse('account_signup')}?{urlencode({'next': here, 'email': found.email})}",
        "login_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
    }
    return render(request, "organisations/team_invitation.html", context, status=403 if refusal else 200)


def _back(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """To the team, or to the organisation's page for somebody who just left it."""
    if role_in(request.user, organisation):
        return redirect("organisations:team", organisation.slug)
    return redirect(organisation)
