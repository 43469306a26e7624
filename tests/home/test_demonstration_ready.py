"""A second start serves at once, and only when nothing has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parvis.home.demonstration import ready


@pytest.fixture
def home(settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    settings.PARVIS_HOME = tmp_path
    file = tmp_path / "parvis.sqlite3"
    file.touch()
    monkeypatch.setattr(ready, "database", lambda: {"ENGINE": "django.db.backends.sqlite3", "NAME": file})
    return tmp_path


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "page.html").write_text("<p>un</p>")
    monkeypatch.setattr(ready, "SOURCES", folder)
    return folder


def test_the_first_start_has_everything_to_do(home: Path, sources: Path) -> None:
    assert ready.recalled() is None


def test_the_second_start_says_the_same_lines(home: Path, sources: Path) -> None:
    ready.mark(["agent@demo.invalid  mot"])
    assert ready.recalled() == ["agent@demo.invalid  mot"]
    assert ready.note().stat().st_mode & 0o077 == 0, "it holds passwords"


def test_sources_that_changed(home: Path, sources: Path) -> None:
    ready.mark([])
    os.utime(sources / "page.html", (1, 1))
    assert ready.recalled() is None


def test_compiled_files_are_not_sources(home: Path, sources: Path) -> None:
    ready.mark([])
    (sources / "page.pyc").write_bytes(b"\0")
    assert ready.recalled() == []


def test_a_database_that_went_away(home: Path, sources: Path) -> None:
    ready.mark([])
    (home / "parvis.sqlite3").unlink()
    assert ready.recalled() is None


def test_a_note_cut_short(home: Path, sources: Path) -> None:
    ready.note().write_text("{")
    assert ready.recalled() is None
