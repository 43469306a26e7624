"""What one may do when: the table, cell by cell, written again by hand."""

from __future__ import annotations

import pytest

from parvis.debates.core.processes.rules import Act, Moment, Obstacle, Role, judge

# For each act, the moments (rows of letters: draft, before, information, opinions, discussion, between, after, archived) when each role may.
# "." nobody; "v" a visitor and everybody after; "m" a member and the team; "t" the team; "w" facilitators and managers; "g" managers.
EXPECTED = {
    #                  DBIODbAX
    Act.READ: "tvvvvvvv",
    Act.VOTE: "...v....",
    Act.SUGGEST: "...v....",
    Act.SEE_MAP: "tvvvvvvv",
    Act.DISCUSS: "....m...",
    Act.ENTER: "...t....",
    Act.MODERATE: "wwwwwww.",
    Act.SYNTHESISE: "wwwwwwww",
    Act.EDIT: "ggggggg.",
    Act.SCHEDULE: "ggggggg.",
    Act.PUBLISH: "g.......",
    Act.ARCHIVE: "......g.",
    Act.DUPLICATE: "gggggggg",
}
WHO = {
    ".": set(),
    "v": set(Role),
    "m": {Role.MEMBER, Role.MEDIATOR, Role.FACILITATOR, Role.MANAGER},
    "t": {Role.MEDIATOR, Role.FACILITATOR, Role.MANAGER},
    "w": {Role.FACILITATOR, Role.MANAGER},
    "g": {Role.MANAGER},
}
CELLS = [
    (act, moment, role, role in WHO[letter])
    for act, row in EXPECTED.items()
    for moment, letter in zip(Moment, row, strict=True)
    for role in Role
]


def test_every_act_is_in_the_table() -> None:
    assert set(EXPECTED) == set(Act)


@pytest.mark.parametrize(("act", "moment", "role", "expected"), CELLS, ids=lambda one: str(one))
def test_cell(act: Act, moment: Moment, role: Role, expected: bool) -> None:
    assert bool(judge(act, {moment}, role)) is expected


@pytest.mark.parametrize(
    ("role", "access", "obstacle"),
    [
        (Role.VISITOR, Role.VISITOR, None),
        (Role.VISITOR, Role.CONFIRMED, Obstacle.CONFIRM),
        (Role.VISITOR, Role.MEMBER, Obstacle.SIGN_IN),
        (Role.CONFIRMED, Role.VISITOR, None),
        (Role.CONFIRMED, Role.CONFIRMED, None),
        (Role.CONFIRMED, Role.MEMBER, Obstacle.SIGN_IN),
        (Role.MEMBER, Role.MEMBER, None),
        (Role.MEDIATOR, Role.MEMBER, None),
    ],
)
def test_the_least_way_of_taking_part(role: Role, access: Role, obstacle: Obstacle | None) -> None:
    assert judge(Act.VOTE, {Moment.OPINIONS}, role, access=access).obstacle is obstacle
    assert judge(Act.SEE_MAP, {Moment.OPINIONS}, role, access=access).obstacle is None


def test_people_of_elsewhere_read_and_do_not_vote() -> None:
    assert judge(Act.VOTE, {Moment.OPINIONS}, Role.MEMBER, concerned=False).obstacle is Obstacle.ELSEWHERE
    assert judge(Act.READ, {Moment.OPINIONS}, Role.MEMBER, concerned=False)


def test_one_open_phase_that_allows_is_enough() -> None:
    both = {Moment.OPINIONS, Moment.DISCUSSION}
    assert judge(Act.VOTE, both, Role.VISITOR)
    assert judge(Act.DISCUSS, both, Role.VISITOR).obstacle is Obstacle.SIGN_IN


def test_when_it_is_not_the_moment_the_role_does_not_matter() -> None:
    assert judge(Act.VOTE, {Moment.AFTER}, Role.MANAGER).obstacle is Obstacle.NOT_NOW
