"""People's SQL: what is answered, what is refused, and that nothing is ever written."""

from __future__ import annotations

import hashlib

import duckdb
import pytest

from parvis.catalog.core.tables.query import QueryRefused, check, query
from parvis.shared.sandbox import Limits

REFUSED = [
    "WITH x AS (COPY (SELECT 1) TO 'data.parquet' (USE_TMP_FILE false)) SELECT 1",
    "COPY data TO 'x.csv'",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT current_setting('threads')",
    "SELECT getenv('HOME')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM \"read_text\"('/etc/passwd')",
    "SELECT -- '\n getenv('HOME')",
    "SELECT /* ' */ getenv('HOME') /* ' */",
    "SELECT * FROM glob('*')",
    "SELECT * FROM parquet_metadata('data.parquet')",
    "SELECT * FROM query('SELECT 1')",
    "ATTACH 'x.db'",
    "PRAGMA database_list",
    "INSTALL httpfs",
    "SET threads = 8",
    "SELECT 1; SELECT 2",
    "SELECT e'\\'' , 1",
    "SELECT * FROM information_schema.tables",
    "DROP VIEW data",
    "   ",
]


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "data.parquet"
    duckdb.sql(
        "SELECT i AS n, 'Ville ' || i AS ville, DATE '2024-01-01' + i::INTEGER AS jour FROM range(50) r(i)"
    ).write_parquet(str(path))
    path.chmod(0o444)
    tmp_path.chmod(0o755)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted(p.name for p in tmp_path.iterdir())
    yield path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == files


@pytest.mark.parametrize("sql", REFUSED)
def test_refused_before_it_is_run(sql):
    with pytest.raises(QueryRefused):
        check(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'copy' FROM data",
        'SELECT "query", count(*) FROM data GROUP BY 1;',
        "FROM data -- ; COPY",
        "SELECT load, set FROM data",
    ],
)
def test_accepted(sql):
    check(sql)


def test_an_answer(parquet):
    result = query(parquet, "SELECT n, ville, jour FROM data ORDER BY n", 2)
    assert result.columns == ("n", "ville", "jour")
    assert result.types == ("BIGINT", "VARCHAR", "DATE")
    assert result.rows == ((0, "Ville 0", "2024-01-01"), (1, "Ville 1", "2024-01-02"))
    assert result.truncated
    assert not query(parquet, "SELECT count(*) FROM data", 1).truncated


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT absente FROM data", "absente"),
        ("SELECT * FROM 'data.parquet.bak'", "n'existe pas"),
        ("SELECT * FROM '/etc/passwd'", "n'est pas permise|n'existe pas"),
        ("EXPLAIN SELECT 1", "un seul SELECT"),
        ("SELECT repeat('a', 2000000000)", "mémoire"),
    ],
)
def test_one_sentence_for_each_failure(parquet, sql, word):
    with pytest.raises(QueryRefused, match=word) as caught:
        query(parquet, sql)
    assert str(parquet.parent) not in str(caught.value)


def test_what_never_ends_is_stopped(parquet):
    with pytest.raises(QueryRefused, match="arrêté"):
        query(parquet, "SELECT sum(a.n * b.range) FROM data a, range(1000000000) b", limits=Limits(seconds=2))


def test_a_csv_is_queried_too(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("ville;n\nAuch;1\nAlbi;2\n")
    assert query(path, "SELECT ville FROM data WHERE n > 1").rows == (("Albi",),)
