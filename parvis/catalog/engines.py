"""Engines for immutable files, kept for the next question on the same file: making one costs more than most questions do.

An engine can open its one file, nothing else, and writes nowhere. One question has it at a time, through a connection of its own
(what it made meanwhile goes with that connection); an engine whose question ended badly is not used again. It keeps no content:
the rows of a version that is withdrawn leave the memory with the question that read them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

MOST_IDLE = 12
SPILLED = "1GB"
"""What a sort that does not fit in memory may write meanwhile, where it is given a scratch folder."""

_idle: list[tuple[Path, duckdb.DuckDBPyConnection]] = []
_lock = threading.Lock()


@contextmanager
def borrowed(path: Path, settings: Mapping[str, Any], scratch: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reaches `path` alone, and `scratch` where there is one: then in an engine that ends with the question."""
    engine = (None if scratch else _taken(path)) or made(path, settings, scratch)
    try:
        connection = engine.cursor()
        try:
            yield connection
        finally:
            connection.close()
    except BaseException:
        engine.close()
        raise
    if scratch:
        engine.close()
    else:
        _kept(path, engine)


def made(path: Path, settings: Mapping[str, Any], scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(":memory:", config=dict(settings))
    allowed = str(path).replace("'", "''")
    engine.execute(f"SET allowed_paths = ['{allowed}']")
    if scratch:
        engine.execute("SET allowed_directories = ?", [[str(scratch)]])
        engine.execute("SET temp_directory = ?; ", [str(scratch / "spilled")])
        engine.execute(f"SET max_temp_directory_size = '{SPILLED}'")
    engine.execute("SET enable_external_file_cache = false")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _taken(path: Path) -> duckdb.DuckDBPyConnection | None:
    """One that waits for this file; `None` where there is none."""
    with _lock:
        for place in range(len(_idle) - 1, -1, -1):
            if _idle[place][0] == path:
                return _idle.pop(place)[1]
    return None


def _kept(path: Path, engine: duckdb.DuckDBPyConnection) -> None:
    with _lock:
        _idle.append((path, engine))
        oldest = _idle.pop(0)[1] if len(_idle) > MOST_IDLE else None
    if oldest:
        oldest.close()
