"""Distances between answers and positions: the vectors of the method, properties, the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis import cli
from parvis.programmes.core.matching import Answer, Metric, Missing, Scale, match, stability

FIVE = Scale(1, 5)
Values = list[float | None]


def distance(reader: Values, held: Values, metric: str, missing: str = "neutral") -> float | None:
    answers = [Answer(str(place), value) for place, value in enumerate(reader)]
    positions = {"liste": {str(place): value for place, value in enumerate(held) if value is not None}}
    return match(answers, positions, metric=Metric(metric), missing=Missing(missing), scale=FIVE)[0].distance


@pytest.mark.parametrize(
    ("reader", "held", "metric", "missing", "expected"),
    [
        ([None, 5, 5], [1, 3, 5], "manhattan", "neutral", 0.25),
        ([1, 3, 5], [None, None, None], "manhattan", "neutral", (0.5 + 0 + 0.5) / 3),
        ([1, 3, 5], [None, None, None], "manhattan", "maximum", (1 + 0.5 + 1) / 3),
        ([1, 2, 3, 4, 2], [1, 5, 5, 2, 3], "directional", "neutral", (0 + 0.75 + 0.5 + 0.625 + 0.5) / 5),
        ([1, 5], [5, 1], "manhattan", "neutral", 1),
        ([1, 5], [5, 1], "euclidean", "neutral", 1),
        ([1, 5], [5, 5], "euclidean", "neutral", 0.5**0.5),
        ([3], [None], "directional", "maximum", 0.5),
        ([4], [None], "directional", "maximum", 0.75),
        ([None], [1], "manhattan", "neutral", None),
    ],
)
def test_vectors(reader: Values, held: Values, metric: str, missing: str, expected: float | None) -> None:
    found = distance(reader, held, metric, missing)
    assert found == (None if expected is None else pytest.approx(expected))


POSITION = st.sampled_from([None, 1, 2, 3, 4, 5])


@given(
    st.lists(st.tuples(POSITION, POSITION), min_size=1, max_size=8),
    st.sampled_from(list(Metric)),
    st.sampled_from(list(Missing)),
)
def test_a_distance_is_a_share(pairs, metric, missing) -> None:
    found = distance([mine for mine, _theirs in pairs], [theirs for _mine, theirs in pairs], metric, missing)
    assert found is None or 0 <= found <= 1
    if metric is not Metric.DIRECTIONAL and all(mine == theirs for mine, theirs in pairs):
        assert found in (None, 0)


def test_weights_and_themes() -> None:
    answers = [Answer("a", 1, 3, "eau"), Answer("b", 1, 1, "eau"), Answer("c", 5, 0, "fibre"), Answer("d", None, 1, "vide")]
    found = match(answers, {"x": {"a": 1, "b": 5, "c": 1}}, scale=FIVE)[0]
    assert found.distance == pytest.approx(0.25)
    assert found.themes == {"eau": pytest.approx(0.25), "fibre": None, "vide": None}


def test_equal_lists_keep_their_order() -> None:
    positions: dict[str, dict[str, float]] = {"zèbre": {"a": 2}, "loin": {"a": 5}, "âne": {"a": 2}, "muette": {}}
    assert [one.name for one in match([Answer("a", 1)], positions, scale=FIVE)] == ["zèbre", "âne", "muette", "loin"]


def test_how_stable_the_order_is() -> None:
    answers = [Answer("a", 1), Answer("b", 1)]
    clear = stability(answers, {"x": {"a": 1, "b": 1}, "y": {"a": 5, "b": 5}}, scale=FIVE)
    assert clear == {"x": 1, "y": 1}
    torn = stability(answers, {"x": {"a": 1, "b": 4}, "y": {"a": 5, "b": 1}}, scale=FIVE)
    assert torn["x"] == 0.5


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["programmes", "match", *words])
    said = capsys.readouterr()
    return int(str(ended.value.code)), said.out, said.err


def test_the_command(tmp_path: Path, capsys) -> None:
    answers, positions = tmp_path / "a.csv", tmp_path / "p.csv"
    answers.write_text("question;answer;weight;theme\n1;;1;eau\n2;5;1;eau\n3;5;;fibre\n")
    positions.write_text("list,question,position\nA,1,1\nA,2,3\nA,3,5\nB,2,\n")
    code, out, _err = run(capsys, str(answers), str(positions), "--scale", "1:5", "--json")
    assert code == 0
    assert json.loads(out) == {
        "lists": [
            {"list": "A", "distance": 0.25, "themes": {"eau": 0.5, "fibre": 0.0}},
            {"list": "B", "distance": 0.5, "themes": {"eau": 0.5, "fibre": 0.5}},
        ]
    }
    assert "0.250  A" in run(capsys, str(answers), str(positions))[1]


@pytest.mark.parametrize(
    ("answers", "positions", "scale", "sentence"),
    [
        ("question,answer\n1,9\n", "list,question,position\nA,1,1\n", "1:5", "9 is outside the scale"),
        ("question,answer\n1,oui\n", "list,question,position\n", "1:5", "not a number"),
        ("question,answer\n1,1\n1,2\n", "list,question,position\n", "1:5", "answered twice"),
        ("question,answer,weight\n1,1,-1\n", "list,question,position\n", "1:5", "weight"),
        ("question,answer\n1,1\n", "list,question,position\nA,1,1\nA,1,2\n", "1:5", "two positions"),
        ("question,answer\n1,1\n", "list,question,position\n", "5", "lowest:highest"),
        ("question,answer\n1,nan\n", "list,question,position\n", "1:5", "finite"),
    ],
)
def test_bad_files_get_one_sentence(tmp_path: Path, capsys, answers: str, positions: str, scale: str, sentence: str) -> None:
    (tmp_path / "a.csv").write_text(answers)
    (tmp_path / "p.csv").write_text(positions)
    code, _out, err = run(capsys, str(tmp_path / "a.csv"), str(tmp_path / "p.csv"), "--scale", scale)
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1
