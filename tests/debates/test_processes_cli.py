"""A process to a file and back on the command line: the same file as the pages give and take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from typer.testing import CliRunner

from parvis.accounts.models import User
from parvis.debates import carrying, processes_cli
from parvis.debates.core.processes import files
from parvis.debates.models import Process
from tests.debates.taking_part import member, region
from tests.debates.test_processes import editor_of, ready, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    cache.clear()
    return editor_of()


def test_the_command_line_carries_a_process_as_the_pages_do(editor: User, tmp_path: Path) -> None:
    made, command, path = ready(editor), CliRunner(), tmp_path / "démarche.json"
    assert command.invoke(processes_cli.app, ["export", made.slug, str(path)]).exit_code == 0
    assert path.read_bytes() == signed_in(editor).get(reverse("debates:export", args=[made.slug])).content
    assert command.invoke(processes_cli.app, ["export", made.slug, "-"]).stdout == path.read_text(encoding="utf-8")
    done = command.invoke(processes_cli.app, ["import", str(path), "--by", editor.email])  # their only organisation
    assert done.exit_code == 0, done.output
    copy = Process.objects.exclude(pk=made.pk).get()
    assert done.stdout.strip().endswith(reverse("debates:prepare", args=[copy.slug]))
    assert (copy.published, copy.organisation.slug, copy.created_by) == (None, "ici", editor)
    assert json.loads(files.write(carrying.to_file(copy))) == json.loads(path.read_text(encoding="utf-8"))
    elsewhere = ["import", "-", "--organisation", "ici", "--territory", region().reference, "--by", editor.email]
    assert command.invoke(processes_cli.app, elsewhere, input=path.read_bytes()).exit_code == 0
    assert Process.objects.latest("pk").territory == region()


def test_the_command_line_says_what_it_could_not_do(editor: User, tmp_path: Path) -> None:
    outsider = member("autre").email
    (broken := tmp_path / "b.json").write_text('{"format": "parvis-process", "version": 2}')
    (good := tmp_path / "g.json").write_text(files.write(carrying.to_file(ready(editor))))
    before = Process.objects.count()
    for words, sentence in (
        (["export", "inconnue", "-"], "inconnue"),
        (["export", "x", str(tmp_path)], "x"),
        (["import", str(tmp_path / "absent.json"), "--organisation", "ici", "--by", editor.email], "absent.json"),
        (["import", str(broken), "--by", editor.email], "version"),
        (["import", str(good), "--organisation", "personne", "--by", editor.email], "personne"),
        (["import", str(good), "--territory", "commune:00000", "--by", editor.email], "commune:00000"),
        (["import", str(good), "--by", outsider], "--organisation"),
        (["import", str(good), "--organisation", "ici", "--by", outsider], "éditeur"),
        (["import", str(good)], "--by"),
    ):
        done = CliRunner().invoke(processes_cli.app, words)
        assert done.exit_code == 2, words
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
    assert Process.objects.count() == before
