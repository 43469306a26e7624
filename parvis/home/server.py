"""Serving: granian for the web, and a worker beside it, both ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from django.conf import settings


def serve(*, host: str, port: int | None, processes: int, worker: bool) -> int:
    """Serve until stopped. Returns the exit code of the web server."""
    port = port or settings.PORT
    if taken(host, port):
        print(f"Port {port} is already in use: stop what uses it, or choose another one with PORT=8001.", file=sys.stderr)  # noqa: T201
        return 2
    children = [subprocess.Popen(web_command(host, port, processes))]
    if worker and answered(children[0], host, port):  # people first: the worker starts once the pages are there
        children.append(subprocess.Popen([sys.executable, "-m", "parvis.cli", "worker"]))
    return wait_together(children)


def web_command(host: str, port: int, processes: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(processes), "--blocking-threads", "4", "--backpressure", "128", "--respawn-failed-workers"),
        *("--log-level", "warning", "--no-ws", "parvis.config.wsgi:application"),
    ]


def answered(web: subprocess.Popen[bytes], host: str, port: int, patience: float = 60.0) -> bool:
    """Wait until the web server takes a connection. False when it ended first."""
    until = time.monotonic() + patience
    while web.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        time.sleep(0.1)
    return web.poll() is None


def wait_together(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait for the first child (the web); restart another that dies; end them all together."""

    def end(*_signal: object) -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while children[0].poll() is None:
        time.sleep(0.5)
        for index, child in enumerate(children[1:], start=1):
            if child.poll() not in (None, 0, -signal.SIGTERM, -signal.SIGINT) and children[0].poll() is None:
                children[index] = subprocess.Popen(child.args)  # a worker that dies is replaced; its jobs are taken up again
    end()
    for child in children:
        child.wait(timeout=15)
    code = children[0].returncode
    return 0 if code in (-signal.SIGTERM, -signal.SIGINT) else code


def taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def work() -> int:
    """One worker: the queue, and a thread that takes up again what a dead worker left."""
    from django.core.management import call_command

    threading.Thread(target=reap_for_ever, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_signal: os.kill(os.getpid(), signal.SIGINT))
    try:
        call_command("db_worker", interval=0.5, startup_delay=False, reload=False, verbosity=0)
    except (KeyboardInterrupt, SystemExit):
        return 0
    return 0


def reap_for_ever(every: float = 20.0) -> None:
    from django.db import close_old_connections

    from parvis.catalog import public as catalog
    from parvis.debates import public as debates
    from parvis.moderation import public as moderation
    from parvis.notifications import public as notifications
    from parvis.programmes import public as programmes
    from parvis.shared.search import keeper

    while True:
        try:
            close_old_connections()
            catalog.reap()
            debates.reap()
            notifications.tick()
            moderation.forget()
            programmes.reap()
            keeper.refresh()
        except Exception as error:  # the database may be away for a moment; the next round tries again
            print(f"worker: {error}", file=sys.stderr)  # noqa: T201
        time.sleep(every)
