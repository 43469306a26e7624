"""Proposing what others will answer to, correcting it while nobody has, showing it or not. Each may be done twice without harm."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.forms import one_line
from parvis.accounts.mail import send
from parvis.accounts.models import User
from parvis.debates import counting, likeness, priorities
from parvis.debates.actions import participants
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import check
from parvis.shared.limits import check_limit

SHORTEST, LONGEST = 12, 280
DAY = 86_400
REASONS = {
    "off_topic": gettext_lazy("elle ne parle pas de la question posée"),
    "several": gettext_lazy("elle dit plusieurs choses à la fois : on ne saurait à laquelle répondre"),
    "known": gettext_lazy("une autre affirmation dit déjà la même chose"),
    "unclear": gettext_lazy("on ne comprend pas ce qu'elle veut dire"),
    "personal": gettext_lazy("elle vise une personne, ou donne des informations sur elle"),
    "insult": gettext_lazy("elle insulte, menace ou appelle à la haine"),
    "illegal": gettext_lazy("la loi l'interdit"),
    "other": gettext_lazy("autre raison"),
}
"""Why the team does not show a statement; its author and everybody read it."""


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
        return known or create(visit.process, line, author=author, state=first_state(visit.process, author, line))


def first_state(process: Process, author: Participant, text: str) -> str:
    """Whether it is read before it is shown: where the process says so, or where something in it asks for it."""
    if process.review == Process.Review.BEFORE or not author.counted or screened(text, author):
        return Statement.State.WAITING
    return Statement.State.SHOWN


@transaction.atomic
def reword(visit: Visit, statement: Statement, text: str) -> Statement:
    """Its author corrects it, while nobody answered: afterwards, people would have agreed to something else."""
    check(visit.user, Act.SUGGEST, visit.process, participant=visit.participant)
    line = worded(text)
    counting.lock(visit.process.pk)
    fresh = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if not may_reword(visit, fresh):
        raise StatementError(_("Elle ne peut plus être modifiée : on y a répondu, ou elle n'est pas de vous."))
    if line == fresh.text:
        return fresh
    fresh.text, fresh.edited = line, timezone.now()
    if visit.participant:
        fresh.state = first_state(visit.process, visit.participant, line)
    fresh.save(update_fields=["text", "edited", "state", "modified"])
    return fresh


def may_reword(visit: Visit, statement: Statement) -> bool:
    mine = visit.participant is not None and statement.author_id == visit.participant.pk
    return mine and statement.state != Statement.State.REFUSED and not Vote.objects.filter(statement=statement).exists()


@transaction.atomic
def show(statement: Statement, *, by: User) -> Statement:
    """Submit it to answers, from now on or again."""
    check(by, Act.MODERATE, statement.process)
    fresh = Statement.objects.select_for_update(of=("self",)).select_related("process", "author__user").get(pk=statement.pk)
    if fresh.state == Statement.State.SHOWN:
        return fresh
    now_shown(fresh)
    transaction.on_commit(lambda: tell(fresh), robust=True)
    return fresh


def now_shown(statement: Statement) -> None:
    statement.state, statement.reason = Statement.State.SHOWN, ""
    statement.shown = statement.shown or timezone.now()
    statement.save(update_fields=["state", "reason", "shown", "modified"])


@transaction.atomic
def refuse(statement: Statement, *, reason: str, note: str = "", by: User) -> Statement:
    """It is not shown, or no longer: its number and the reason stay, for everybody."""
    check(by, Act.MODERATE, statement.process)
    if reason not in REASONS:
        raise StatementError(_("Choisissez un motif dans la liste."))
    if reason == "other" and not note.strip():
        raise StatementError(_("Avec « autre raison », expliquez-la : l'auteur la lira."))
    fresh = Statement.objects.select_for_update(of=("self",)).select_related("process", "author__user").get(pk=statement.pk)
    with translation.override(settings.LANGUAGE_CODE):
        sentence = ". ".join(part for part in (str(REASONS[reason]) if reason != "other" else "", one_line(note)) if part)
    if fresh.state == Statement.State.REFUSED and fresh.reason == sentence[:2100]:
        return fresh
    now_refused(fresh, sentence)
    transaction.on_commit(lambda: tell(fresh), robust=True)
    return fresh


def now_refused(statement: Statement, sentence: str) -> None:
    statement.state, statement.reason = Statement.State.REFUSED, sentence[:2100]
    statement.save(update_fields=["state", "reason", "modified"])


def tell(statement: Statement) -> None:
    """Its author reads the answer on the page of their participation; with an account, by e-mail too."""
    person = statement.author.user if statement.author else None
    if person and person.is_active:
        url = settings.SITE_URL + statement.get_absolute_url()
        send("debates/mails/statement", person.email, statement=statement, url=url)


def screened(text: str, author: Participant) -> str:
    """What the rules of moderation see in a text, "" for nothing: it is then read before it is shown."""
    return ""
