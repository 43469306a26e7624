"""Agreement beyond chance: published examples, loops that follow the definition, edges."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis import cli
from parvis.programmes.core.agreement import Agreement, CannotAgree, Metric, agreement, by_pair

THREE_BY_FIFTEEN = ["*****3412113 3*3".replace(" ", ""), "1*213343*******", "**21344*2113 3*4".replace(" ", "")]
FOUR_BY_TWELVE = ["123321412***", "1233224125*3", "*333234225 1*".replace(" ", ""), "1233244125 1*".replace(" ", "")]


def coded(lines: list[str]) -> list[tuple[str, str, str]]:
    return [
        (f"c{coder}", f"u{unit}", value) for coder, line in enumerate(lines) for unit, value in enumerate(line) if value != "*"
    ]


@pytest.mark.parametrize(
    ("lines", "metric", "expected"),
    [
        (THREE_BY_FIFTEEN, "nominal", 0.691),
        (THREE_BY_FIFTEEN, "interval", 0.811),
        (FOUR_BY_TWELVE, "nominal", 0.743),
        (FOUR_BY_TWELVE, "ordinal", 0.815),
        (FOUR_BY_TWELVE, "interval", 0.849),
        (FOUR_BY_TWELVE, "ratio", 0.797),
    ],
)
def test_published_examples(lines: list[str], metric: str, expected: float) -> None:
    """Krippendorff's own (2011), with gaps."""
    found = agreement(coded(lines), Metric(metric), draws=200)
    assert found.alpha == pytest.approx(expected, abs=0.0005)
    assert found.alpha_interval is not None
    low, high = found.alpha_interval
    assert low < found.alpha < high <= 1


def test_a_unit_with_one_coder_is_ignored_and_counted() -> None:
    found = agreement(coded(FOUR_BY_TWELVE), Metric.NOMINAL, draws=0)
    assert (found.units, found.ignored, found.coders) == (11, 1, 4)
    assert found.alpha_interval is None


VALUES = st.sampled_from(["1", "2", "3", "7"])
TABLES = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 7)), VALUES, min_size=1, max_size=32)


def units_of(table: dict[tuple[int, int], str]) -> list[list[float]]:
    by_unit: dict[int, list[float]] = {}
    for (_coder, unit), value in table.items():
        by_unit.setdefault(unit, []).append(float(value))
    return [given for given in by_unit.values() if len(given) > 1]


def alpha_by_pairs(units: list[list[float]], metric: str) -> float | None:
    """Every ordered pair, as the definition says."""
    everything = [value for unit in units for value in unit]
    total = len(everything)

    def apart(a: float, b: float) -> float:
        if metric == "nominal":
            return float(a != b)
        if metric == "interval":
            return (a - b) ** 2
        if metric == "ratio":
            return ((a - b) / (a + b)) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in everything)
        return (between - (everything.count(a) + everything.count(b)) / 2) ** 2 if a != b else 0.0

    observed = sum(apart(a, b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)) / max(total, 1)
    expected = sum(apart(a, b) for a, b in permutations(everything, 2)) / (total * (total - 1)) if total > 1 else 0
    return None if expected == 0 else 1 - observed / expected


@settings(max_examples=120, deadline=None)
@given(TABLES, st.sampled_from(list(Metric)))
def test_alpha_is_that_of_the_definition(table, metric) -> None:
    found = agreement([(f"c{coder}", f"u{unit}", value) for (coder, unit), value in table.items()], metric, draws=0)
    expected = alpha_by_pairs(units_of(table), metric)
    assert found.alpha == (None if expected is None else pytest.approx(expected, abs=1e-9))


@settings(max_examples=80, deadline=None)
@given(TABLES)
def test_ac1_is_that_of_the_definition(table) -> None:
    found = agreement([(f"c{coder}", f"u{unit}", value) for (coder, unit), value in table.items()], Metric.NOMINAL, draws=0)
    units = units_of(table)
    labels = sorted({value for unit in units for value in unit})
    if not units:
        assert found == Agreement(None, None, None, 0, found.ignored, 0)
        return
    if len(labels) == 1:
        assert found.ac1 == 1
        return
    observed = sum(sum(a == b for a, b in permutations(unit, 2)) / (len(unit) * (len(unit) - 1)) for unit in units) / len(units)
    shares = [sum(unit.count(label) / len(unit) for unit in units) / len(units) for label in labels]
    chance = sum(share * (1 - share) for share in shares) / (len(labels) - 1)
    assert found.ac1 == pytest.approx((observed - chance) / (1 - chance))


def test_one_dominant_label_misleads_alpha_and_not_ac1() -> None:
    """Two coders, 118 times yes together, twice no apart, as in Gwet's paradox."""
    rows = [(coder, f"u{unit}", "oui") for unit in range(118) for coder in "ab"]
    rows += [("a", "x", "oui"), ("b", "x", "non"), ("a", "y", "non"), ("b", "y", "oui")]
    found = agreement(rows, Metric.NOMINAL)
    assert found.alpha is not None
    assert found.alpha < 0.01
    assert found.ac1 is not None
    assert found.ac1 > 0.95


def test_the_interval_is_seeded() -> None:
    one, other, third = (agreement(coded(FOUR_BY_TWELVE), Metric.ORDINAL, seed=seed).alpha_interval for seed in (1, 1, 2))
    assert one == other != third


@pytest.mark.parametrize("metric", list(Metric))
def test_all_draws_at_once_or_one_by_one_give_the_same(metric: Metric, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = coded(FOUR_BY_TWELVE)
    at_once = agreement(rows, metric).alpha_interval
    monkeypatch.setattr("parvis.programmes.core.agreement.MOST_CELLS", 0)
    assert agreement(rows, metric).alpha_interval == pytest.approx(at_once)


def test_the_interval_is_that_of_units_drawn_again() -> None:
    """Beside a plain bootstrap: forty units drawn with replacement, alpha of each draw."""
    chance = Random(7)
    units = [[str(chance.randint(1, 3)), ""] for _unit in range(40)]
    units = [[one, one if chance.random() < 0.8 else str(chance.randint(1, 3))] for one, _empty in units]
    found = agreement(
        [(coder, f"u{n}", unit[at]) for n, unit in enumerate(units) for at, coder in enumerate("ab")], Metric.NOMINAL
    )
    drawn = sorted(
        agreement(
            [(coder, f"u{n}", unit[at]) for n, unit in enumerate(chance.choices(units, k=40)) for at, coder in enumerate("ab")],
            Metric.NOMINAL,
            draws=0,
        ).alpha
        for _draw in range(1000)
    )
    assert found.alpha_interval == pytest.approx((drawn[25], drawn[974]), abs=0.05)


def test_where_nothing_varies_there_is_no_alpha() -> None:
    found = agreement([(coder, unit, "oui") for coder in "ab" for unit in "xyz"], Metric.NOMINAL)
    assert (found.alpha, found.alpha_interval, found.ac1) == (None, None, 1.0)


def test_the_last_coding_counts_and_numbers_are_numbers() -> None:
    rows = [("a", "x", "1"), ("a", "x", "2"), ("b", "x", "2.0"), ("a", "y", "3"), ("b", "y", "3,0")]
    assert agreement(rows, Metric.INTERVAL).alpha == 1
    with pytest.raises(CannotAgree, match="numbers"):
        agreement([("a", "x", "fort"), ("b", "x", "2")], Metric.ORDINAL)
    with pytest.raises(CannotAgree, match="zero or more"):
        agreement([("a", "x", "-1"), ("b", "x", "2")], Metric.RATIO)
    with pytest.raises(CannotAgree, match="finite"):
        agreement([("a", "x", "inf"), ("b", "x", "2")], Metric.INTERVAL)


def test_by_pair() -> None:
    found = by_pair(coded(FOUR_BY_TWELVE), Metric.NOMINAL)
    assert len(found) == 6
    pair = [row for row in coded(FOUR_BY_TWELVE) if row[0] in ("c0", "c1")]
    assert found["c0", "c1"].alpha == agreement(pair, Metric.NOMINAL).alpha


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["programmes", "agreement", *words])
    said = capsys.readouterr()
    return int(str(ended.value.code)), said.out, said.err


def test_the_command(tmp_path: Path, capsys) -> None:
    path = tmp_path / "codings.csv"
    lines = [
        ",".join((coder, unit, criterion, value))
        for criterion in ("thème", "public")
        for coder, unit, value in coded(FOUR_BY_TWELVE)
    ]
    path.write_text("coder,unit,criterion,value\n" + "\n".join(lines), encoding="utf-8")
    code, out, _err = run(capsys, str(path), "--metric", "ordinal", "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["thème", "public"]
    assert found["thème"]["alpha"] == pytest.approx(0.815, abs=0.0005)
    assert set(found["thème"]) >= {"alpha", "alpha_interval", "ac1", "units", "coders"}
    code, out, _err = run(capsys, str(path), "--metric", "interval", "--json")
    assert json.loads(out)["public"]["ac1"] is None
    assert "alpha 0.743" in run(capsys, str(path))[1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "is not there"),
        ("a,b\n1,2\n", "missing: coder, unit, criterion, value"),
        ("coder,unit,criterion,value\n,u,c,1\n", "line 2"),
        ("coder,unit,criterion,value\na,u,c,fort\nb,u,c,2\n", "numbers"),
        (b"coder,unit,criterion,value\na,\xe9,c,1\n", "UTF-8"),
    ],
)
def test_bad_files_get_one_sentence(tmp_path: Path, capsys, text, sentence: str) -> None:
    path = tmp_path / "codings.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, _out, err = run(capsys, str(path), "--metric", "interval")
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1
