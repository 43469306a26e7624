"""Engines kept from one question to the next: as closed as the first time, and without what the last question left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from parvis.catalog import engines, rows


@pytest.fixture(autouse=True)
def _none_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_idle", [])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.parquet"
    duckdb.connect().execute(f"COPY (SELECT range AS n FROM range(10)) TO '{path}' (FORMAT parquet)")
    return path


def borrowed(path: Path) -> Any:
    return engines.borrowed(path, rows.ENGINE)


def test_the_next_question_has_the_same_engine_and_nothing_of_the_last(file: Path, tmp_path: Path) -> None:
    with borrowed(file) as connection:
        connection.execute("CREATE TEMP TABLE hit AS SELECT 1")
    ((_path, engine),) = engines._idle
    with borrowed(file) as connection:
        assert engines._idle == []
        with pytest.raises(duckdb.CatalogException):
            connection.execute("SELECT * FROM hit")
        for statement in (
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            "SET enable_external_access = true",
            f"ATTACH '{tmp_path}/x.db'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchone() == (10,)
    assert engines._idle == [(file, engine)]


def test_two_questions_at_once_have_two_engines(file: Path) -> None:
    with borrowed(file), borrowed(file):
        assert engines._idle == []
    assert len(engines._idle) == 2


def test_an_engine_whose_question_ended_badly_is_not_used_again(file: Path) -> None:
    with pytest.raises(ZeroDivisionError), borrowed(file):
        raise ZeroDivisionError
    assert engines._idle == []


def test_few_wait(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MOST_IDLE", 2)
    for name in "abc":
        with borrowed(tmp_path / name):
            pass
    assert [path.name for path, _engine in engines._idle] == ["b", "c"]


def test_one_that_may_write_ends_with_its_question(file: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with engines.borrowed(file, rows.ENGINE, scratch) as connection:
        connection.execute(f"COPY (SELECT 1) TO '{scratch}/out.csv'")
    assert engines._idle == []


def test_the_rows_of_a_file_that_is_gone_are_not_remembered(file: Path) -> None:
    with borrowed(file) as connection:
        assert connection.execute("SELECT sum(n) FROM read_parquet(?)", [str(file)]).fetchone() == (45,)
    file.unlink()
    with pytest.raises(duckdb.Error), borrowed(file) as connection:
        connection.execute("SELECT sum(n) FROM read_parquet(?)", [str(file)])
