"""`parvis programmes import`: CSV, JSON, YAML; the practice corpus where it is present."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parvis.programmes.cli import app
from parvis.programmes.importing import proposals
from parvis.programmes.models import Measure
from tests.programmes.elections import election

pytestmark = pytest.mark.django_db


def run(*words: str):
    return CliRunner().invoke(app, ["import", *words])


def test_a_csv_for_one_list(tmp_path: Path) -> None:
    made, file = election(), tmp_path / "p.csv"
    file.write_text('text\nLa fibre partout.\n\n"Des ordinateurs, pour tous."\n')
    answer = run(str(file), "--election", made.slug, "--list", "liste-1", "--json")
    assert json.loads(answer.stdout) == [{"list": "Liste 1", "added": 2, "there": 0}]
    assert json.loads(run(str(file), "--election", made.slug, "--list", "liste-1", "--json").stdout)[0]["there"] == 2


def test_json_names_its_lists(tmp_path: Path) -> None:
    made, file = election(), tmp_path / "p.json"
    file.write_text(json.dumps([{"list": "Liste 1", "text": "Un."}, {"list": "Une autre", "text": "Deux."}]))
    assert run(str(file), "--election", made.slug).exit_code == 0
    assert set(made.lists.values_list("name", flat=True)) == {"Liste 1", "Liste 2", "Une autre"}


@pytest.mark.parametrize(("content", "name", "words"), [
    ("a,b\n1,2\n", "p.csv", "missing"), ("{}", "p.json", "list of objects"), ("[", "p.json", "cannot be read"), ("text\n", "p.csv", "no proposal"),
    ("- a: [", "p.yml", "cannot be read"), ('[{"list": "x", "propositions": [1]}]', "p.json", "not a text"),
])  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, content: str, name: str, words: str) -> None:
    made, file = election(), tmp_path / name
    file.write_text(content)
    answer = run(str(file), "--election", made.slug)
    assert answer.exit_code == 2
    assert words in answer.output
    assert not Measure.objects.exists()


def test_yaml_that_multiplies_ends(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    file = tmp_path / "bombe.yml"
    file.write_text("\n".join(lines))
    assert run(str(file), "--election", election().slug).exit_code == 2


def test_the_practice_corpus(official_data: Path) -> None:
    path = official_data / "programmes" / "listes.yml"
    if not path.is_file():
        pytest.skip("the practice corpus is not here")
    assert (len(given := proposals(path)), sum(map(len, given.values()))) == (14, 118)
    made = election(lists=0)
    assert run(str(path), "--election", made.slug).exit_code == 0
    found = Measure.objects.filter(candidate_list__election=made)
    assert (found.count(), found.filter(origin="import", tasks=None).count()) == (118, 118)
