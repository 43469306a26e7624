"""The bundled grid, and grids that are refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from parvis.programmes.core.grid import BadGrid, Unit, check_values, read

BUNDLED = json.loads((Path(__file__).parents[3] / "parvis" / "programmes" / "data" / "grid.json").read_text())


def test_the_bundled_grid_asks_what_the_barometer_asked() -> None:
    grid = read(BUNDLED)
    assert [one.key for one in grid.of(Unit.PRESENCE)] == ["site", "accounts", "programme_online", "mention", "broadband"]
    assert [one.key for one in grid.of(Unit.MEASURE)] == [
        "digital", "theme", "powers", "public", "place", "means", "date", "verifiable", "novelty",
    ]  # fmt: skip
    assert [one.key for one in grid.of(Unit.LIST)] == ["state_citizens", "collaborative", "sovereignty", "inclusion"]
    assert len(grid.by_key["theme"].levels) == 10


def test_every_word_of_the_bundled_grid_has_its_english() -> None:
    for one in read(BUNDLED).criteria:
        assert one.label["en"]
        assert one.definition["en"]
        assert all(level.label["en"] for level in one.levels)


def broken(**changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(BUNDLED)
    found["criteria"][0] |= changes
    return found


@pytest.mark.parametrize("bad", [
    [], {}, {"criteria": []}, BUNDLED | {"theme": "absent"}, BUNDLED | {"criteria": BUNDLED["criteria"] * 2}, BUNDLED | {"title": {}},
    broken(unit="town"), broken(scale="ordinal"), broken(levels=[]), broken(label={"en": "x"}),
    broken(only_if={"criterion": "digital", "values": ["yes"]}), broken(only_if={"criterion": "accounts", "values": ["maybe"]}),
])  # fmt: skip
def test_a_grid_that_does_not_hold_is_refused(bad: Any) -> None:
    with pytest.raises(BadGrid):
        read(bad)


def test_what_is_asked_depends_on_what_was_said() -> None:
    grid = read(BUNDLED)
    few = {"digital": "no", "theme": "health", "means": "0", "date": "0", "verifiable": "no"}
    assert check_values(grid, Unit.MEASURE, few | {"powers": "own"}) == few
    with pytest.raises(BadGrid, match="powers"):
        check_values(grid, Unit.MEASURE, few | {"digital": "yes"})
    with pytest.raises(BadGrid, match="theme"):
        check_values(grid, Unit.MEASURE, few | {"theme": "sorcery"})
