"""The child of `sandbox.run`: locks itself, then imports and calls one function. Never imported by the web process.

It reads its orders (JSON) on standard input and answers one JSON object on the descriptor given as its last argument.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util
import json
import os
import resource
import sys
from typing import Any

from parvis.shared import sandbox_locks

_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/locale",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/dev/null", "/dev/urandom", "/dev/zero",
    "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/self/cgroup", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip


def main() -> None:
    """Obey the orders read on standard input, answer, and leave at once."""
    descriptor = int(sys.argv[-1])
    try:
        orders = json.loads(sys.stdin.buffer.read())
        sys.path[:] = orders["path"]
        _lock(orders)
        answer = _call(orders)
    except MemoryError:
        answer = {"memory": True}
    except BaseException as problem:
        answer = {"crashed": f"{type(problem).__name__}: {problem}"[:2000]}
    _reply(descriptor, answer)
    os._exit(0)


def _lock(orders: dict[str, Any]) -> None:
    top = orders["module"].partition(".")[0]
    code = _locations(top)
    readable = [*code, *_libraries(orders["roots"]), *([orders["folder"]] if orders["folder"] else [])]
    _bound(orders)
    sandbox_locks.no_new_privileges()
    if orders["uid"] is not None:
        dropped = sandbox_locks.drop_identity(orders["uid"], orders["gid"], readable)
        if orders["must_drop"] and not dropped:
            raise PermissionError("without Landlock, `nobody` must be able to read Python, the code and the folder")
    sandbox_locks.die_with_parent()
    if os.getppid() != orders["parent"]:
        os._exit(1)
    sandbox_locks.confine([*readable, *_SYSTEM], orders["scratch"])
    sandbox_locks.filter_calls(writes=orders["scratch"] is not None)


def _locations(top: str) -> list[str]:
    """Where the code of the called function lies: the folder of its topmost package, or its one file."""
    spec = importlib.util.find_spec(top)
    if spec is None:
        raise ModuleNotFoundError(top)
    if spec.submodule_search_locations is not None:
        return [*spec.submodule_search_locations, *importlib.import_module("parvis").__path__]
    return [str(spec.origin), *importlib.import_module("parvis").__path__]


def _libraries(roots: list[str]) -> list[str]:
    """Folders of `sys.path` and of Python, but for the roots of projects: their neighbours may hold data and secrets."""
    return [path for path in [*sys.path, os.path.dirname(os.__file__)] if os.path.exists(path) and path not in roots]


def _bound(orders: dict[str, Any]) -> None:
    def bound(which: int, value: int) -> None:
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

    bound(resource.RLIMIT_AS, orders["memory"])
    bound(resource.RLIMIT_FSIZE, orders["file_bytes"])
    bound(resource.RLIMIT_NOFILE, orders["open_files"])
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_NPROC, _tasks() + 64)
    bound(resource.RLIMIT_CPU, orders["cpu_seconds"])


def _tasks() -> int:
    """Tasks of the whole machine: the limit counts those of one user, which are never more."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 4096


def _call(orders: dict[str, Any]) -> dict[str, Any]:
    function: Any = importlib.import_module(orders["module"])
    for name in orders["name"].split("."):
        function = getattr(function, name)
    try:
        return {"result": function(*orders["args"], **orders["kwargs"])}
    except ValueError as problem:
        return {"refused": str(problem)[:2000]}
    except Exception as problem:
        if _is_memory(problem):
            return {"memory": True}
        raise


def _is_memory(problem: Exception) -> bool:
    text = f"{type(problem).__name__} {problem}".lower().replace(" ", "")
    return (
        isinstance(problem, MemoryError)
        or (isinstance(problem, OSError) and problem.errno == errno.ENOMEM)
        or any(
            sign in text for sign in ("outofmemory", "bad_alloc", "couldnotallocate", "failedtoallocate", "can'tstartnewthread")
        )
    )


def _reply(descriptor: int, answer: dict[str, Any]) -> None:
    try:
        data = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except MemoryError:
        data = b'{"memory": true}'
    except (TypeError, ValueError, RecursionError) as problem:
        data = json.dumps({"crashed": f"the result is not JSON: {problem}"[:2000]}).encode()
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
