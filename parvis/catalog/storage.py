"""Where bytes are. An original is found by its SHA-256, a version by its digest; both are written beside, synced and renamed,
and never modified. Work folders are private to a job and removed with it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from parvis.catalog.models import Deposit, Version

BLOCK = 1 << 20


class StorageError(Exception):
    """A sentence for the person; nothing was half-written."""


class TooHeavyError(StorageError):
    pass


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int


def root() -> Path:
    return Path(settings.PARVIS_HOME) / "files"


def original_path(sha256: str) -> Path:
    return root() / "originals" / sha256[:2] / sha256


def version_path(digest: str) -> Path:
    return root() / "versions" / digest[:2] / f"{digest}.parquet"


def export_path(digest: str, kind: str) -> Path:
    return root() / "exports" / digest[:2] / f"{digest}.{kind}"


def comparison_path(before: str, after: str, rule: int) -> Path:
    return root() / "comparisons" / before[:2] / f"{before[:32]}-{after[:32]}-{rule}.parquet"


def picture_path(digest: str, key: str, kind: str) -> Path:
    """The picture of a chart; `key` says which and how it is drawn."""
    return root() / "pictures" / digest[:2] / f"{digest[:32]}-{key[:32]}.{kind}"


def parquet_path(version: Version) -> Path:
    return version_path(version.digest)


def source_path(version: Version) -> Path:
    return original_path(version.source_sha256)


def errors_path(deposit: Deposit) -> Path:
    return root() / "reports" / f"{deposit.id}-{deposit.generation}.csv"


def repairs_path(deposit: Deposit) -> Path:
    return root() / "reports" / f"{deposit.id}-{deposit.generation}-repairs.csv"


@contextmanager
def said_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                _(
                    "Il n'y a plus de place sur le serveur : rien n'a été gardé. Réessayez plus tard ou prévenez l'équipe du site."
                )
            ) from error
        raise


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A temporary path in the folder of `target`, put in its place in one step when the block ends well."""
    temporary = None
    try:
        with said_when_full():
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            os.close(descriptor)
            temporary = Path(name)
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(target)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


class Incoming:
    """Bytes that arrive, written and hashed block by block; they become an original when `keep` is called, else they vanish.

    `write` raises TooHeavyError above `most` bytes (by default the site's limit), StorageError when the disk is full."""

    def __init__(self, most: int | None = None) -> None:
        self.most = settings.UPLOAD_MAX_BYTES if most is None else most
        self.size = 0
        self.digest = hashlib.sha256()
        self.path = root() / "incoming" / secrets.token_hex(8)
        with said_when_full():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("wb")

    def write(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > self.most:
            raise TooHeavyError(too_heavy())
        self.digest.update(block)
        with said_when_full():
            self.file.write(block)

    def keep(self) -> Stored:
        """Put the bytes among the originals, in one step. The same bytes may already be there: then nothing changes."""
        try:
            with said_when_full():
                self.file.flush()
                os.fsync(self.file.fileno())
                self.file.close()
                target = original_path(self.digest.hexdigest())
                target.parent.mkdir(parents=True, exist_ok=True)
                self.path.chmod(0o644)
                self.path.replace(target)
        finally:
            self.discard()
        return Stored(self.digest.hexdigest(), self.size)

    def discard(self) -> None:
        """Idempotent; nothing happens to what was kept."""
        with contextlib.suppress(OSError):  # closing writes what was buffered: a full disk again
            self.file.close()
        self.path.unlink(missing_ok=True)


def arrived(chunks: Iterable[bytes], *, most: int | None = None) -> Incoming:
    """All of `chunks`, ready to be kept. Raises what `Incoming` raises; nothing is left of a file that was refused."""
    incoming = Incoming(most)
    try:
        for chunk in chunks:
            incoming.write(chunk)
    except BaseException:
        incoming.discard()
        raise
    return incoming


def keep(chunks: Iterable[bytes], *, most: int | None = None) -> Stored:
    """Store an original from its bytes."""
    return arrived(chunks, most=most).keep()


def too_heavy() -> str:
    limit = settings.UPLOAD_MAX_BYTES // 2**20
    return _(
        "Ce fichier dépasse la limite de %(limit)s Mo. Compressez-le (gzip), découpez-le ou demandez à l'équipe du site."
    ) % {"limit": limit}


def keep_file(path: Path) -> Stored:
    """Store an original that a job has written, without a limit: it comes from a file that passed it."""
    with path.open("rb") as file:
        return keep(iter(lambda: file.read(BLOCK), b""), most=1 << 62)


def settle(path: Path, target: Path) -> None:
    """Put a file that a job has built where it belongs. What is already there is the same, by construction of its address."""
    if target.exists():
        return
    with beside(target) as temporary:
        shutil.copyfile(path, temporary)


@contextmanager
def work_folder(name: str) -> Iterator[Path]:
    """A folder for one job, removed at its end."""
    parent = Path(settings.PARVIS_HOME) / "work"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def link_or_copy(source: Path, target: Path) -> None:
    """The same bytes at another place, for a job that may read one folder only."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    target.chmod(0o644)


def has_room(size: int) -> bool:
    """Whether a file of `size` bytes can be worked on: its scratch copy, its table and its version, with a margin."""
    root().mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root()).free > 4 * size + 50 * 2**20


def forget(*, sha256s: Iterable[str], digests: Iterable[str]) -> None:
    """Remove the bytes that no version and no deposit under way needs any more."""
    versions = Version.objects.filter(withdrawn=None)
    closed = [Deposit.State.PUBLISHED, Deposit.State.ABANDONED]
    waiting = Deposit.objects.exclude(state__in=closed)
    published = Deposit.objects.filter(state=Deposit.State.PUBLISHED, version__isnull=False, version__withdrawn=None)
    for digest in set(filter(None, digests)):
        if not versions.filter(digest=digest).exists() and not waiting.filter(digest=digest).exists():
            version_path(digest).unlink(missing_ok=True)
            for path in (root() / "exports" / digest[:2]).glob(f"{digest}.*"):
                path.unlink(missing_ok=True)
            for path in (root() / "pictures" / digest[:2]).glob(f"{digest[:32]}-*"):
                path.unlink(missing_ok=True)
            for pattern in (f"{digest[:2]}/{digest[:32]}-*", f"*/*-{digest[:32]}-*"):
                for path in (root() / "comparisons").glob(pattern):
                    path.unlink(missing_ok=True)
    for sha256 in set(filter(None, sha256s)):
        needed = Q(sha256=sha256) | Q(repaired_sha256=sha256) | Q(received_sha256=sha256)
        if not versions.filter(source_sha256=sha256).exists() and not (waiting | published).filter(needed).exists():
            original_path(sha256).unlink(missing_ok=True)


def forget_deposit(deposit: Deposit) -> None:
    """The bytes of a deposit, those that nothing else needs, and its lists of errors and changes, which quote the content."""
    forget(sha256s=[deposit.sha256, deposit.received_sha256, deposit.repaired_sha256], digests=[deposit.digest])
    for path in (root() / "reports").glob(f"{deposit.pk}-*"):
        path.unlink(missing_ok=True)


def sweep(older: float = 86_400) -> None:
    """Remove what a process that died left half-way: arrivals and work folders older than a day."""
    limit = time.time() - older
    for path in [*(root() / "incoming").glob("*"), *(Path(settings.PARVIS_HOME) / "work").glob("*")]:
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
