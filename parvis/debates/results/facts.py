"""The facts of a map: what its picture, its sentences and its table say, and nothing else. Plain JSON, kept with the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parvis.debates.core.opinions import representative as core
from parvis.debates.core.opinions.certainty import Certainty
from parvis.debates.core.opinions.mapping import OpinionMap
from parvis.debates.core.opinions.outlines import outline
from parvis.debates.core.opinions.tallies import Tallies, tally
from parvis.debates.core.results.small import put_together
from parvis.debates.core.results.weighting import weighted_share

REVISION = 1
SURE = 0.9
"""From this share of the draws, somebody is at the heart of their group."""
MOST = 5
Facts = dict[str, Any]
Cell = list[int]


def facts_of(drawn: OpinionMap, sure: Certainty, strata: list[dict[str, Any]], stratum: np.ndarray) -> Facts:
    """strata: the parts of the territory, from `participation`; stratum: that of each person, −1 for none, shape (persons,)."""
    votes, kept = drawn.votes, drawn.votes.kept
    by_stratum = tally(votes, stratum, len(strata))
    table = columns(drawn, by_stratum, strata, kept)
    return {
        "revision": REVISION,
        "votes": int(kept[votes.statement].sum()),
        "participants": len(votes.persons),
        "grouped": int((drawn.group >= 0).sum()),
        "statements": int(kept.sum()),
        "taken_out": len(votes.out),
        "k": drawn.k,
        "silhouette": round(drawn.silhouette, 4),
        "variance": [round(float(share), 4) for share in drawn.components.shares],
        "groups": [group_of(drawn, sure, one) for one in range(drawn.k)],
        "bases": bases_of(drawn, sure),
        "agreed": [name_of(drawn, one.statement) for one in drawn.agreed],
        "refused": [name_of(drawn, one.statement) for one in drawn.refused],
        **shared_by_all(table, drawn.k),
        "table": table,
    }


def name_of(drawn: OpinionMap, place: int) -> int:
    return int(drawn.votes.statements[place])


def group_of(drawn: OpinionMap, sure: Certainty, group: int) -> Facts:
    mine = drawn.group == group
    points = drawn.bases.points[drawn.base_group == group]
    weights = drawn.bases.weights[drawn.base_group == group]
    return {
        "size": int(mine.sum()),
        "certainty": round(float(sure.of_group[group]), 4),
        "heart": int((sure.of_person[mine] >= SURE).sum()),
        "centre": rounded((points * weights[:, None]).sum(axis=0) / weights.sum()) if len(points) else [0.0, 0.0],
        "outline": [rounded(corner) for corner in outline(points, margin(drawn))],
        "says": [
            {"statement": name_of(drawn, one.statement), "agree": one.agree, "success": one.success, "seen": one.seen,
             "ratio": round(one.ratio, 4), "best": one.best}
            for one in drawn.representative[group]
        ],
    }  # fmt: skip


def margin(drawn: OpinionMap) -> float:
    points = drawn.bases.points
    return 0.03 * float(np.ptp(points, axis=0).max()) if len(points) else 0.0


def rounded(point: np.ndarray) -> list[float]:
    return [round(float(one), 4) for one in point]


def bases_of(drawn: OpinionMap, sure: Certainty) -> list[list[float]]:
    """x, y, people, group, certainty of each small cluster of people."""
    bases = drawn.bases
    certain = np.zeros(len(bases.points))
    certain[bases.base] = sure.of_person[bases.rows]
    return [
        [*rounded(point), int(weight), int(group), round(float(one), 4)]
        for point, weight, group, one in zip(bases.points, bases.weights, drawn.base_group, certain, strict=True)
    ]


def cells(counted: Tallies, group: int, chosen: np.ndarray) -> list[Cell]:
    """Agree, disagree, pass of each statement."""
    return np.column_stack([counted.agree[group], counted.disagree[group], counted.passed[group]])[chosen].tolist()


def columns(drawn: OpinionMap, by_stratum: Tallies, strata: list[dict[str, Any]], kept: np.ndarray) -> Facts:
    """One list a column, one place a statement, by number of statement."""
    everybody = cells(drawn.everybody, 0, kept)
    parts = [cells(by_stratum, one, kept) for one in range(len(strata))]
    shown = without_small(parts)
    return {
        "number": [int(name) for name, one in zip(drawn.votes.statements, kept, strict=True) if one],
        "all": everybody,
        "groups": [cells(drawn.tallies, one, kept) for one in range(drawn.k)],
        "strata": shown,
        "group_aware": [round(float(one), 4) for one in drawn.group_aware[kept]],
        "territory_aware": territory_aware(by_stratum, shown, kept),
        "weighted": weighted(everybody, shown, [one["weight"] for one in strata]),
        "extremity": [round(float(one), 4) for one in drawn.extremity[kept]],
    }


def without_small(parts: list[list[Cell]]) -> list[list[Cell | None]]:
    """Where fewer than ten people of a part of the territory answered, None, and so for the next smallest if it could be found again."""
    shown: list[list[Cell | None]] = [[*column] for column in parts]
    for row in range(len(parts[0]) if parts else 0):
        merged = put_together({str(at): sum(column[row]) for at, column in enumerate(parts)}).merged
        for name in merged:
            shown[int(name)][row] = None
    return shown


def territory_aware(by_stratum: Tallies, shown: list[list[Cell | None]], kept: np.ndarray) -> list[float | None]:
    """How much all the parts of the territory agree, as groups do; None where one of them cannot be shown, or there is one only."""
    if len(shown) < 2:
        return [None] * int(kept.sum())
    values = core.aware_consensus(by_stratum)[kept]
    whole = [all(column[row] and sum(column[row] or []) for column in shown) for row in range(len(values))]
    return [round(float(value), 4) if one else None for value, one in zip(values, whole, strict=True)]


def weighted(everybody: list[Cell], shown: list[list[Cell | None]], weights: list[float]) -> list[list[float] | None]:
    """Shares (agree, disagree) of each statement, weighted; None where a part of the territory cannot be shown."""
    found: list[list[float] | None] = []
    for row, everyone in enumerate(everybody):
        parts = [column[row] for column in shown]
        if not parts or any(part is None for part in parts):
            found.append(None)
            continue
        sides = []
        for side in (0, 1):
            strata = [(weight, part[side], sum(part)) for weight, part in zip(weights, parts, strict=True) if part]
            rest = (everyone[side] - sum(one[1] for one in strata), sum(everyone) - sum(one[2] for one in strata))
            share = weighted_share(strata, rest)
            sides.append(0.0 if share is None else round(share, 4))
        found.append(sides)
    return found


def shared_by_all(table: Facts, k: int) -> Facts:
    """Numbers of the statements that every group approves, that every part of the territory approves, and that divide groups most."""
    number = table["number"]

    def approved(parts: list[list[Cell | None]], scores: list[float | None]) -> list[int]:
        rows = [
            row
            for row, score in enumerate(scores)
            if score is not None and len(parts) > 1 and all(more_than_half(column[row]) for column in parts)
        ]
        return [number[row] for row in sorted(rows, key=lambda row: (-(scores[row] or 0.0), number[row]))[:MOST]]

    return {
        "all_groups": approved(table["groups"], table["group_aware"]),
        "all_territories": approved(table["strata"], table["territory_aware"]),
        "divides": dividing(table) if k > 1 else [],
    }


def more_than_half(cell: Cell | None) -> bool:
    """With one agreement in two votes before any: a single vote is not a majority."""
    return cell is not None and share(cell) > 0.5


def share(cell: Cell) -> float:
    return (cell[0] + 1) / (sum(cell) + 2)


def dividing(table: Facts) -> list[int]:
    """Statements that one group approves and another does not, the widest apart first."""
    apart: Mapping[int, tuple[float, float]] = {
        number: (min(shares), max(shares))
        for row, number in enumerate(table["number"])
        if (shares := [share(column[row]) for column in table["groups"]])
    }
    wide = [number for number, (least, most) in apart.items() if least < 0.5 < most]
    return sorted(wide, key=lambda number: (apart[number][0] - apart[number][1], number))[:MOST]
