"""Short messages in plain text. Templates: `<name>_subject.txt` and `<name>_message.txt`, in the site's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation

from parvis.accounts.forms import one_line


def send(template: str, email: str, **context: Any) -> None:
    """Send one message. An address that is not exactly one address is refused, and a subject is always one line."""
    validate_email(email)
    context |= {"site_name": settings.SITE_NAME, "region_name": settings.REGION_NAME, "site_url": settings.SITE_URL}
    with translation.override(settings.LANGUAGE_CODE):
        subject = one_line(render_to_string(f"{template}_subject.txt", context))
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    EmailMessage(subject, body, to=[email]).send()
