"""`make bench`: each figure beside its peer, in the same run; then public pages under load, and a process of five million votes."""

import runpy
import sys

for module in (
    "benchmarks.validation",
    "benchmarks.profiling",
    "benchmarks.opinions",
    "benchmarks.questions",
    "benchmarks.load",
    "benchmarks.debates",
):
    sys.argv = [module]
    try:
        runpy.run_module(module, run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
