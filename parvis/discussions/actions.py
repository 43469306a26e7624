"""Writing, correcting, withdrawing, marking. Each may be done twice without harm."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.discussions import telling
from parvis.discussions.models import Message, Revision, Useful
from parvis.discussions.permissions import check_may_write, get_floor_for, may_edit, may_mark_answer
from parvis.moderation import public as moderation
from parvis.shared.limits import check_limit

SHORTEST, LONGEST, MOST_SOURCES = 3, 4000, 5
HOUR = 3600


class DiscussionError(Exception):
    """It cannot be done; the message is the sentence for the person."""


def key_of(subject: str, text: str) -> str:
    """The key of a form that a program fills, so that filling it again says nothing twice."""
    return hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()[:32]


def worded(text: str) -> str:
    """As it will be kept. Raises `DiscussionError`."""
    found = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(found) < SHORTEST:
        raise DiscussionError(_("Écrivez votre message."))
    if len(found) > LONGEST:
        raise DiscussionError(_("C'est trop long : %(most)s caractères au plus.") % {"most": LONGEST})
    return found


def write(
    subject: str,
    text: str,
    *,
    by: User,
    kind: str = Message.KindOf.COMMENT,
    parent: Message | None = None,
    quoted: Message | None = None,
    references: Sequence[str] = (),
    signature: str = "",
    official: bool = False,
    form_key: str = "",
    invented: bool = False,
) -> Message:
    """Say something of a thing, or answer. The same form sent twice is one message; what a rule of moderation holds waits to be read.

    official: in the name of who publishes the thing; such an answer to a question is marked as its answer when it has none.
    Raises `DiscussionError`, `PermissionDenied`, `TooMany`; 404 for a thing that is not discussed."""
    floor = check_may_write(by, subject, replying=parent is not None)
    line = worded(text)
    if official and not floor.speaks:
        raise PermissionDenied(_("Seule l'organisation qui publie peut répondre en son nom."))
    head, quoted = placed(subject, parent, quoted)
    known = Message.objects.filter(form_key=form_key[:32], author=by).first() if form_key else None
    if known:
        return known
    check_limit(f"message:{by.pk}", 30, HOUR)
    name = signed(signature, by)
    seen = moderation.screen(f"{line}\n{name}", moderation.Writer(user=by))
    made = Message(
        subject=subject, parent=head, kind=Message.KindOf.COMMENT if head else kind, text=line, quoted=quoted, author=by,
        references=list(references)[:MOST_SOURCES], signature=name, voice=floor.publisher if official else "",
        form_key=form_key[:32] or None, published=None if seen.held else timezone.now(), invented=invented,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            moderation.keep_screened(made.reference, seen)
            if head is None:
                telling.follow_own(made, by)
            if made.published:
                now_public(made)
            return made
    except IntegrityError:
        return Message.objects.get(form_key=form_key[:32], author=by)


def placed(subject: str, parent: Message | None, quoted: Message | None) -> tuple[Message | None, Message | None]:
    """The head of the thread, and what is quoted: an answer to an answer goes beside it and quotes it."""
    head = (parent.parent or parent) if parent else None
    quoted = quoted or (parent if parent and parent.parent_id else None)
    if (head and head.subject != subject) or (quoted and quoted.subject != subject):
        raise DiscussionError(_("Ce message est d'une autre discussion."))
    if not all(one.is_readable for one in (head, parent, quoted) if one):
        raise DiscussionError(_("Ce message n'est plus lisible : on ne peut ni y répondre, ni le citer."))
    return head, quoted


def signed(signature: str, by: User) -> str:
    """The name that is shown: the one of the account, or the one that was chosen for this message. Never an address."""
    name = one_line(signature or by.name)[:120]
    if not name:
        raise DiscussionError(_("Choisissez le nom qui sera affiché : le vôtre, ou un pseudonyme."))
    return name


def now_public(message: Message) -> None:
    """What happens when everybody may read it, at once or after a moderator did; again changes nothing. Inside a transaction."""
    if not message.is_readable:
        return
    if message.voice and message.parent and message.parent.is_question and message.parent.answer_id is None:
        Message.objects.filter(pk=message.parent_id, answer=None).update(answer=message, modified=timezone.now())
    telling.told(message)


@transaction.atomic
def edit(message: Message, text: str, *, references: Sequence[str] | None = None, by: User) -> Message:
    """Its author corrects it (references: None leaves those that it has). The words that it had stay readable; what waits goes on
    waiting, and a correction that a rule holds leaves the words of before in view until a person read it."""
    fresh = _locked(message)
    if not may_edit(by, fresh):
        raise PermissionDenied(_("Seule la personne qui l'a écrit peut le changer."))
    line = worded(text)
    cited = fresh.references if references is None else list(references)[:MOST_SOURCES]
    if line == fresh.text and cited == fresh.references:
        return fresh
    check_limit(f"message:{by.pk}", 30, HOUR)
    seen = moderation.screen(f"{line}\n{fresh.signature}", moderation.Writer(user=by), reference=fresh.reference)
    if fresh.standing == {"text": line, "references": cited}:
        fresh.standing = None  # the words of before after all
    elif seen.held and fresh.published and not fresh.standing:
        fresh.standing = {"text": fresh.text, "references": fresh.references}
    elif fresh.published and not fresh.standing:
        _replaced(fresh, fresh.text, fresh.references)
    fresh.text, fresh.references = line, cited
    fresh.save(update_fields=["text", "references", "standing", "edited", "modified"])
    moderation.keep_screened(fresh.reference, seen)
    return fresh


def _replaced(message: Message, text: str, references: list[str]) -> None:
    """Other words take the place of these, which everybody could read: they are kept, with the date."""
    message.edited = timezone.now()
    Revision.objects.create(message=message, text=text, references=references, until=message.edited)


@transaction.atomic
def withdraw(message: Message, *, by: User) -> None:
    """Its author takes it away: the words go, the place stays when others answered. Twice changes nothing."""
    fresh = _locked(message)
    if fresh.withdrawn is None:
        if not may_edit(by, fresh):
            raise PermissionDenied(_("Seule la personne qui l'a écrit peut le retirer."))
        fresh.withdrawn = timezone.now()
        fresh.save(update_fields=["withdrawn", "modified"])
        telling.unsay(fresh)
        Message.objects.filter(answer=fresh).update(answer=None)


@transaction.atomic
def mark_useful(message: Message, *, useful: bool = True, by: User) -> Message:
    """One mark a person and message; one's own message is not marked. Twice is once."""
    floor = get_floor_for(by, message.subject)
    fresh = _locked(message)
    if fresh.author_id == by.pk or not fresh.is_readable:
        raise DiscussionError(_("On juge utile le message de quelqu'un d'autre."))
    if floor.closed:
        raise PermissionDenied(floor.closed)
    if useful:
        check_limit(f"useful:{by.pk}", 200, HOUR)
        Useful.objects.get_or_create(message=fresh, user=by)
    else:
        Useful.objects.filter(message=fresh, user=by).delete()
    fresh.useful = Useful.objects.filter(message=fresh).count()
    Message.objects.filter(pk=fresh.pk).update(useful=fresh.useful)
    return fresh


@transaction.atomic
def mark_answer(question: Message, reply: Message | None, *, by: User) -> Message:
    """Say which message answers a question, or that none does."""
    fresh = _locked(question)
    if not may_mark_answer(by, fresh, get_floor_for(by, fresh.subject)):
        raise PermissionDenied(_("C'est à la personne qui demande, ou à qui publie, de dire quelle est la réponse."))
    if reply and (reply.parent_id != fresh.pk or not reply.is_readable):
        raise DiscussionError(_("Choisissez une réponse de ce fil."))
    if fresh.answer_id != (reply.pk if reply else None):
        fresh.answer = reply
        fresh.save(update_fields=["answer", "modified"])
        if reply:
            telling.told(reply)
    return fresh


def hide(message: Message, reason: str) -> None:
    """Moderation's decision: the words go, the place, the date and the reason stay."""
    Message.objects.filter(pk=message.pk).update(hidden=timezone.now(), hidden_reason=reason, modified=timezone.now())
    Message.objects.filter(answer=message).update(answer=None)
    telling.unsay(message)


def show(message: Message) -> None:
    """Moderation's decision: shown again, or for the first time; a correction that waited takes the place of what it corrects."""
    fresh, now = _locked(message), timezone.now()
    if fresh.standing:
        _replaced(fresh, fresh.words, fresh.sources)
    fresh.hidden, fresh.hidden_reason, fresh.published, fresh.standing = None, "", fresh.published or now, None
    fresh.save(update_fields=["hidden", "hidden_reason", "published", "standing", "edited", "modified"])
    now_public(fresh)


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).select_related("parent").get(pk=message.pk)
