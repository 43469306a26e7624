"""The program that draws: it holds the Vega engine, reads specifications on its standard input and answers with pictures.

Never imported by the web process. Each message is its length (four bytes), then JSON. It locks itself before the engine starts:
it reads code and fonts alone, writes nothing and has no network. Without a question for a while, it leaves."""

from __future__ import annotations

import base64
import json
import os
import select
import struct
import sys
from typing import Any

IDLE = 90.0
SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/localtime",
          "/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/self",
          "/sys/devices/system/cpu", "/sys/fs/cgroup")  # fmt: skip


def main(root: str, fonts: str) -> None:
    sys.path.append(root)
    from parvis.shared import sandbox_locks

    sandbox_locks.no_new_privileges()
    sandbox_locks.die_with_parent()
    sandbox_locks.confine(
        [*filter(os.path.isdir, sys.path), os.path.dirname(os.path.dirname(os.__file__)), fonts, *SYSTEM], None
    )
    import vl_convert

    vl_convert.register_font_directory(fonts)
    # The engine makes its threads and its pipes at its first picture, which system calls refused later on would prevent.
    vl_convert.vegalite_to_svg({"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x"}}})
    sandbox_locks.filter_calls(writes=False)
    while (orders := _read()) is not None:
        try:
            answer = {"picture": _draw(vl_convert, orders)}
        except Exception as problem:
            answer = {"problem": f"{type(problem).__name__}: {problem}"[:2000]}
        _write(json.dumps(answer).encode())


def _draw(engine: Any, orders: dict[str, Any]) -> str:
    common = {
        "format_locale": orders["numbers"],
        "time_format_locale": orders["dates"],
        "allowed_base_urls": [],
    }
    if orders["kind"] == "png":
        return base64.b64encode(engine.vegalite_to_png(orders["spec"], scale=orders["scale"], **common)).decode()
    if orders["kind"] == "svg-to-png":
        return base64.b64encode(engine.svg_to_png(orders["spec"], scale=orders["scale"])).decode()
    return str(engine.vegalite_to_svg(orders["spec"], **common))


def _read() -> dict[str, Any] | None:
    if not select.select([0], [], [], IDLE)[0]:
        return None
    head = _exactly(4)
    return json.loads(_exactly(struct.unpack(">I", head)[0])) if len(head) == 4 else None


def _exactly(size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (block := os.read(0, size - len(parts))):
        parts += block
    return bytes(parts)


def _write(answer: bytes) -> None:
    block = memoryview(struct.pack(">I", len(answer)) + answer)
    while block:
        block = block[os.write(1, block) :]


if __name__ == "__main__":
    main(*sys.argv[1:])
