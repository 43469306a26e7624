"""Our answers beside Polis's own (its `math-pca2` blob), field by field.

Who is in the conversation and the base clusters' members depend on the history of a conversation: these two, and the number of groups
that they made, are taken from the blob; everything else is computed and compared. The blob says agree = −1, the files of votes agree = +1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from parvis.debates.core.opinions import clusters, representative
from parvis.debates.core.opinions.components import Components, components, extremity, positions, statement_positions
from parvis.debates.core.opinions.mapping import MOST_GROUPS
from parvis.debates.core.opinions.priorities import priorities
from parvis.debates.core.opinions.reading import UnreadableVotes
from parvis.debates.core.opinions.tallies import Tallies, tally
from parvis.debates.core.opinions.votes import Reals, Votes, gather

BAR = 1e-6
Blob = dict[str, Any]


def conform(folder: Path) -> dict[str, float]:
    """Largest difference from Polis's answers, by field; infinite where even the shape or the choice differs. Raises `UnreadableVotes`."""
    votes, blob = load(folder)
    found, compared = same_sense(components(votes), blob), {}
    theirs = Components(np.array(blob["pca"]["center"]) * -1, np.array(blob["pca"]["comps"]), np.zeros(2))
    compared["center"] = apart(-found.centre, blob["pca"]["center"])
    compared["comps"] = apart(found.axes, blob["pca"]["comps"])
    # Agree is −1 there, so the same axes see the same people on the other side.
    compared["comment-projection"] = apart(-statement_positions(theirs).T, blob["pca"]["comment-projection"])
    compared["comment-extremity"] = apart(extremity(theirs), blob["pca"]["comment-extremity"])
    compared |= people(votes, theirs, blob) | groups(votes, theirs, blob)
    compared["group-clusters"] = cold(blob)
    return compared


def cold(blob: Blob) -> float:
    """0 when their base clusters, grouped from their own start and without history, give as many groups and the same ones."""
    bases = blob["base-clusters"]
    points, weights = np.column_stack([bases["x"], bases["y"]]), np.array(bases["count"], dtype=float)
    labels = {
        k: clusters.settle(points, weights, clusters.first_distinct(points, k)).labels
        for k in range(2, min(MOST_GROUPS, 2 + len(points) // 12) + 1)
    }
    best = max(labels, key=lambda k: clusters.silhouette(points, labels[k]))
    number = {base: place for place, one in enumerate(blob["group-clusters"]) for base in one["members"]}
    theirs = [number[base] for base in bases["id"]]
    pairs = set(zip(theirs, labels[best].tolist(), strict=True))
    return 0.0 if best == len(set(theirs)) == len(pairs) else np.inf


def load(folder: Path) -> tuple[Votes, Blob]:
    try:
        rows = json.loads((folder / "votes.json").read_text(encoding="utf-8"))
        blob: Blob = json.loads((folder / "math-pca2.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableVotes(f"{folder} should hold votes.json and math-pca2.json, as Polis gives them: {error}.") from error
    tids = blob["tids"]
    place = {tid: at for at, tid in enumerate(tids)}
    rows = sorted((vote for vote in map(known, rows) if vote[1] in place), key=lambda vote: vote[3])
    pids = sorted({vote[0] for vote in rows})
    person = np.searchsorted(pids, [vote[0] for vote in rows])
    statement = np.array([place[vote[1]] for vote in rows], dtype=np.int64)
    value = np.array([vote[2] for vote in rows], dtype=np.int8)
    out = frozenset(place[tid] for tid in blob["mod-out"] if tid in place)
    meta = frozenset(place[tid] for tid in blob["meta-tids"] if tid in place)
    return gather(pids, tids, person, statement, value, out, meta), blob


def known(row: Blob) -> tuple[int, int, int, int]:
    """(person, statement, vote, when), whichever of the two sets of names the file uses."""
    person = row["pid"] if "pid" in row else row["participant_id"]
    statement = row["tid"] if "tid" in row else row["statement_id"]
    return int(person), int(statement), int(row["vote"]), int(row["modified"])


def same_sense(found: Components, blob: Blob) -> Components:
    """An axis has no sense: ours are turned as theirs are."""
    turn = np.sign((found.axes * np.array(blob["pca"]["comps"])).sum(axis=1))
    return replace(found, axes=found.axes * np.where(turn == 0, 1, turn)[:, None])


def people(votes: Votes, theirs: Components, blob: Blob) -> dict[str, float]:
    """How much each voted, and where each base cluster stands: the mean of its members."""
    cast = dict(zip(votes.persons, votes.cast().tolist(), strict=True))
    counts = {int(pid): count for pid, count in blob["user-vote-counts"].items()}
    where = -positions(votes, theirs)
    row = {pid: at for at, pid in enumerate(votes.persons)}
    bases = blob["base-clusters"]
    centres = np.array([where[[row[pid] for pid in members]].mean(axis=0) for members in bases["members"]])
    return {
        "n": abs(len(votes.persons) - blob["n"]),
        "n-cmts": abs(len(votes.statements) - blob["n-cmts"]),
        "user-vote-counts": keyed(cast, counts),
        "base-clusters": apart(centres, np.column_stack([bases["x"], bases["y"]])),
    }


def groups(votes: Votes, theirs: Components, blob: Blob) -> dict[str, float]:
    """What is counted in the groups that they found."""
    members = dict(zip(blob["base-clusters"]["id"], blob["base-clusters"]["members"], strict=True))
    row = {pid: at for at, pid in enumerate(votes.persons)}
    group = np.full(len(votes.persons), -1, dtype=np.int64)
    for number, one in enumerate(blob["group-clusters"]):
        group[[row[pid] for base in one["members"] for pid in members[base]]] = number
    ids = [str(one["id"]) for one in blob["group-clusters"]]
    counted = tally(votes, group, len(ids))
    everybody = tally(votes, np.zeros(len(votes.persons), dtype=np.int64), 1)
    agreed, refused = representative.consensus(everybody, votes.out)
    told = representative.representative(counted, votes.out, as_polis=True)
    sums, aware = counted.together(), representative.aware_consensus(counted)
    due = priorities(sums, extremity(theirs), votes.meta)
    return {
        "group-votes": worst(tallied(votes, counted, at, blob["group-votes"][one]["votes"]) for at, one in enumerate(ids)),
        "group-aware-consensus": keyed(named(votes, aware), numbered(blob["group-aware-consensus"])),
        "comment-priorities": keyed(named(votes, due), numbered(blob["comment-priorities"])),
        "consensus": max(
            listed(votes, agreed, blob["consensus"]["agree"]), listed(votes, refused, blob["consensus"]["disagree"])
        ),
        "repness": worst(listed(votes, told[at], blob["repness"][one]) for at, one in enumerate(ids)),
    }


FIELDS: dict[str, Callable[[Any], float]] = {
    "n-success": lambda one: one.success,
    "n-trials": lambda one: one.seen,
    "p-success": lambda one: one.share,
    "p-test": lambda one: one.test,
    "repness": lambda one: one.ratio,
    "repness-test": lambda one: one.ratio_test,
    "repful-for": lambda one: one.agree,
}


def listed(votes: Votes, ours: Iterable[Any], theirs: list[Blob]) -> float:
    """Two lists of statements with their figures: the same statements, in the same order."""
    ours = list(ours)
    if [votes.statements[one.statement] for one in ours] != [one["tid"] for one in theirs]:
        return np.inf
    found = 0.0
    for one, other in zip(ours, theirs, strict=True):
        for name in FIELDS.keys() & other.keys():
            said = other[name] == "agree" if name == "repful-for" else other[name]
            # Polis keeps this test with the precision of a 32-bit float.
            rounded = np.float32 if name == "repness-test" else float
            found = max(found, abs(float(rounded(FIELDS[name](one))) - float(rounded(said))))
    return found


def tallied(votes: Votes, counted: Tallies, group: int, theirs: Blob) -> float:
    columns = {"A": counted.agree, "D": counted.disagree, "S": counted.seen}
    return worst(
        abs(int(column[group, at]) - theirs[str(tid)][letter])
        for at, tid in enumerate(votes.statements)
        for letter, column in columns.items()
    )


def named(votes: Votes, values: Reals) -> dict[Any, float]:
    return dict(zip(votes.statements, values.tolist(), strict=True))


def numbered(values: Blob) -> dict[Any, float]:
    return {int(name): value for name, value in values.items()}


def keyed(ours: dict[Any, Any], theirs: dict[Any, Any]) -> float:
    if ours.keys() != theirs.keys():
        return np.inf
    return worst(abs(ours[key] - theirs[key]) for key in theirs)


def apart(ours: Any, theirs: Any) -> float:
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        return np.inf
    return float(np.abs(ours - theirs).max(initial=0.0))


def worst(differences: Iterable[float]) -> float:
    return float(max(differences, default=0.0))
