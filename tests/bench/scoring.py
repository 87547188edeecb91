"""How fast a round is scored and ranked, beside plain numpy and scikit-criteria.

Run by `make bench BENCH=scoring ROWS=1000000` or as `python -m tests.bench.scoring` with ROWS. One JSON object a line:

- `scoring`: ROWS applications × the 12 criteria of the first policy, one measure each, with its real normalisers, 5 % of
  the values missing;
- `scoring_first_policy`: the same with all measures of the first policy.

All start from the same matrix in memory and end with the ranking. seconds: ours, best of five. peak_mb: the matrix and all
that we allocate beside it. ratio_to_numpy: ours over plain numpy (clip to bounds, weight, sum, argsort), the gaps filled
beforehand for it; the two are timed in turn, as the machine may be busy. ratio_to_scikit_criteria: theirs (decision matrix,
minimising criteria turned round, min-max scaling, weighted sum, ranks) over ours, gaps filled beforehand too; null where
scikit-criteria is not installed (requirements/bench.in).
"""

import gc
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from selection.engine.points import Columns, Floats, rank, score_many
from selection.engine.policy import Policy

try:
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.invert_objectives import NegateMinimize
    from skcriteria.preprocessing.scalers import MinMaxScaler
except ImportError:
    skcriteria = None

SEED = 20_261_102
ROUNDS = 5
MISSING = 0.05


def headline(policy: Policy) -> Policy:
    """The policy with the first measure of each criterion only: as many columns as criteria."""
    return replace(policy, criteria=tuple(replace(c, items=(replace(c.items[0], share=100),)) for c in policy.criteria))


def bounds(policy: Policy) -> tuple[Floats, Floats]:
    """The value that wins nothing and the value that wins all, an item each (the first is the higher where less is better)."""
    worst, best = [], []
    for item in policy.items:
        points = item.points or ((0.0, 0.0), (1.0, 1.0))
        pairs = ((0.0, 0.0), *points) if item.kind == "steps" else points
        worst.append(min(pairs, key=lambda pair: pair[1])[0])
        best.append(max(pairs, key=lambda pair: pair[1])[0])
    return np.array(worst), np.array(best)


def made_columns(policy: Policy, rows: int) -> Columns:
    """Made applicants: values spread a little beyond the bounds of each normaliser, some of them missing."""
    random = np.random.default_rng(SEED)
    worst, best = bounds(policy)
    spread = random.random((len(policy.items), rows)) * 1.2 - 0.1
    values = worst[:, None] + spread * (best - worst)[:, None]
    values[random.random(values.shape) < MISSING] = np.nan
    return Columns(values, random.integers(0, 2**63, rows, dtype=np.uint64))


def ours(columns: Columns, policy: Policy) -> np.ndarray:
    return rank(score_many(columns, policy).total, columns.ties)


def plain_numpy(matrix: Floats, worst: Floats, best: Floats, weights: Floats) -> np.ndarray:
    shares = np.clip((matrix - worst) / (best - worst), 0, 1)
    return np.argsort(-(shares @ weights))


def weights_of(policy: Policy) -> Floats:
    return np.array([float(c.weight) * item.share / 100 for c in policy.criteria for item in c.items])


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb(work: Callable[[], object]) -> float:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def scikit_criteria(matrix: Floats, worst: Floats, best: Floats, weights: Floats) -> object:
    objectives = [max if better else min for better in best >= worst]
    pipeline = mkpipe(NegateMinimize(), MinMaxScaler(target="matrix"), WeightedSumModel())
    return pipeline.evaluate(skcriteria.mkdm(matrix, objectives, weights=weights))


def measured(name: str, policy: Policy, rows: int) -> dict[str, object]:
    columns = made_columns(policy, rows)
    worst, best = bounds(policy)
    weights = weights_of(policy)
    matrix = np.ascontiguousarray(np.where(np.isnan(columns.values), worst[:, None], columns.values).T)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(seconds(lambda: ours(columns, policy)))
        theirs.append(seconds(lambda: plain_numpy(matrix, worst, best, weights)))
    peak = columns.values.nbytes / 1e6 + peak_mb(lambda: ours(columns, policy))
    scikit = None
    if skcriteria is not None:
        scikit = min(seconds(lambda: scikit_criteria(matrix, worst, best, weights)) for _ in range(3))
    return {
        "name": name,
        "rows": rows,
        "columns": len(policy.items),
        "seconds": round(min(mine), 4),
        "peak_mb": round(peak, 1),
        "numpy_seconds": round(min(theirs), 4),
        "ratio_to_numpy": round(min(mine) / min(theirs), 3),
        "scikit_criteria_seconds": None if scikit is None else round(scikit, 4),
        "ratio_to_scikit_criteria": None if scikit is None else round(scikit / min(mine), 1),
    }


def main(rows: int = 1_000_000) -> Iterator[dict[str, object]]:
    """The figures of both sizes of policy."""
    policy = Policy.version_of("2026-1")
    if skcriteria is None:
        print("scikit-criteria is not installed: pip install -r requirements/bench.in", file=sys.stderr)
    yield measured("scoring", headline(policy), rows)
    yield measured("scoring_first_policy", policy, rows)


if __name__ == "__main__":
    for line in main(int(os.environ.get("ROWS", "1000000"))):
        print(json.dumps(line), flush=True)
