"""What one may do at an election: one table of act, stage and role, asked through `judge`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """`SILENCE`: from the eve of a round of the vote until its polling stations close: nothing new is published. It comes over the others."""

    DRAFT = "draft"
    OPEN = "open"
    SILENCE = "silence"
    ARCHIVED = "archived"


class Act(StrEnum):
    READ = "read"
    PREPARE = "prepare"  # lists, sources, passages, measures
    CODE = "code"
    COMPARE = "compare"  # see agreement, and both codings of what both have coded
    ADJUDICATE = "adjudicate"
    ORGANISE = "organise"  # rounds of coding, evaluators, who answers for a list
    REPLY = "reply"  # in public, in the name of a list
    PUBLISH = "publish"
    ARCHIVE = "archive"


class Role(StrEnum):
    """`LIST`: answers for a list. `EVALUATOR`: codes in a round. `EDITOR`, `MANAGER`: editor and administrator of the publisher."""

    VISITOR = "visitor"
    LIST = "list"
    EVALUATOR = "evaluator"
    EDITOR = "editor"
    MANAGER = "manager"


EVERYBODY = frozenset(Role)
TEAM = frozenset({Role.EVALUATOR, Role.EDITOR, Role.MANAGER})
EDITORS = frozenset({Role.EDITOR, Role.MANAGER})
MANAGERS = frozenset({Role.MANAGER})
EVALUATORS = frozenset({Role.EVALUATOR})
LISTS = frozenset({Role.LIST})
NOBODY: frozenset[Role] = frozenset()

S = Stage
TABLE: Mapping[Act, Mapping[Stage, frozenset[Role]]] = {
    Act.READ: {S.DRAFT: TEAM, S.OPEN: EVERYBODY, S.SILENCE: EVERYBODY, S.ARCHIVED: EVERYBODY},
    Act.PREPARE: {S.DRAFT: EDITORS, S.OPEN: EDITORS},
    Act.CODE: {S.DRAFT: EVALUATORS, S.OPEN: EVALUATORS, S.SILENCE: EVALUATORS},
    Act.COMPARE: {S.DRAFT: TEAM, S.OPEN: TEAM, S.SILENCE: TEAM, S.ARCHIVED: TEAM},
    Act.ADJUDICATE: {S.DRAFT: EDITORS, S.OPEN: EDITORS, S.SILENCE: EDITORS},
    Act.ORGANISE: {S.DRAFT: MANAGERS, S.OPEN: MANAGERS},
    Act.REPLY: {S.OPEN: LISTS},
    Act.PUBLISH: {S.DRAFT: MANAGERS, S.OPEN: MANAGERS},
    Act.ARCHIVE: {S.OPEN: MANAGERS},
}
"""Act → stage → who may. A stage that is not there: nobody. Coding goes on in silence, since nothing of it is public before a
round is published."""


class Obstacle(StrEnum):
    """Why not."""

    SILENCE = "silence"
    NOT_NOW = "not-now"
    NOT_YOURS = "not-yours"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`obstacle` None: yes."""

    obstacle: Obstacle | None = None

    def __bool__(self) -> bool:
        return self.obstacle is None


def judge(act: Act, stage: Stage, roles: Collection[Role]) -> Verdict:
    """Whether somebody who has all these roles may do `act`."""
    cells = TABLE[act]
    allowed = cells.get(stage, NOBODY)
    if not allowed:
        return Verdict(Obstacle.SILENCE if stage is Stage.SILENCE else Obstacle.NOT_NOW)
    return Verdict() if allowed.intersection(roles) else Verdict(Obstacle.NOT_YOURS)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a unit in a round. `mine`: this person has it to code; `done`: how many of `given` evaluators have finished it."""

    mine: bool
    done: int
    given: int


def sees_codings(*, coding_is_over: bool, editor: bool, has_work_left: bool, unit: Progress) -> bool:
    """Whether somebody may see what others coded of a unit. Blind: an evaluator who still has something to code in the round sees
    nothing of the others, be they editor as well; nobody sees anything of a unit that is not finished by all who have it."""
    if coding_is_over:
        return True
    if unit.given == 0 or unit.done < unit.given:
        return False
    return (editor or unit.mine) and not has_work_left
