"""The sandbox against those who attack it. Each test runs as whoever runs the suite, root included."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from parvis.shared import sandbox
from parvis.shared.sandbox import Busy, Crashed, Limits, OutOfMemory, Refused, TimedOut, TooLarge, Unprotected, run
from tests.shared import hostile

LOCKED = sandbox.capabilities().landlock >= 3 or sandbox.capabilities().seccomp
landlock = pytest.mark.skipif(not sandbox.capabilities().landlock, reason="this kernel has no Landlock")
seccomp = pytest.mark.skipif(not sandbox.capabilities().seccomp, reason="no filter of system calls here")
locked = pytest.mark.skipif(not LOCKED, reason="neither Landlock nor seccomp here")


@pytest.fixture
def version(tmp_path: Path) -> Iterator[Path]:
    """A folder with the file of a version; whatever happens in the test, the file must not change."""
    folder = tmp_path / "version"
    folder.mkdir()
    duckdb.connect().execute(f"COPY (SELECT range AS a FROM range(100000)) TO '{folder / 'donnees.parquet'}'")
    (folder / "donnees.csv").write_text("a;b\n1;2\n")
    os.chmod(folder / "donnees.csv", 0o666)  # even open to all
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    yield folder
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == before


def children() -> dict[str, str]:
    """Process number to state and command, of those that we started and have not buried."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,stat=,comm="], capture_output=True, text=True, check=False
    )
    lines = (line.split(maxsplit=1) for line in found.stdout.splitlines() if not line.endswith(" ps"))
    return dict(lines)


def test_a_result_comes_back_as_json() -> None:
    assert run(hostile.add, 2, right=3) == 5
    assert run(hostile.echo, {"é": [1, (2, None)], "à": True}) == {"é": [1, [2, None]], "à": True}
    assert run(hostile.echo, Path("/tmp")) == "/tmp"
    assert run(hostile.echo, "\ud800") == "\ud800"
    assert run(hostile.echo, "x" * 1_000_000) == "x" * 1_000_000


def test_only_functions_of_modules_run() -> None:
    with pytest.raises(TypeError):
        run(lambda: 1)


def test_what_a_function_prints_is_not_its_result() -> None:
    assert run(hostile.prints) == 3


def test_an_infinite_loop_is_killed_and_leaves_no_zombie() -> None:
    before, start = children(), time.monotonic()
    with pytest.raises(TimedOut, match="1 secondes"):
        run(hostile.loop, limits=Limits(seconds=1))
    assert time.monotonic() - start < 1.5
    assert not {number: rest for number, rest in children().items() if number not in before}


@pytest.mark.parametrize("eater", [hostile.eat, hostile.eat_in_duckdb])
def test_memory_is_bounded(eater: object) -> None:
    with pytest.raises((OutOfMemory, TimedOut)):
        run(eater, limits=Limits(seconds=10))  # type: ignore[arg-type]


@seccomp
def test_no_other_process_is_started(tmp_path: Path) -> None:
    assert run(hostile.forks) == "PermissionError"
    assert run(hostile.executes) == "PermissionError"
    assert run(hostile.kills, os.getpid()) == "PermissionError"
    assert run(hostile.forks, scratch=_empty(tmp_path)) == "PermissionError"


@locked
def test_the_network_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert run(hostile.connects, server.getsockname()[1]) == "PermissionError"


@locked
@pytest.mark.parametrize(
    "flags",
    [os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY | os.O_APPEND],
)
@pytest.mark.parametrize("with_scratch", [False, True])
def test_the_file_is_never_opened_for_writing(version: Path, tmp_path: Path, flags: int, with_scratch: bool) -> None:
    scratch = _empty(tmp_path) if with_scratch else None
    assert run(hostile.opens, "donnees.csv", flags, folder=version, scratch=scratch) == "PermissionError"


@locked
@pytest.mark.parametrize("with_scratch", [False, True])
@pytest.mark.parametrize("attempt", [hostile.truncates, hostile.removes, hostile.renames, hostile.permits])
def test_the_file_is_neither_cut_nor_moved(version: Path, tmp_path: Path, attempt: object, with_scratch: bool) -> None:
    scratch = _empty(tmp_path) if with_scratch else None
    assert run(attempt, "donnees.csv", folder=version, scratch=scratch) == "PermissionError"  # type: ignore[arg-type]


@locked
def test_no_file_is_made_beside_or_elsewhere(version: Path, tmp_path: Path) -> None:
    for path in ("nouveau", str(tmp_path / "ailleurs"), "/tmp/parvis-ailleurs", "/dev/shm/parvis-ailleurs"):
        assert run(hostile.opens, path, os.O_WRONLY | os.O_CREAT, folder=version) == "PermissionError"
        assert not Path(path).exists()


@locked
@pytest.mark.parametrize("function", [hostile.query, hostile.raw])
@pytest.mark.parametrize("name", ["donnees.csv", "donnees.parquet", "nouveau.csv"])
def test_duckdb_cannot_overwrite_the_version(version: Path, function: object, name: str) -> None:
    for path in (name, str(version / name)):
        text = f"WITH x AS (COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)) SELECT 1"
        with pytest.raises(Crashed) as caught:
            run(function, text, folder=version)  # type: ignore[arg-type]
        assert "COPY" in caught.value.detail or "ermission" in caught.value.detail


def test_the_attack_is_real(version: Path, tmp_path: Path) -> None:
    """The same text, with no sandbox around it, does overwrite a file: if DuckDB mends this one day, the tests above prove less."""
    victim = tmp_path / "victim.csv"
    victim.write_text("a;b\n1;2\n")
    hostile.raw(f"WITH x AS (COPY (SELECT 1) TO '{victim}' (USE_TMP_FILE false)) SELECT 1")
    assert victim.read_text() != "a;b\n1;2\n"


def test_duckdb_reads_the_version(version: Path) -> None:
    assert run(hostile.parquet, "donnees.parquet", folder=version) == [[100000, 4999950000]]
    assert len(run(hostile.threads, "donnees.parquet", folder=version)) == 10
    assert run(hostile.query, "SELECT 1", folder=version) == [[1]]


def test_a_private_file_of_ours_is_readable_in_the_folder(version: Path) -> None:
    os.chmod(version / "donnees.csv", 0o600)
    os.chmod(version, 0o700)
    assert run(hostile.reads, "donnees.csv", folder=version) == hashlib.sha256(b"a;b\n1;2\n").hexdigest()


@landlock
def test_nothing_is_read_outside_the_folder(version: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    os.symlink(tmp_path / "secret", version / "lien")
    project = Path(sandbox.__file__).parents[2] / "pyproject.toml"
    outside = ["../secret", "lien", "/etc/passwd", str(project), f"/proc/{os.getpid()}/environ", "/proc/self/environ"]
    for path in [*outside, os.environ["PARVIS_HOME"]]:
        assert run(hostile.reads, path, folder=version) in {"PermissionError", "IsADirectoryError"}
    (version / "lien").unlink()


def test_no_secret_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    seen = run(hostile.environment)
    assert "very-secret" not in str(seen)
    assert set(seen) <= {"PATH", "HOME", "LANG", "TZ", "LC_CTYPE", *sandbox._environment()}


def test_no_descriptor_of_ours_is_shared(tmp_path: Path) -> None:
    with (tmp_path / "open").open("wb") as file:
        os.set_inheritable(file.fileno(), True)
        seen = run(hostile.descriptors)
    assert seen[:3] == [0, 1, 2]
    assert len(seen) == 4  # and the pipe of the result


@landlock
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_becomes_nobody() -> None:
    assert 0 not in run(hostile.identity)


def test_a_huge_result_is_refused() -> None:
    with pytest.raises(TooLarge, match="trop grand"):
        run(hostile.huge, 2_000_000, limits=Limits(result=1_000_000))


def test_errors_are_told_apart() -> None:
    with pytest.raises(Refused, match=r"La colonne n’existe pas\."):
        run(hostile.refuses)
    for function, detail in [(hostile.breaks, "KeyError"), (hostile.unserialisable, "JSON"), (hostile.segfaults, "exit -11")]:
        with pytest.raises(Crashed) as caught:
            run(function)
        assert detail in caught.value.detail
        assert caught.value.message == "Le calcul s’est interrompu."


def test_two_at_once_then_busy() -> None:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(run(hostile.hold, 1.5))) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    with pytest.raises(Busy, match="Réessayez"):
        run(hostile.add, 1, limits=Limits(wait=0))
    assert run(hostile.add, 1, limits=Limits(wait=5)) == 2  # a short wait finds a place
    for thread in threads:
        thread.join()
    assert results == ["done", "done"]


def test_the_scratch_folder_takes_what_is_made(version: Path, tmp_path: Path) -> None:
    scratch = _empty(tmp_path)
    text = f"COPY (FROM 'donnees.parquet') TO '{scratch / 'copie.csv'}'"
    run(hostile.raw, text, folder=version, scratch=scratch)
    made = scratch / "copie.csv"
    assert made.stat().st_size > 500_000
    assert made.stat().st_uid == os.geteuid()
    assert scratch.stat().st_uid == os.geteuid()


@locked
def test_the_scratch_folder_holds_files_only(tmp_path: Path) -> None:
    scratch = _empty(tmp_path)
    assert run(hostile.links, str(scratch / "lien"), scratch=scratch) == "PermissionError"
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(("size", "count"), [(3_000_000, 1), (400_000, 20)])
def test_the_scratch_folder_is_bounded(tmp_path: Path, size: int, count: int) -> None:
    scratch = _empty(tmp_path)
    with pytest.raises((TooLarge, Crashed)):
        run(hostile.fills, str(scratch / "f"), size, count, scratch=scratch, limits=Limits(scratch=2_000_000))
    assert sum(path.stat().st_size for path in scratch.iterdir()) < 6_000_000


def test_scratch_modes_stay_private(tmp_path: Path) -> None:
    scratch = _empty(tmp_path)
    run(hostile.fills, str(scratch / "f"), 10, 1, scratch=scratch)
    assert not stat.S_IMODE((scratch / "f-0").stat().st_mode) & 0o022


def test_nothing_runs_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "capabilities", lambda: sandbox.Capabilities(0, seccomp=True, drops_identity=False))
    assert run(hostile.add, 1) == 2
    with pytest.raises(Unprotected):
        run(hostile.add, 1, scratch=tmp_path)
    monkeypatch.setattr(sandbox, "capabilities", lambda: sandbox.Capabilities(0, seccomp=False, drops_identity=False))
    with pytest.raises(Unprotected):
        run(hostile.add, 1)


def _empty(parent: Path) -> Path:
    if not sandbox.capabilities().landlock:
        pytest.skip("a scratch folder needs Landlock")
    folder = parent / "scratch"
    folder.mkdir(mode=0o700)
    return folder
