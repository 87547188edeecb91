"""Which questions one try gets. Pure."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def drawn(
    pool: Mapping[int, Sequence[int]], number: int, *, seed: int, seen: Collection[int] = frozenset()
) -> list[int]:
    """Ids of the questions of a try, in the order in which they are shown; the same pool and seed give the same ones.

    pool: by module, ids of its questions. Each module in turn gives one until there are enough, so that each has its share. seen: of
    earlier tries, which come only where nothing else is left. Fewer than `number` where the pool is smaller.
    """
    chance = random.Random(seed)  # noqa: S311  a draw, not a secret
    piles = []
    for module in sorted(pool):
        pile = sorted(set(pool[module]))
        chance.shuffle(pile)
        pile.sort(key=lambda question: question in seen)
        piles.append(pile)
    chance.shuffle(piles)
    turns = [
        (pile[turn] in seen, turn, place, pile[turn]) for place, pile in enumerate(piles) for turn in range(len(pile))
    ]
    found = [question for _seen, _turn, _place, question in sorted(turns)[:number]]
    chance.shuffle(found)
    return found
