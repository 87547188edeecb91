"""`python -m tests.bench NAME --rows N`: runs tests/bench/NAME.py and prints one JSON object a line.

A benchmark is a module with `main(rows: int)` that returns its figures as one dict or yields several: seconds, peak_mb
and the ratios. This file adds the name, the rows and, where the benchmark did not measure them itself, both figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The benchmarks that there are."""
    return sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))


def main(arguments: list[str]) -> int:
    """Run one benchmark; 2 with the list of names when there is none of that name."""
    words = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    words.add_argument("name", nargs="?", default="")
    words.add_argument("--rows", type=int, default=None)
    told = words.parse_args(arguments)
    if told.name not in names():
        print(f"Choose a benchmark: {', '.join(names())}\n\n    make bench BENCH=scoring ROWS=100000", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tdap_portal.settings.test")
    bench = importlib.import_module(f"tests.bench.{told.name}").main
    began = time.perf_counter()
    figures = bench(told.rows) if told.rows else bench()
    for line in [figures] if isinstance(figures, dict) else figures:
        seconds = round(time.perf_counter() - began, 3)
        print(
            json.dumps({"name": told.name, "rows": told.rows, "seconds": seconds, "peak_mb": _peak_mb(), **line}),
            flush=True,
        )
    return 0


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
