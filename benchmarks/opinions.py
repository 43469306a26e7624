"""Time and memory to draw an opinion map from a file of votes, ours against red-dwarf; then the size that only we are asked for.

python -m benchmarks.opinions [--people 20000] [--large]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.validation import ROOT, Measure, measured

DWARF = ROOT / ".venv-peers" / "dwarf" / "bin" / "python"
OURS = (
    "import json; from pathlib import Path; from parvis.debates.core.opinions.reading import read; "
    "from parvis.debates.core.opinions.mapping import draw; drawn = draw(read(Path({file!r})), seed=1); "
    "print(json.dumps(dict(k=drawn.k, votes=drawn.votes.count, groups=[int((drawn.group == one).sum()) for one in range(drawn.k)])))"
)
THEIRS = (
    "import json; import pandas; from reddwarf.implementations.polis import run_pipeline; table = pandas.read_csv({file!r}); "
    "votes = [dict(participant_id=int(p), statement_id=int(s), vote=int(v), modified=int(t)) "
    "for t, s, p, v in zip(table['timestamp'], table['comment-id'], table['voter-id'], table['vote'])]; "
    "found = run_pipeline(votes=votes, random_state=1); sizes = found.participants_df['cluster_id'].value_counts(); "
    "print(json.dumps(dict(k=len(sizes), votes=len(votes), groups=sizes.tolist())))"
)
ONE_MORE = (
    "import json, time; from pathlib import Path; import numpy as np; from parvis.debates.core.opinions.reading import read; "
    "from parvis.debates.core.opinions.components import components, positions; from parvis.debates.core.opinions.votes import gather; "
    "votes = read(Path({file!r})); found = components(votes); start = time.perf_counter(); mine = votes.person == 0; "
    "one = gather([0], votes.statements, np.append(votes.person[mine], 0), np.append(votes.statement[mine], 0), "
    "np.append(votes.value[mine], 1).astype(np.int8)); where = positions(one, found); "
    "print(json.dumps(dict(milliseconds=1000 * (time.perf_counter() - start))))"
)


def write(path: Path, people: int, statements: int, each: int, seed: int = 1) -> int:
    """Three camps that differ, each person voting on about `each` statements. Returns the votes written."""
    generator = np.random.default_rng(seed)
    camps = generator.normal(size=(3, statements))
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("timestamp,datetime,comment-id,voter-id,vote\n")
        for person in range(people):
            seen = generator.choice(statements, size=min(statements, each), replace=False)
            lean = camps[person % 3, seen] + generator.normal(scale=0.8, size=len(seen))
            votes = np.where(generator.random(len(seen)) < 0.1, 0, np.sign(lean)).astype(int)
            file.writelines(
                f"{1_700_000_000_000 + written + at},,{one},{person},{vote}\n"
                for at, (one, vote) in enumerate(zip(seen.tolist(), votes.tolist(), strict=True))
            )
            written += len(seen)
    return written


def line(name: str, found: Measure) -> None:
    seconds, processor, memory, answer = found
    print(f"  {name:<16} {seconds:6.1f} s  processor {processor:6.1f} s  {memory:6.0f} MB  {json.dumps(answer)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--large", action="store_true", help="100,000 people, 1,000 statements, 5,000,000 votes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "votes.csv"
        votes = write(file, options.people, 200, 29)
        print(f"\nOpinion map of {votes:,} votes of {options.people:,} people on 200 statements, reading included")
        ours, theirs = measured(Path(sys.executable), OURS, file), measured(DWARF, THEIRS, file)
        line("Parvis", ours)
        line("red-dwarf 0.4", theirs)
        print(
            f"  ratio {theirs[0] / ours[0]:.1f} (time), {theirs[1] / ours[1]:.1f} (processor), {theirs[2] / ours[2]:.1f} (memory)"
        )
        if options.large:
            votes = write(file, 100_000, 1000, 50)
            print(f"\nOpinion map of {votes:,} votes of 100,000 people on 1,000 statements, reading included")
            line("Parvis", measured(Path(sys.executable), OURS, file))
            line("one more vote", measured(Path(sys.executable), ONE_MORE, file))


if __name__ == "__main__":
    main()
