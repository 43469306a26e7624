"""`make fuzz`: bytes that nobody would write, thrown at the readers for FUZZ_SECONDS (60 by default).

Hypothesis always; atheris too where it is installed (`pip install "parvis[fuzz]"`), for half of the time. Each target runs in a
process of its own, bounded in time and memory, and writes down what it is about to try: a hang or a fault of the machine is
found as surely as an exception. What breaks a reader is kept under tests/fuzzing/cases, where a test tries it for ever.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CASES = ROOT / "tests" / "fuzzing" / "cases"
GRACE = 60
SLOW = 10.0
MEMORY = 4_000_000_000


def main() -> int:
    from tests.fuzzing.targets import TARGETS

    seconds = float(os.environ.get("FUZZ_SECONDS", "60"))
    wanted = sys.argv[1:] or list(TARGETS)
    engines = ["hypothesis", "atheris"] if importlib.util.find_spec("atheris") else ["hypothesis"]
    if "atheris" not in engines:
        print('atheris is not installed (pip install "parvis[fuzz]"): Hypothesis alone.')
    each = max(1.0, seconds / len(wanted) / len(engines))
    print(f"{len(wanted)} readers, {' and '.join(engines)}, {each:.0f} s each; load {os.getloadavg()[0]:.1f}")
    broken = [f"{name} ({engine})" for name in wanted for engine in engines if not attempt(name, engine, each)]
    if broken:
        print(f"Broken: {', '.join(broken)}. The inputs are in {CASES.relative_to(ROOT)}: mend, and leave them there.")
    return 1 if broken else 0


def attempt(name: str, engine: str, seconds: float) -> bool:
    """One reader in one process. False when it broke."""
    last = ROOT / "var" / "fuzz" / f"{name}.last"
    last.parent.mkdir(parents=True, exist_ok=True)
    last.unlink(missing_ok=True)
    command = [sys.executable, str(Path(__file__)), "--one", name, engine, str(seconds), str(last)]
    started = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + GRACE, cwd=ROOT, check=False)
        code, said = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        code, said = -1, "no answer in time"
    tried = (re.findall(r"tried (\d+)|Done (\d+) runs", said) or [("?", "")])[-1]
    print(
        f"  {name:<10} {engine:<11} {'ok' if code == 0 else 'BROKEN':<7} {tried[0] or tried[1]:>8} inputs  {time.monotonic() - started:5.1f} s",
        flush=True,
    )
    if code:
        keep(name, last)
        print("\n".join("    " + line for line in said.strip().splitlines()[-25:]))
    return code == 0


def keep(name: str, last: Path) -> None:
    if last.exists():
        content = last.read_bytes()
        case = CASES / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
        case.write_bytes(content)
        print(f"    kept: {case.relative_to(ROOT)}")


def one(name: str, engine: str, seconds: float, last: Path) -> None:
    from tests.fuzzing.targets import TARGETS

    resource.setrlimit(
        resource.RLIMIT_AS, (MEMORY, MEMORY) if engine == "hypothesis" else resource.getrlimit(resource.RLIMIT_AS)
    )
    target, count = TARGETS[name], 0

    def watched(content: bytes) -> None:
        nonlocal count
        count += 1
        last.write_bytes(content)
        before = time.process_time()
        target(content)
        assert time.process_time() - before < SLOW, f"{SLOW} seconds of processor were not enough"

    if engine == "atheris":
        with_atheris(watched, name, seconds, last)
    else:
        with_hypothesis(watched, name, seconds, last)
    print(f"tried {count}")


def with_hypothesis(watched, name: str, seconds: float, last: Path) -> None:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from tests.fuzzing.strategies import SEEDS, STRATEGIES

    limit = time.monotonic() + seconds
    smallest: list[bytes] = []

    def tried(content: bytes) -> None:
        if time.monotonic() > limit and not smallest:
            return
        try:
            watched(content)
        except BaseException:
            smallest[:] = [content]
            raise

    for content in SEEDS[name]:
        watched(content)
    while time.monotonic() < limit:
        run = settings(
            max_examples=100,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )(seed(int.from_bytes(os.urandom(8)))(given(STRATEGIES[name])(tried)))
        try:
            run()
        except BaseException:
            if smallest:
                last.write_bytes(smallest[0])
            raise


def with_atheris(watched, name: str, seconds: float, last: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["parvis.catalog.core", "parvis.catalog.rows"]):
        import parvis.catalog.core.tables.convert
        import parvis.catalog.core.tables.detection
        import parvis.catalog.core.tables.profile
        import parvis.catalog.core.tables.schema_parsing  # noqa: F401
    from tests.fuzzing.strategies import SEEDS

    corpus = last.parent / f"{name}.corpus"
    corpus.mkdir(exist_ok=True)
    for number, content in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(content)
    arguments = [
        f"-max_total_time={int(seconds)}",
        "-max_len=2000",
        f"-artifact_prefix={last.parent}/",
        "-rss_limit_mb=3000",
        "-timeout=20",
    ]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], watched)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3], float(sys.argv[4]), Path(sys.argv[5]))
    else:
        sys.exit(main())
