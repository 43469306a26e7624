"""An authority that does not hold what is asked passes the request on to the one that does, and tells the person (CRPA L311-2).

The request goes on as another one, at that authority, tied to the first: its month is counted from its own reception (R311-13). Those
who asked for the same and those who follow are taken along."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.actions.requests import RequestError
from parvis.catalog.core.requests.clocks import LAW, add_months
from parvis.catalog.core.requests.states import Event, State, after
from parvis.catalog.models import DataRequest, DataRequestStep, DataRequestSupport
from parvis.catalog.requests import delivery, letters, telling
from parvis.catalog.requests.permissions import Act, check, may_be_asked
from parvis.organisations.models import Organisation

COPIED = ("title", "text", "period", "form", "author", "signature", "given_name", "invented")


@transaction.atomic
def pass_on(request: DataRequest, *, to: Organisation, by: User) -> DataRequest:
    """The request that goes on at `to`. Doing it twice gives the same one."""
    locked = DataRequest.objects.select_for_update(of=("self",)).select_related("organisation", "author")
    fresh = locked.get(pk=request.pk)
    known = DataRequest.objects.filter(passed_from=fresh, organisation=to).first()
    if known:
        return known
    check(by, Act.FORWARD, fresh, timezone.localdate())
    if not may_be_asked(to):
        raise RequestError(_("On demande des données à une collectivité ou à un organisme public."))
    if to.pk in {one.organisation_id for one in chain(fresh)}:
        raise RequestError(_("Cette demande est déjà passée par là : choisissez une autre administration."))
    made = DataRequest(organisation=to, passed_from=fresh, state=State.TO_SEND, published=timezone.now())
    for name in COPIED:
        setattr(made, name, getattr(fresh, name))
    made.save()
    if fresh.received is None:  # it passes it on before any message reached it: it did receive it
        fresh.received = timezone.localdate()
        fresh.answer_by = add_months(fresh.received, LAW["answer"].months)
    fresh.state = after(State(fresh.state), Event.FORWARD)
    fresh.save(update_fields=["state", "received", "answer_by", "modified"])
    DataRequestStep.objects.get_or_create(request=fresh, what=DataRequestStep.What.PASSED)
    take_along(fresh, made)
    telling.passed(fresh, made, by)
    transaction.on_commit(lambda: letters.to_author("request_passed", made), robust=True)
    transaction.on_commit(lambda: delivery.deliver(made.pk), robust=True)
    return made


def chain(request: DataRequest) -> list[DataRequest]:
    """This request and those that it continues, the first one last."""
    found: list[DataRequest] = [request]
    while (before := found[-1].passed_from) is not None:
        found.append(before)
    return found


def take_along(before: DataRequest, after_it: DataRequest) -> None:
    """Who asked for the same asks it of the one who holds the data."""
    people = DataRequestSupport.objects.filter(request=before).values_list("user", flat=True)
    DataRequestSupport.objects.bulk_create([DataRequestSupport(request=after_it, user_id=user) for user in people])
    telling.followers_come_along(before, after_it)
