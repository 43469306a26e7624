"""`make bench`: each figure beside its peer, in the same run."""

import runpy
import sys

for module in ("benchmarks.validation", "benchmarks.profiling"):
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__")
