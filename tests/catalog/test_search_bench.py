"""`parvis catalog search-bench`: what it prints, how it ends, and the bar on the records of data.gouv.fr where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parvis.catalog.cli import app

RECORDS = [
    {"id": "rna", "title": "Répertoire national des associations", "tags": ["association", "asso"], "followers": 50},
    {"id": "joafe", "title": "Associations (JOAFE)", "tags": ["association"]},
    {"id": "gares", "title": "Liste des gares", "organization": "SNCF", "last_update": "2020-01-02T03:04:05"},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    datasets, queries = tmp_path / "datasets.jsonl", tmp_path / "queries.csv"
    datasets.write_text("\n".join(json.dumps(record) for record in RECORDS) + "\n")
    queries.write_text("query,params,expected\ngares sncf,,gares\n,tag=association,rna\nlycée,,rna\nassociation,tag=asso,rna\n")
    return datasets, queries


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["search-bench", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_it_counts(files: tuple[Path, Path]) -> None:
    code, out, _err = run(*files, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["queries"], answer["first"], answer["found"]) == (4, 3, 3)
    assert [miss["query"] for miss in answer["misses"]] == ["lycée"]
    assert "4 recherches" in run(*files)[1]


def test_what_cannot_be_done(files: tuple[Path, Path], tmp_path: Path) -> None:
    datasets, queries = files
    assert run(tmp_path / "absent.jsonl", queries)[0] == 2
    assert run(datasets, tmp_path / "absent.csv")[0] == 2
    datasets.write_text('{"id": "a", "title": "A"}\n{"id": "b"}\n')
    code, _out, err = run(datasets, queries)
    assert code == 2
    assert "ligne 2" in err
    datasets.write_text("")
    queries.write_text("a,b\n1,2\n")
    assert run(datasets, queries)[0] == 2


def test_the_bar(official_data: Path) -> None:
    """First for 60 %, in the first ten for 85 %."""
    datasets, queries = (official_data / "search" / name for name in ("datasets.jsonl", "queries.csv"))
    if not datasets.exists():
        pytest.skip("the records of data.gouv.fr are not here (PARVIS_DATA)")
    answer = json.loads(run(datasets, queries, "--json")[1])
    assert answer["first"] >= 0.6 * answer["queries"]
    assert answer["found"] >= 0.85 * answer["queries"]
