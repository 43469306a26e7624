"""What the letters say of a request, and the messages that carry them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from parvis.accounts.mail import send
from parvis.accounts.models import User
from parvis.catalog.core.requests import letters
from parvis.catalog.core.requests.clocks import LAW, Reply, add_months
from parvis.catalog.core.requests.grounds import GROUNDS
from parvis.catalog.models import DataRequest, DataRequestAnswer
from parvis.organisations.models import Organisation


def asked(request: DataRequest) -> letters.Asked:
    return letters.Asked(
        authority=request.organisation.name,
        title=request.title,
        text=request.text,
        period=request.period,
        form=request.form,
        name=request.given_name or request.signature,
        address=settings.SITE_URL + request.get_absolute_url(),
    )


def request_letter(request: DataRequest, received: date | None = None) -> str:
    day = received or request.received
    return letters.request_letter(asked(request), add_months(day, LAW["answer"].months) if day else None)


def cada_letter(request: DataRequest, today: date) -> str:
    """In French, whatever the language of the page. Raises ValueError when nothing was refused."""
    answer = request.standing
    with translation.override("fr"):
        ground = answer.get_ground_display() if answer and answer.ground else ""
    article = f", {GROUNDS[answer.ground].article}" if answer and answer.ground in GROUNDS else ""
    return letters.cada_letter(
        asked(request),
        request.clocks(today),
        today=today,
        reply=Reply(answer.kind) if answer else None,
        reason=answer.text if answer else "",
        ground=f"{ground}{article}" if ground else "",
    )


def addresses(organisation: Organisation) -> list[str]:
    """Where an authority receives its requests: its own address, and those who act for it here."""
    team = User.objects.filter(memberships__organisation=organisation, is_active=True).order_by("pk")
    found = [organisation.email, *(person.email for person in team if person.may_sign_in)]
    return list(dict.fromkeys(address.lower() for address in found if address))


def _url(request: DataRequest, name: str = "request", *arguments: str) -> str:
    return settings.SITE_URL + reverse(f"catalog:{name}", args=[request.pk, *arguments])


def to_authority(request: DataRequest, received: date, address: str) -> None:
    send(
        "catalog/mails/request_received",
        address,
        request=request,
        letter=request_letter(request, received),
        answer_by=add_months(received, LAW["answer"].months),
        url=_url(request, "request_answer"),
    )


def reminder(request: DataRequest, address: str) -> None:
    send("catalog/mails/request_reminder", address, request=request, url=_url(request, "request_answer"))


def to_confirm(request: DataRequest, token: str) -> None:
    address = settings.SITE_URL + reverse("catalog:request_confirm", args=[token])
    send("catalog/mails/request_confirm", request.email, request=request, url=address)


def to_author(template: str, request: DataRequest, answer: DataRequestAnswer | None = None) -> None:
    author = request.author
    if author is None or not author.is_active:
        return
    context: dict[str, Any] = {"clocks": request.clocks(timezone.localdate()), "answer": answer, "url": _url(request)}
    send(f"catalog/mails/{template}", author.email, request=request, **context)
