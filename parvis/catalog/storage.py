"""Where bytes are. An original is found by its SHA-256, a version by its digest; both are written beside, synced and renamed,
and never modified. Work folders are private to a job and removed with it."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
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


def parquet_path(version: Version) -> Path:
    return version_path(version.digest)


def source_path(version: Version) -> Path:
    return original_path(version.source_sha256)


def errors_path(deposit: Deposit) -> Path:
    return root() / "reports" / f"{deposit.id}-{deposit.generation}.csv"


def repairs_path(deposit: Deposit) -> Path:
    return root() / "reports" / f"{deposit.id}-{deposit.generation}-repairs.csv"


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A temporary path in the folder of `target`, put in its place in one step when the block ends well."""
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        os.close(descriptor)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(_("Il n'y a plus de place sur le serveur : rien n'a été gardé. Réessayez plus tard ou prévenez l'équipe du site.")) from error
        raise
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def keep(chunks: Iterable[bytes], *, most: int | None = None) -> Stored:
    """Store an original from its bytes, block by block, hashing on the way.

    Raises TooHeavyError above `most` bytes (by default the site's limit), StorageError when the disk is full."""
    most = settings.UPLOAD_MAX_BYTES if most is None else most
    digest, size = hashlib.sha256(), 0
    incoming = root() / "incoming" / secrets.token_hex(8)
    try:
        with beside(incoming) as temporary, temporary.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise TooHeavyError(
                        _("Ce fichier dépasse la limite de %(limit)s Mo. Découpez-le, compressez-le (gzip) ou donnez son adresse à l'équipe du site.")
                        % {"limit": most // 2**20}
                    )
                digest.update(chunk)
                file.write(chunk)
        target = original_path(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.replace(target)  # the same bytes may already be there: then nothing changes
    finally:
        incoming.unlink(missing_ok=True)
    return Stored(digest.hexdigest(), size)


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


def forget(version: Version) -> None:
    """Remove the bytes of a withdrawn version, those that no other version or deposit needs."""
    others = Version.objects.filter(withdrawn=None).exclude(pk=version.pk)
    if not others.filter(digest=version.digest).exists():
        version_path(version.digest).unlink(missing_ok=True)
        for path in (root() / "exports" / version.digest[:2]).glob(f"{version.digest}.*"):
            path.unlink(missing_ok=True)
    waiting = Deposit.objects.filter(Q(sha256=version.source_sha256) | Q(repaired_sha256=version.source_sha256)).exclude(
        state__in=[Deposit.State.PUBLISHED, Deposit.State.ABANDONED]
    )
    if not others.filter(source_sha256=version.source_sha256).exists() and not waiting.exists():
        original_path(version.source_sha256).unlink(missing_ok=True)
