"""The command: exit codes, JSON, one sentence when it cannot be done."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from parvis.catalog.tables_cli import app

run = CliRunner().invoke


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Aides\n\nville;n;courriel\nAuch;1;anne.durand@free.fr\nAlbi;2;paul@free.fr\nTotal;3;\n", encoding="cp1252")
    return path


def test_inspect(table):
    done = run(app, ["inspect", str(table), "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["encoding"], answer["delimiter"], answer["header_row"], answer["rows"]) == ("utf-8", ";", 3, 2)
    assert answer["skipped"] == [{"row": 1, "reason": "preamble"}, {"row": 2, "reason": "blank"}, {"row": 6, "reason": "total"}]
    column = answer["columns"][1]
    assert {key: column[key] for key in ("name", "type", "format", "empty", "distinct", "min", "max", "examples")} == {
        "name": "n", "type": "integer", "format": None, "empty": 0, "distinct": 2, "min": 1, "max": 2, "examples": ["1", "2"],
    }  # fmt: skip
    assert answer["personal"][0]["column"] == "courriel"
    readable = run(app, ["inspect", str(table)])
    assert readable.exit_code == 0
    assert "2 lignes, 3 colonnes" in readable.stdout


def test_a_file_that_cannot_be_understood_is_an_answer(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\0" * 100)
    done = run(app, ["inspect", str(path), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["code"] == "source-error"


@pytest.mark.parametrize("command", [["inspect"], ["query"], ["convert", "--to", "csv", "-o", "o.csv"]])
def test_a_file_that_does_not_open(tmp_path, command):
    arguments = [command[0], str(tmp_path / "absent.csv"), *(["SELECT 1"] if command[0] == "query" else []), *command[1:]]
    done = run(app, arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert run(app, ["inspect", str(tmp_path)]).exit_code == 2


def test_convert_and_query(table, tmp_path):
    out = tmp_path / "o.parquet"
    assert run(app, ["convert", str(table), "--to", "parquet", "-o", str(out)]).exit_code == 0
    again = run(app, ["convert", str(table), "--to", "parquet", "-o", str(out)])
    assert (again.exit_code, "existe déjà" in again.stderr) == (2, True)
    done = run(app, ["query", str(out), "SELECT ville FROM data ORDER BY n", "--limit", "1", "--json"])
    assert json.loads(done.stdout) == {"columns": ["ville"], "types": ["VARCHAR"], "rows": [["Auch"]], "truncated": True}
    assert run(app, ["query", str(out), "SELECT getenv('HOME')"]).exit_code == 2
    assert "Auch" in run(app, ["query", str(out), "SELECT * FROM data"]).stdout


def test_it_starts_without_django_nor_duckdb():
    code = "import sys, parvis.catalog.tables_cli; print([m for m in ('django', 'duckdb', 'numpy', 'python_calamine') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
