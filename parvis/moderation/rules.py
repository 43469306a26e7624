"""What the rules see in a text that somebody writes. They never refuse: what they see goes to the queue."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from parvis.accounts.models import User
from parvis.moderation.core import texts
from parvis.moderation.models import DEFAULTS, Hit, Rule, Sent
from parvis.moderation.permissions import check_moderates, moderates


@dataclass(frozen=True)
class Writer:
    """Who writes: an account, or what a room knows somebody without an account by (`participant:12`)."""

    user: User | None = None
    key: str = ""

    @property
    def digest(self) -> str:
        known = f"user:{self.user.pk}" if self.user else f"key:{self.key}"
        return hmac.new(settings.SECRET_KEY.encode(), f"writer:{known}".encode(), hashlib.sha256).hexdigest()[:32]

    def is_new(self, now: datetime, days: int) -> bool:
        """Who has no account is new each time."""
        return self.user is None or self.user.date_joined > now - timedelta(days=days)


@dataclass(frozen=True)
class Screened:
    """What the rules saw. held: the text waits until a person read it."""

    writer: str
    fingerprint: str = ""
    hits: list[Hit] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return any(hit.held for hit in self.hits)

    def __bool__(self) -> bool:
        return bool(self.hits)


def all_rules() -> list[Rule]:
    """One of each kind, as a moderator left it or as it starts."""
    known = {rule.kind: rule for rule in Rule.objects.select_related("by")}
    return [known.get(kind) or Rule(kind=kind, **DEFAULTS[kind]) for kind in Rule.Kind.values]


@transaction.atomic
def change(rule: Rule, *, by: User) -> Rule:
    """Keep what a moderator changed of a rule."""
    check_moderates(by)
    rule.pk = Rule.objects.filter(kind=rule.kind).values_list("pk", flat=True).first()
    rule.changed, rule.by = timezone.now(), by
    rule.save()
    return rule


def screen(text: str, writer: Writer, *, reference: str = "") -> Screened:
    """What the rules see in a text. Only reads. `reference`: of the thing, when its text is edited."""
    mark = texts.fingerprint(text)
    if writer.user and moderates(writer.user):
        return Screened(writer.digest, mark)
    now = timezone.now()
    seen = [(rule, *look(rule, text, mark, writer, reference, now)) for rule in all_rules() if rule.active]
    hits = [
        Hit(kind=rule.kind, count=count, limit=rule.limit, words=words[:300], held=rule.holds)
        for rule, count, words in seen
        if count > rule.limit
    ]
    return Screened(writer.digest, mark, hits)


def look(rule: Rule, text: str, mark: str, writer: Writer, reference: str, now: datetime) -> tuple[int, str]:
    """How much a rule sees, and of which words. Beyond its limit it is a hit."""
    match rule.kind:
        case Rule.Kind.LINKS:
            return len(texts.links(text)), ""
        case Rule.Kind.SHOUTING:
            return texts.capitals(text), ""
        case Rule.Kind.REPEATED:
            return (recent(rule, reference, now).filter(fingerprint=mark).count() + 1 if mark else 0), ""
        case Rule.Kind.FLOOD:
            return recent(rule, reference, now).filter(writer=writer.digest).count() + 1, ""
        case Rule.Kind.NEWCOMER if writer.is_new(now, rule.days):
            return recent(rule, reference, now).filter(writer=writer.digest).count() + 1, ""
        case Rule.Kind.WORDS:
            found = texts.listed(text, rule.list_of_words)
            return len(found), ", ".join(found)
    return 0, ""


def recent(rule: Rule, reference: str, now: datetime) -> QuerySet[Sent]:
    """What was written in the span that a rule looks at, but for the thing itself."""
    found = Sent.objects.filter(created__gt=now - timedelta(minutes=rule.minutes))
    return found.exclude(reference=reference) if reference else found


def remember(reference: str, found: Screened) -> None:
    """Twice is once; an edited text keeps its moment."""
    Sent.objects.update_or_create(writer=found.writer, reference=reference, defaults={"fingerprint": found.fingerprint})


def forget(now: datetime | None = None) -> int:
    """Erase what no rule looks at any more. Returns how many."""
    longest = max(rule.minutes for rule in all_rules())
    return Sent.objects.filter(created__lt=(now or timezone.now()) - timedelta(minutes=longest)).delete()[0]
