"""A million rows asked over HTTP, by the same client in the same run: Parvis beside Datasette, and the memory of each.

    python -m benchmarks.questions [--rows 1000000]

Both serve the same CSV from this machine: Parvis as `parvis serve` (2 web processes and a worker), published through its own flow;
Datasette out of the box on an immutable SQLite file (`sqlite-utils insert --csv --detect-types`, no index, since we make none
either), facets off, its limit of one second lifted so that every question is answered. `first` is the first time that a question
is asked, `then` the best of three more: Parvis remembers which rows answered. Memory is the sum of the peaks of all processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

from benchmarks import make_scdl

ROOT = Path(__file__).resolve().parents[1]
DATASETTE = ROOT / ".venv-peers" / "datasette" / "bin"
PUBLISH = """
from pathlib import Path
from parvis.accounts.models import User
from parvis.catalog.public import publish_file
from parvis.organisations.models import Membership, Organisation
by = User.objects.create_user("mesure@exemple.fr", None)
town = Organisation.objects.create(name="Commune de mesure", slug="mesure", nature="commune")
Membership.objects.create(user=by, organisation=town, role="editor")
content = Path({file!r}).open("rb")
form = {{"title": "Subventions"}}
from parvis.catalog.actions import deposits
deposit = deposits.receive(chunks=iter(lambda: content.read(1 << 20), b""), name="subventions.csv", organisation=town, by=by)
deposit = deposits.run(deposit)
deposits.remember(deposit, form, by=by, personal_confirmed=True)
version = deposits.publish(deposit, by=by)
print(version.resource.dataset.slug, version.resource_id)
"""


@dataclass(frozen=True)
class Question:
    name: str
    ours: str
    """The end of the address, with {rows} for that of the rows and {files} for that of the files."""
    theirs: str
    """The same for Datasette, with {table}; `sql` where it needs a question in SQL."""
    streamed: bool = False


def sql(text: str) -> str:
    return "{database}.json?" + urlencode({"sql": text}).replace("{", "{{").replace("}", "}}")


QUESTIONS = [
    Question("first page", "{rows}?page_size=25", "{table}.json?_size=25"),
    Question("page 20,000", "{rows}?page_size=25&page=20000", sql("select * from grants limit 25 offset 499975")),
    Question(
        "filter, equal and above",
        "{rows}?page_size=25&nomAttribuant__exact=DINUM&montant__greater=49900",
        "{table}.json?_size=25&nomAttribuant=DINUM&montant__gte=49900",
    ),
    Question("filter, contains", "{rows}?page_size=25&objet__contains=beaux+jours", "{table}.json?_size=25&objet__contains=beaux+jours"),
    Question("sort by amount", "{rows}?page_size=25&sort=-montant", "{table}.json?_size=25&_sort_desc=montant"),
    Question("sort by name", "{rows}?page_size=25&sort=nomBeneficiaire", "{table}.json?_size=25&_sort=nomBeneficiaire"),
    Question(
        "group: count and sum",
        "{rows}?page_size=25&nomAttribuant__groupby&montant__sum",
        sql("select nomAttribuant, count(*), sum(montant) from grants group by nomAttribuant"),
    ),
    Question("export, all rows in CSV", "{files}/csv", "{table}.csv?_stream=on&_size=max", streamed=True),
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(parent: int) -> list[int]:
    """A process and those that it started."""
    found, waiting = [], [parent]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(text) for text in (task / "children").read_text().split()]
    return found


def peak(parent: int) -> float:
    """Megabytes: the sum of the highest resident memory of each process."""
    total = 0
    for process in tree(parent):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    total += int(line.split()[1])
    return total / 1024


@contextlib.contextmanager
def served(command: list[str], port: int, environment: dict[str, str] | None = None) -> Iterator[tuple[str, int]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _attempt in range(600):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command[0]} does not answer")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def asked(client: httpx.Client, address: str, times: int = 4) -> tuple[float, float, int]:
    """Seconds the first time, the best of the others, and the bytes of the answer."""
    seconds, size = [], 0
    for _time in range(times):
        started = time.perf_counter()
        with client.stream("GET", address) as answer:
            size = sum(len(block) for block in answer.iter_raw())
            if answer.status_code != 200:
                return float("nan"), float("nan"), answer.status_code
        seconds.append(time.perf_counter() - started)
    return seconds[0], min(seconds[1:] or seconds), size


def measured(base: str, addresses: dict[str, tuple[str, bool]]) -> dict[str, tuple[float, float, int]]:
    with httpx.Client(base_url=base, timeout=1200, headers={"Accept-Encoding": "identity"}, follow_redirects=True) as client:
        return {name: asked(client, address, 1 if once else 4) for name, (address, once) in addresses.items()}


def prepare(folder: Path, rows: int) -> tuple[dict[str, str], str, Path]:
    """Parvis's home and where the rows are in it, Datasette's database."""
    file = folder / "subventions.csv"
    make_scdl.write(file, rows)
    home = folder / "home"
    home.mkdir()
    home.chmod(0o755)
    folder.chmod(0o755)
    ours = {"PARVIS_HOME": str(home)}
    environment = {**os.environ, **ours}
    quiet = {"cwd": ROOT, "env": environment, "check": True}
    subprocess.run([sys.executable, "-m", "parvis.cli", "setup"], stdout=subprocess.DEVNULL, **quiet)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", PUBLISH.format(file=str(file))],
        capture_output=True, text=True, **quiet,
    )  # fmt: skip
    print(f"  Parvis    read, profiled and published in {time.perf_counter() - started:6.1f} s")
    database = folder / "grants.db"
    started = time.perf_counter()
    subprocess.run(
        [DATASETTE / "sqlite-utils", "insert", database, "grants", file, "--csv", "--detect-types", "--silent"], check=True
    )
    print(f"  Datasette imported by sqlite-utils in      {time.perf_counter() - started:6.1f} s")
    return ours, done.stdout.strip().splitlines()[-1], database


def report(ours: dict[str, tuple[float, float, int]], theirs: dict[str, tuple[float, float, int]]) -> None:
    print(f"  {'':<26}{'Parvis first':>14}{'then':>9}{'Datasette first':>18}{'then':>9}{'ratio, first':>14}")
    for name, (first, then, size) in ours.items():
        other, other_then, other_size = theirs[name]
        said = f"  {name:<26}{first:>12.3f} s{then:>7.3f} s{other:>16.3f} s{other_then:>7.3f} s{other / first:>12.1f}"
        print(said if size > 1000 or first == first else said + f"   not answered ({size}, {other_size})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    print(f"\nQuestions over HTTP on {rows:,} rows; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        environment, place, database = prepare(Path(name), rows)
        slug, resource = place.split()
        own = {"rows": f"/api/v1/resources/{resource}/rows", "files": f"/donnees/{slug}/{resource}/versions/1"}
        port = free_port()
        with served([sys.executable, "-m", "parvis.cli", "serve"], port, environment | {"PORT": str(port)}) as (base, process):
            ours = measured(base, {one.name: (one.ours.format(**own), one.streamed) for one in QUESTIONS})
            memory = peak(process)
        port = free_port()
        lifted = ("suggest_facets", "off"), ("sql_time_limit_ms", "600000"), ("max_csv_mb", "0")
        command = [str(DATASETTE / "datasette"), "serve", "-i", str(database), "--port", str(port)]
        with served([*command, *(word for pair in lifted for word in ("--setting", *pair))], port) as (base, process):
            there = {"database": "/grants", "table": "/grants/grants"}
            theirs = measured(base, {one.name: (one.theirs.format(**there), one.streamed) for one in QUESTIONS})
            other_memory = peak(process)
    report(ours, theirs)
    print(f"  memory, all processes: Parvis {memory:.0f} MB, Datasette {other_memory:.0f} MB; load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"ours": ours, "theirs": theirs}), file=sys.stderr) if os.environ.get("BENCH_JSON") else None


if __name__ == "__main__":
    main()
