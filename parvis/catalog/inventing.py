"""Requests, reuses, ages and campaigns of the demonstration: made by the same actions as real ones, then aged. Every one is labelled as invented, and no
message leaves for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import reuses
from parvis.catalog.actions import campaigns, consolidations
from parvis.catalog.consolidations import jobs as building
from parvis.catalog.core.requests.clocks import LAW, Reply, add_months
from parvis.catalog.core.requests.states import State
from parvis.catalog.forms_campaigns import first_letter
from parvis.catalog.models import (
    Campaign,
    Consolidation,
    DataRequest,
    DataRequestAnswer,
    DataRequestStep,
    DataRequestSupport,
    Dataset,
    Reuse,
    Version,
)
from parvis.catalog.obligations import progress
from parvis.catalog.obligations.cockpit import Wanted
from parvis.catalog.requests import daily
from parvis.moderation.public import Case, open_case
from parvis.organisations.models import Organisation


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


@transaction.atomic
def request(
    *,
    organisation: Organisation,
    title: str,
    text: str,
    signature: str,
    author: User,
    received: date | None,
    reply: tuple[str, dict[str, Any], int] | None,
    by: User,
    supporters: Sequence[User],
    satisfied: bool | None,
) -> DataRequest:
    """One request, received that day, answered so many days later, supported and closed where it is said."""
    made = DataRequest.objects.create(
        organisation=organisation,
        title=title,
        text=text,
        signature=signature,
        author=author,
        invented=True,
        state=State.RECEIVED if received else State.TO_SEND,
        published=_at(received or timezone.localdate(), 9),
        received=received,
        answer_by=add_months(received, LAW["answer"].months) if received else None,
        # Nobody is written to: this one will never be sent.
        sending=timezone.now() + timedelta(days=36_500),
    )
    if received:
        DataRequestStep.objects.create(request=made, what=DataRequestStep.What.TRANSMITTED, created=_at(received, 9))
    for person in supporters:
        DataRequestSupport.objects.get_or_create(request=made, user=person)
    if reply and received:
        _answer(made, reply, by, received)
    elif received and made.answer_by and made.answer_by < timezone.localdate():
        daily.silenced(made)
    if satisfied is not None:
        DataRequest.objects.filter(pk=made.pk).update(state=State.CLOSED, satisfied=satisfied)
        DataRequestStep.objects.create(request=made, what=DataRequestStep.What.CLOSED)
    return made


def _answer(made: DataRequest, reply: tuple[str, dict[str, Any], int], by: User, received: date) -> None:
    kind, values, days = reply
    if kind == Reply.DATE:
        values = values | {"promised": timezone.localdate() + timedelta(days=60)}
    state = {Reply.DATASET: State.ANSWERED, Reply.DATE: State.PROMISED, Reply.REFUSAL: State.REFUSED}[Reply(kind)]
    DataRequestAnswer.objects.create(request=made, kind=kind, by=by, created=_at(received + timedelta(days=days), 14), **values)
    DataRequest.objects.filter(pk=made.pk).update(state=state, promised=values.get("promised"))


@transaction.atomic
def reuse(*, title: str, kind: str, description: str, dataset: Dataset, author: User, shown: bool) -> Reuse:
    known = Reuse.objects.filter(title=title, author=author).first()
    if known:
        return known
    made = Reuse.objects.create(
        title=title,
        kind=kind,
        description=description,
        author=author,
        invented=True,
        published=timezone.now() if shown else None,
    )
    made.datasets.set([dataset])
    if not shown:
        open_case(made.reference, Case.Origin.FIRST)
    reuses.look_again()
    return made


@transaction.atomic
def age(version: Version, days: int) -> None:
    """As if it had been published so many days ago."""
    before = timezone.now() - timedelta(days=days)
    Version.objects.filter(pk=version.pk).update(created=before)
    Dataset.objects.filter(pk=version.resource.dataset_id).update(created=before, published=before)


def consolidation(schema: str) -> Consolidation:
    """Begun by the operator, and built at once."""
    found = consolidations.begin(schema, by=None)
    building.run(found.pk)
    found.refresh_from_db()
    return found


def campaign(*, title: str, rule: str, among: Sequence[Organisation], by: User) -> Campaign:
    """To those of `among` (and of others already counted) who still have `rule` to do: prepared with the first letter that the site
    proposes, and left there."""
    progress.refresh(among)
    form = first_letter() | {"title": title, "per_minute": 30, "again_days": 90}
    return campaigns.prepare(form=form, wanted=Wanted(rule=rule), by=by)
