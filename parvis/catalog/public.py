"""What other rooms may ask of the catalogue."""

from __future__ import annotations

from django.db.models import QuerySet

from parvis.accounts.models import User
from parvis.catalog.models import Dataset, Deposit
from parvis.organisations.queries import organisations_of


def deposits_of(user: object) -> QuerySet[Deposit]:
    """Deposits that wait for somebody in the organisations of `user`, newest first."""
    if not isinstance(user, User):
        return Deposit.objects.none()
    done = [Deposit.State.PUBLISHED, Deposit.State.ABANDONED]
    return Deposit.objects.filter(organisation__in=organisations_of(user)).exclude(state__in=done)


def drafts_of(user: object) -> QuerySet[Dataset]:
    """Datasets not published yet in the organisations of `user`."""
    return Dataset.objects.filter(organisation__in=organisations_of(user), published=None).select_related("organisation")


def reap() -> int:
    """Take up again what a dead worker left."""
    from parvis.catalog import tasks

    return tasks.reap()
