"""Rules of the house that neither the linter nor import-linter sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PARVIS = ROOT / "parvis"
LAYERS = [
    "shared",
    "territories",
    "accounts",
    "organisations",
    "notifications",
    "moderation",
    "discussions",
    "catalog",
    "debates",
    "programmes",
    "pages",
    "home",
    "config",
    "cli",
]
TEMPLATES = sorted(PARVIS.rglob("*.html"))
MODELS = sorted(path for path in PARVIS.rglob("*.py") if "migrations" not in path.parts and "models" in path.as_posix())


def room(path: Path) -> str:
    return path.relative_to(PARVIS).parts[0].removesuffix(".py")


def below(lower: str, upper: str) -> bool:
    return LAYERS.index(lower) <= LAYERS.index(upper)


@pytest.mark.parametrize("path", sorted(PARVIS.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_grows_without_limit(path: Path) -> None:
    assert "migrations" in path.parts or len(path.read_text().splitlines()) <= 500


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: path.name)
def test_no_test_file_grows_without_limit(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 1000


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_foreign_keys_point_downwards(path: Path) -> None:
    text = path.read_text()
    for target in re.findall(r"(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*[\"']([a-z]+)\.[A-Za-z]+[\"']", text):
        assert below(target, room(path)), f"{room(path)} points up to {target}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_use_those_of_rooms_below(path: Path) -> None:
    text = path.read_text()
    for target in re.findall(r"{%\s*(?:extends|include)\s+[\"']([a-z]+)/", text):
        if target in LAYERS:
            assert below(target, room(path)), f"{path.name} uses a template of {target}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_hold_nothing_inline(path: Path) -> None:
    """The content security policy forbids inline code and style: a template that has some would be silently broken."""
    text = re.sub(r'<script type="application/(ld\+)?json"[^>]*>', "", path.read_text())
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=\"", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_htmx_is_sent_only_with_pages_that_use_it(path: Path) -> None:
    """A page (not a part of one) that has `hx-` attributes includes `shared/_htmx.html`: the others stay lighter."""
    text = path.read_text()
    if "{% extends" in text:
        assert ('"shared/_htmx.html"' in text) == bool(re.search(r"\shx-[a-z]", text))


def test_no_vague_names() -> None:
    vague = {"utils.py", "helpers.py", "manager.py", "misc.py", "common.py"}
    assert not [path for path in PARVIS.rglob("*.py") if path.name in vague]


def test_every_room_explains_itself() -> None:
    rooms = [path for path in PARVIS.iterdir() if (path / "apps.py").exists()]
    assert not [path.name for path in rooms if not (path / "README.md").exists()]


def test_settings_are_documented() -> None:
    names = set()
    for path in (PARVIS / "config" / "settings.py", PARVIS / "config" / "environment.py"):
        names |= set(re.findall(r"(?:text|flag|items)\(\"([A-Z_]+)\"", path.read_text()))
    documented = (ROOT / "docs" / "settings.md").read_text()
    assert not sorted(name for name in names if f"`{name}`" not in documented)


def test_views_are_short() -> None:
    """A view authorises, calls and renders; what takes more room belongs to an action, a query or a core."""
    import ast

    for path in PARVIS.rglob("views*/**/*.py"):
        check_views(ast, path)
    for path in PARVIS.glob("*/views.py"):
        check_views(ast, path)


def check_views(ast, path: Path) -> None:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 30, f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"


def test_lock_files_name_no_address() -> None:
    for path in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]:
        assert not re.search(r"\"resolved\"|index-url|https?://[^ ]+\.(whl|tgz|tar\.gz)", path.read_text()), path.name
