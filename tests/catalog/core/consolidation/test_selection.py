"""What comes into a consolidation: each reason alone, their order, and a fingerprint that changes when the table would."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.catalog.core.consolidation.selection import Reason, Table, select

SCHEMA, TEXT = "scdl/subventions", "{}"


def table(name: str = "a", **fields: object) -> Table:
    given = {
        "resource": f"r-{name}", "version": f"v-{name}", "number": 1, "digest": f"d-{name}", "source": f"s-{name}",
        "organisation": f"Commune {name}", "siren": "210000001", "title": "Subventions", "address": f"https://p/{name}/",
        "published": datetime(2026, 1, 1), "licence": "lov2", "rows": 3, "checked": SCHEMA, "valid": True,
    }  # fmt: skip
    return Table(**(given | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"accompanied": False}, Reason.ELSEWHERE),
        ({"checked": ""}, Reason.NOT_CHECKED),
        ({"checked": "scdl/budget"}, Reason.NOT_CHECKED),
        ({"valid": None}, Reason.NOT_CHECKED),
        ({"valid": False}, Reason.INVALID),
        ({"rows": 0}, Reason.EMPTY),
        ({"valid": False, "rows": 0}, Reason.INVALID),
        ({"accompanied": False, "valid": False}, Reason.ELSEWHERE),
        ({"invented": True}, Reason.INVENTED),
        ({"invented": True, "valid": False}, Reason.INVALID),
    ],
)
def test_each_reason_alone(fields: dict[str, object], reason: Reason | None) -> None:
    found = select([table("true"), table("one", **fields)], SCHEMA, TEXT)
    assert {one.table.resource: one.reason for one in found.left} == ({"r-one": reason} if reason else {})
    assert len(found.kept) == (1 if reason else 2)


def test_a_demonstration_alone_is_kept_and_says_so() -> None:
    assert select([table("a", invented=True), table("b", invented=True)], SCHEMA, TEXT).invented
    assert not select([table("a", invented=True), table("b")], SCHEMA, TEXT).invented
    assert not select([], SCHEMA, TEXT).invented


def test_the_same_file_comes_in_once_from_whoever_published_it_first() -> None:
    first = table("epci", published=datetime(2025, 1, 1), source="same", siren="999")
    found = select([table("town", source="same"), first, table("b")], SCHEMA, TEXT)
    assert [one.resource for one in found.kept] == ["r-b", "r-epci"]
    assert [(one.table.resource, one.reason, one.other) for one in found.left] == [("r-town", Reason.DUPLICATE, "r-epci")]


def test_a_file_with_errors_does_not_take_the_place_of_its_valid_twin() -> None:
    found = select(
        [table("a", source="same", valid=False, published=datetime(2020, 1, 1)), table("b", source="same")], SCHEMA, TEXT
    )
    assert [one.resource for one in found.kept] == ["r-b"]


def test_odbl_is_passed_on() -> None:
    assert select([table("a"), table("b", licence="odbl")], SCHEMA, TEXT).licence == "odbl"
    assert select([table("a"), table("b", licence="odbl", valid=False)], SCHEMA, TEXT).licence == "lov2"


@pytest.mark.parametrize(
    "changed", [{"digest": "x"}, {"number": 2, "version": "w"}, {"organisation": "Autre"}, {"licence": "odbl"}]
)
def test_the_fingerprint_follows_what_is_kept(changed: dict[str, object]) -> None:
    one, other = table("a"), table("b")
    before = select([one, other], SCHEMA, TEXT).fingerprint
    assert select([replace(one, **changed), other], SCHEMA, TEXT).fingerprint != before  # type: ignore[arg-type]
    assert select([one, other], SCHEMA, "{ }").fingerprint != before
    assert select([one, other, table("c", valid=False)], SCHEMA, TEXT).fingerprint == before


TABLES = st.lists(
    st.builds(
        lambda name, source, day, valid, rows, invented, ours: table(
            str(name), source=source, published=datetime(2026, 1, 1) + timedelta(days=day), valid=valid, rows=rows, invented=invented,
            accompanied=ours,
        ),
        st.integers(0, 99), st.sampled_from("abc"), st.integers(0, 3), st.sampled_from([True, True, False, None]),
        st.integers(0, 2), st.booleans(), st.booleans(),
    ),
    max_size=12, unique_by=lambda one: one.resource,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms())
def test_every_table_has_one_fate_whatever_the_order(tables: list[Table], chance: random.Random) -> None:
    found = select(tables, SCHEMA, TEXT)
    fates = [one.resource for one in found.kept] + [one.table.resource for one in found.left]
    assert sorted(fates) == sorted(one.resource for one in tables)
    assert len({one.source for one in found.kept}) == len(found.kept)
    shuffled = tables[:]
    chance.shuffle(shuffled)
    assert select(shuffled, SCHEMA, TEXT) == found
