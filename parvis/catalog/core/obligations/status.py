"""Where an authority stands before a rule: one pure function, a table of what may be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from parvis.catalog.core.obligations.rules import ANY_DATASET, Answer, Confidence, Facts, Rule, scope


class Status(StrEnum):
    NOT_CONCERNED = "not_concerned"
    TO_CHECK = "to_check"
    """The rule, or whom it binds, is itself to be checked: never shown as due."""
    TO_CONFIRM = "to_confirm"
    """Only the authority can say whether the rule binds it; or it contests its status, not decided yet."""
    TO_DO = "to_do"
    PUBLISHED = "published"
    """Online; no check says that it is valid, or it is elsewhere where we do not look."""
    VALID = "valid"
    """Checked against its schema without an error, and no date says when it is to be updated."""
    UP_TO_DATE = "up_to_date"
    """Valid, and younger than the rule asks."""
    LATE = "late"
    """Published once, and older than the rule asks: to be updated."""


DONE: Final = frozenset({Status.PUBLISHED, Status.VALID, Status.UP_TO_DATE})
EXPECTED: Final = DONE | {Status.TO_DO, Status.LATE}
"""What the law surely asks, done or not: the ground on which progress is counted."""
HELPED: Final = frozenset({Status.TO_DO, Status.LATE})

BEST_FIRST: Final = (Status.UP_TO_DATE, Status.VALID, Status.PUBLISHED, Status.LATE)


@dataclass(frozen=True, slots=True)
class Publication:
    """Something online. valid: what the check against `schema` said, None when there was none.

    rule: the rule that an authority says it answers, for what is published elsewhere (`elsewhere`), whose age we do not know."""

    schema: str
    published: date
    valid: bool | None = None
    elsewhere: bool = False
    rule: str = ""


def answers(rule: Rule, publication: Publication) -> bool:
    """Whether a publication counts for `rule`: declared for it, or following one of its schemas. A companion does not count."""
    if publication.elsewhere:
        return publication.rule == rule.id
    return ANY_DATASET in rule.schemas or (bool(publication.schema) and publication.schema in rule.schemas)


def status(rule: Rule, facts: Facts, publications: Iterable[Publication], today: date) -> Status:
    """Where the authority of `facts` stands before `rule` on the day `today`.

    In order: whom the rule surely does not bind; what is itself to be checked; what is published; what is not known; what is to do.
    What is not known can be called neither due nor late."""
    if rule.id in facts.exempt:
        return Status.NOT_CONCERNED
    answer = scope(rule, facts, today).answer
    if answer is Answer.NO:
        return Status.NOT_CONCERNED
    if answer is Answer.UNSURE or rule.confidence is Confidence.TO_CHECK:
        return Status.TO_CHECK
    surely = answer is Answer.YES and rule.id not in facts.contested
    published = [_state(rule, one, today) for one in publications if answers(rule, one)]
    if published:
        best = min(published, key=BEST_FIRST.index)
        return best if surely or best is not Status.LATE else Status.TO_CONFIRM
    return Status.TO_DO if surely else Status.TO_CONFIRM


def _state(rule: Rule, publication: Publication, today: date) -> Status:
    if publication.elsewhere:
        return Status.PUBLISHED
    if rule.fresh_days is not None and (today - publication.published).days > rule.fresh_days:
        return Status.LATE
    if not publication.valid or ANY_DATASET in rule.schemas:  # any dataset is a beginning, not the whole of what is asked
        return Status.PUBLISHED
    return Status.VALID if rule.fresh_days is None else Status.UP_TO_DATE


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rules of a page are in each state; `expected` is what is surely asked, `done` what of it is online."""

    expected: int = 0
    done: int = 0
    to_do: int = 0
    late: int = 0
    to_confirm: int = 0
    to_check: int = 0

    @property
    def gain(self) -> int:
        """How much help would bring: twice what is to do or to update, once what a single answer would settle."""
        return 2 * (self.to_do + self.late) + self.to_confirm


def counts(statuses: Sequence[Status] | Iterable[Status]) -> Counts:
    found = list(statuses)
    return Counts(
        expected=sum(one in EXPECTED for one in found),
        done=sum(one in DONE for one in found),
        to_do=found.count(Status.TO_DO),
        late=found.count(Status.LATE),
        to_confirm=found.count(Status.TO_CONFIRM),
        to_check=found.count(Status.TO_CHECK),
    )


def statuses(rules: Iterable[Rule], facts: Facts, publications: Sequence[Publication], today: date) -> Mapping[str, Status]:
    """The status of each rule that asks for something online, by id."""
    return {rule.id: status(rule, facts, publications, today) for rule in rules if rule.kind == "publish"}
