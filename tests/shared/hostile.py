"""What people may try inside the sandbox. Imported by its child only."""

from __future__ import annotations

import ctypes
import hashlib
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import duckdb


def add(left: int, right: int = 1) -> int:
    return left + right


def echo(value: Any) -> Any:
    return value


def loop() -> None:
    while True:
        pass


def hold(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


def eat() -> int:
    blocks = []
    while True:
        blocks.append(bytearray(50_000_000))


def eat_in_duckdb() -> Any:
    return duckdb.connect().sql("SELECT length(printf('%2000000000d', 1))").fetchall()


def forks() -> str:
    try:
        while True:
            os.fork()
    except OSError as problem:
        return type(problem).__name__


def executes() -> str:
    return _refusal(lambda: os.execv("/bin/true", ["true"]))


def connects(port: int) -> str:
    return _refusal(lambda: socket.create_connection(("127.0.0.1", port), timeout=1))


def kills(pid: int) -> str:
    return _refusal(lambda: os.kill(pid, 0))


def opens(path: str, flags: int) -> str:
    return _refusal(lambda: os.open(path, flags, 0o666))


def truncates(path: str) -> str:
    return _refusal(lambda: os.truncate(path, 0))


def removes(path: str) -> str:
    return _refusal(lambda: os.unlink(path))


def renames(path: str) -> str:
    return _refusal(lambda: os.rename(path, path + ".moved"))


def permits(path: str) -> str:
    return _refusal(lambda: os.chmod(path, 0o777))


def links(path: str) -> str:
    return _refusal(lambda: os.symlink("/etc/passwd", path))


def reads(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as problem:
        return type(problem).__name__


def environment() -> dict[str, str]:
    return dict(os.environ)


def descriptors() -> list[int]:
    """Every descriptor that is open, found without /proc."""
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def identity() -> list[int]:
    return [os.getuid(), os.geteuid(), os.getgid(), *os.getgroups()]


def huge(size: int) -> str:
    return "x" * size


def refuses() -> None:
    raise ValueError("La colonne n’existe pas.")


def breaks() -> None:
    raise KeyError("inside")


def unserialisable() -> object:
    return object()


def segfaults() -> None:
    ctypes.string_at(0)


def prints() -> int:
    print("noise")  # noqa: T201
    sys.stderr.write("noise" * 100_000)
    return 3


def fills(name: str, size: int, count: int) -> int:
    for number in range(count):
        with open(f"{name}-{number}", "wb") as file:
            file.write(b"0" * size)
        time.sleep(0.02)
    return count


def query(text: str) -> Any:
    """A person's text, as `catalog/core/tables` runs it: only ever a parameter."""
    database = duckdb.connect()
    database.execute("SET temp_directory = ''; SET enable_external_access = false; SET lock_configuration = true")
    return database.execute("FROM query(?) LIMIT 10", [text]).fetchall()


def raw(text: str) -> Any:
    """The same with no care at all: only the sandbox stands."""
    return duckdb.connect().execute(text).fetchall()


def parquet(path: str) -> Any:
    return duckdb.connect().execute("SELECT count(*), sum(a) FROM read_parquet(?)", [path]).fetchall()


def threads(path: str) -> Any:
    database = duckdb.connect(config={"threads": 4})
    return database.execute("SELECT a % 10 AS k, count(*) FROM read_parquet(?) GROUP BY 1 ORDER BY 1", [path]).fetchall()


def _refusal(attempt: Any) -> str:
    try:
        attempt()
    except OSError as problem:
        return type(problem).__name__
    return "allowed"
