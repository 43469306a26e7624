"""The opinion map: against Polis's own answers, against plain loops, and on crowds whose groups are known."""

from __future__ import annotations

import json
from itertools import product
from math import prod, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis import cli
from parvis.debates.core.opinions import clusters, representative
from parvis.debates.core.opinions.certainty import certainty
from parvis.debates.core.opinions.components import components, counted, extremity, positions, statement_positions
from parvis.debates.core.opinions.conform import BAR, conform
from parvis.debates.core.opinions.mapping import draw
from parvis.debates.core.opinions.priorities import META, priorities
from parvis.debates.core.opinions.reading import UnreadableVotes, read
from parvis.debates.core.opinions.tallies import tally
from parvis.debates.core.opinions.votes import Votes, gather


def votes_of(table: list[list[int | None]], out: frozenset[int] = frozenset()) -> Votes:
    """A table of persons × statements; None where there is no vote."""
    cells = [(row, column, value) for row, line in enumerate(table) for column, value in enumerate(line) if value is not None]
    rows, columns, values = (np.array(part, dtype=np.int64) for part in (zip(*cells, strict=True) if cells else ([], [], [])))
    return gather(range(len(table)), range(len(table[0])), rows, columns, values.astype(np.int8), out)


def crowd(camps: int, size: int, statements: int, noise: float, seed: int) -> tuple[Votes, list[int]]:
    """Camps that think alike, but for `noise`, each person seeing two statements in three."""
    generator = np.random.default_rng(seed)
    opinions = generator.choice([-1, 1], size=(camps, statements))
    camp = np.repeat(np.arange(camps), size)
    said = opinions[camp]
    said = np.where(generator.random(said.shape) < noise, generator.choice([-1, 0, 1], size=said.shape), said)
    seen = generator.random(said.shape) < 0.67
    table = [[int(v) if s else None for v, s in zip(*line, strict=True)] for line in zip(said, seen, strict=True)]
    return votes_of(table), camp.tolist()


# ----- Polis's own answers -----


@pytest.mark.parametrize("name", ["above-100-ptpts", "below-100-ptpts"])
def test_every_field_of_polis_is_reproduced(official_data: Path, name: str) -> None:
    found = conform(official_data / "opinions" / "fixtures" / name)
    assert len(found) == 14
    assert max(found.values()) < 1e-12, found


def test_conform_says_no_when_an_answer_differs(official_data: Path, tmp_path: Path, capsys) -> None:
    source = official_data / "opinions" / "fixtures" / "below-100-ptpts"
    blob = json.loads((source / "math-pca2.json").read_text())
    blob["consensus"]["agree"][0]["p-test"] += 2 * BAR
    (tmp_path / "math-pca2.json").write_text(json.dumps(blob))
    (tmp_path / "votes.json").write_bytes((source / "votes.json").read_bytes())
    with pytest.raises(SystemExit) as ended:
        cli.main(["opinions", "conform", str(tmp_path), "--json"])
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["consensus"] == pytest.approx(2 * BAR, rel=0.01)


def test_a_real_conversation(official_data: Path, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["opinions", "map", str(official_data / "opinions" / "vtaiwan.uberx"), "--json"])
    assert ended.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["participants"], found["statements"], found["votes"]) == (1921, 197, 49443)
    assert sum(group["size"] for group in found["groups"]) == found["counted"] == 1218
    assert found["k"] == len(found["groups"]) == 2
    assert all(1 <= len(group["representative"]) <= 5 for group in found["groups"])
    assert len(found["positions"]) == 1921


def test_both_exports_hold_the_same_votes(official_data: Path) -> None:
    folder = official_data / "opinions" / "brexit-consensus"
    long, wide = read(folder / "votes.csv"), read(folder / "participants-votes.csv")
    assert (long.persons, long.statements) == (wide.persons, wide.statements)
    for one, other in ((long.person, wide.person), (long.statement, wide.statement), (long.value, wide.value)):
        assert (one == other).all()


# ----- Votes -----

TABLES = st.lists(st.lists(st.sampled_from([None, -1, 0, 1]), min_size=4, max_size=4), min_size=1, max_size=12).filter(
    lambda table: any(value is not None for line in table for value in line)
)


def test_the_latest_vote_counts() -> None:
    one = np.array([0, 0, 1, 0])
    found = gather(["a", "b"], [7], one, np.zeros(4, dtype=np.int64), np.array([1, 0, 1, -1], dtype=np.int8))
    assert found.value.tolist() == [-1, 1]


def test_a_vote_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="A vote is"):
        gather([1], [1], np.array([0]), np.array([0]), np.array([2], dtype=np.int8))


# ----- Components, against plain loops and another algebra -----


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sets(st.integers(0, 3), max_size=2))
def test_positions_are_those_of_the_formula(table, out) -> None:
    votes = votes_of(table, frozenset(out))
    found = components(votes)
    where = positions(votes, found)
    for row, line in enumerate(table):
        seen = len(out) + sum(value is not None for column, value in enumerate(line) if column not in out)
        for axis in range(2):
            total = sum(
                (value - found.centre[column]) * found.axes[axis, column]
                for column, value in enumerate(line)
                if value is not None and column not in out
            )
            assert where[row, axis] == pytest.approx(total * sqrt(4 / max(seen, 1)), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_axes_are_those_of_the_singular_values(table) -> None:
    votes = votes_of(table)
    found = components(votes)
    dense = np.zeros((len(table), 4))
    for row, column, value in zip(votes.person, votes.statement, votes.value, strict=True):
        dense[row, column] = value - found.centre[column]
    singular = np.linalg.svd(dense, compute_uv=False)
    for axis in range(min(2, len(singular))):
        assert np.linalg.norm(dense @ found.axes[axis]) == pytest.approx(singular[axis], abs=1e-6)


def test_a_statement_stands_where_its_only_voter_would() -> None:
    votes, _camps = crowd(2, 20, 6, 0.2, seed=3)
    found = components(votes)
    for statement in range(6):
        alone = gather([0], range(6), np.array([0]), np.array([statement]), np.array([1], dtype=np.int8))
        assert positions(alone, found)[0] == pytest.approx(statement_positions(found)[statement])
    assert extremity(found) == pytest.approx(np.hypot(*statement_positions(found).T))


def test_who_counts() -> None:
    table: list[list[int | None]] = [[1] * voted + [None] * (10 - voted) for voted in (10, 7, 6, 5, 1, 0)]
    assert counted(votes_of(table)).tolist() == [0, 1, 2, 3, 4], (
        "under fifteen, the most active are added, never who did not vote"
    )
    many: list[list[int | None]] = [[1] * 7 + [None] * 3 for _person in range(15)] + [[1] * 6 + [None] * 4]
    assert counted(votes_of(many)).tolist() == list(range(15))
    short: list[list[int | None]] = [[1, 1, 1], [1, 1, None]] * 10
    assert len(counted(votes_of(short))) == 15, "with three statements, three votes are enough"


# ----- Clusters -----


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=9, unique=True), st.integers(0, 5))
def test_two_groups_are_settled(points, seed) -> None:
    """Each point is with the nearest centre, each centre is the mean of its points; an exact best is not promised by any k-means."""
    places, weights = np.array(points, dtype=float), np.ones(len(points))
    found = clusters.kmeans(places, weights, 2, generator=np.random.default_rng(seed))
    away = ((places[:, None, :] - found.centres[None, :, :]) ** 2).sum(axis=2)
    assert away[np.arange(len(points)), found.labels] == pytest.approx(away.min(axis=1), abs=1e-6)
    for one in range(found.count):
        assert found.centres[one] == pytest.approx(places[found.labels == one].mean(axis=0), abs=1e-6)
    assert found.inertia == pytest.approx(float(away.min(axis=1).sum()), abs=1e-6)


def test_weights_count_as_so_many_points() -> None:
    generator = np.random.default_rng(5)
    points, weights = generator.normal(size=(12, 2)), generator.integers(1, 5, 12)
    start = clusters.first_distinct(points, 3)
    heavy = clusters.settle(points, weights.astype(float), start)
    repeated = clusters.settle(np.repeat(points, weights, axis=0), np.ones(int(weights.sum())), start)
    assert sorted(map(tuple, heavy.centres.round(9))) == sorted(map(tuple, repeated.centres.round(9)))


def test_silhouette_by_hand() -> None:
    points, labels = np.array([[0.0, 0], [0, 1], [4, 0], [9, 9]]), np.array([0, 0, 1, 2])

    def of(row: int, own: list[int], others: list[list[int]]) -> float:
        far = [float(np.linalg.norm(points - points[row], axis=1)[group].mean()) for group in others]
        near = float(np.linalg.norm(points - points[row], axis=1)[own].mean())
        return (min(far) - near) / max(min(far), near)

    expected = (of(0, [1], [[2], [3]]) + of(1, [0], [[2], [3]]) + 0 + 0) / 4
    assert clusters.silhouette(points, labels) == pytest.approx(expected)


# ----- Groups, what defines them, consensus -----


@pytest.mark.parametrize(("camps", "seed"), [(2, 0), (3, 1)])
def test_camps_are_found_again(camps: int, seed: int) -> None:
    votes, camp = crowd(camps, 60, 40, 0.15, seed)
    drawn = draw(votes, seed=seed)
    assert drawn.k == camps
    assert len({(a, b) for a, b in zip(camp, drawn.group.tolist(), strict=True)}) == camps
    assert certainty(drawn).of_group.min() > 0.95


def test_who_stands_between_two_camps_is_less_sure() -> None:
    votes, _camp = crowd(2, 40, 20, 0.1, seed=4)
    torn = np.random.default_rng(1).choice([-1, 1], size=(12, 20))
    person = np.concatenate([votes.person, np.repeat(np.arange(80, 92), 20)])
    statement = np.concatenate([votes.statement, np.tile(np.arange(20), 12)])
    value = np.concatenate([votes.value, torn.ravel()]).astype(np.int8)
    drawn = draw(gather(range(92), range(20), person, statement, value))
    sure = certainty(drawn).of_person
    assert np.nanmean(sure[80:]) < np.nanmean(sure[:80])
    assert np.nanmean(sure[:80]) > 0.95


def test_the_same_seed_gives_the_same_map(official_data: Path) -> None:
    votes = read(official_data / "opinions" / "scoop-hivemind.taxes")
    one, other = draw(votes, seed=3), draw(votes, seed=3)
    assert (one.group == other.group).all()
    assert one.representative == other.representative
    assert (certainty(one).of_group == certainty(other).of_group).all()


def test_a_statement_taken_out_defines_nobody() -> None:
    votes, _camp = crowd(2, 40, 12, 0.05, seed=6)
    kept = draw(votes)
    named = {one.statement for told in kept.representative for one in told} | {one.statement for one in kept.agreed}
    without = draw(gather(range(80), range(12), votes.person, votes.statement, votes.value, out=frozenset(named)))
    assert named
    assert not named & {one.statement for told in without.representative for one in told}
    assert not named & {one.statement for one in (*without.agreed, *without.refused)}
    assert (without.extremity[list(named)] == 0).all()


def test_the_clearest_agreement_has_the_figures_of_an_agreement() -> None:
    """All agree on the first one, the first group a little less: for Polis that group is told by the few who refuse it."""
    agreed: list[list[int | None]] = [[1, 1, None]] * 35 + [[-1, 1, None]] * 5 + [[1, -1, None]] * 40
    votes = votes_of(agreed)
    group = np.repeat([0, 1], 40)
    counts = tally(votes, group, 2)
    told = representative.representative(counts, frozenset())
    for number, of_group in enumerate(told):
        best = next(one for one in of_group if one.best)
        assert best.agree
        assert best.success == counts.agree[number, best.statement]


@settings(max_examples=80, deadline=None)
@given(TABLES, st.data())
def test_counts_and_products_are_those_of_loops(table, data) -> None:
    votes = votes_of(table)
    group = data.draw(st.lists(st.integers(-1, 2), min_size=len(table), max_size=len(table)))
    counts = tally(votes, np.array(group), 3)
    for one, statement in product(range(3), range(4)):
        said = [line[statement] for line, mine in zip(table, group, strict=True) if mine == one and line[statement] is not None]
        expected = (said.count(1), said.count(-1), len(said))
        assert (counts.agree[one, statement], counts.disagree[one, statement], counts.seen[one, statement]) == expected
    aware = representative.aware_consensus(counts)
    for statement in range(4):
        expected_share = prod((counts.agree[one, statement] + 1) / (counts.seen[one, statement] + 2) for one in range(3))
        assert aware[statement] == pytest.approx(expected_share)


def test_next_statement_by_the_rule() -> None:
    votes = votes_of([[1, 0, None], [1, -1, None], [1, 0, None], [None, 1, None]])
    everybody = tally(votes, np.zeros(4, dtype=np.int64), 1)
    found = priorities(everybody, np.array([0.5, 2.0, 0.0]), meta=frozenset({2}))

    def rule(agree: int, passed: int, seen: int, far: float) -> float:
        known, agreed = 1 - (passed + 1) / (seen + 2), (agree + 1) / (seen + 2)
        return float((known * (far + 1) * agreed * (1 + 8 * 2 ** (-seen / 5))) ** 2)

    assert found.tolist() == pytest.approx([rule(3, 0, 3, 0.5), rule(1, 2, 4, 2.0), META])


# ----- Nothing breaks it -----


@pytest.mark.parametrize(
    "table",
    [[[None, None]], [[1, None]], [[1, 1]], [[1, 1], [1, 1]], [[0, 0], [0, 0], [0, 0]], [[1, -1], [-1, 1]], [[1]], [[1], [-1]]],
    ids=str,
)
def test_very_small_conversations_have_a_map(table) -> None:
    drawn = draw(votes_of(table))
    assert np.isfinite(drawn.positions).all()
    assert drawn.k == len(drawn.representative)
    assert certainty(drawn).of_group.shape == (drawn.k,)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("votes.csv", "a,b\n1,2\n", "not a table of votes"),
        ("votes.csv", "comment-id,voter-id,vote\n1,2,3\n", "a vote is 1"),
        ("votes.csv", "comment-id,voter-id,vote\n1,2,oui\n", "whole numbers"),
        ("participants-votes.csv", "participant,group-id\n1,\n", "no column of votes"),
        ("notes.txt", "", "holds neither"),
    ],
)
def test_a_wrong_file_gets_one_sentence(tmp_path: Path, capsys, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnreadableVotes, match=sentence):
        read(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["opinions", "map", str(tmp_path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_names_in_letters_and_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\nA,zoé,1\nB,zoé,-1\nA,ali,0\n")
    assert read(tmp_path).persons == ("ali", "zoé")
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\n")
    assert draw(read(tmp_path)).k == 0
