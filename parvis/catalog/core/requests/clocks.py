"""The dates of the law for a request of data: received, one month, silence is a refusal, two months for the CADA.

Each term is a row of `LAW`, with its text and how sure we are. Readings differ by one day (is the day of the event counted, is a
Sunday carried over): every date that we give is safe under each of them. An authority is said silent only once its whole last day is
over; a person is told the earliest last day to write to the CADA. `today` is always an argument."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Term:
    """months after what opens it. text: the article. sure: read in the text; otherwise to be checked."""

    name: str
    months: int
    text: str
    sure: bool = True


LAW: dict[str, Term] = {
    term.name: term
    for term in (
        # Silence kept one month from the reception by the competent administration is a refusal.
        Term("answer", 1, "CRPA R*311-12, R311-13"),
        # Two months from the notified refusal, or from the end of that month, to refer to the CADA.
        Term("cada", 2, "CRPA R311-15, R343-1"),
        # The commission gives its opinion within one month of registration.
        Term("opinion", 1, "CRPA R343-3"),
        # Silence kept two months from that registration confirms the refusal; the court may then be asked (L342-1).
        Term("confirmed", 2, "CRPA R*343-4, R343-5, L342-1"),
        # Who does not hold the document passes the request on to the authority that does, and tells the person. The month of that one is
        # counted from its own reception, as R311-13 says ("competent administration"); no text that we read says more of it.
        Term("passed", 0, "CRPA L311-2"),
        # A promise is not a communication: without the document the month ends as it would have.
        Term("promise", 0, "CRPA R311-13", sure=False),
    )
}
REMINDER_DAYS = 7
"""Ours, not the law's: the authority is told once, so many days before the month ends."""


class Reply(StrEnum):
    """What an authority may answer."""

    DATASET = "dataset"
    DATE = "date"
    REFUSAL = "refusal"


class Window(StrEnum):
    """Whether the CADA may be asked today."""

    NONE = "none"  # nothing to complain of: not received yet, or given
    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Facts:
    """What is known of one request. reply: the answer that stands, and the day when it was given."""

    received: date | None = None
    reply: Reply | None = None
    replied: date | None = None
    cada_asked: date | None = None


@dataclass(frozen=True)
class Clocks:
    """The dates of one request on one day; None where there is no such date.

    answer_by: the last day of the month that the authority has. silent: that month ended without data nor refusal.
    refused: when the data were refused, in words or by silence. cada_from, cada_until: both days included.
    opinion_by, confirmed: once the CADA was asked."""

    received: date | None
    answer_by: date | None
    remind_on: date | None
    silent: bool
    refused: date | None
    window: Window
    cada_from: date | None
    cada_until: date | None
    opinion_by: date | None
    confirmed: date | None
    days_left: int | None


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day (31 January + 1 = 28 or 29 February)."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def clocks(facts: Facts, today: date) -> Clocks:
    received = facts.received
    answer_by = add_months(received, LAW["answer"].months) if received else None
    satisfied = facts.reply is Reply.DATASET
    over = answer_by is not None and today > answer_by
    silent = over and not satisfied and not _refused_in_time(facts, answer_by)
    refused = _refused(facts, answer_by, silent)
    cada_from, cada_until = _window(facts, answer_by, refused)
    asked = facts.cada_asked
    return Clocks(
        received=received,
        answer_by=answer_by,
        remind_on=max(received, answer_by - timedelta(days=REMINDER_DAYS)) if received and answer_by else None,
        silent=silent,
        refused=refused,
        window=_state(cada_from, cada_until, satisfied, today),
        cada_from=None if satisfied else cada_from,
        cada_until=None if satisfied else cada_until,
        opinion_by=add_months(asked, LAW["opinion"].months) if asked else None,
        confirmed=add_months(asked, LAW["confirmed"].months) if asked else None,
        days_left=max(0, (answer_by - today).days) if answer_by and facts.reply is None else None,
    )


def _refused_in_time(facts: Facts, answer_by: date | None) -> bool:
    return facts.reply is Reply.REFUSAL and facts.replied is not None and answer_by is not None and facts.replied <= answer_by


def _refused(facts: Facts, answer_by: date | None, silent: bool) -> date | None:
    """The first of the two refusals: a person who counts from it is never late."""
    days = [day for day in (facts.replied if facts.reply is Reply.REFUSAL else None, answer_by if silent else None) if day]
    return min(days, default=None)


def _window(facts: Facts, answer_by: date | None, refused: date | None) -> tuple[date | None, date | None]:
    """Both days included. Before any refusal: those that silence would give."""
    if answer_by is None:
        return None, None
    opens = refused or answer_by
    in_words = facts.reply is Reply.REFUSAL and opens == facts.replied
    first = opens if in_words else opens + timedelta(days=1)
    return first, add_months(opens, LAW["cada"].months) - timedelta(days=1)


def _state(first: date | None, last: date | None, satisfied: bool, today: date) -> Window:
    if first is None or last is None or satisfied:
        return Window.NONE
    if today < first:
        return Window.NOT_YET
    return Window.OPEN if today <= last else Window.OVER
