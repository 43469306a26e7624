"""What those who follow a thing, or a thread, read in their next letter. Quiet: a thing tells its questions, a thread its answers."""

from __future__ import annotations

import contextlib

from django.conf import settings
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.discussions.models import Message
from parvis.notifications.public import FollowError, follow, retract, tell
from parvis.shared import kinds
from parvis.shared.limits import TooMany


def begins(message: Message, length: int = 80) -> str:
    return Truncator(" ".join(message.words.split())).chars(length)


def follow_own(message: Message, by: User) -> None:
    """Who begins a thread follows it."""
    with contextlib.suppress(FollowError, TooMany):
        follow(message.reference, by=by)


def unsay(message: Message) -> None:
    """Its words left public view: no letter that has not left quotes them."""
    retract(message.reference)


def told(message: Message) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        if message.parent:
            _told(message, message.parent.reference, _answered(message, message.parent))
        elif message.is_question:
            title = kinds.cards([message.subject], None)[0].title
            said = _("Une question sur « %(title)s » : %(text)s") % {"title": title, "text": begins(message)}
            _told(message, message.subject, said)


def _answered(message: Message, head: Message) -> str:
    said = {"publisher": message.voice, "text": begins(head)}
    if message.voice:
        return _("%(publisher)s a répondu à « %(text)s ».") % said
    return _("Une réponse à « %(text)s ».") % said


def _told(message: Message, reference: str, sentence: str) -> None:
    tell(key=message.reference, reference=reference, sentence=sentence, url=message.get_absolute_url(), by=message.author)
