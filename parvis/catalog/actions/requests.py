"""Asking, confirming, supporting, answering, closing. Each may be done twice without harm."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.accounts.public import account_of
from parvis.catalog.core.requests.clocks import LAW, Reply, add_months
from parvis.catalog.core.requests.grounds import GROUNDS
from parvis.catalog.core.requests.states import EVENT_OF, Event, State, after
from parvis.catalog.models import DataRequest, DataRequestAnswer, DataRequestStep, DataRequestSupport, Dataset
from parvis.catalog.requests import delivery, letters, telling
from parvis.catalog.requests.permissions import Act, check, may_be_asked
from parvis.moderation import public as moderation
from parvis.notifications.public import FollowError, follow
from parvis.organisations.models import Organisation
from parvis.shared.limits import check_limit

HOUR, DAY = 3600, 86_400
HOLDS_FOR = timedelta(days=3)
FURTHEST = timedelta(days=730)


class RequestError(Exception):
    """It cannot be done; the message is the sentence for the person."""


@dataclass(frozen=True)
class Words:
    """What a person writes. given_name: for the authority, never public."""

    title: str
    text: str
    period: str = ""
    form: str = ""
    signature: str = ""
    given_name: str = ""


def ask(
    organisation: Organisation, words: Words, *, by: User | None = None, email: str = "", form_key: str = "", network: str = ""
) -> DataRequest:
    """Ask in public. With an account it is published at once; without, a message asks to confirm. The same form sent twice is one request."""
    if not may_be_asked(organisation):
        raise RequestError(_("On demande des données à une collectivité ou à un organisme public."))
    if not words.title.strip() or not words.text.strip():
        raise RequestError(_("Dites quelles données vous demandez."))
    known = DataRequest.objects.filter(form_key=form_key).first() if form_key else None
    if known:
        return known
    check_limit(f"request:{by.pk}" if by else f"request:{network}", 10 if by else 5, DAY if by else HOUR)
    try:
        with transaction.atomic():
            return _ask(organisation, words, by, email.strip().lower(), form_key)
    except IntegrityError:
        return DataRequest.objects.get(form_key=form_key)


def _ask(organisation: Organisation, words: Words, by: User | None, email: str, form_key: str) -> DataRequest:
    kept = {
        "title": one_line(words.title)[:160],
        "text": words.text.strip()[:4000],
        "period": one_line(words.period)[:120],
        "form": one_line(words.form)[:120],
        "signature": one_line(words.signature)[:60],
        "given_name": one_line(words.given_name)[:120],
        "form_key": form_key[:32] or None,
    }
    request = DataRequest(organisation=organisation, **kept)
    if by:
        request.author = by
        return _screened(request, by)
    try:
        validate_email(email)
    except ValidationError as error:
        raise RequestError(_("Cette adresse n'a pas la forme d'une adresse électronique.")) from error
    check_limit(f"request:to:{email}", 5, DAY)
    token = secrets.token_urlsafe(32)
    request.email, request.token_hash = email, digest(token)
    request.save()
    transaction.on_commit(lambda: letters.to_confirm(request, token), robust=True)
    return request


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def waiting_for(token: str) -> DataRequest | None:
    """The request that this link confirms, or confirmed already."""
    since = timezone.now() - HOLDS_FOR
    found = DataRequest.objects.filter(token_hash=digest(token)).select_related("organisation").first()
    return found if found and (found.author_id or found.created > since) else None


@transaction.atomic
def confirm(token: str) -> DataRequest:
    """Publish it, in the name of whoever receives the message: their account, or a new one without a password."""
    found = waiting_for(token)
    if found is None:
        raise RequestError(_("Ce lien ne va plus : il vaut trois jours. Refaites votre demande."))
    request = DataRequest.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found.pk)
    if request.author_id:
        return request
    author = account_of(request.email)
    if not author.is_active:
        raise RequestError(_("Ce compte n'est plus actif : écrivez-nous."))
    request.author, request.email = author, ""
    return _screened(request, author)


def _screened(request: DataRequest, by: User) -> DataRequest:
    """Published, or held where a rule of moderation says so; what a rule saw is in the queue either way."""
    found = moderation.screen(f"{request.title}\n{request.text}", moderation.Writer(by))
    request.state = after(State.TO_CONFIRM, Event.CONFIRM)
    if found.held:
        request.save()
    else:
        publish(request)
    moderation.keep_screened(request.reference, found)
    return request


def publish(request: DataRequest) -> DataRequest:
    """Public from now on, and brought to its authority."""
    request.published = timezone.now()
    request.save()
    telling.look_again(request)
    transaction.on_commit(lambda: delivery.deliver(request.pk), robust=True)
    return request


# ----- Its author, and those who ask for the same -----


def _locked(request: DataRequest) -> DataRequest:
    return DataRequest.objects.select_for_update(of=("self",)).select_related("organisation", "author").get(pk=request.pk)


@transaction.atomic
def support(request: DataRequest, *, by: User) -> None:
    """« Je demande aussi »: counted once, and followed."""
    if DataRequestSupport.objects.filter(request=request, user=by).exists():
        return
    check(by, Act.SUPPORT, request, timezone.localdate())
    check_limit(f"support:{by.pk}", 100, HOUR)
    DataRequestSupport.objects.get_or_create(request=request, user=by)
    with contextlib.suppress(FollowError):  # it is counted all the same
        follow(request.reference, by=by)


@transaction.atomic
def stop_supporting(request: DataRequest, *, by: User) -> None:
    DataRequestSupport.objects.filter(request=request, user=by).delete()


@transaction.atomic
def bring(request: DataRequest, *, day: date, by: User) -> DataRequest:
    """Its author gave it to the authority on that day: the month runs from there."""
    fresh, today = _locked(request), timezone.localdate()
    if fresh.state == State.RECEIVED and fresh.received == day:
        return fresh
    check(by, Act.BRING, fresh, today)
    first = timezone.localdate(fresh.published) if fresh.published else today
    if not first <= day <= today:
        raise RequestError(_("Donnez le jour où la collectivité a reçu votre demande : entre sa publication et aujourd'hui."))
    delivery.received(fresh, DataRequestStep.What.BROUGHT, day)
    return _locked(fresh)


@transaction.atomic
def note_cada(request: DataRequest, *, day: date, by: User) -> DataRequest:
    """Its author wrote to the CADA, which registered it on that day."""
    fresh, today = _locked(request), timezone.localdate()
    if fresh.author_id != by.pk or fresh.state == State.CLOSED:
        check(by, Act.CLOSE, fresh, today)
    refused = fresh.clocks(today).refused
    if refused is None or not refused <= day <= today:
        raise RequestError(_("Donnez le jour où la CADA a reçu votre lettre : après le refus, et aujourd'hui au plus tard."))
    fresh.cada_asked = day
    fresh.save(update_fields=["cada_asked", "modified"])
    DataRequestStep.objects.get_or_create(request=fresh, what=DataRequestStep.What.CADA)
    return fresh


@transaction.atomic
def close(request: DataRequest, *, satisfied: bool, by: User) -> DataRequest:
    """Its author awaits nothing more. The page stays."""
    fresh = _locked(request)
    if fresh.state == State.CLOSED and fresh.author_id == by.pk:
        return fresh
    check(by, Act.CLOSE, fresh, timezone.localdate())
    fresh.state, fresh.satisfied = after(State(fresh.state), Event.CLOSE), satisfied
    fresh.save(update_fields=["state", "satisfied", "modified"])
    DataRequestStep.objects.get_or_create(request=fresh, what=DataRequestStep.What.CLOSED)
    telling.closed(fresh, by)
    return fresh


# ----- The authority -----


@transaction.atomic
def answer(
    request: DataRequest,
    *,
    reply: Reply,
    by: User,
    text: str = "",
    dataset: Dataset | None = None,
    promised: date | None = None,
    ground: str = "",
    address: str = "",
) -> DataRequestAnswer:
    """Answer with a dataset, a date, or a reasoned refusal. Another answer corrects the first, which stays; the same again changes nothing."""
    fresh = _locked(request)
    check(by, Act.ANSWER, fresh, timezone.localdate())
    given = {
        "kind": reply.value,
        "text": text.strip()[:4000],
        "dataset": dataset,
        "promised": promised,
        "ground": ground,
        "address": address,
    }
    _check_answer(fresh, reply, given)
    held = fresh.standing
    if held and all(getattr(held, name) == value for name, value in given.items()):
        return held
    if held:
        held.replaced, held.replaced_by = timezone.now(), by
        held.save(update_fields=["replaced", "replaced_by"])
    made = DataRequestAnswer.objects.create(request=fresh, by=by, **given)
    if fresh.received is None:  # it answers before any message reached it: it did receive it
        fresh.received = timezone.localdate()
        fresh.answer_by = add_months(fresh.received, LAW["answer"].months)
    fresh.state, fresh.promised = after(State(fresh.state), EVENT_OF[reply]), promised
    fresh.save(update_fields=["state", "promised", "received", "answer_by", "modified"])
    telling.answered(fresh, made, by)
    transaction.on_commit(lambda: letters.to_author("request_answered", fresh, made), robust=True)
    return made


def _check_answer(request: DataRequest, reply: Reply, given: dict[str, Any]) -> None:
    today = timezone.localdate()
    dataset, promised, ground = given["dataset"], given["promised"], given["ground"]
    if reply is Reply.DATASET and (dataset is None or dataset.published is None):
        raise RequestError(_("Choisissez un jeu de données publié."))
    if reply is Reply.DATE and (promised is None or not today < promised <= today + FURTHEST):
        raise RequestError(_("Donnez une date à venir, dans les deux ans."))
    if reply is Reply.REFUSAL:
        if ground not in GROUNDS:
            raise RequestError(_("Choisissez le motif que la loi prévoit."))
        if GROUNDS[ground].address and not given["address"]:
            raise RequestError(_("Donnez l'adresse où ces données sont déjà publiques."))
        if not given["text"]:
            raise RequestError(_("Expliquez le refus en une ou deux phrases : la loi demande qu'il soit motivé."))
