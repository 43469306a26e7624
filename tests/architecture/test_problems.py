"""What the API refuses is said in the language of who asks: no sentence of an error is written where gettext does not see it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PARVIS = Path(__file__).resolve().parent.parent.parent / "parvis"
ERRORS = {"Problem", "problem", "TooMany"}


def sentence(call: ast.Call) -> ast.expr | None:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in ERRORS:
        return None
    place = 0 if name == "TooMany" else 1
    return call.args[place] if len(call.args) > place else None


def plain(found: ast.expr) -> bool:
    """Words on the spot; `_("…")`, a name or what another function says are not."""
    if isinstance(found, ast.BinOp):
        return plain(found.left) or plain(found.right)
    return isinstance(found, ast.JoinedStr) or (isinstance(found, ast.Constant) and isinstance(found.value, str))


def places() -> list[tuple[Path, ast.expr]]:
    return [
        (path, found)
        for path in sorted(PARVIS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and (found := sentence(node)) is not None
    ]


def test_errors_of_the_api_are_translated() -> None:
    found = places()
    assert len(found) > 50
    wrong = [f"{path.relative_to(PARVIS)}:{one.lineno}" for path, one in found if plain(one)]
    assert not wrong


@pytest.mark.parametrize(
    ("code", "expected"), [('Problem(404, "Non.")', True), ('Problem(404, _("Non."))', False), ('Problem(404, f"{x}")', True)]
)
def test_the_rule_sees_words(code: str, expected: bool) -> None:
    call = ast.parse(code).body[0].value  # type: ignore[attr-defined]
    found = sentence(call)
    assert found is not None
    assert plain(found) is expected
