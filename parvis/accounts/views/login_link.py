"""The page that a sign-in e-mail links to."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from parvis.accounts import login_links


@never_cache
def login_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it shows a button; the button signs in, through the second factor where there is one."""
    link = login_links.read(token)
    if request.user.is_authenticated and (link is None or request.user.pk == link.user.pk):
        return redirect("accounts:me")
    if link is None:
        return render(request, "accounts/login_link_gone.html", status=410)
    if request.method != "POST" or request.user.is_authenticated:
        return render(request, "accounts/login_link.html", {"link": link})
    clear_login(request)
    record_authentication(request, link.user, method="code", email=link.email)
    verify_email_indirectly(request, link.user, link.email)
    safe = link.next if link.next and get_adapter(request).is_safe_url(link.next) else None
    answer: HttpResponse = perform_login(request, Login(user=link.user, email=link.email, redirect_url=safe))
    return answer
