"""Threads of a thing, in an order that is said; what each page needs, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.accounts.models import User
from parvis.discussions.models import Message, Useful
from parvis.moderation.public import moderates
from parvis.shared import kinds
from parvis.shared.kinds import Card

SORTS: dict[str, str | Promise] = {
    "utiles": _("les plus utiles d'abord"),
    "recents": _("les plus récents d'abord"),
    "anciens": _("dans l'ordre"),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "utiles": ("-useful", "-created", "pk"),
    "recents": ("-created", "pk"),
    "anciens": ("created", "pk"),
}
"""Useful: how many people said so, then the latest, so that a new message is read before an older one that nobody marked."""
SHOWN_REPLIES = 3
HEADER = (
    "id", "fil", "nature", "message", "signature", "au_nom_de", "utile", "est_la_reponse", "cree", "modifie", "masque", "retire", "invente"
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """How much is said of a thing. Questions and answers to them are those that everybody reads."""

    messages: int = 0
    threads: int = 0
    questions: int = 0
    answered: int = 0


@dataclass
class Thread:
    head: Message
    replies: list[Message] = field(default_factory=list)
    total: int = 0
    marked: bool = False

    @property
    def messages(self) -> list[Message]:
        return [self.head, *self.replies]

    @property
    def more(self) -> int:
        return self.total - len(self.replies)


def seen_by(user: Any) -> Q:
    """What this person reads, or reads that it was hidden."""
    if moderates(user):
        return Q()
    mine = Q(author=user) if isinstance(user, User) else Q(pk__in=[])
    return Q(published__isnull=False) | mine


def heads(subject: str, user: Any, sort: str = "utiles", only: str = "") -> QuerySet[Message]:
    """The messages that head threads. What its author withdrew goes when nobody answered."""
    found = Message.objects.filter(seen_by(user), subject=subject, parent=None)
    alone = Q(withdrawn__isnull=False) & ~Q(replies__isnull=False)
    found = found.exclude(alone).select_related("author", "quoted")
    if only == "questions":
        found = found.filter(kind=Message.KindOf.QUESTION)
    elif only == "sans-reponse":
        found = found.filter(kind=Message.KindOf.QUESTION, answer=None)
    return found.order_by(*ORDERS.get(sort, ORDERS["utiles"]))


def replies(head: Message, user: Any) -> QuerySet[Message]:
    """Those of a thread, in order."""
    found = Message.objects.filter(seen_by(user), parent=head).select_related("author", "quoted")
    return found.order_by("created", "pk")


def threads(page: Iterable[Message], user: Any) -> list[Thread]:
    """Each head with the answer, then its first replies."""
    found = {head.pk: Thread(head) for head in page}
    rank = Window(RowNumber(), partition_by=F("parent"), order_by=("created", "pk"))
    below = Message.objects.filter(seen_by(user), parent__in=found)
    shown = below.annotate(rank=rank).filter(
        Q(rank__lte=SHOWN_REPLIES) | Q(pk__in=[one.head.answer_id for one in found.values()])
    )
    for reply in shown.select_related("author", "quoted").order_by("created", "pk"):
        found[str(reply.parent_id)].replies.append(reply)
    for thread in found.values():
        thread.replies.sort(
            key=lambda reply: reply.pk != thread.head.answer_id
        )  # the answer first; the others keep their order
    for parent, total in below.values_list("parent").annotate(n=Count("pk")).order_by():
        found[parent].total = total
    return list(found.values())


def marked_by(user: Any, messages: Iterable[Message]) -> set[str]:
    """Those of `messages` that this person found useful."""
    if not isinstance(user, User):
        return set()
    found = Useful.objects.filter(user=user, message__in=[one.pk for one in messages])
    return set(found.values_list("message_id", flat=True))


def cited_by(messages: Iterable[Message], user: Any) -> dict[str, Card]:
    """The cards of what these messages cite, each asked for once."""
    wanted = list(dict.fromkeys(str(reference) for one in messages for reference in one.sources))
    return dict(zip(wanted, kinds.cards(wanted, user), strict=True))


READABLE = Q(published__isnull=False, hidden=None, withdrawn=None)


def facts_of(subject: str = "", days: int | None = None) -> Facts:
    """Of a thing, or of the whole site; days: the last ones only."""
    found = Message.objects.filter(READABLE)
    if subject:
        found = found.filter(subject=subject)
    if days:
        found = found.filter(created__gt=timezone.now() - timedelta(days=days))
    asked = Q(kind=Message.KindOf.QUESTION)
    return Facts(
        **found.aggregate(
            messages=Count("pk"), threads=Count("pk", filter=Q(parent=None)), questions=Count("pk", filter=asked),
            answered=Count("pk", filter=asked & Q(answer__isnull=False)),
        )
    )  # fmt: skip


def latest(only: str = "", kind: str = "") -> QuerySet[Message]:
    """Threads of the whole site that everybody reads, the latest first."""
    found = Message.objects.filter(READABLE, parent=None)
    if kind:
        found = found.filter(subject__startswith=f"{kind}:")
    if only == "questions":
        found = found.filter(kind=Message.KindOf.QUESTION)
    elif only == "sans-reponse":
        found = found.filter(kind=Message.KindOf.QUESTION, answer=None)
    return found.order_by("-created", "pk")


def unanswered(subjects: Sequence[str]) -> QuerySet[Message]:
    """Questions about these things that wait for an answer, the oldest first."""
    return latest("sans-reponse").filter(subject__in=subjects).order_by("created", "pk")


def lines(subject: str) -> Iterator[tuple[Any, ...]]:
    """Every message of a thing, in order; what is hidden or withdrawn keeps its line, without its words."""
    answers = set(Message.objects.filter(subject=subject, answer__isnull=False).values_list("answer", flat=True))
    found = Message.objects.filter(subject=subject, published__isnull=False).order_by("created", "pk")
    for one in found.iterator(chunk_size=2000):
        text = one.words if one.is_readable else ""
        signature = one.signature if one.is_readable else ""
        yield (
            one.pk, one.head_id, one.kind, text, signature, one.voice, one.useful, one.pk in answers, one.created, one.edited,
            one.hidden, one.withdrawn, one.invented,
        )  # fmt: skip
