"""Public pages under load: 50 requests a second for 20 seconds, on this machine only; the 95th percentile must stay under 300 ms.

    python -m benchmarks.load [--url http://127.0.0.1:8000] [--rate 50] [--seconds 20]

Without `--url`, a copy of PARVIS_HOME (where `make demo` loaded the demonstration) is served on a free port for the time of the
measure. Requests leave at fixed times whatever the answers do (an open loop): a slow server makes a queue, and it shows.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.questions import free_port, peak, served

TARGET = 0.300


def pages(base: str) -> dict[str, list[str]]:
    """What people open, found on the site itself."""
    with httpx.Client(base_url=base, timeout=30) as client:
        datasets = client.get("/api/v1/datasets?page_size=20").json()["data"]
        if not datasets:
            raise SystemExit("No dataset is published there: load the demonstration first (make demo).")
        path = lambda address: urlsplit(address).path  # noqa: E731
        resources = [resource for one in datasets for resource in one["resources"] if resource["version"]]
        towns = [f"/territoires/commune/{code}/" for code in ("31555", "34172", "46102", "30189", "66136", "81004")]
        there = [one for one in towns if client.get(one).status_code == 200]
        return {
            "home": ["/"],
            "list of datasets": ["/donnees/", "/donnees/?q=commune", "/donnees/?tri=date", "/donnees/?page=2"],
            "dataset": [path(one["page"]) for one in datasets],
            "resource": [path(one["page"]) for one in resources],
            "territory": there or ["/territoires/"],
            "rows, API": [path(one["rows"]) + f"?page={page}" for one in resources for page in (1, 2, 3)],
        }


async def load(base: str, addresses: dict[str, list[str]], rate: int, seconds: float) -> dict[str, list[tuple[float, int]]]:
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    kinds = list(addresses)
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=base, timeout=30, limits=limits) as client:

        async def ask(number: int) -> None:
            kind = kinds[number % len(kinds)]
            choices = addresses[kind]
            started = time.perf_counter()
            answer = await client.get(choices[number // len(kinds) % len(choices)])
            found[kind].append((time.perf_counter() - started, answer.status_code))

        started = time.perf_counter()
        tasks = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(ask(number)))
        await asyncio.gather(*tasks)
    return found


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(found: dict[str, list[tuple[float, int]]], rate: int) -> bool:
    print(f"  {'':<18}{'requests':>9}{'median':>10}{'p95':>10}{'slowest':>10}{'not 200':>9}")
    everything = [one for answers in found.values() for one in answers]
    for kind, answers in [*found.items(), (f"all, {rate}/s", everything)]:
        times = [seconds for seconds, _status in answers]
        wrong = sum(status != 200 for _seconds, status in answers)
        print(
            f"  {kind:<18}{len(times):>9}{percentile(times, 0.5) * 1000:>7.0f} ms{percentile(times, 0.95) * 1000:>7.0f} ms"
            f"{max(times) * 1000:>7.0f} ms{wrong:>9}"
        )
    late = percentile([seconds for seconds, _status in everything], 0.95)
    held = late < TARGET and not any(status != 200 for _seconds, status in everything)
    print(f"  95th percentile {late * 1000:.0f} ms: {'held' if held else 'NOT held'} (under {TARGET * 1000:.0f} ms)")
    return held


def measure(base: str, rate: int, seconds: float) -> bool:
    addresses = pages(base)
    asyncio.run(load(base, addresses, rate=10, seconds=3))  # each process has opened what it opens once
    return report(asyncio.run(load(base, addresses, rate, seconds)), rate)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    print(
        f"\nPublic pages, {options.rate} requests a second for {options.seconds:g} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    if options.url:
        return 0 if measure(options.url, options.rate, options.seconds) else 1
    home = Path(os.environ.get("PARVIS_HOME") or "var")
    if not (home / "demonstration.json").exists() and not (home / "parvis.sqlite3").exists():
        print("  skipped: no site there (make demo loads one)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("work", "run", "uploads", "fuzz"))
        port = free_port()
        environment = {
            "PARVIS_HOME": str(copy),
            "PORT": str(port),
            "PARVIS_DEMONSTRATION": os.environ.get("PARVIS_DEMONSTRATION", "1"),
        }
        for command in (["migrate"], ["collectstatic", "--noinput"], ["refresh_search"]):  # as a site that has run for a day
            subprocess.run(
                [sys.executable, "-m", "parvis.cli", "manage", *command],
                env=os.environ | environment, stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
        with served([sys.executable, "-m", "parvis.cli", "serve"], port, environment) as (base, process):
            held = measure(base, options.rate, options.seconds)
            print(f"  memory, all processes: {peak(process):.0f} MB; load {os.getloadavg()[0]:.1f}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
