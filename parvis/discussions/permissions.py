"""Who may read, write, correct and mark what: asked here and nowhere else. Whether a thing is discussed now is for its kind to say."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.discussions.models import Message
from parvis.moderation.public import moderates
from parvis.shared import kinds
from parvis.shared.kinds import Floor


def floor_of(subject: str, user: Any) -> Floor | None:
    """How a thing is discussed by this person; None when it is not, or when they do not see it."""
    try:
        reference = kinds.Reference.parse(subject)
        kind = kinds.get(reference.kind)
    except (ValueError, KeyError):
        return None
    return kind.floor(reference.address, user)


def get_floor_for(user: Any, subject: str) -> Floor:
    """How a thing is discussed, or 404."""
    found = floor_of(subject, user)
    if found is None:
        raise Http404
    return found


def get_message_for(user: Any, message_id: str) -> Message:
    """The message, or 404: of a thing that this person sees; one that waits exists for its author and for moderators only.
    What was hidden or withdrawn is found: its page says so."""
    found = Message.objects.select_related("parent", "author").filter(pk=message_id.replace("\x00", "")).first()
    if found is None or not sees(user, found) or (found.parent and not sees(user, found.parent)):
        raise Http404
    get_floor_for(user, found.subject)
    return found


def sees(user: Any, message: Message) -> bool:
    return message.published is not None or reads_early(user, message)


def reads_early(user: Any, message: Message) -> bool:
    """Who reads what waits, or what was hidden."""
    return moderates(user) or is_author(user, message)


def is_author(user: Any, message: Message) -> bool:
    return isinstance(user, User) and user.is_active and message.author_id == user.pk


def may_write(user: Any, floor: Floor) -> bool:
    return isinstance(user, User) and user.is_active and not floor.closed


def may_reply(user: Any, floor: Floor) -> bool:
    """Who publishes may still answer what was asked when the discussion is closed."""
    return isinstance(user, User) and user.is_active and (floor.speaks or not floor.closed)


def check_may_write(user: Any, subject: str, *, replying: bool = False) -> Floor:
    """Raises `PermissionDenied` with the sentence, or 404."""
    floor = get_floor_for(user, subject)
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(floor.closed or _("Connectez-vous d'abord."))
    if not (may_reply(user, floor) if replying else may_write(user, floor)):
        raise PermissionDenied(floor.closed)
    return floor


def may_edit(user: Any, message: Message) -> bool:
    """Its author, while it is neither hidden nor withdrawn. What was there before stays readable."""
    return is_author(user, message) and message.hidden is None and message.withdrawn is None


def may_mark_answer(user: Any, question: Message, floor: Floor) -> bool:
    """Who asked, or who answers for the thing."""
    return question.is_question and (floor.speaks or is_author(user, question))
