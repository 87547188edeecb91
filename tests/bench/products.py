"""How fast products are found by the words of tests/data/product_words.csv, and how many of them among the first three.

Run by `make bench BENCH=products`. index_seconds: the nomenclature and its indexes, once a process. ms_a_query: each word
once, so that nothing is remembered. share_found: of all words; share_kept_aside: of those not tuned by.
"""

from __future__ import annotations

import time

from smes.vocabulary.hs_search import search
from tests.smes.vocabulary.test_product_words import WORDS, kept_aside, share_found


def main(rows: int | None = None) -> dict[str, object]:
    """The figures for the first `rows` words, all of them without."""
    begun = time.perf_counter()
    search("football")
    indexed = time.perf_counter()
    words = WORDS[:rows]
    for row in words:
        search(row["word"])
    ended = time.perf_counter()
    return {
        "rows": len(words),
        "index_seconds": round(indexed - begun, 2),
        "ms_a_query": round((ended - indexed) / len(words) * 1e3, 2),
        "share_found": round(share_found(words)[0], 4),
        "share_kept_aside": round(share_found([row for row in words if kept_aside(row)])[0], 4),
    }
