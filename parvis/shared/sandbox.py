"""One bounded child for everything hostile: people's SQL, spreadsheets, PDF, RDF.

    rows = run(tables.query, "donnees.parquet", text, folder=version.folder, limits=Limits(seconds=3))

The function runs in a fresh process that shares no memory, thread or descriptor with this one, and that gave up beforehand
the right to write, to reach the network, to start a process and (Landlock) to read anything but `folder` and the libraries.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import selectors
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from parvis.shared import sandbox_locks

MEGABYTE = 1_000_000
AT_ONCE = 2
_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from parvis.shared.sandbox_child import main; main()"


@dataclass(frozen=True)
class Limits:
    """What the child may take. Sizes in bytes, times in seconds."""

    memory: int = 900 * MEGABYTE  # address space: 700 MB breaks DuckDB itself, 1,500 lets some calls outlive the limit
    seconds: float = 3.0
    result: int = 8 * MEGABYTE  # the answer, in JSON
    scratch: int = 500 * MEGABYTE  # all that lies in the scratch folder, where one is given
    open_files: int = 64
    wait: float = 2.0  # for one of the two places


@dataclass(frozen=True)
class Capabilities:
    """Which locks this machine offers. Limits of memory, time, files and descriptors exist everywhere."""

    landlock: int  # version of the kernel's interface, 0 for none: reading is bounded by file permissions only
    seccomp: bool  # no process, no network, no file opened for writing
    drops_identity: bool  # we are root: the child becomes `nobody`


class SandboxError(Exception):
    """Why there is no result: `message` is for people, `detail` for the log (it may quote paths)."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class Busy(SandboxError):
    """Both places are taken: answer 503."""


class TimedOut(SandboxError):
    """Killed at the end of its time."""


class OutOfMemory(SandboxError):
    """Asked for more memory than its share."""


class Refused(SandboxError):
    """The function raised ValueError: its own message."""


class TooLarge(Refused):
    """The result, or the scratch folder, outgrew its limit."""


class Unprotected(SandboxError):
    """This machine lacks the locks that keep the child from writing where it may not: nothing was run."""


class Crashed(SandboxError):
    """Any other end."""


def capabilities() -> Capabilities:
    """The locks that `run` will use here."""
    return Capabilities(sandbox_locks.landlock(), sandbox_locks.seccomp(), os.geteuid() == 0)


def run(
    function: Callable[..., Any],
    /,
    *args: Any,
    limits: Limits = Limits(),
    folder: Path | None = None,
    scratch: Path | None = None,
    **kwargs: Any,
) -> Any:
    """Call a function of a module in a throw-away process and return its result, as JSON renders it (a tuple comes back a list).

    function: importable by name, no lambda, no method of `__main__`. args, kwargs: JSON, and paths (they arrive as text).
    folder: the only data that it may read, and its working directory: give it relative paths.
    scratch: an empty folder where it may write, up to `limits.scratch` bytes in all; only regular files are left in it.
    Raises Busy, TimedOut, OutOfMemory, Refused (the function's ValueError), TooLarge, Crashed and, where neither Landlock nor
    (without `scratch`) seccomp exists, Unprotected: `PARVIS_SANDBOX_WEAK=1` accepts it, for development on other systems.
    """
    name = getattr(function, "__qualname__", "<")
    if "<" in name or function.__module__ == "__main__":
        raise TypeError("run() takes a function that a module defines")
    orders = _orders(function.__module__, name, args, kwargs, limits, folder, scratch)
    with _place(limits.wait), tempfile.TemporaryFile() as letter:
        letter.write(json.dumps(orders, default=_path_as_text).encode())
        letter.seek(0)
        with _lent(scratch, orders["uid"], orders["gid"]):
            return _talk(letter, orders["folder"] or "/", limits, scratch)


def _orders(
    module: str, name: str, args: Any, kwargs: Any, limits: Limits, folder: Path | None, scratch: Path | None
) -> dict[str, Any]:
    identity = _nobody()
    return {
        "module": module,
        "name": name,
        "args": args,
        "kwargs": kwargs,
        "path": [str(_ROOT), *(path for path in sys.path if os.path.isabs(path) and path != str(_ROOT))],
        "roots": [path for path in {str(_ROOT), *sys.path} if _holds_more_than_code(path)],
        "folder": str(folder.resolve(strict=True)) if folder else None,
        "scratch": str(scratch.resolve(strict=True)) if scratch else None,
        "memory": limits.memory,
        "file_bytes": limits.scratch if scratch else 0,
        "open_files": limits.open_files,
        "cpu_seconds": int(limits.seconds) * (os.cpu_count() or 1) + 1,
        "uid": identity[0],
        "gid": identity[1],
        "must_drop": not _locked(scratch),
        "parent": os.getpid(),
    }


def _locked(scratch: Path | None) -> bool:
    """Whether locks, and not only file permissions, keep the child from writing. Raises Unprotected."""
    can = capabilities()
    if can.landlock >= 3 or (can.seccomp and (can.landlock or scratch is None)) or os.environ.get("PARVIS_SANDBOX_WEAK") == "1":
        return True
    if can.drops_identity:
        return False  # then it must become somebody who may not write
    raise Unprotected("Ce serveur ne permet pas de traiter ce fichier en sécurité.", f"{can}, scratch={scratch}")


def _holds_more_than_code(path: str) -> bool:
    """The root of a project, or a folder around the data: on `sys.path`, yet its neighbours are not for the child."""
    if os.path.basename(path) in {"site-packages", "dist-packages"}:
        return False
    marks = any(os.path.exists(os.path.join(path, name)) for name in ("pyproject.toml", "manage.py", ".git"))
    return marks or _home().is_relative_to(Path(path).absolute())


def _home() -> Path:
    return Path(os.environ.get("PARVIS_HOME") or _ROOT / "var").absolute()


def _nobody() -> tuple[int | None, int | None]:
    if os.geteuid() != 0:
        return None, None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _path_as_text(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be given to the sandbox")


def _talk(letter: IO[bytes], where: str, limits: Limits, scratch: Path | None) -> Any:
    """Start the child, read its answer, kill what remains. Both pipes are bounded."""
    deadline = time.monotonic() + limits.seconds
    reading, writing = os.pipe()
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", _START, str(_ROOT), str(writing)],
            stdin=letter,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(writing,),
            cwd=where,
            env=_environment(),
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    try:
        answer, errors = _listen(child, reading, deadline, limits, scratch)
        left = deadline - time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(left, 0.05))
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()
        os.close(reading)
        assert child.stderr is not None
        child.stderr.close()
    _check_scratch(scratch, limits)
    return _understand(answer, errors, child.returncode, limits)


def _listen(
    child: subprocess.Popen[bytes], reading: int, deadline: float, limits: Limits, scratch: Path | None
) -> tuple[bytes, bytes]:
    assert child.stderr is not None
    said = {reading: bytearray(), child.stderr.fileno(): bytearray()}
    with selectors.DefaultSelector() as selector:
        for descriptor in said:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimedOut(f"Le calcul a dépassé {limits.seconds:g} secondes : il a été arrêté.")
            for key, _ in selector.select(min(left, 0.1) if scratch else left):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == reading or len(said[key.fd]) < 8192:
                    said[key.fd] += data
            if len(said[reading]) > limits.result:
                raise TooLarge("Le résultat est trop grand pour être rendu.")
            _check_scratch(scratch, limits)
    return bytes(said[reading]), bytes(said[child.stderr.fileno()])


def _understand(answer: bytes, errors: bytes, code: int, limits: Limits) -> Any:
    detail = errors.decode("utf-8", "replace")
    memory = OutOfMemory(f"Le calcul demande plus de mémoire qu’il n’en est permis ({limits.memory // MEGABYTE} Mo).", detail)
    if not answer:
        if code == -signal.SIGXCPU:
            raise TimedOut(f"Le calcul a dépassé {limits.seconds:g} secondes : il a été arrêté.")
        if code == -signal.SIGKILL or any(
            sign in detail.lower() for sign in ("bad_alloc", "memoryerror", "out of memory", "memory allocation")
        ):
            raise memory
        raise Crashed("Le calcul s’est interrompu.", f"exit {code}: {detail}")
    try:
        reply = json.loads(answer.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as problem:
        raise Crashed("Le calcul s’est interrompu.", f"unreadable answer: {problem}") from None
    if "result" in reply:
        return reply["result"]
    if "refused" in reply:
        raise Refused(str(reply["refused"]))
    if "memory" in reply:
        raise memory
    raise Crashed("Le calcul s’est interrompu.", str(reply.get("crashed", detail)))


def _environment() -> dict[str, str]:
    """Nothing of ours: no secret, no home. One arena and one thread, since address space is counted."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _slots() -> Path:
    """The folder of the two places, one for an installation: beside the data, or in the temporary folder for file commands."""
    home = _home()
    if home.is_dir() and os.access(home, os.W_OK):
        folder = home / "run"
    else:
        digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"parvis-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise Busy("Le bac à sable n’est pas prêt.", f"{folder} belongs to somebody else")
    return folder


@contextlib.contextmanager
def _place(wait: float) -> Iterator[None]:
    """One of the two places, held by a file lock: the kernel gives it back whatever happens to us. Raises Busy."""
    folder = _slots()
    deadline = time.monotonic() + wait
    while True:
        for number in range(AT_ONCE):
            with open(folder / f"sandbox-{number}.lock", "ab") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        if time.monotonic() >= deadline:
            raise Busy("Trop de calculs sont en cours. Réessayez dans quelques secondes.")
        time.sleep(0.02)


@contextlib.contextmanager
def _lent(scratch: Path | None, uid: int | None, gid: int | None) -> Iterator[None]:
    """Give the scratch folder to the child's identity, then take back all that lies in it and remove what is no regular file."""
    if scratch is None:
        yield
        return
    if uid is not None and gid is not None:
        os.chown(scratch, uid, gid)
    try:
        yield
    finally:
        if uid is not None:
            os.chown(scratch, 0, 0)
        for entry in _entries(scratch):
            mode = entry.stat(follow_symlinks=False).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                os.unlink(entry.path)
            elif uid is not None:
                os.chown(entry.path, 0, 0, follow_symlinks=False)


def _entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)


def _check_scratch(scratch: Path | None, limits: Limits) -> None:
    if scratch is None:
        return
    total = 0
    with contextlib.suppress(FileNotFoundError):  # the child may be removing what we count
        for entry in _entries(scratch):
            with contextlib.suppress(FileNotFoundError):
                total += max(entry.stat(follow_symlinks=False).st_blocks * 512, 4096)
    if total > limits.scratch:
        raise TooLarge("Le fichier préparé est trop grand.")
