"""Proposing what others will answer to, correcting it while nobody has, showing it or not. Each may be done twice without harm."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.debates import counting, likeness, priorities
from parvis.debates.actions import participants
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import check
from parvis.moderation import public as moderation
from parvis.shared.limits import check_limit

SHORTEST, LONGEST = 12, 280
DAY = 86_400


class StatementError(Exception):
    """It cannot be done; the message is the sentence for the person."""


class AlikeError(StatementError):
    """Others say nearly the same: to be read first."""

    def __init__(self, found: list[Statement]) -> None:
        super().__init__(_("D'autres affirmations disent peut-être la même chose. Lisez-les avant d'envoyer la vôtre."))
        self.found = found


def worded(text: str) -> str:
    """One line, of the length that people read. Raises `StatementError`."""
    line = one_line(text)
    if len(line) < SHORTEST:
        raise StatementError(_("Écrivez une phrase entière, que d'autres puissent approuver ou non."))
    if len(line) > LONGEST:
        raise StatementError(_("C'est trop long : %(most)s caractères au plus, une seule idée.") % {"most": LONGEST})
    return line


@transaction.atomic
def write(process: Process, text: str, *, by: User) -> Statement:
    """One of the team's own, shown at once. The same words again are the same statement."""
    check(by, Act.MODERATE, process)
    line = worded(text)
    counting.lock(process.pk)
    known = Statement.objects.filter(process=process, text=line, seed=True).first()
    return known or create(process, line, seed=True, by=by, state=Statement.State.SHOWN)


def create(
    process: Process,
    text: str,
    *,
    state: str,
    seed: bool = False,
    author: Participant | None = None,
    by: User | None = None,
    reason: str = "",
) -> Statement:
    """Inside a transaction that holds the process: numbers follow one another."""
    number = (Statement.objects.filter(process=process).aggregate(last=Max("number"))["last"] or 0) + 1
    return Statement.objects.create(
        process=process,
        number=number,
        text=text,
        seed=seed,
        author=author,
        by=by,
        state=state,
        reason=reason,
        shown=timezone.now() if state == Statement.State.SHOWN else None,
        priority=priorities.of(0, 0, 0),
    )


def propose(visit: Visit, text: str, *, sure: bool = False) -> Statement:
    """What somebody proposes, who becomes a participant. sure: they have read those that are alike. Sent twice, it is one.

    Raises `AlikeError`, `StatementError`, `PermissionDenied`, `TooMany`."""
    check(visit.user, Act.SUGGEST, visit.process, participant=visit.participant)
    line = worded(text)
    known = Statement.objects.filter(process=visit.process, text=line, author=visit.participant).first()
    if visit.participant and known:
        return known
    if not sure and (found := likeness.alike(visit.process, line)):
        raise AlikeError(found)
    check_limit(f"statement:{visit.process.pk}:{visit.user.pk if visit.user else visit.network}", 20, DAY)
    with transaction.atomic():
        author = participants.begin(visit)
        counting.lock(visit.process.pk)
        known = Statement.objects.filter(process=visit.process, text=line, author=author).first()
        return known or _proposed(visit.process, author, line)


def _proposed(process: Process, author: Participant, line: str) -> Statement:
    """Shown, or waiting to be read: where the process says so, where its author is kept apart, where a rule of moderation holds it."""
    found = moderation.screen(line, writer_of(author))
    made = create(process, line, author=author, state=first_state(process, author, found))
    _queue(made, found)
    return made


def writer_of(author: Participant) -> moderation.Writer:
    return moderation.Writer(user=author.user, key=f"participant:{author.pk}")


def first_state(process: Process, author: Participant, found: moderation.Screened) -> str:
    if process.review == Process.Review.BEFORE or not author.counted or found.held:
        return Statement.State.WAITING
    return Statement.State.SHOWN


def _queue(statement: Statement, found: moderation.Screened) -> None:
    """What a rule saw, and all that waits, is in the one queue of moderation; the team decides too."""
    moderation.keep_screened(statement.reference, found)
    if statement.state == Statement.State.WAITING:
        moderation.open_case(statement.reference, moderation.Case.Origin.REVIEW)


@transaction.atomic
def reword(visit: Visit, statement: Statement, text: str) -> Statement:
    """Its author corrects it, while nobody answered: afterwards, people would have agreed to something else."""
    check(visit.user, Act.SUGGEST, visit.process, participant=visit.participant)
    line = worded(text)
    counting.lock(visit.process.pk)
    moderation.lock_case(statement.reference)
    fresh = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if visit.participant is None or not may_reword(visit, fresh):
        raise StatementError(_("Elle ne peut plus être modifiée : on y a répondu, ou elle n'est pas de vous."))
    if line == fresh.text:
        return fresh
    fresh.text, fresh.edited = line, timezone.now()
    found = moderation.screen(line, writer_of(visit.participant), reference=fresh.reference)
    if fresh.state == Statement.State.SHOWN:  # what waits goes on waiting: only a person lets it out
        fresh.state = first_state(visit.process, visit.participant, found)
    fresh.save(update_fields=["text", "edited", "state", "modified"])
    _queue(fresh, found)
    return fresh


def may_reword(visit: Visit, statement: Statement) -> bool:
    mine = visit.participant is not None and statement.author_id == visit.participant.pk
    return mine and statement.state != Statement.State.REFUSED and not Vote.objects.filter(statement=statement).exists()


def contest(visit: Visit, statement: Statement, text: str) -> None:
    """Its author, with or without an account, asks a moderator to look again at why it is not shown. Twice is once."""
    if visit.participant is None or statement.author_id != visit.participant.pk:
        raise StatementError(_("Elle n'est pas de vous : signalez la décision plutôt, si elle vous paraît injuste."))
    standing = moderation.decisions_on([statement.reference]).get(statement.reference)
    if standing is None:
        raise StatementError(_("Rien n'a été décidé de cette affirmation."))
    decision = standing.decision
    try:
        if visit.user and decision.author_id == visit.user.pk:
            moderation.appeal(decision, text=text, by=visit.user)
        else:
            moderation.appeal_as_author(decision, text=text, key=f"participant:{visit.participant.pk}")
    except moderation.ModerationError as refusal:
        raise StatementError(str(refusal)) from refusal


@transaction.atomic
def show(statement: Statement, *, by: User) -> Statement:
    """Submit it to answers, from now on or again. The author is told by moderation, which keeps the decision."""
    check(by, Act.MODERATE, statement.process)
    fresh = _fresh(statement)
    if fresh.state == Statement.State.SHOWN:
        return fresh
    if is_own_seed(fresh, by):
        now_shown(fresh)
        return fresh
    first = fresh.state == Statement.State.WAITING
    verdict = moderation.Verdict.KEEP if first else moderation.Verdict.RESTORE
    return _decide(fresh, verdict, "within_rules" if first else "mistake", "", by)


def now_shown(statement: Statement) -> None:
    statement.state, statement.reason = Statement.State.SHOWN, ""
    statement.shown = statement.shown or timezone.now()
    statement.save(update_fields=["state", "reason", "shown", "modified"])


@transaction.atomic
def refuse(statement: Statement, *, reason: str, note: str = "", by: User) -> Statement:
    """It is not shown, or no longer: its number and the reason stay, for everybody. Its author is told, and may ask a moderator."""
    check(by, Act.MODERATE, statement.process)
    fresh, label = _fresh(statement), _label_of(reason)
    if is_own_seed(fresh, by):
        now_refused(fresh, label)
        return fresh
    standing = moderation.decisions_on([fresh.reference]).get(fresh.reference)
    if fresh.state == Statement.State.REFUSED and standing and standing.decision.reason == reason:
        return fresh
    return _decide(fresh, moderation.Verdict.HIDE, reason, note, by)


def is_own_seed(statement: Statement, by: User) -> bool:
    """Who takes back what they wrote for the team judges nobody; once moderation decided of it, it is no longer theirs to change."""
    own = statement.seed and statement.by_id == by.pk
    return own and not moderation.decisions_on([statement.reference])


def _label_of(reason: str) -> str:
    labels = dict(moderation.REASONS[moderation.Verdict.HIDE])
    if reason not in labels:
        raise StatementError(_("Choisissez un motif dans la liste."))
    with translation.override(settings.LANGUAGE_CODE):
        return str(labels[reason])


def _fresh(statement: Statement) -> Statement:
    """As it is now. Not locked: deciding locks its case first, and a case that somebody settled meanwhile is refused."""
    return Statement.objects.select_related("process", "author__user").get(pk=statement.pk)


def _decide(statement: Statement, verdict: str, reason: str, note: str, by: User) -> Statement:
    """A decision of the team is one of moderation: a reason from its table, a letter, an appeal, a line in its figures."""
    waits = statement.state == Statement.State.WAITING
    origin = moderation.Case.Origin.REVIEW if waits else moderation.Case.Origin.TEAM
    case = moderation.open_case(statement.reference, origin)
    try:
        moderation.decide(case, verdict=verdict, reason=reason, note=note, by=by)
    except moderation.ModerationError as refusal:
        raise StatementError(str(refusal)) from refusal
    statement.refresh_from_db()
    return statement


def now_refused(statement: Statement, sentence: str) -> None:
    statement.state, statement.reason = Statement.State.REFUSED, sentence[:2100]
    statement.save(update_fields=["state", "reason", "modified"])
