"""What may be done with the tables of a dataset: name one, put it before another, take away one that was never filled."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.actions.datasets import DatasetError, check_edit
from parvis.catalog.models import Resource
from parvis.catalog.search import refresh


@transaction.atomic
def describe(resource: Resource, *, title: str, description: str, by: User) -> Resource:
    check_edit(resource.dataset, by=by)
    if not title.strip():
        raise DatasetError(_("Donnez un titre à cette table."))
    resource.title, resource.description = title.strip()[:200], description.strip()
    resource.save(update_fields=["title", "description"])
    refresh(resource.dataset)
    return resource


@transaction.atomic
def move_up(resource: Resource, *, by: User) -> None:
    """One place before; the first one stays. Positions are numbered again, so that gaps and ties do no harm."""
    check_edit(resource.dataset, by=by)
    order = list(resource.dataset.resources.select_for_update(of=("self",)))
    at = order.index(resource)
    if at:
        order.insert(at - 1, order.pop(at))
    for position, one in enumerate(order):
        one.position = position
    Resource.objects.bulk_update(order, ["position"])


@transaction.atomic
def delete_draft(resource: Resource, *, by: User) -> None:
    """Only while it holds no version: after that, versions are withdrawn, with a reason."""
    check_edit(resource.dataset, by=by)
    if resource.versions.exists():
        raise DatasetError(_("Cette table a déjà des versions : retirez-les plutôt, en disant pourquoi."))
    resource.delete()
