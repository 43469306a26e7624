"""The table of acts, cell by cell, written a second time by hand; and who sees what others coded."""

from __future__ import annotations

import pytest

from parvis.programmes.core.rules import TABLE, Act, Obstacle, Progress, Role, Stage, judge, sees_codings

# Act: draft, open, silence, archived. V visitor, L list, E evaluator, D editor, M manager.
BY_HAND = {
    Act.READ: ("EDM", "VLEDM", "VLEDM", "VLEDM"),
    Act.PREPARE: ("DM", "DM", "", ""),
    Act.CODE: ("E", "E", "E", ""),
    Act.COMPARE: ("EDM", "EDM", "EDM", "EDM"),
    Act.ADJUDICATE: ("DM", "DM", "DM", ""),
    Act.ORGANISE: ("M", "M", "", ""),
    Act.REPLY: ("", "L", "", ""),
    Act.PUBLISH: ("M", "M", "", ""),
    Act.ARCHIVE: ("", "M", "", ""),
}
LETTERS = {"V": Role.VISITOR, "L": Role.LIST, "E": Role.EVALUATOR, "D": Role.EDITOR, "M": Role.MANAGER}
CELLS = [(act, stage, role) for act in Act for stage in Stage for role in Role]


@pytest.mark.parametrize(("act", "stage", "role"), CELLS, ids=lambda one: one.value)
def test_each_cell(act: Act, stage: Stage, role: Role) -> None:
    expected = BY_HAND[act][list(Stage).index(stage)]
    assert bool(judge(act, stage, {role})) == (role in {LETTERS[letter] for letter in expected})


def test_every_act_has_a_row() -> None:
    assert set(TABLE) == set(Act) == set(BY_HAND)


def test_several_roles_are_their_union() -> None:
    assert judge(Act.CODE, Stage.OPEN, {Role.EVALUATOR, Role.EDITOR})
    assert judge(Act.ADJUDICATE, Stage.OPEN, {Role.EVALUATOR, Role.EDITOR})


def test_why_not() -> None:
    assert judge(Act.PUBLISH, Stage.SILENCE, {Role.MANAGER}).obstacle is Obstacle.SILENCE
    assert judge(Act.PREPARE, Stage.ARCHIVED, {Role.MANAGER}).obstacle is Obstacle.NOT_NOW
    assert judge(Act.PREPARE, Stage.OPEN, {Role.LIST}).obstacle is Obstacle.NOT_YOURS


SEEN = [
    # over, editor, work left, mine, done, given → sees
    (False, False, True, True, 2, 2, False),  # an evaluator who still has to code is blind, even to what is finished
    (False, True, True, True, 2, 2, False),  # an editor who codes as well is an evaluator first
    (False, False, False, True, 2, 2, True),
    (False, False, False, True, 1, 2, False),  # the other has not finished this one
    (False, False, False, False, 2, 2, False),  # not one of mine
    (False, True, False, False, 2, 2, True),
    (False, True, False, False, 1, 2, False),  # nobody sees half of it
    (False, True, False, False, 0, 0, False),
    (True, False, False, False, 2, 2, True),
    (True, False, True, False, 0, 2, True),  # coding is over: who did not code will not
]


@pytest.mark.parametrize(("over", "editor", "left", "mine", "done", "given", "sees"), SEEN)
def test_blind(over: bool, editor: bool, left: bool, mine: bool, done: int, given: int, sees: bool) -> None:
    found = sees_codings(coding_is_over=over, editor=editor, has_work_left=left, unit=Progress(mine, done, given))
    assert found == sees
