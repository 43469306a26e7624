"""Reporting, deciding, appealing. Every action may be done twice without harm."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.moderation import mails
from parvis.moderation.models import REASONS, REPORTED, Appeal, Case, Decision, Hit, Reason, Report, Verdict
from parvis.moderation.permissions import can_be_appealed, check_may_answer, check_may_judge, check_may_undo, may_appeal
from parvis.moderation.rules import Screened, remember
from parvis.shared import kinds
from parvis.shared.limits import check_limit

HOUR = 3600


class ModerationError(Exception):
    """It cannot be done; the message is the sentence for the person."""


def check_reportable(reference: str, user: Any) -> kinds.Card:
    """The card of a thing that `user` may see and that can be reported."""
    card = kinds.cards([reference], user)[0]
    if card.state == "gone" or not kinds.get(reference.partition(":")[0]).reportable:
        raise ModerationError(_("On ne peut pas signaler cela : la page n'existe plus, ou ne se signale pas."))
    return card


def report(reference: str, *, reason: str, text: str = "", by: User | None = None, network: str = "") -> Report:
    """One report a person and a thing, one a network without an account: again, it is the same one."""
    if reason not in dict(REPORTED):
        raise ModerationError(_("Choisissez un motif dans la liste."))
    if reason == Reason.OTHER and not text.strip():
        raise ModerationError(_("Dites en une phrase ce qui ne va pas."))
    if by is None and not network:
        raise ModerationError(_("Ce signalement n'a pas pu être gardé. Connectez-vous, ou écrivez-nous."))
    check_reportable(reference, by)
    who = {"by": by} if by else {"by": None, "network": network}
    known = Report.objects.filter(case__reference=reference, case__decided=None, **who).first()
    if known:
        return known
    check_limit(f"report:{by.pk if by else network}", 30 if by else 5, HOUR)
    try:
        with transaction.atomic():
            case = open_case(reference)
            return Report.objects.create(case=case, reason=reason, text=text.strip()[:1000], **who)
    except IntegrityError:  # the same report at the same time
        return Report.objects.get(case__reference=reference, case__decided=None, **who)


def open_case(reference: str, origin: str = Case.Origin.REPORT, *, held: bool = False) -> Case:
    """The open case of a thing; one, whoever opens it at the same time. Inside a transaction. held: it waits unseen."""
    held = held or origin in (Case.Origin.FIRST, Case.Origin.REVIEW)
    case, made = Case.objects.get_or_create(reference=reference, decided=None, defaults={"origin": origin, "held": held})
    if held and not made and not case.held:
        case.held = True
        case.save(update_fields=["held"])
    return case


def lock_case(reference: str) -> None:
    """Take the open case of a thing before the thing itself, as decisions do, so that the two never wait for one another. Inside a
    transaction."""
    list(Case.objects.select_for_update().filter(reference=reference, decided=None).values_list("pk", flat=True))


@transaction.atomic
def keep_screened(reference: str, found: Screened) -> Case | None:
    """Remember a text for the rules that count, and put it in the queue when they saw something. To be called with the thing written,
    in its transaction."""
    remember(reference, found)
    if not found:
        return None
    case = open_case(reference, Case.Origin.RULE, held=found.held)
    for hit in found.hits:
        seen = {"count": hit.count, "limit": hit.limit, "words": hit.words, "held": hit.held}
        Hit.objects.update_or_create(case=case, kind=hit.kind, defaults=seen)
    return case


def written(reference: str, language: str | None = None) -> kinds.Written | None:
    """What moderation reads of a thing, through its kind; in a language, for what is kept."""
    try:
        parsed = kinds.Reference.parse(reference)
        kind = kinds.get(parsed.kind)
    except (ValueError, KeyError):
        return None
    with translation.override(language or translation.get_language()):
        return kind.moderable.read(parsed.address) if kind.moderable else None


def verdicts(reference: str) -> tuple[str, ...]:
    """What may be decided: a thing whose kind has no hook can only be kept."""
    found = written(reference)
    if found is None:
        return (Verdict.KEEP.value,)
    return (Verdict.RESTORE.value, Verdict.HIDE.value) if found.hidden else (Verdict.KEEP.value, Verdict.HIDE.value)


@transaction.atomic
def decide(case: Case, *, verdict: str, reason: str, note: str = "", by: User) -> Decision:
    """Settle an open case. The author is told, with the text and the reason; so are those who reported with an account."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if fresh.decided:
        last = fresh.decisions.last()
        if last and last.verdict == verdict and last.by_id == by.pk:
            return last
        raise ModerationError(_("Quelqu'un a déjà décidé de ce cas."))
    found = written(fresh.reference, settings.LANGUAGE_CODE)
    check_may_judge(by, fresh, found.author if found else None)
    _check_reason(verdict, reason, note, verdicts(fresh.reference))
    check_may_undo(by, fresh, verdict)
    decision = _settle(fresh, found, verdict, reason, note, by)
    Case.objects.filter(pk=fresh.pk).update(decided=decision.created)
    people = list(User.objects.filter(reports__case=fresh, is_active=True).exclude(pk=by.pk).distinct())
    transaction.on_commit(lambda: mails.decided(decision), robust=True)
    transaction.on_commit(lambda: mails.reporters(decision, people), robust=True)
    return decision


def _check_reason(verdict: str, reason: str, note: str, allowed: tuple[str, ...]) -> None:
    if verdict not in allowed or reason not in {value for value, _label in REASONS[verdict]}:
        raise ModerationError(_("Choisissez une décision et un motif qui vont ensemble."))
    if reason == Reason.OTHER and not note.strip():
        raise ModerationError(_("Avec « autre raison », expliquez-la : l'auteur la lira."))


def _settle(case: Case, found: kinds.Written | None, verdict: str, reason: str, note: str, by: User) -> Decision:
    """Write the decision down and tell the kind, in one transaction."""
    reference = kinds.Reference.parse(case.reference)
    moderable = kinds.get(reference.kind).moderable
    decision = Decision.objects.create(
        case=case,
        verdict=verdict,
        reason=reason,
        note=note.strip()[:2000],
        title=found.title[:300] if found else "",
        text=found.text if found else "",
        author=User.objects.filter(pk=found.author).first() if found else None,
        by=by,
        created=timezone.now(),
    )
    if moderable:
        moderable.decide(reference.address, public_reason(decision) if verdict == Verdict.HIDE else None)
    return decision


def public_reason(decision: Decision) -> str:
    """What is read in place of what was hidden, in the language of the site."""
    with translation.override(settings.LANGUAGE_CODE):
        label = str(dict(Reason.choices).get(decision.reason, decision.get_reason_display()))
    return f"{label} ({decision.note})" if decision.reason == Reason.OTHER else label


@transaction.atomic
def appeal(decision: Decision, *, text: str, by: User) -> Appeal:
    """Ask another moderator, once."""
    Case.objects.select_for_update().get(pk=decision.case_id)
    known = Appeal.objects.filter(decision=decision, by=by).first()
    if known:
        return known
    if not may_appeal(by, decision):
        raise ModerationError(_("Cette décision ne peut pas être contestée ici."))
    return _appeal(decision, text, by, str(by.pk))


@transaction.atomic
def appeal_as_author(decision: Decision, *, text: str, key: str) -> Appeal:
    """The same, for an author without an account: the room that calls recognised them, and `key` is what it knows them by."""
    Case.objects.select_for_update().get(pk=decision.case_id)
    known = Appeal.objects.filter(decision=decision, by=None).first()
    if known:
        return known
    if decision.author_id or not can_be_appealed(decision):
        raise ModerationError(_("Cette décision ne peut pas être contestée ici."))
    return _appeal(decision, text, None, key)


def _appeal(decision: Decision, text: str, by: User | None, key: str) -> Appeal:
    text = text.replace("\x00", "").strip()
    if not text:
        raise ModerationError(_("Dites pourquoi cette décision n'est pas juste : une autre personne vous lira."))
    check_limit(f"appeal:{key}", 10, 86_400)
    return Appeal.objects.create(decision=decision, text=text[:2000], by=by)


@transaction.atomic
def answer(appeal: Appeal, *, verdict: str, reason: str, note: str = "", by: User) -> Decision:
    """Another moderator keeps it hidden, or shows it again. That answer is final here."""
    fresh = Appeal.objects.select_for_update(of=("self",)).select_related("decision__case").get(pk=appeal.pk)
    check_may_answer(by, fresh)
    if fresh.answer_id:
        raise ModerationError(_("Quelqu'un a déjà répondu à ce recours."))
    _check_reason(verdict, reason, note, (Verdict.RESTORE.value, Verdict.HIDE.value))
    case = fresh.decision.case
    decision = _settle(case, written(case.reference, settings.LANGUAGE_CODE), verdict, reason, note, by)
    Appeal.objects.filter(pk=fresh.pk).update(answer=decision)
    transaction.on_commit(lambda: mails.decided(decision, on_appeal=True), robust=True)
    return decision
