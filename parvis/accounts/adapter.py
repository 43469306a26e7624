"""What Parvis changes in allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from parvis.accounts import login_links
from parvis.accounts.forms import one_line
from parvis.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Ce compte n'est pas actif."),
        "email_password_mismatch": _("L'adresse ou le mot de passe ne va pas. Vérifiez-les, ou demandez un code par e-mail."),
        "enter_current_password": _("Ce n'est pas votre mot de passe actuel."),
        "incorrect_code": _("Ce code ne va pas. Recopiez-le depuis le dernier courrier reçu."),
        "incorrect_password": _("Ce mot de passe ne va pas."),
        "too_many_login_attempts": _("Trop d'essais. Attendez cinq minutes, puis réessayez."),
        "same_as_current": _("C'est déjà votre adresse."),
        "duplicate_email": _("C'est déjà votre adresse."),
        "rate_limited": _("Trop d'essais. Attendez un peu, puis réessayez."),
    }

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> Any:
        if not user.may_sign_in:
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **details)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> Any:
        user.name = one_line(form.cleaned_data.get("name") or "")
        return super().save_user(request, user, form, commit)

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        context = context | {
            "site_name": settings.SITE_NAME,
            "region_name": settings.REGION_NAME,
            "site_url": settings.SITE_URL,
        }
        if template_prefix == "account/email/login_code" and isinstance(email, str):
            context["login_url"] = _login_link(email)
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        return message

    def is_safe_url(self, url: str) -> bool:
        """A page of this site and nothing else: not another allowed host, not a scheme-relative address."""
        from django.utils.http import url_has_allowed_host_and_scheme

        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts={allauth_context.request.get_host()})


class SecondFactorAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """On white: black on nothing cannot be photographed on a dark page."""
        start, end, rest = super().build_totp_svg(url).partition("<path")
        return f'{start}<rect width="100%" height="100%" fill="#fff"/>{end}{rest}'


def _login_link(email: str) -> str:
    from allauth.account.utils import filter_users_by_email

    users = filter_users_by_email(email, is_active=True, prefer_verified=True)
    if not users:
        return ""
    request = allauth_context.request
    return login_links.make(users[0], email.lower(), get_next_redirect_url(request, REDIRECT_FIELD_NAME) or "")
