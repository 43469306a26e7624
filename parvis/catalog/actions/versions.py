"""Withdrawing a version that holds what it should not: its bytes go, its trace and the reason stay."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog import news, question_jobs, storage
from parvis.catalog.models import ConsolidationBuild, Deposit, Resource, Version
from parvis.catalog.permissions import Deed, check
from parvis.catalog.search import refresh


class WithdrawalError(Exception):
    pass


@transaction.atomic
def withdraw(version: Version, *, reason: str, by: User) -> Version:
    """Idempotent. The resource falls back on its last version that is still there, or on none."""
    check(by, Deed.WITHDRAW, version.resource.dataset.organisation)
    if not reason.strip():
        raise WithdrawalError(_("Dites pourquoi cette version est retirée : la raison restera affichée à sa place."))
    return _withdraw(version, reason.strip(), by=by)


def _withdraw(version: Version, reason: str, *, by: User) -> Version:
    resource = Resource.objects.select_for_update().get(pk=version.resource_id)  # as publishing does: one after the other
    fresh = Version.objects.select_for_update().get(pk=version.pk)
    if fresh.withdrawn:
        return fresh
    fresh.withdrawn, fresh.withdrawal_reason, fresh.withdrawn_by = timezone.now(), reason, by
    # What was learnt of the content goes with it: examples and values are content too.
    fresh.profile, fresh.verdict = {"rows": fresh.rows, "columns": [], "personal": []}, None
    fresh.save()
    # What charts say of it too: their title is computed from the values, their filters quote them.
    fresh.charts.update(title="", choice={})
    if resource.current_id == fresh.pk:
        resource.current = resource.versions.filter(withdrawn=None).order_by("-number").first()
        resource.save(update_fields=["current"])
        refresh(resource.dataset)
    # Deposits of these bytes learnt the same things.
    deposits = list(resource.deposits.filter(version=fresh))
    resource.deposits.filter(version=fresh).update(reading=None, profile=None, verdict=None, repairs=None, personal=[])
    transaction.on_commit(partial(erase, fresh, deposits))
    news.withdrawn(fresh, by)
    for whole in ConsolidationBuild.objects.filter(sources__contains=f" {fresh.pk} ", version__withdrawn=None):
        _withdraw(whole.version, _("Une des tables rassemblées a été retirée : « %(reason)s »") % {"reason": reason}, by=by)
    return fresh


def erase(version: Version, deposits: list[Deposit]) -> None:
    """The bytes of a withdrawn version, of the file that it was repaired from, and the reports and answers that quote them."""
    storage.forget(sha256s=[version.source_sha256], digests=[version.digest])
    question_jobs.forget(version)
    for deposit in deposits:
        storage.forget_deposit(deposit)
