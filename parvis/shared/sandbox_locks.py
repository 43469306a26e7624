"""What the sandbox's child takes away from itself: rights on files (Landlock), system calls (seccomp), identity and privileges.

Only `sandbox_child` calls this, in a process of its own, before it opens anything hostile. None of it can be undone.
Where the kernel lacks one lock, the others remain; a lock that exists but fails raises OSError, and nothing runs.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from parvis.shared.sandbox_calls import CALLS, FAMILY

_LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True)

_SET_PDEATHSIG, _SET_KEEPCAPS, _SET_NO_NEW_PRIVS = 1, 8, 38
_CAPGET, _CAPSET = ("capget", "capset")
_READ_SEARCH = 1 << 2  # CAP_DAC_READ_SEARCH: reads what Landlock leaves readable, writes nothing

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ = 1 << 2 | 1 << 3  # files, folders
_READ_FILE = 1 << 2
# write, remove folder and file, make folder and regular file, truncate (where the kernel knows it)
_WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14


def landlock() -> int:
    """The version of Landlock that the kernel offers; 0 where it offers none."""
    if not _LINUX:
        return 0
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def seccomp() -> bool:
    """Whether the kernel filters system calls, on a family of processors whose numbers we know."""
    return _LINUX and platform.machine() in FAMILY and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def prctl(option: int, value: int) -> None:
    """`prctl(2)`; raises OSError."""
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "prctl")


def no_new_privileges() -> None:
    if _LINUX:
        prctl(_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    if _LINUX:
        prctl(_SET_PDEATHSIG, 9)


def drop_identity(uid: int, gid: int, must_read: Iterable[str]) -> bool:
    """Become `uid`, with no group and no privilege, unless a path of `must_read` would then be out of reach: then False.

    Root keeps, under Landlock only, the one privilege of reading: the data belong to root, and Landlock says which files.
    """
    keep = _READ_SEARCH & _permitted() if landlock() else 0
    if keep:
        prctl(_SET_KEEPCAPS, 1)
    elif not _readable_by(uid, gid, must_read):
        _privileges(0)
        return False
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if _LINUX:
        _privileges(keep)
    return True


def confine(read: Iterable[str], write: str | None) -> None:
    """Landlock: read these files and folders, write under `write` alone, no network, no signal to others. Raises OSError."""
    version = landlock()
    if not version:
        return
    handled = (1 << 13) - 1
    handled |= (1 << 13) if version >= 2 else 0
    handled |= (1 << 14) if version >= 3 else 0
    handled |= (1 << 15) if version >= 5 else 0
    attributes = struct.pack("=QQQ", handled, 3, 3)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = int(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in read:
        _allow(ruleset, path, _READ)
    if write is not None:
        _allow(ruleset, write, (_READ | _WRITE) & handled)
    if _libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def filter_calls(writes: bool) -> None:
    """seccomp: no other process, no network, no signal to others and, unless `writes`, no way to open a file for writing."""
    if not seccomp():
        return
    program = _program(writes)
    buffer = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    number = CALLS["seccomp"][FAMILY[platform.machine()][1]]
    if _libc.syscall(number, ctypes.c_uint(1), ctypes.c_uint(1), filters):  # SET_MODE_FILTER, on every thread
        raise OSError(ctypes.get_errno(), "seccomp")


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not Path(path).is_dir():
            rights &= _READ_FILE
        rule = struct.pack("=Qi", rights, descriptor)
        if _libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0)):
            raise OSError(ctypes.get_errno(), "landlock_add_rule", path)
    finally:
        os.close(descriptor)


def _permitted() -> int:
    header = struct.pack("=Ii", 0x20080522, 0)
    data = ctypes.create_string_buffer(24)
    if getattr(_libc, _CAPGET)(header, data):
        raise OSError(ctypes.get_errno(), "capget")
    return int(struct.unpack("=6I", data.raw)[1])


def _privileges(keep: int) -> None:
    header = struct.pack("=Ii", 0x20080522, 0)
    if getattr(_libc, _CAPSET)(header, struct.pack("=6I", keep, keep, 0, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "capset")


def _readable_by(uid: int, gid: int, paths: Iterable[str]) -> bool:
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(gid)
    os.seteuid(uid)
    try:
        return all(os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0), effective_ids=True) for path in paths)
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def _program(writes: bool) -> bytes:
    """The filter, in classic BPF: each refused call is a test and an answer, the rest passes."""
    architecture, column = FAMILY[platform.machine()]
    lines: list[tuple[int, int, int, int]] = []

    def load(offset: int) -> None:
        lines.append((0x20, 0, 0, offset))

    def answer(code: int) -> None:
        lines.append((0x06, 0, 0, 0x00050000 | code))

    load(4)
    lines += [(0x15, 1, 0, architecture), (0x06, 0, 0, 0x80000000)]  # another family's call: kill
    load(0)
    lines += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, 0x80000000)]  # the x32 calls: kill
    for name, numbers in CALLS.items():
        number = numbers[column]
        if number is None or name == "seccomp":
            continue
        if name in _ABSENT:
            lines.append((0x15, 0, 1, number))
            answer(errno.ENOSYS)
        elif name in _FLAGS_OF_OPEN:
            if writes:  # Landlock decides, but for cutting a file opened to be read, which it ignored before version 3
                lines.append((0x15, 0, 5, number))
                load(16 + 8 * _FLAGS_OF_OPEN[name])
                lines.append((0x45, 2, 0, os.O_WRONLY | os.O_RDWR))
                lines.append((0x45, 0, 1, os.O_TRUNC))
                answer(errno.EACCES)
                load(0)
            else:
                lines.append((0x15, 0, 4, number))
                load(16 + 8 * _FLAGS_OF_OPEN[name])
                lines.append((0x45, 0, 1, _WRITING))
                answer(errno.EACCES)
                load(0)
        elif name == "clone":  # a thread, never a process
            lines.append((0x15, 0, 4, number))
            load(16)
            lines.append((0x45, 1, 0, 0x10000))
            answer(errno.EPERM)
            load(0)
        elif name in {"tgkill", "prlimit64"}:  # itself only (abort needs it)
            lines.append((0x15, 0, 5, number))
            load(16)
            lines.append((0x15, 2, 0, os.getpid()))
            lines.append((0x15, 1, 0, 0 if name == "prlimit64" else os.getpid()))
            answer(errno.EPERM)
            load(0)
        elif not (writes and name in _NEEDED_TO_WRITE):
            lines.append((0x15, 0, 1, number))
            answer(errno.EPERM)
    lines.append((0x06, 0, 0, 0x7FFF0000))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


_ABSENT = {"clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "memfd_secret"}
_FLAGS_OF_OPEN = {"open": 1, "openat": 2}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000  # the last: O_TMPFILE
_NEEDED_TO_WRITE = {
    "creat",  "ftruncate", "fallocate", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat",
    "rename", "renameat", "renameat2",
}  # fmt: skip
