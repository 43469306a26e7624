"""« Mon compte »: what the site knows of a person, and what they can do about it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from parvis.accounts import actions, personal, queries
from parvis.accounts.forms import DeleteAccountForm, NameForm
from parvis.accounts.queries import signed_in


@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/me.html", queries.account_page(signed_in(request)))


@login_required
def change_name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, instance=signed_in(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Votre nom est enregistré."))
        return redirect("accounts:me")
    return render(request, "accounts/name.html", {"form": form})


@never_cache
@login_required
def download(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(personal.export(signed_in(request)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@login_required
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    form = DeleteAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_account(signed_in(request), by=signed_in(request))
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, _("Votre compte est supprimé. Merci d'être passé par ici."))
            return redirect("account_login")
    context = {"form": form, "objections": actions.objections(signed_in(request)), "what_remains": personal.what_remains()}
    return render(request, "accounts/delete.html", context)
