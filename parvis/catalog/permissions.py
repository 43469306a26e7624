"""Who may do what to a deposit, a dataset or a version: one table, asked through one function."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from parvis.catalog.models import Dataset, Deposit, Resource, Version
from parvis.organisations.models import Nature, Organisation, Role
from parvis.organisations.queries import RANK, check_may, may, role_in


class Deed(StrEnum):
    DEPOSIT = "deposit"
    PREPARE = "prepare"
    PUBLISH = "publish"
    EDIT = "edit"
    UNPUBLISH = "unpublish"
    WITHDRAW = "withdraw"
    STATE = "state"  # say something of one's own authority: its staff, what it does, what it publishes elsewhere
    ANSWER = "answer"  # answer a request of data in the name of the authority
    HARVEST = "harvest"  # read another catalogue regularly, in the name of the organisation
    ACCOMPANY = "accompany"  # asked of the Région: see whom help would serve
    SETTLE = "settle"  # asked of the Région: answer an authority that contests its status


LEAST = {
    Deed.DEPOSIT: Role.AGENT,
    Deed.PREPARE: Role.AGENT,
    Deed.PUBLISH: Role.EDITOR,
    Deed.EDIT: Role.EDITOR,
    Deed.UNPUBLISH: Role.EDITOR,
    Deed.WITHDRAW: Role.ADMINISTRATOR,
    Deed.STATE: Role.AGENT,
    Deed.ANSWER: Role.EDITOR,
    Deed.HARVEST: Role.ADMINISTRATOR,
    Deed.ACCOMPANY: Role.AGENT,
    Deed.SETTLE: Role.EDITOR,
}


def can(user: object, deed: Deed, organisation: Organisation) -> bool:
    return may(user, organisation, LEAST[deed])


def allowed(user: object, organisation: Organisation) -> dict[str, bool]:
    """Every deed of the table, by name, for a page that shows what one may do."""
    role = role_in(user, organisation)
    return {deed.value: role is not None and RANK[role] >= RANK[least.value] for deed, least in LEAST.items()}


def check(user: object, deed: Deed, organisation: Organisation) -> None:
    """Raise PermissionDenied, with a sentence, unless `can`."""
    check_may(user, organisation, LEAST[deed])


def get_deposit_for(user: object, deposit_id: str) -> Deposit:
    """The deposit, or 404: to others it does not exist."""
    deposit = get_object_or_404(Deposit.objects.select_related("organisation", "resource__dataset", "version"), pk=deposit_id)
    if not can(user, Deed.PREPARE, deposit.organisation):
        raise Http404
    return deposit


def get_dataset_to_manage_for(user: object, slug: str) -> Dataset:
    dataset = get_object_or_404(Dataset.objects.select_related("organisation", "territory", "harvested"), slug=slug)
    if not can(user, Deed.PREPARE, dataset.organisation):
        raise Http404
    return ours(dataset)


def ours(dataset: Dataset) -> Dataset:
    """The same, unless it comes from another portal: then it has no page to manage it here."""
    if hasattr(dataset, "harvested"):
        raise PermissionDenied(_("Ce jeu de données vient d'un autre portail : c'est là-bas qu'il se modifie."))
    return dataset


def get_resource_to_manage_for(user: object, resource_id: str) -> Resource:
    resource = get_object_or_404(Resource.objects.select_related("dataset__organisation"), pk=resource_id)
    if not can(user, Deed.PREPARE, resource.dataset.organisation):
        raise Http404
    ours(resource.dataset)
    return resource


def get_version_to_withdraw_for(user: object, slug: str, version_id: str) -> Version:
    version = get_object_or_404(
        Version.objects.select_related("resource__dataset__organisation"), pk=version_id, resource__dataset__slug=slug
    )
    check(user, Deed.WITHDRAW, version.resource.dataset.organisation)
    return version


# ----- The Région, which accompanies the others -----


def may_for_region(user: object, deed: Deed) -> bool:
    """Whether `user` may do in the name of the Région what it does for all (ACCOMPANY, SETTLE)."""
    region = Organisation.objects.filter(nature=Nature.REGION, territory__code=settings.REGION_CODE).first()
    return region is not None and can(user, deed, region)


def check_for_region(user: object, deed: Deed) -> None:
    if not may_for_region(user, deed):
        raise PermissionDenied(_("Cette page est réservée aux agents de la Région qui accompagnent les collectivités."))
