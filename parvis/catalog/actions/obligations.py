"""What an authority may say of itself before the law, and what the Région may answer. Nothing is erased: what no longer holds is ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.models import ObligationRule, ObligationStatement
from parvis.catalog.obligations import law
from parvis.catalog.permissions import Deed, check, check_for_region
from parvis.organisations.models import Organisation

About = ObligationStatement.About
MOST_STAFF = 500_000


class StatementError(Exception):
    """What was said cannot be kept; the message is the sentence for the person."""


def state_staff(organisation: Organisation, *, number: int, by: User) -> ObligationStatement:
    """How many people work there (equivalent full time)."""
    if not 0 <= number <= MOST_STAFF:
        raise StatementError(_("Donnez le nombre d'agents en chiffres, par exemple 12."))
    return _say(organisation, About.STAFF, "", by, number=number)


def state_activity(organisation: Organisation, *, activity: str, yes: bool, by: User) -> ObligationStatement:
    """Whether it does what some rules depend on: giving grants, running a canteen."""
    if activity not in law.questions():
        raise StatementError(_("Cette question n'existe pas."))
    return _say(organisation, About.ACTIVITY, activity, by, yes=yes)


def state_elsewhere(organisation: Organisation, *, rule: str, url: str, by: User) -> ObligationStatement:
    """« Notre portail le publie déjà », with the address."""
    _check_rule(rule)
    address = urlsplit(url.strip())
    if address.scheme != "https" or "." not in (address.hostname or "") or len(url) > 500:
        raise StatementError(_("Donnez l'adresse complète de la page, qui commence par https://."))
    return _say(organisation, About.ELSEWHERE, rule, by, url=url.strip())


def contest(organisation: Organisation, *, rule: str, reason: str, by: User) -> ObligationStatement:
    """« Cette règle ne nous concerne pas », with the reason. Until the Région answers, nothing is asked."""
    _check_rule(rule)
    if not reason.strip():
        raise StatementError(_("Dites en une phrase pourquoi cette règle ne vous concerne pas."))
    return _say(organisation, About.CONTEST, rule, by, reason=reason.strip()[:2000])


@transaction.atomic
def settle(statement: ObligationStatement, *, accepted: bool, answer: str, by: User) -> ObligationStatement:
    """The Région's answer to an authority that contests its status. A refusal says why."""
    check_for_region(by, Deed.SETTLE)
    fresh = ObligationStatement.objects.select_for_update().get(pk=statement.pk)
    if fresh.about != About.CONTEST or fresh.ended:
        raise StatementError(_("Il n'y a plus rien à trancher ici."))
    if not accepted and not answer.strip():
        raise StatementError(_("Dites pourquoi la règle s'applique : la collectivité lira votre réponse."))
    decision = ObligationStatement.Decision.ACCEPTED if accepted else ObligationStatement.Decision.REFUSED
    fresh.decision, fresh.answer = decision, answer.strip()[:2000]
    fresh.decided, fresh.decided_by = timezone.now(), by
    fresh.save(update_fields=["decision", "answer", "decided", "decided_by"])
    return fresh


@transaction.atomic
def take_back(statement: ObligationStatement, *, by: User) -> None:
    """It no longer holds. Idempotent; the row stays."""
    check(by, Deed.STATE, statement.organisation)
    ObligationStatement.objects.filter(pk=statement.pk, ended=None).update(ended=timezone.now(), ended_by=by)


def _check_rule(rule: str) -> None:
    if not ObligationRule.objects.filter(pk=rule, kind=ObligationRule.KindOf.PUBLISH, active=True).exists():
        raise StatementError(_("Cette règle n'existe pas, ou ne demande rien à publier."))


@transaction.atomic
def _say(organisation: Organisation, about: str, subject: str, by: User, **said: Any) -> ObligationStatement:
    """One statement holds on each subject. The same again changes nothing; another one ends the first."""
    check(by, Deed.STATE, organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two agents at once: one after the other
    held = ObligationStatement.objects.filter(organisation=organisation, about=about, subject=subject, ended=None).first()
    if held and all(getattr(held, name) == value for name, value in said.items()):
        return held
    if held:
        held.ended, held.ended_by = timezone.now(), by
        held.save(update_fields=["ended", "ended_by"])
    return ObligationStatement.objects.create(organisation=organisation, about=about, subject=subject, created_by=by, **said)
