"""Where bytes are: whole or not at all, never modified, and a sentence when the disk is full."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from parvis.catalog import storage
from parvis.catalog.actions import deposits
from parvis.catalog.models import Deposit

pytestmark = pytest.mark.usefixtures("home")


def files(home: Path) -> list[str]:
    """All that is kept, half-written files included."""
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())


@pytest.fixture
def full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives is written on the kernel's own full device."""
    (home / "files" / "incoming").mkdir(parents=True)
    (home / "files" / "incoming" / "full").symlink_to("/dev/full")
    monkeypatch.setattr(storage.secrets, "token_hex", lambda size: "full")


def no_room(*args: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_an_original_is_found_by_its_hash(home: Path) -> None:
    stored = storage.keep([b"code;nom\r\n", b"", b"1;\xe9t\xe9\r\n"])
    content = b"code;nom\r\n1;\xe9t\xe9\r\n"
    assert stored == storage.Stored(hashlib.sha256(content).hexdigest(), len(content))
    assert storage.original_path(stored.sha256).read_bytes() == content
    assert files(home) == [f"files/originals/{stored.sha256[:2]}/{stored.sha256}"]


def test_the_same_bytes_are_kept_once(home: Path) -> None:
    assert storage.keep([b"un", b"deux"]) == storage.keep([b"undeux"])
    assert len(files(home)) == 1


def test_a_file_that_a_job_wrote_has_no_limit(home: Path, tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 3
    (tmp_path / "a").write_bytes(b"repaired")
    assert storage.keep_file(tmp_path / "a").size == 8


def test_too_heavy_leaves_nothing(home: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * 2**20
    with pytest.raises(storage.TooHeavyError, match="limite de 2 Mo"):
        storage.keep(b"x" * 2**20 for _block in range(3))
    assert files(home) == []
    assert storage.keep(b"x" * 2**20 for _block in range(2)).size == 2 * 2**20


def test_the_rest_of_a_heavy_file_is_not_read(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    read = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield b"123456"

    with pytest.raises(storage.TooHeavyError):
        storage.keep(chunks())
    assert read == [0, 1]


def test_an_upload_that_breaks_leaves_nothing(home: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.keep(chunks())
    assert files(home) == []


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("size", [10, 2**20])
def test_a_full_disk_is_said_and_leaves_nothing(home: Path, size: int) -> None:
    with pytest.raises(storage.StorageError, match="plus de place"):
        storage.keep([b"x" * size])
    assert files(home) == []


@pytest.mark.usefixtures("full_disk")
def test_no_deposit_is_born_on_a_full_disk(home: Path, town: Any, agent: Any) -> None:
    with pytest.raises(storage.StorageError, match="plus de place"):
        deposits.receive(chunks=[b"code;nom\n"], name="a.csv", organisation=town, by=agent)
    assert files(home) == []
    assert not Deposit.objects.exists()


def test_a_job_says_that_the_disk_is_full(receive: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deposit = receive()
    kept = files(home)
    monkeypatch.setattr(storage.shutil, "copyfile", no_room)
    deposit = deposits.run(deposit)
    assert (deposit.state, "plus de place" in deposit.error) == ("failed", True)
    assert files(home) == kept
    monkeypatch.undo()
    assert deposits.run(deposits.reread(deposit, by=deposit.created_by)).state == "ready"


def test_a_job_does_not_start_without_room(receive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    deposit = receive()
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 2**20))
    deposit = deposits.run(deposit)
    assert (deposit.state, "plus assez de place" in deposit.error) == ("failed", True)
    assert storage.original_path(deposit.sha256).exists()


@pytest.mark.parametrize(
    ("error", "raised"), [(errno.ENOSPC, storage.StorageError), (errno.EDQUOT, storage.StorageError), (errno.EIO, OSError)]
)
def test_what_is_half_built_is_never_put_in_place(home: Path, error: int, raised: type[Exception]) -> None:
    def build() -> None:
        with storage.beside(storage.version_path("ab" * 32)) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(error, "")

    with pytest.raises(raised):
        build()
    assert files(home) == []


def test_a_version_is_never_written_twice(tmp_path: Path) -> None:
    target = storage.version_path("ab" * 32)
    for content in (b"first", b"second"):
        (tmp_path / "built").write_bytes(content)
        storage.settle(tmp_path / "built", target)
    assert target.read_bytes() == b"first"


def test_a_job_reads_the_bytes_elsewhere_even_on_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"content")
    storage.link_or_copy(tmp_path / "a", tmp_path / "linked")
    monkeypatch.setattr(os, "link", lambda *paths: no_link())
    storage.link_or_copy(tmp_path / "a", tmp_path / "copied")
    assert (tmp_path / "linked").read_bytes() == (tmp_path / "copied").read_bytes() == b"content"


def no_link() -> None:
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_a_work_folder_goes_whatever_happens(home: Path) -> None:
    def work() -> None:
        with storage.work_folder("abc") as folder:
            (folder / "in").mkdir()
            (folder / "in" / "source").write_bytes(b"x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert list((home / "work").iterdir()) == []


def test_what_a_dead_process_left_is_swept_after_a_day(home: Path) -> None:
    old, young = time.time() - 90_000, time.time() - 3_000
    for name, when in (("old", old), ("young", young)):
        for path in (storage.root() / "incoming" / name, home / "work" / name / "in"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
            os.utime(path, (when, when))
            os.utime(path.parent, (when, when))
    os.utime(storage.root() / "incoming")
    storage.sweep()
    assert files(home) == ["files/incoming/young", "work/young/in"]


def test_a_swept_folder_may_already_be_gone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "work" / "gone").mkdir(parents=True)
    os.utime(home / "work" / "gone", (0, 0))

    def taken(path: Path) -> None:
        os.rmdir(path)
        raise FileNotFoundError(path)

    monkeypatch.setattr(shutil, "rmtree", taken)
    storage.sweep()
    assert list((home / "work").iterdir()) == []
