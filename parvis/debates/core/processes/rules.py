"""What one may do in a process: one table of act, moment and role, asked through `judge`.

A moment is what the process is going through: several phases may be open at once, and one that allows is enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PhaseKind(StrEnum):
    """The registry of phases."""

    INFORMATION = "information"
    OPINIONS = "opinions"
    DISCUSSION = "discussion"


class Moment(StrEnum):
    """`BETWEEN`: published, and no phase is open, though one will be. `AFTER`: every phase is over."""

    DRAFT = "draft"
    BEFORE = "before"
    INFORMATION = "information"
    OPINIONS = "opinions"
    DISCUSSION = "discussion"
    BETWEEN = "between"
    AFTER = "after"
    ARCHIVED = "archived"


class Act(StrEnum):
    READ = "read"
    VOTE = "vote"
    SUGGEST = "suggest"  # add a statement
    SEE_MAP = "see-map"
    DISCUSS = "discuss"
    ENTER = "enter"  # record what a person without internet says
    MODERATE = "moderate"  # read statements before they are shown
    SYNTHESISE = "synthesise"  # write the team's own words beside the results
    EDIT = "edit"
    SCHEDULE = "schedule"  # move the end of a phase, with a notice
    PUBLISH = "publish"
    ARCHIVE = "archive"
    DUPLICATE = "duplicate"


class Role(StrEnum):
    """`VISITOR`: no account. `CONFIRMED`: a link by e-mail was followed. `MEDIATOR`: of the team, writes down what others say.
    `FACILITATOR`: of the team. `MANAGER`: of the team, or an editor of the organisation."""

    VISITOR = "visitor"
    CONFIRMED = "confirmed"
    MEMBER = "member"
    MEDIATOR = "mediator"
    FACILITATOR = "facilitator"
    MANAGER = "manager"


EVERYBODY = frozenset(Role)
PEOPLE = EVERYBODY
TEAM = frozenset({Role.MEDIATOR, Role.FACILITATOR, Role.MANAGER})
WRITERS = frozenset({Role.FACILITATOR, Role.MANAGER})
MANAGERS = frozenset({Role.MANAGER})
NOBODY: frozenset[Role] = frozenset()
SIGNED_IN = frozenset({Role.MEMBER, *TEAM})

OPEN = (Moment.BEFORE, Moment.INFORMATION, Moment.OPINIONS, Moment.DISCUSSION, Moment.BETWEEN)
PUBLIC = (*OPEN, Moment.AFTER, Moment.ARCHIVED)


def _row(**cells: frozenset[Role]) -> dict[Moment, frozenset[Role]]:
    return {Moment(name): roles for name, roles in cells.items()}


def _all(moments: Collection[Moment], roles: frozenset[Role]) -> dict[Moment, frozenset[Role]]:
    return dict.fromkeys(moments, roles)


TABLE: Mapping[Act, Mapping[Moment, frozenset[Role]]] = {
    Act.READ: _all(PUBLIC, EVERYBODY) | _row(draft=TEAM),
    Act.VOTE: _row(opinions=PEOPLE),
    Act.SUGGEST: _row(opinions=PEOPLE),
    Act.SEE_MAP: _all(PUBLIC, EVERYBODY) | _row(draft=TEAM),
    Act.DISCUSS: _row(discussion=SIGNED_IN),
    Act.ENTER: _row(opinions=TEAM),
    Act.MODERATE: _all(OPEN, WRITERS) | _row(draft=WRITERS, after=WRITERS),
    Act.SYNTHESISE: _all(PUBLIC, WRITERS) | _row(draft=WRITERS),
    Act.EDIT: _all(OPEN, MANAGERS) | _row(draft=MANAGERS, after=MANAGERS),
    Act.SCHEDULE: _all(OPEN, MANAGERS) | _row(draft=MANAGERS, after=MANAGERS),
    Act.PUBLISH: _row(draft=MANAGERS),
    Act.ARCHIVE: _row(after=MANAGERS),
    Act.DUPLICATE: _all(tuple(Moment), MANAGERS),
}
"""Act → moment → who may. A moment that is not there: nobody."""

LADDER = (Role.VISITOR, Role.CONFIRMED, Role.MEMBER)
"""Ways of taking part, from the lightest; whoever has one has those before it."""
TAKING_PART = frozenset({Act.VOTE, Act.SUGGEST})
"""Acts for which a process may ask for more than a visit, and for people of its territory only."""


class Obstacle(StrEnum):
    """Why not, from what a person can least change to what they can most."""

    NEVER = "never"
    NOT_NOW = "not-now"
    NOT_YOURS = "not-yours"  # another role could
    ELSEWHERE = "elsewhere"  # for the people of another territory
    CONFIRM = "confirm"  # follow a link by e-mail
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`obstacle` None: yes."""

    obstacle: Obstacle | None = None

    def __bool__(self) -> bool:
        return self.obstacle is None


YES = Verdict()


def judge(act: Act, moments: Collection[Moment], role: Role, *, access: Role = Role.VISITOR, concerned: bool = True) -> Verdict:
    """Whether `role` may do `act`. access: the least way of taking part that the process accepts. concerned: false when the process is
    for the people of a territory and this person said to be of another, or did not say."""
    cells = TABLE[act]
    open_to = frozenset[Role]().union(*(cells.get(moment, NOBODY) for moment in moments))
    if not open_to:
        return Verdict(Obstacle.NOT_NOW if cells else Obstacle.NEVER)
    if role not in open_to:
        signing_in_is_enough = Role.MEMBER in open_to and role in (Role.VISITOR, Role.CONFIRMED)
        return Verdict(Obstacle.SIGN_IN if signing_in_is_enough else Obstacle.NOT_YOURS)
    if act not in TAKING_PART:
        return YES
    if not concerned:
        return Verdict(Obstacle.ELSEWHERE)
    if role in LADDER and LADDER.index(role) < LADDER.index(access):
        return Verdict(Obstacle.SIGN_IN if access is Role.MEMBER else Obstacle.CONFIRM)
    return YES
