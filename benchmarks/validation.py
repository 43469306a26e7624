"""Time and memory to validate SCDL "subventions", ours against frictionless and validata-table, on the same machine in the same run.

    python benchmarks/validation.py [--rows 100000 1000000] [--runs 3]

Every measure is a fresh process that reads the file from the disk's cache: start-up, detection, reading and every check included.
The peers live in `.venv-peers` (see `benchmarks/peers/requirements.txt`). validata-table stops at 100,000 rows by its own limit.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "parvis" / "catalog" / "schemas" / "scdl-subventions.json"
PEERS = ROOT / ".venv-peers" / "bin" / "python"

OURS = (
    "import typer; from parvis.catalog.validate_cli import validate; app = typer.Typer(); app.command()(validate); "
    "app([{file!r}, '--schema', {schema!r}, '--json'])"
)
FRICTIONLESS = (
    "import json, sys; from frictionless import Resource, Schema, Checklist, system; system.trusted = True; "
    "report = Resource(path={file!r}, schema=Schema.from_descriptor({schema!r})).validate(); "
    "print(json.dumps(dict(valid=report.valid, rows=report.tasks[0].stats.get('rows'))))"
)
VALIDATA = (
    "import json; from validata_core.main import validate; report = validate({file!r}, {schema!r}); "
    "print(json.dumps(dict(valid=report.valid, errors=[str(one.type) for one in report.errors][:3])))"
)


Measure = tuple[float, float, float, dict[str, object]]


def measured(python: Path, code: str, file: Path) -> Measure:
    """Seconds, processor seconds, peak resident megabytes and the answer of one fresh process."""
    start = time.perf_counter()
    script = code.format(file=str(file), schema=str(SCHEMA))
    process = subprocess.Popen(
        [python, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert process.stdout is not None
    out = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    try:
        answer = json.loads(out)
    except ValueError:
        answer = {"valid": None, "said": (process.stderr.read().decode()[-200:] if process.stderr else "")}
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answer


def best(python: Path, code: str, file: Path, runs: int) -> Measure:
    return min((measured(python, code, file) for _ in range(runs)), key=lambda one: one[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3, help="runs of ours (the best counts); peers run once")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            file = Path(folder) / f"subventions-{rows}.csv"
            subprocess.run([sys.executable, ROOT / "benchmarks" / "make_scdl.py", file, "--rows", str(rows)], check=True)
            file.read_bytes()
            print(f"\n{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB")
            before = best(Path(sys.executable), OURS, file, options.runs)
            peers = {"frictionless": best(PEERS, FRICTIONLESS, file, 1)}
            if rows <= 100_000:
                peers["validata-table"] = best(PEERS, VALIDATA, file, 1)
            after = best(Path(sys.executable), OURS, file, options.runs)
            ours = min(before, after, key=lambda one: one[0])
            print(
                f"  {'parvis':<16}{ours[0]:7.2f} s {ours[1]:7.2f} s of processor {ours[2]:7.0f} MB   valid: {ours[3].get('valid')}"
            )
            for name, (seconds, processor, megabytes, answer) in peers.items():
                print(
                    f"  {name:<16}{seconds:7.2f} s {processor:7.2f} s of processor {megabytes:7.0f} MB   valid: {answer.get('valid')}   {seconds / ours[0]:.1f} times ours {answer.get('said', '')}"
                )


if __name__ == "__main__":
    main()
