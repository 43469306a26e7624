"""What docs/operations.md says that holds is tested, by the tests that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", (ROOT / "docs" / "operations.md").read_text())))


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_promise_names_its_test(file: str, test: str) -> None:
    found = list((ROOT / "tests").rglob(file))
    assert len(found) == 1
    assert f"def {test}(" in found[0].read_text()


def test_there_are_promises() -> None:
    assert len(NAMED) > 20
