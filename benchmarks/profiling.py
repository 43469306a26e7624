"""Time and memory to recognise the columns of a table, ours (types, formats, distinct values, histograms) against csv-detective.

python benchmarks/profiling.py [--rows 100000]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import make_scdl
from benchmarks.validation import ROOT, Measure, best

DETECTIVE = ROOT / ".venv-peers" / "detective" / "bin" / "python"
OURS = (
    "import json, tempfile; from pathlib import Path; from parvis.catalog.core.tables.detection import detect; "
    "from parvis.catalog.core.tables.profile import profile; path = Path({file!r}); "
    "found = profile(path, detect(path), Path(tempfile.mkdtemp())); "
    "print(json.dumps(dict(rows=found.rows, columns={{c.name: c.format or c.type for c in found.columns}})))"
)
THEIRS = (
    "import json; from csv_detective import routine; found = routine({file!r}, num_rows=-1, save_results=False); "
    "print(json.dumps(dict(columns={{name: one['format'] for name, one in found['columns'].items()}})))"
)


def main() -> None:
    import sys

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "subventions.csv"
        make_scdl.write(file, rows)
        ours = best(Path(sys.executable), OURS, file, 2)
        theirs = best(DETECTIVE, THEIRS, file, 1)
    report(rows, ours, theirs)


def report(rows: int, ours: Measure, theirs: Measure) -> None:
    print(f"\nProfile of {rows:,} rows, 16 columns")
    for name, (seconds, processor, memory, _answer) in (("Parvis", ours), ("csv-detective 0.13", theirs)):
        print(f"  {name:<20} {seconds:6.2f} s  processor {processor:6.2f} s  {memory:6.0f} MB")
    print(f"  ratio {theirs[0] / ours[0]:.1f} (time), {theirs[1] / ours[1]:.1f} (processor)")


if __name__ == "__main__":
    main()
