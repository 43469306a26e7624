"""Who may moderate what: asked here and nowhere else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.moderation.models import Appeal, Case, Decision, Verdict
from parvis.shared import kinds


def moderates(user: Any) -> bool:
    return isinstance(user, User) and user.is_active and user.is_moderator


def check_moderates(user: Any) -> None:
    if not moderates(user):
        raise PermissionDenied(_("Cette page est réservée aux personnes qui modèrent le site."))


def get_case_for(user: Any, case_id: int) -> Case:
    check_moderates(user)
    return get_object_or_404(Case, pk=case_id)


def get_decision_for(user: Any, decision_id: int) -> Decision:
    """A decision is read by the author whom it concerns, and by moderators; to others it does not exist."""
    decision = get_object_or_404(Decision.objects.select_related("case", "author"), pk=decision_id)
    if not moderates(user) and not (isinstance(user, User) and decision.author_id == user.pk):
        raise Http404
    return decision


def can_be_appealed(decision: Decision) -> bool:
    """A decision that hid something, once; the answer to an appeal is final here."""
    return decision.verdict == Verdict.HIDE and not hasattr(decision, "appeal") and not hasattr(decision, "answers")


def may_appeal(user: Any, decision: Decision) -> bool:
    """The author, while it can be."""
    mine = isinstance(user, User) and user.is_active and decision.author_id == user.pk
    return mine and can_be_appealed(decision)


def get_appeal_for(user: Any, appeal_id: int) -> Appeal:
    check_moderates(user)
    return get_object_or_404(Appeal.objects.select_related("decision__case", "decision__by"), pk=appeal_id)


def may_judge(user: Any, reference: str) -> bool:
    """Moderators, and whom the kind says: those who run the place where it was written."""
    if moderates(user):
        return True
    try:
        parsed = kinds.Reference.parse(reference)
        moderable = kinds.get(parsed.kind).moderable
    except (ValueError, KeyError):
        return False
    return bool(moderable and moderable.judges(parsed.address, user))


def check_may_judge(user: Any, case: Case, author: Any) -> None:
    """Nobody judges what they wrote."""
    if not may_judge(user, case.reference):
        check_moderates(user)
    if author is not None and author == user.pk:
        raise PermissionDenied(_("C'est vous qui l'avez écrit : une autre personne doit décider."))


def check_may_undo(user: Any, case: Case, verdict: str) -> None:
    """What a moderator of the site hid or showed again is not undone by the team of a place."""
    last = Decision.objects.filter(case__reference=case.reference).select_related("by").order_by("created", "pk").last()
    settled = last is not None and last.verdict in (Verdict.HIDE, Verdict.RESTORE) and moderates(last.by)
    if settled and last and verdict != last.verdict and not moderates(user):
        raise PermissionDenied(
            _("Une personne qui modère le site a déjà décidé : seule une personne qui le modère peut changer cela.")
        )


def check_may_answer(user: Any, appeal: Appeal) -> None:
    """An appeal is answered by another moderator than the one who decided."""
    check_moderates(user)
    if appeal.decision.by_id == user.pk or appeal.decision.author_id == user.pk:
        raise PermissionDenied(_("Une autre personne que celle qui a décidé doit répondre à ce recours."))
