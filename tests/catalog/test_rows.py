"""Rows of a version: what a question gives, and what no question can do."""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.catalog import rows, storage
from parvis.catalog.models import Version
from parvis.catalog.rows import OPERATORS, Filter, QuestionError, Sort
from tests.catalog.publishing import published

pytestmark = pytest.mark.django_db
HOSTILE = 'nom;"x""; DROP TABLE t; --";a?b;{c};=1+1\nÉlodie;1;2;3;4\nNoël;5;6;7;8\n'


@pytest.fixture
def towns() -> Version:
    return published()


def names(version: Version, *filters: Filter, sort: Sort | None = None) -> list[str]:
    found = rows.page(version, filters=filters, sort=sort, columns=["Commune"])
    assert found.total == len(found.rows)
    return [row.cells[0] for row in found.rows]


def test_a_page_in_the_order_of_the_file(towns: Version) -> None:
    found = rows.page(towns, offset=2, limit=2)
    assert found.columns == ("Code commune", "Commune", "Habitants", "Relevé le", "Rurale")
    assert [row.number for row in found.rows] == [3, 4]
    assert found.rows[0].cells[1:3] == ("Éclaux", 310)
    assert found.total == 8
    assert rows.page(towns, offset=800, limit=5).rows == ()


@pytest.mark.parametrize(
    ("column", "operator", "value", "expected"),
    [
        ("Commune", "contains", "cere", ["Saint-Céré"]),
        ("Commune", "contains", "OEUIL", ["Œuilly"]),
        ("Commune", "contains", "ÉVÊ", ["Puy-l'Évêque"]),
        ("Commune", "contains", "'", ["Puy-l'Évêque"]),
        ("Commune", "contains", ".*", []),
        ("Commune", "notcontains", "a", ["Œuilly", "Gourdon", "Puy-l'Évêque"]),
        ("Commune", "exact", "Figeac", ["Figeac"]),
        ("Commune", "in", "Figeac, Martel", ["Figeac", "Martel"]),
        ("Habitants", "greater", "4 100", ["Figeac", "Cahors", "Gourdon"]),
        ("Habitants", "strictly_greater", "4100,0", ["Figeac", "Cahors"]),
        ("Habitants", "less", "310", ["Éclaux"]),
        ("Habitants", "strictly_less", "310", []),
        ("Habitants", "isnull", "", ["Œuilly"]),
        ("Habitants", "contains", "00", ["Cahors", "Saint-Céré", "Gourdon", "Martel", "Puy-l'Évêque"]),
        ("Relevé le", "exact", "03/03/2024", ["Éclaux"]),
        ("Relevé le", "greater", "2024-03-07", ["Martel", "Puy-l'Évêque"]),
        ("Rurale", "exact", "oui", ["Éclaux", "Œuilly", "Martel", "Puy-l'Évêque"]),
    ],
)  # fmt: skip
def test_filters(towns: Version, column: str, operator: str, value: str, expected: list[str]) -> None:
    assert names(towns, Filter(column, operator, value)) == expected


def test_differs_and_notin_keep_empty_cells(towns: Version) -> None:
    assert "Œuilly" in names(towns, Filter("Habitants", "differs", "310"))
    assert "Œuilly" in names(towns, Filter("Habitants", "notin", "310,1600"))
    assert len(names(towns, Filter("Habitants", "isnotnull"))) == 7


def test_sorted_as_people_read_with_empty_cells_last(towns: Version) -> None:
    assert names(towns, sort=Sort("Commune")) == [
        "Cahors", "Éclaux", "Figeac", "Gourdon", "Martel", "Œuilly", "Puy-l'Évêque", "Saint-Céré",
    ]  # fmt: skip
    assert names(towns, sort=Sort("Habitants"))[-1] == "Œuilly"
    assert names(towns, sort=Sort("Habitants", descending=True))[0] == "Cahors"
    assert names(towns, sort=Sort("Habitants", descending=True))[-1] == "Œuilly"


def test_pages_of_a_sorted_selection_meet_without_overlap(towns: Version) -> None:
    asked = (Filter("Commune", "contains", "e"),)
    whole = [row.number for row in rows.page(towns, filters=asked, sort=Sort("Commune")).rows]
    parts = [
        row.number
        for start in range(0, 8, 2)
        for row in rows.page(towns, filters=asked, sort=Sort("Commune"), offset=start, limit=2).rows
    ]
    assert parts == whole


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (Filter("Habitants", "greater", "beaucoup"), "nombre"),
        (Filter("Habitants", "greater", "NaN"), "nombre"),
        (Filter("Habitants", "exact", "1e999"), "nombre"),
        (Filter("Relevé le", "less", "hier"), "date"),
        (Filter("Rurale", "exact", "peut-être"), "oui"),
        (Filter("Rurale", "greater", "oui"), "ne s'applique pas"),
        (Filter("Commune", "exécute", "x"), "ne s'applique pas"),
        (Filter("Inconnue", "exact", "x"), "pas de colonne"),
        (Filter('Commune" IS NULL OR 1=1 --', "exact", "x"), "pas de colonne"),
        (Filter("Commune", "in", ""), "valeurs"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(towns: Version, asked: Filter, word: str) -> None:
    with pytest.raises(QuestionError) as refused:
        rows.page(towns, filters=[Filter("Commune", "isnotnull"), asked])
    assert word in refused.value.message
    assert refused.value.index == 1


def test_hostile_column_names_are_only_names() -> None:
    version = published(HOSTILE)
    for field in rows.fields(version):
        found = rows.page(version, filters=[Filter(field.name, "isnotnull")], sort=Sort(field.name), columns=[field.name])
        assert found.total == 2
        assert rows.page(version, filters=[Filter(field.name, "contains", "zzz?{}%s")]).total == 0
    assert storage.parquet_path(version).exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(max_size=40),
    operator=st.sampled_from(sorted(OPERATORS)),
    column=st.sampled_from(["Commune", "Habitants", "Relevé le", "Rurale"]),
)
def test_any_value_gives_an_answer_or_a_sentence(towns: Version, value: str, operator: str, column: str) -> None:
    with contextlib.suppress(QuestionError):
        assert 0 <= rows.page(towns, filters=[Filter(column, operator, value)], sort=Sort(column, True)).total <= 8


@given(value=st.text(alphabet="aàâbcçeéèêiïoôuù .*[]()\\'-°", min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_contains_agrees_with_a_slow_obvious_reading(towns: Version, value: str) -> None:
    def folded(text: str) -> str:
        apart = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe"))
        return "".join(letter for letter in apart if not unicodedata.combining(letter))

    every = names(towns)
    assert names(towns, Filter("Commune", "contains", value)) == [
        name for name in every if folded(value.strip()) in folded(name)
    ]


def test_a_count_is_remembered(towns: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [Filter("Commune", "contains", "martel")]
    assert rows.page(towns, filters=asked).total == 1
    monkeypatch.setattr(rows.Table, "find", lambda *_args: pytest.fail("asked again"))
    assert rows.page(towns, filters=asked).total == 1


def test_the_engine_reaches_one_file_and_writes_nowhere(towns: Version, tmp_path: Path) -> None:
    path = storage.parquet_path(towns)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    other = tmp_path / "secret.csv"
    other.write_text("a\n1\n")
    with rows.opened(path) as table:
        for statement in (
            f"SELECT * FROM read_csv('{other}')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/x.db'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                table._connection.execute(statement)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_question_that_lasts_is_interrupted(towns: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SECONDS", 0.2)
    with rows.opened(storage.parquet_path(towns)) as table, pytest.raises(rows.OverloadError):
        table.run("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range * b.range % 7 = 3")


def test_turns_are_counted(towns: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PATIENCE", 0.05)
    taken = [rows._turns.acquire() for _turn in range(rows.AT_ONCE)]
    try:
        with pytest.raises(rows.OverloadError):
            rows.page(towns)
    finally:
        for _turn in taken:
            rows._turns.release()
    assert rows.page(towns).total == 8
