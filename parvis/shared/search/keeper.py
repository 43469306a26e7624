"""Where the indexes are, one folder a kind, and how they follow what changes.

    <folder>/dataset/current        the name of the index that is read
    <folder>/dataset/20260301-…/    an index, and `state.json`: until when it knows
    <folder>/dataset/lock           held by whoever writes

A whole index is built beside and swapped by renaming `current`; a few changes are written into it in one commit. Both are
whole or not at all, whoever is killed: a lock ends with its process, an index half built is swept by the next builder.
A process looks for changes when it is asked something, at most every `PATIENCE` seconds; more than `FEW` of them, or no index
yet, is work for another process, so that nobody waits."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from parvis.shared import kinds
from parvis.shared.kinds import Kind, SearchDocument
from parvis.shared.search.port import Answer, Question, Unavailable
from parvis.shared.search.tantivy_index import FORMAT, TantivyIndex

FEW, SMALL = 50, 300
OVERLAP = timedelta(seconds=60)
"""A change is dated when it is made and seen when it is committed: what is younger than this is looked at again."""
OLD = timedelta(hours=20)
log = logging.getLogger(__name__)


@dataclass
class Shelf:
    """What this process knows of the index of one kind."""

    name: str = ""
    stamp: int = 0
    index: TantivyIndex | None = None
    looked: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)


_shelves: dict[Path, Shelf] = {}
_helpers: dict[Path, threading.Thread] = {}


def search(kind_name: str, question: Question) -> Answer:
    """Ask the index of a kind. Raises `Unavailable` while there is none: it is being built by then."""
    kind = kinds.get(kind_name)
    catch_up(kind)
    for _attempt in range(3):
        try:
            index = current(kind)
            if index is None:
                raise Unavailable(kind_name)
            return index.search(question)
        except (OSError, ValueError) as error:  # swapped and swept between two looks: the new one is there
            log.info("search index of %s read again: %s", kind_name, error)
            _shelf(kind).name = ""
    raise Unavailable(kind_name)


def look_again(kind_name: str) -> None:
    """Something of this kind was just written by this process: its next question looks for changes at once."""
    _shelf(kinds.get(kind_name)).looked = 0.0


def folder(kind: Kind) -> Path:
    return Path(settings.SEARCH_FOLDER) / kind.name


def _shelf(kind: Kind) -> Shelf:
    return _shelves.setdefault(folder(kind), Shelf())


# ----- Reading -----


def current(kind: Kind) -> TantivyIndex | None:
    """The index that is read now, opened once a process and read again when another process wrote it."""
    home, shelf = folder(kind), _shelf(kind)
    with shelf.lock:
        name = _current_name(kind)
        if not name:
            return None
        stamp = (home / name / "meta.json").stat().st_mtime_ns
        if shelf.index is None or shelf.name != name:
            shelf.index, shelf.name, shelf.stamp = TantivyIndex(home / name, kind.facets), name, stamp
        elif shelf.stamp != stamp:
            shelf.index.reload()
            shelf.stamp = stamp
        return shelf.index


def _current_name(kind: Kind) -> str:
    """Its name, "" without one or when what is there was made for another schema."""
    home = folder(kind)
    try:
        name = (home / "current").read_text().strip()
        state = _state(home / name)
    except OSError:
        return ""
    return name if state.get("format") == FORMAT and state.get("facets") == list(kind.facets) else ""


def _state(index: Path) -> dict[str, Any]:
    try:
        found = json.loads((index / "state.json").read_text())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(text)
    os.replace(beside, path)


@contextmanager
def _writing(kind: Kind, wait: bool) -> Iterator[bool]:
    """Hold the lock of the writers of a kind; False when another has it and `wait` is not asked."""
    home = folder(kind)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True  # the lock ends with the file, or with the process


# ----- Following -----


def catch_up(kind: Kind) -> None:
    """Before a question: write the few changes there are, or have the many written by another process."""
    shelf = _shelf(kind)
    if time.monotonic() - shelf.looked < settings.SEARCH_PATIENCE and shelf.looked:
        return
    shelf.looked = time.monotonic()
    name = _current_name(kind)
    if not name:
        documents = list(islice(kind.search_documents(None), SMALL + 1))
        if len(documents) <= SMALL:
            rebuild(kind, wait=False)
        else:
            ask_for_help(kind)
        return
    asked = timezone.now()
    changes = list(islice(_changes(kind, name), FEW + 1))
    if len(changes) > FEW:
        ask_for_help(kind)
    elif changes:
        follow(kind, wait=False)
    else:
        _settle(kind, name, asked)


def _settle(kind: Kind, name: str, asked: datetime) -> None:
    """Nothing was new when it was asked: what is older need not be read again at each question, as it would be for ever after many changes."""
    if len(_state(folder(kind) / name).get("recent", {})) <= FEW:
        return
    with _writing(kind, wait=False) as mine:
        if not mine or _current_name(kind) != name:
            return
        state, since = _state(folder(kind) / name), asked - OVERLAP
        if datetime.fromisoformat(state["since"]) >= since - OVERLAP:
            return
        recent = {key: updated for key, updated in state.get("recent", {}).items() if datetime.fromisoformat(updated) > since}
        _write(folder(kind) / name / "state.json", json.dumps(state | {"since": since.isoformat(), "recent": recent}))


def _changes(kind: Kind, name: str) -> Iterator[SearchDocument]:
    """What the index does not know yet."""
    state = _state(folder(kind) / name)
    recent = state.get("recent", {})
    for document in kind.search_documents(datetime.fromisoformat(state["since"])):
        if recent.get(document.reference) != document.updated.isoformat():
            yield document


def follow(kind: Kind, *, wait: bool) -> int:
    """Write what changed into the index that is read. Returns how many documents; twice does no harm."""
    with _writing(kind, wait) as mine:
        name = _current_name(kind)
        if not mine or not name:
            return 0
        started, state, written = timezone.now(), _state(folder(kind) / name), []

        def noted(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
            for document in documents:
                written.append((document.reference, document.updated))
                yield document

        changes = list(islice(_changes(kind, name), FEW)) if not wait else _changes(kind, name)
        index = current(kind)
        if index is None:
            return 0
        done = index.write(noted(changes))
        since = started - OVERLAP if wait or done < FEW else datetime.fromisoformat(state["since"])
        known = {**state.get("recent", {}), **{reference: updated.isoformat() for reference, updated in written}}
        recent = {reference: updated for reference, updated in known.items() if datetime.fromisoformat(updated) > since}
        _write(folder(kind) / name / "state.json", json.dumps(state | {"since": since.isoformat(), "recent": recent}))
        return done


def rebuild(kind: Kind, *, wait: bool) -> int:
    """Build the whole index beside and swap it. Returns how many documents it holds."""
    before = _current_name(kind)
    with _writing(kind, wait) as mine:
        if not mine or _current_name(kind) != before:  # another one just did it
            return 0
        home, started = folder(kind), timezone.now()
        name = f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        seen: dict[str, str] = {}

        def noted(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
            for document in documents:
                if document.updated > started - OVERLAP:
                    seen[document.reference] = document.updated.isoformat()
                yield document

        done = TantivyIndex(home / name, kind.facets, create=True).write(noted(kind.search_documents(None)))
        state = {
            "format": FORMAT,
            "facets": list(kind.facets),
            "built": started.isoformat(),
            "since": (started - OVERLAP).isoformat(),
            "recent": seen,
        }
        _write(home / name / "state.json", json.dumps(state))
        _write(home / "current", name)
        _sweep(home, {name, before})
        return done


def _sweep(home: Path, kept: set[str]) -> None:
    """What killed builders left, and indexes of before the last one (a reader may still hold that one)."""
    for path in home.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def refresh(*, whole: bool = False, only: str = "") -> dict[str, int]:
    """What a worker does now and then: every kind followed, built where it is missing, built again once a day.

    Days pass and change some facets (freshness) without any document being written: hence once a day."""
    done = {}
    for kind in kinds.all_kinds():
        if (only and kind.name != only) or kind.search_documents is kinds.no_documents:
            continue
        name = _current_name(kind)
        if whole or not name or _old(folder(kind) / name):
            done[kind.name] = rebuild(kind, wait=True)
        elif next(_changes(kind, name), None) is not None:
            done[kind.name] = follow(kind, wait=True)
    return done


def _old(index: Path) -> bool:
    return timezone.now() - datetime.fromisoformat(_state(index)["built"]) > OLD


def ask_for_help(kind: Kind) -> None:
    """Have another process do it: this one answers people. Nobody is asked while somebody writes already."""
    place = folder(kind)
    helper = _helpers.get(place)
    with _writing(kind, wait=False) as free:
        pass
    if free and (helper is None or not helper.is_alive()):
        command = [sys.executable, "-m", "parvis.cli", "manage", "refresh_search", "--kind", kind.name]
        _helpers[place] = threading.Thread(target=_helped, args=(command,), daemon=True)
        _helpers[place].start()


def _helped(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        log.warning("the search index could not be written: %s", done.stderr[-2000:])
