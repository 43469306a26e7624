"""API tokens: create one (shown once) and revoke it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.accounts import actions
from parvis.accounts.forms import TokenForm
from parvis.accounts.models import ApiToken
from parvis.accounts.queries import signed_in
from parvis.shared.limits import TooMany


@never_cache
@login_required
@reauthentication_required
def create(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.create_token(**form.cleaned_data, by=signed_in(request))
        except (actions.Refused, TooMany) as refusal:
            form.add_error(None, str(refusal))
        else:
            # Shown in this answer and kept nowhere: reloading the page cannot show it again.
            return render(request, "accounts/token_created.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_form.html", {"form": form})


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id, user=signed_in(request))
    actions.revoke_token(token, by=signed_in(request))
    messages.success(request, _("Le jeton « %(name)s » ne marche plus.") % {"name": token.name})
    return redirect("accounts:me")
