"""What people may try against the SQL of several tables: nothing writes, reads elsewhere or hangs, and each gets one sentence.

`wall` runs a text without the check of names that comes before: the sandbox alone must hold."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from parvis.catalog.core.tables import query_child
from parvis.catalog.core.tables.query import QueryRefused, QueryStopped, query_tables, write_answer
from parvis.shared.sandbox import Limits, Refused, SandboxError, run

TABLES = {"communes": "communes.parquet", "relevés": "relevés.parquet"}
SHORT = Limits(seconds=1.5, wait=60)
"""For what is to be stopped."""
AMPLE = Limits(seconds=20, wait=60)
"""For what has an answer, however slow the machine."""
SECRET = "a secret that lies beside"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "secret.txt").write_text(SECRET)
    found = tmp_path / "tables"
    found.mkdir()
    duckdb.sql("SELECT i AS code, 'Ville ' || i AS nom FROM range(100) r(i)").write_parquet(str(found / "communes.parquet"))
    duckdb.sql("SELECT i % 100 AS code, i AS mesure FROM range(1000) r(i)").write_parquet(str(found / "relevés.parquet"))
    for path in (tmp_path, found):
        path.chmod(0o755)
    for path in found.iterdir():
        path.chmod(0o644)
    yield found
    assert not list(tmp_path.glob("*.csv"))
    assert {path.name for path in found.iterdir()} == set(TABLES.values())


@pytest.fixture(autouse=True)
def unchanged(folder: Path) -> Iterator[None]:
    before = prints(folder)
    yield
    assert prints(folder) == before, "a version was written to"


def prints(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def ask(folder: Path, sql: str, **options: Any) -> Any:
    return query_tables(folder, TABLES, sql, most=10_000, limits=options.pop("limits", AMPLE), **options)


def test_a_join_of_two_tables(folder: Path) -> None:
    answer = ask(
        folder, 'SELECT nom, sum(mesure) AS total FROM communes JOIN "relevés" USING (code) GROUP BY nom ORDER BY total LIMIT 2'
    )
    assert answer.rows == (("Ville 0", 4500), ("Ville 1", 4510))
    assert (answer.columns, answer.truncated, answer.total) == (("nom", "total"), False, 2)


def test_a_page_of_the_answer_and_how_long_it_is(folder: Path) -> None:
    answer = ask(folder, "SELECT code FROM communes ORDER BY code", offset=30, size=10)
    assert [row[0] for row in answer.rows] == list(range(30, 40))
    assert answer.total == 100
    cut = query_tables(folder, TABLES, "SELECT code FROM communes ORDER BY code", most=50, offset=45, size=10, limits=AMPLE)
    assert [row[0] for row in cut.rows] == list(range(45, 50))
    assert cut.truncated
    assert cut.total == 50


REFUSED = [
    "PRAGMA database_list",
    "PRAGMA_DATABASE_LIST",
    "SELECT * FROM pragma_database_list()",
    "ATTACH '/tmp/x.db'",
    "DETACH memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 8",
    "RESET threads",
    "COPY communes TO '/tmp/x.csv'",
    "WITH x AS (COPY (SELECT 1) TO 'communes.parquet' (USE_TMP_FILE false)) SELECT 1",
    "WITH x AS (INSERT INTO communes VALUES (1, 'a')) SELECT 1",
    "SELECT getenv('HOME')",
    "SELECT GETENV ('HOME')",
    "SELECT \"getenv\"('HOME')",
    "SELECT main.getenv('HOME')",
    "SELECT * FROM read_text('../secret.txt')",
    "SELECT * FROM read_blob('../secret.txt')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('communes.parquet')",
    "SELECT * FROM read_json('/proc/self/environ')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM parquet_metadata('communes.parquet')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_functions()",
    "SELECT * FROM duckdb_views()",
    "SELECT current_setting('temp_directory')",
    "SELECT getvariable('x')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('communes')",
    "SELECT json_execute_serialized_sql('{}')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_settings",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY communes TO 'x.csv'",
    "SELECT 1 /* ; */ ; DROP VIEW communes",
    "SELECT 1 -- \n; DROP VIEW communes",
    "SELECT e'\\'', getenv('HOME') --'",
    "SELECT $$a$$, getenv('HOME')",
    "SELECT 1\x00; SELECT 2",
    "SELECT '\ud800'",
    "EXPORT DATABASE '/tmp/x'",
    "CREATE TABLE x AS SELECT 1",
    "DROP VIEW communes",
    "VACUUM",
    "CHECKPOINT",
    "USE memory",
    "SELECT * FROM pg_settings",
    'SELECT * FROM "pg_settings"',
    'SELECT * FROM "PG_Settings"',
    'SELECT * FROM "duckdb_tables"',
    'SELECT * FROM "sqlite_master"',
    'SELECT * FROM "pragma_database_list"',
    "SELECT * FROM columns, (WITH columns AS (SELECT 1) SELECT * FROM columns)",
    'WITH "pg_settings" AS (SELECT 1) SELECT * FROM "pg_settings"',
    'SELECT (SELECT max(setting) FROM "pg_settings") AS x FROM communes',
    'SELECT 1 LIMIT (SELECT count(*) FROM "pg_settings")',
    'SELECT count(*) FILTER (code = (SELECT count(*) FROM "pg_settings")) OVER () FROM communes',
    'SELECT * FROM communes WHERE EXISTS (SELECT 1 FROM "pg_class")',
    'SELECT * FROM communes ORDER BY (SELECT count(*) FROM "pg_class")',
    'DESCRIBE "pg_settings"',
    'SUMMARIZE "pg_settings"',
    'TABLE "pg_settings"',
    "PIVOT \"pg_settings\" ON name IN ('threads') USING max(setting)",
    "SELECT * FROM system.main.duckdb_settings()",
    "SELECT * FROM \"glob\"('/tmp/*')",
    "SELECT * FROM 'communes.parquet'",
    "SELECT * FROM './communes.parquet'",
    "SELECT * FROM '/proc/self/cwd/communes.parquet'",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd.csv"',
    "FROM 's3://bucket/x.parquet'",
    "FROM 'http://127.0.0.1/x.csv'",
    "SELECT * FROM autre.main.communes",
    "SELECT * FROM sqlite_scan('/tmp/x.sqlite3', 'accounts_user')",
    "SELECT * FROM which_secret('s3://x', 's3')",
    "CREATE PERSISTENT SECRET x (TYPE s3)",
    "CREATE TEMP MACRO m() AS TABLE SELECT * FROM read_text('/etc/passwd')",
    "FORCE INSTALL httpfs",
    "LOAD '/tmp/x.duckdb_extension'",
    "SET VARIABLE x = 1",
    "BEGIN TRANSACTION",
    "PREPARE x AS SELECT 1",
    "EXECUTE x",
    "EXPLAIN ANALYZE SELECT 1",
    "TRUNCATE communes",
    "MERGE INTO communes USING communes s ON true WHEN MATCHED THEN DELETE",
    "COMMENT ON VIEW communes IS 'x'",
    "WITH x AS (DELETE FROM communes RETURNING *) SELECT * FROM x",
    "WITH x AS (UPDATE communes SET code = 1 RETURNING *) SELECT * FROM x",
    "WITH x AS (CALL pragma_version()) SELECT 1",
    "SELECT 'HOME'.getenv()",
    "SELECT getenv/**/('HOME')",
    "SELECT getenv--\n('HOME')",
    "SELECT /* /* */ getenv('HOME') */ 1",
    "SELECT list_transform(['HOME'], lambda x: getenv(x))",
    "SELECT * REPLACE (getenv('HOME') AS nom) FROM communes",
    "VALUES (getenv('HOME'))",
    "SELECT \"current_setting\"('allowed_paths')",
    "SELECT pg_sleep(10)",
    "SELECT sleep_ms(10000)",
    "SELECT write_log('x')",
    "SELECT pg_get_viewdef(1)",
    "SELECT error('fini')",
    "SELECT * FROM test_vector_types(NULL::INT)",
    "SELECT * FROM pg_timezone_names()",
    "SELECT * FROM histogram_values('communes', 'code')",
    "PIVOT communes ON nom USING sum(code)",
    "SELECT 1 + " + "(" * 1_200 + "1" + ")" * 1_200,
    "",
    "-- rien",
    "SELECT " + "1," * 11_000 + "1",
]


@pytest.mark.parametrize("sql", REFUSED, ids=[f"{at}" for at in range(len(REFUSED))])
def test_refused_with_a_sentence(folder: Path, sql: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        ask(folder, sql)
    assert refused.value.message.rstrip().endswith((".", "…", ")"))
    assert len(refused.value.message) > 20
    assert SECRET not in refused.value.message
    assert str(folder) not in refused.value.message


WALL = [
    "WITH x AS (COPY (SELECT 1) TO 'communes.parquet' (USE_TMP_FILE false)) SELECT 1",
    "WITH x AS (COPY (SELECT 1) TO '/tmp/parvis-attack.csv' (USE_TMP_FILE false)) SELECT * FROM x",
    "SELECT * FROM read_text('../secret.txt')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '../secret.txt'",
    "SELECT 1; COPY (SELECT 1) TO 'communes.parquet'",
    "ATTACH '/tmp/parvis-attack.db'",
    "INSTALL httpfs",
    "SELECT * FROM 'https://example.org/a.parquet'",
    "SET enable_external_access = true",
]


@pytest.mark.parametrize("sql", WALL)
def test_the_sandbox_alone_holds(folder: Path, sql: str) -> None:
    try:
        answer = run(query_child.rows, TABLES, sql, 100, 0, 100, folder=folder, limits=SHORT)
    except SandboxError as problem:
        assert SECRET not in problem.message  # noqa: PT017 -- answered or refused: both are right
    else:
        assert SECRET not in str(answer)
        assert "root:" not in str(answer)
    assert not os.path.exists("/tmp/parvis-attack.csv")
    assert not os.path.exists("/tmp/parvis-attack.db")


ALONE = [
    "pg_settings",
    '"pg_settings"',
    "duckdb_settings()",
    "pg_class",
    "duckdb_views()",
    "'communes.parquet'",
    "pg_timezone_names()",
]


@pytest.mark.parametrize("source", ALONE)
def test_the_tree_alone_holds(folder: Path, source: str) -> None:
    """What the engine reads is looked at again in the child, where no way of writing hides a name."""
    with pytest.raises(Refused, match=r"n'existe pas|n'est pas permise"):
        run(query_child.rows, TABLES, f"SELECT * FROM {source}", 100, 0, 100, folder=folder, limits=SHORT)


def test_a_file_tells_nothing_of_where_it_is_written(folder: Path, scratch: Path) -> None:
    with pytest.raises(QueryRefused, match="pg_settings"):
        write_answer(folder, TABLES, 'SELECT * FROM "pg_settings"', scratch, most=10, limits=SHORT)


PLAIN = {
    "cte": "WITH a AS (SELECT code FROM communes), b AS (SELECT * FROM a) SELECT count(*) FROM b",
    "recursive": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT sum(i) FROM n",
    "nested": 'SELECT count(*) FROM (SELECT * FROM communes WHERE code IN (SELECT code FROM "relevés"))',
    "schema": "SELECT count(*) FROM main.communes",
    "another case": "SELECT count(*) FROM Communes AS c",
    "describe": "DESCRIBE communes",
    "summarize": "SUMMARIZE communes",
    "tables": "SHOW TABLES",
    "pivot": 'PIVOT "relevés" ON code IN (1, 2) USING sum(mesure)',
    "unnest": "SELECT * FROM unnest([1, 2]) t(i), range(2)",
    "window": "SELECT row_number() OVER (PARTITION BY code % 2 ORDER BY nom) FROM communes QUALIFY row_number() OVER () < 3",
    "values": "SELECT * FROM (VALUES (1, 'a')) t(a, b)",
    "union": 'SELECT code FROM communes UNION SELECT code FROM "relevés" ORDER BY 1 LIMIT 2',
    "lambda": "SELECT list_transform([1, 2], lambda x: x + 1)",
    "grouping": "SELECT code % 2, count(*) FROM communes GROUP BY ROLLUP (code % 2)",
    "asof": 'SELECT count(*) FROM communes c ASOF JOIN "relevés" r ON c.code >= r.mesure',
    "a long sum": "SELECT " + " + ".join(["code"] * 300) + " FROM communes LIMIT 1",
    "a column named as a function": 'SELECT 1 AS "glob", 2 AS "pg_settings"',
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_people_write_is_answered(folder: Path, name: str) -> None:
    assert ask(folder, PLAIN[name]).total >= 1


def test_the_sandbox_alone_tells_nothing_of_its_surroundings(folder: Path) -> None:
    for sql in ("SELECT getenv('SECRET_KEY')", "SELECT * FROM duckdb_secrets()", "SELECT current_setting('home_directory')"):
        try:
            answer = run(query_child.rows, TABLES, sql, 100, 0, 100, folder=folder, limits=SHORT)
        except Refused:
            continue
        assert not any(cell for row in answer["rows"] for cell in row if cell)


ENDLESS = {
    "recursive": "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "recursive, without a word": "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT n FROM t LIMIT 3 OFFSET 100000000000",
    "cross": 'SELECT count(*) FROM "relevés" a, "relevés" b, "relevés" c, "relevés" d WHERE a.mesure + b.mesure + c.mesure = d.mesure + 7',
    "repeat": "SELECT length(repeat('a', 2000000000))",
    "repeat twice": "SELECT repeat(repeat('a', 40000), 40000) FROM communes",
    "range": "SELECT sum(i * i) FROM range(1000000000000) r(i)",
    "range as a list": "SELECT len(range(2000000000))",
    "generate": "SELECT count(DISTINCT i) FROM generate_series(1, 1000000000000) r(i)",
    "levenshtein": "SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))",
    "damerau": "SELECT damerau_levenshtein(repeat('a', 100000), repeat('b', 100000))",
    "printf": "SELECT length(printf('%2000000000d', 1))",
    "format": "SELECT length(format('{:2000000000d}', 1))",
    "pad": "SELECT length(lpad('a', 2000000000, 'b'))",
    "aggregate": "SELECT length(string_agg(repeat(nom, 10000), '')) FROM communes, \"relevés\"",
    "sort": "SELECT i, random() AS r FROM range(1000000000) t(i) ORDER BY r",
    "pivot": "PIVOT (SELECT i, i % 100000 AS k FROM range(10000000) t(i)) ON k USING sum(i)",
    "list": "SELECT list_reduce(range(100000000), lambda x, y: x + y)",
    "lists of lists": "SELECT list_sum(list_transform(range(30000), lambda x: list_sum(list_transform(range(30000), lambda y: x * y))))",
    "many texts": "SELECT list(repeat('a', 1000)) FROM range(10000000)",
    "window": "SELECT i, row_number() OVER (ORDER BY hash(i)) FROM range(1000000000) r(i)",
    "wide window": "SELECT sum(i) OVER (ORDER BY i ROWS BETWEEN 10000000 PRECEDING AND 10000000 FOLLOWING) FROM range(100000000) r(i)",
    "digest": "SELECT md5(repeat('a', 1500000000))",
    "jaro": "SELECT jaro_winkler_similarity(repeat('a', 1000000), repeat('b', 1000000))",
    "split": "SELECT string_split(repeat('a,', 100000000), ',')",
    "date": "SELECT strftime(DATE '2024-01-01', repeat('%c', 100000000))",
    "keyed recursion": "WITH RECURSIVE t(x) USING KEY (x) AS (SELECT 1 UNION SELECT x + 1 FROM t) SELECT * FROM t",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_never_end_is_stopped(folder: Path, name: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryRefused) as stopped:
        ask(folder, ENDLESS[name], limits=SHORT)
    assert time.monotonic() - start < SHORT.seconds + SHORT.wait + 3
    assert stopped.value.message.endswith(".")


EXPLODING = {
    "regular expression": "SELECT regexp_matches(repeat('a', 5000) || 'b', '(a+)+$')",
    "nested regular expression": "SELECT regexp_matches(repeat('a', 1000), '((a{0,100}){0,100}){0,100}$')",
    "like": "SELECT repeat('a', 5000) LIKE repeat('%a', 400) || 'b'",
    "parentheses": "SELECT " + "(" * 4_000 + "1" + ")" * 4_000,
    "subqueries": "SELECT * FROM " + "(SELECT * FROM " * 600 + "communes" + ")" * 600,
    "cases": "SELECT " + "CASE WHEN true THEN " * 300 + "1" + " ELSE 0 END" * 300,
    "many ors": "SELECT count(*) FROM communes WHERE " + " OR ".join(f"code = {n}" for n in range(900)),
    "not not": "SELECT " + "NOT " * 4_000 + "true",
    "many expressions": "SELECT " + ", ".join(f"code + {n} AS c{n}" for n in range(900)) + " FROM communes",
    "pattern": "SELECT regexp_matches('a', '(' || repeat('a?', 10000) || '){500}')",
    "columns": "SELECT COLUMNS(repeat('(a+)+', 1000)) FROM communes",
    "deep json": "SELECT repeat('[', 100000)::JSON",
    "deep object": "SELECT length((repeat('{\"a\":', 100000) || '1' || repeat('}', 100000))::JSON::VARCHAR)",
    "deep list": "SELECT " + "[" * 500 + "1" + "]" * 500,
}


@pytest.mark.parametrize("name", EXPLODING)
def test_what_explodes_is_answered_or_stopped(folder: Path, name: str) -> None:
    try:
        answer = ask(folder, EXPLODING[name], limits=SHORT)
    except QueryRefused as refused:
        assert refused.message.endswith(".")  # noqa: PT017 -- the same
    else:
        assert answer.total <= 100


def test_an_enormous_answer_is_stopped(folder: Path) -> None:
    with pytest.raises(QueryStopped, match="trop grand"):
        ask(folder, "SELECT repeat('a', 10000) FROM \"relevés\"")


def test_values_that_json_does_not_know(folder: Path) -> None:
    sql = (
        "SELECT 'nan'::DOUBLE, 'inf'::DOUBLE, [1, NULL], {'a': 1}, MAP {1: 'x'}, INTERVAL 2 DAY, '\\x00'::BLOB, "
        "TIMESTAMP '2024-01-01', 170141183460469231731687303715884105727::HUGEINT, uuid() IS NULL, '1'::BIT, TIME '12:00'"
    )
    assert ask(folder, sql).total == 1


@pytest.mark.parametrize(
    ("sql", "place", "words"),
    [
        ("SELECT nom,\n  absente\nFROM communes", 14, "« absente »"),
        ("  SELECT nom FRM communes c", None, "comprise"),
        ("SELECT 'é', absente FROM communes", 12, "« absente »"),
        ("SELECT * FROM autre", 14, "« autre »"),
        ("SELECT foo(nom) FROM communes", 7, "« foo »"),
        ("SELECT 1 FROM communes; SELECT 2", 22, "« ; »"),
    ],
)
def test_the_sentence_says_where(folder: Path, sql: str, place: int | None, words: str) -> None:
    with pytest.raises(QueryRefused, match=words) as refused:
        ask(folder, sql)
    assert place is None or refused.value.place == place


# ----- Answers written to a file -----


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    found = tmp_path / "scratch"
    found.mkdir()
    return found


def test_an_answer_as_a_file(folder: Path, scratch: Path) -> None:
    sql = 'SELECT code, sum(mesure) AS total, 1 AS a, 2 AS A, [1] AS liste FROM "relevés" GROUP BY code ORDER BY code'
    path, count = write_answer(folder, TABLES, sql, scratch, most=70, limits=AMPLE)
    found = duckdb.sql(f"SELECT * FROM '{path}'")
    assert count == 70
    assert found.columns == ["code", "total", "a", "A_1", "liste"]
    assert found.limit(1).fetchall()[0] == (0, 4500, 1, 2, [1])
    assert "DECIMAL" in str(found.types[1])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT i FROM range(100000000000) t(i)",
        ENDLESS["repeat"],
        "SELECT hash(i), hash(i + 1), uuid() FROM range(50000000) t(i)",
    ],
)
def test_a_file_is_bounded_too(folder: Path, scratch: Path, sql: str) -> None:
    limits = Limits(seconds=2, wait=20, scratch=20_000_000)
    with pytest.raises(QueryRefused):
        write_answer(folder, TABLES, sql, scratch, most=10**12, limits=limits)


def test_a_job_writes_its_own_file_only(folder: Path, scratch: Path) -> None:
    """Even without the check of names, what the scratch folder allows does not reach the versions."""
    sql = "WITH x AS (COPY (SELECT 1) TO 'communes.parquet' (USE_TMP_FILE false)) SELECT 1"
    out = str(scratch.resolve() / "answer.parquet")
    with contextlib.suppress(SandboxError):
        run(query_child.write, TABLES, sql, 10, out, folder=folder, scratch=scratch, limits=SHORT)
