"""The drawing program, one for each web process, started at the first picture: a question, a picture, within a few seconds.

It costs about a second to start and 90 MB while it lives; a picture then takes a tenth of a second, and the web process
keeps answering others meanwhile."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from parvis.catalog.core.charts import theme
from parvis.catalog.rows import OverloadError

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
ROOT = HERE.parent.parent.parent
SECONDS = 10.0
"""For one picture, the start of the program included; after that, it is killed."""
PATIENCE = 8.0
LARGEST = 8 * 2**20


class DrawingError(Exception):
    """The picture could not be drawn. For the log: the specification is ours, so this is a mistake of ours."""


class Engine:
    """One child at a time. Thread-safe; a fork starts its own."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def svg(self, spec: dict[str, Any]) -> str:
        return self._ask({"kind": "svg", "spec": spec})

    def png(self, spec: dict[str, Any], scale: float = 2) -> bytes:
        return base64.b64decode(self._ask({"kind": "png", "spec": spec, "scale": scale}))

    def svg_to_png(self, svg: str, scale: float = 2) -> bytes:
        return base64.b64decode(self._ask({"kind": "svg-to-png", "spec": svg, "scale": scale}))

    def stop(self) -> None:
        with self._turn:
            self._kill()

    def _ask(self, orders: dict[str, Any]) -> str:
        message = json.dumps({**orders, "numbers": theme.NUMBERS, "dates": theme.DATES}).encode()
        if not self._turn.acquire(timeout=PATIENCE):
            raise OverloadError(_("Beaucoup de graphiques sont dessinés en ce moment. Réessayez dans quelques secondes."))
        try:
            answer = json.loads(self._answer(message))
        finally:
            self._turn.release()
        if "picture" not in answer:
            raise DrawingError(str(answer.get("problem")))
        return str(answer["picture"])

    def _answer(self, message: bytes) -> bytes:
        """Ask the child; one that left between two questions (it does when nobody draws) is started again, once."""
        deadline = time.monotonic() + SECONDS
        for fresh in (False, True):
            child = self._running(fresh)
            try:
                return _talk(child, struct.pack(">I", len(message)) + message, deadline)
            except (BrokenPipeError, EOFError):
                self._kill()
            except BaseException:
                self._kill()
                raise
        raise DrawingError("the drawing program leaves as soon as it starts")

    def _running(self, fresh: bool) -> subprocess.Popen[bytes]:
        if self._child is None or fresh or self._owner != os.getpid() or self._child.poll() is not None:
            if self._owner == os.getpid():
                self._kill()
            self._child, self._owner = _started(), os.getpid()
        return self._child

    def _kill(self) -> None:
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._child = None


def _started() -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", str(HERE / "child.py"), str(ROOT), str(FONTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    assert child.stdin is not None
    os.set_blocking(child.stdin.fileno(), False)
    return child


def _talk(child: subprocess.Popen[bytes], message: bytes, deadline: float) -> bytes:
    """Write the question and read the answer at once: neither side waits for a full pipe."""
    assert child.stdin is not None
    assert child.stdout is not None
    sent, said, size = memoryview(message), bytearray(), -1
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        selector.register(child.stdin, selectors.EVENT_WRITE)
        while size < 0 or len(said) < size:
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise OverloadError(
                    _("Ce graphique est trop long à dessiner : ajoutez un filtre ou choisissez une autre forme.")
                )
            for key, _events in ready:
                if key.fileobj is child.stdin:
                    sent = sent[os.write(child.stdin.fileno(), sent[:65536]) :]
                    if not sent:
                        selector.unregister(child.stdin)
                elif block := os.read(child.stdout.fileno(), 65536):
                    said += block
                else:
                    raise EOFError
            if size < 0 and len(said) >= 4:
                size = struct.unpack(">I", said[:4])[0] + 4
                if size > LARGEST:
                    raise DrawingError("the picture is too large")
    return bytes(said[4:])


engine = Engine()
