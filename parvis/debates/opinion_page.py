"""What the card of one statement needs: the statement, what was just recorded, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.translation import get_language

from parvis.debates.choosing import Progress, next_statement, progress
from parvis.debates.core.processes.rules import Act, Obstacle
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation import identity
from parvis.debates.participation.identity import Visit
from parvis.debates.permissions import SENTENCES, verdict
from parvis.shared.readers import personal
from parvis.territories import cookies
from parvis.territories.models import Territory

ANSWERS = {"d_accord": Vote.Value.AGREE, "pas_d_accord": Vote.Value.DISAGREE, "je_passe": Vote.Value.PASS}
"""What the buttons send."""

KEYS = {
    "fr": {"agree": "d", "disagree": "p", "skip": "j", "undo": "a"},
    "en": {"agree": "a", "disagree": "d", "skip": "p", "undo": "u"},
}
"""The key of each answer: the first letter of its word."""


@dataclass(frozen=True)
class Card:
    """statement: to answer, None when nothing is left. own: what this person answered to it, when it is shown again. recorded: their
    last answer, as the database holds it. commune: the one that their browser remembers for lists."""

    visit: Visit
    key: str
    statement: Statement | None
    own: Vote | None
    recorded: Vote | None
    progress: Progress
    obstacle: Obstacle | None
    sentence: str
    commune: Territory | None = None
    warning: str = ""

    @property
    def process(self) -> Process:
        return self.visit.process

    @property
    def participant(self) -> Participant | None:
        return self.visit.participant

    @property
    def keys(self) -> dict[str, str]:
        return KEYS.get((get_language() or "fr")[:2], KEYS["fr"])

    @property
    def asks_commune(self) -> bool:
        """Once, after a first answer, or before it where the process is for the people of a territory."""
        return self.must_say_commune or (self.participant is not None and not self.participant.commune_asked)

    @property
    def must_say_commune(self) -> bool:
        return self.obstacle is Obstacle.ELSEWHERE and (self.participant is None or self.participant.commune is None)

    @property
    def asks_email(self) -> bool:
        return self.obstacle is Obstacle.CONFIRM or (self.participant is not None and not self.participant.counted)


def vote_on(visit: Visit, number: int | None) -> Vote | None:
    """What this person answered to a statement, read from the database."""
    if visit.participant is None or number is None:
        return None
    found = Vote.objects.filter(participant=visit.participant, statement__number=number)
    return found.select_related("statement__process").first()


def card_of(
    request: HttpRequest,
    visit: Visit,
    *,
    answered: int | None = None,
    wanted: int | None = None,
    sent: bool = False,
    warning: str = "",
) -> Card:
    """answered: number of the statement just answered; wanted: of one to show again; sent: a cookie goes out with this page."""
    personal(request)
    found = verdict(visit.user, Act.VOTE, visit.process, participant=visit.participant)
    statement = None
    if wanted is not None:
        statement = visit.process.statements.filter(state=Statement.State.SHOWN, number=wanted).first()
    if statement is None:
        statement = next_statement(visit, request.headers.get("User-Agent", "")[:200])
    obstacle = found.obstacle
    if obstacle is Obstacle.ELSEWHERE and visit.user is None and visit.process.access == Process.Access.MEMBER:
        obstacle = Obstacle.SIGN_IN  # first: a commune without an account would lead nowhere
    return Card(
        visit=visit,
        key=identity.make_key(visit, sent=sent),
        statement=statement,
        own=vote_on(visit, statement.number) if statement and wanted is not None else None,
        recorded=vote_on(visit, answered),
        progress=progress(visit.process, visit.participant),
        commune=cookies.commune(request),
        obstacle=obstacle,
        sentence=str(SENTENCES[obstacle]) if obstacle else "",
        warning=warning,
    )


def afterwards(visit: Visit, participant: Participant | None) -> Visit:
    """The same visit, once somebody became a participant."""
    return replace(visit, participant=participant)


def number_in(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 8 else None
