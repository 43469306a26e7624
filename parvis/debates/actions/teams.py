"""The team of a process: people who have an account, beside the editors of its organisation."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.debates.actions.processes import ProcessError
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Process, Teammate
from parvis.debates.permissions import check
from parvis.shared.limits import check_limit

MOST = 60


@transaction.atomic
def add(process: Process, email: str, role: str, *, by: User) -> Teammate:
    """Somebody who has an account already; again: their role changes."""
    check(by, Act.DUPLICATE, process)  # of managers, at any moment
    check_limit(f"process:team:{by.pk}", 60, 3600)  # nobody tries addresses one after the other
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise ProcessError(_("Aucun compte n'a cette adresse. Demandez à cette personne de créer le sien, puis ajoutez-la."))
    if process.team.count() >= MOST:
        raise ProcessError(_("L'équipe est déjà nombreuse : retirez d'abord quelqu'un."))
    return Teammate.objects.update_or_create(process=process, user=user, defaults={"role": Teammate.RoleOf(role).value})[0]


@transaction.atomic
def remove(process: Process, teammate_id: int, *, by: User) -> None:
    check(by, Act.DUPLICATE, process)
    process.team.filter(pk=teammate_id).delete()
