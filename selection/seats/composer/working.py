"""What the worker finds for a composition, step by step, as it is kept in `result`.

answer: the engine's Composition as JSON. checked: what the second check of its certificate found wrong, [] for nothing.
certificate_code: its short name. plain: {"points", "chosen"} of the same seats without any rule. passed_over: {file: codes of
rules} of files before the last one taken. next: files that follow in the order of the policy. prices: [RulePrice as JSON].
why: {file: code of the rule through which it came in}, without those that are in by score; rules.JOINTLY where no rule alone
did. frontiers: {code of a rule: [[seats, hundredths or null], …]}. clash: [ClashMember as JSON] where the rules cannot hold
together; then there is nothing else. Files are ids; as keys they are text.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .pools import pool_of
from .rules import JOINTLY, rules_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection.engine.compose_pool import Composition as Answer
    from selection.engine.compose_pool import Rule
    from selection.models import Composition

    from .pools import Candidate

FRONTIER_REACH = 6  # seats to either side of what a rule asks
NEXT_IN_LINE = 20
MAX_FIRMS_EXPLAINED = 500  # of those that were passed over, from the first


def question_of(composition: Composition, rows: Sequence[Candidate]) -> dict[str, Any]:
    """What the engine is asked: the pool, the seats, the rules, the budget and who is locked."""
    has_budget = composition.budget_rupees is not None
    return {
        "pool": pool_of(rows, composition.costs if has_budget else None),
        "seats": composition.seats,
        "rules": rules_from(composition.rules),
        "budget": composition.budget_rupees,
        "locked_in": tuple(lock["file"] for lock in composition.locks if lock["is_in"]),
        "locked_out": tuple(lock["file"] for lock in composition.locks if not lock["is_in"]),
    }


def optimum(composition: Composition, rows: Sequence[Candidate]) -> dict[str, Any]:
    """The best set with its proof, or only {"clash": …} where the rules cannot hold together."""
    from selection.engine import compose as engine  # noqa: PLC0415  numpy and the solver come with it
    from selection.engine.compose_pool import Clash  # noqa: PLC0415  as above
    from selection.engine.compose_proof import check_certificate  # noqa: PLC0415  as above

    asked = question_of(composition, rows)
    found = engine.compose(**asked)
    if isinstance(found, Clash):
        return {"clash": [asdict(member) for member in found.members]}
    plain, taken = rows[: composition.seats], set(found.chosen)
    return {
        "answer": found.to_json(),
        "checked": check_certificate(
            asked["pool"],
            asked["seats"],
            asked["rules"],
            asked["budget"],
            (asked["locked_in"], asked["locked_out"]),
            found,
        ),
        "certificate_code": _short(found.certificate),
        "plain": {"points": sum(int(row.points * 100) for row in plain), "chosen": [row.pk for row in plain]},
        "passed_over": _passed_over(asked, found, rows),
        "next": [row.pk for row in rows if row.pk not in taken][:NEXT_IN_LINE],
    }


def prices(composition: Composition, rows: Sequence[Candidate], result: dict[str, Any]) -> dict[str, Any]:
    """What each rule, the budget and each lock costs by itself, and through which of them firms came in."""
    from selection.engine import compose_prices as engine  # noqa: PLC0415  as above

    found = engine.prices(**question_of(composition, rows), composition=answer_of(result))
    by_score = set(result["plain"]["chosen"])
    why: dict[str, str] = {}
    for price in sorted(found, key=lambda price: -(price.points or 0)):
        for pk in price.comes_in or ():
            if pk not in by_score:
                why.setdefault(str(pk), price.code)
    for pk in result["answer"]["chosen"]:
        if pk not in by_score:
            why.setdefault(str(pk), JOINTLY)
    return {"prices": [asdict(price) for price in found], "why": why}


def frontier(composition: Composition, rows: Sequence[Candidate], rule: Rule) -> list[list[int | None]]:
    """The best total for each number of seats around what one rule asks, all else kept; None where no set keeps it."""
    from selection.engine import compose_prices as engine  # noqa: PLC0415  as above

    meant = rule.seats_meant(composition.seats)
    numbers = range(max(0, meant - FRONTIER_REACH), min(composition.seats, meant + FRONTIER_REACH) + 1)
    found = engine.frontier(**question_of(composition, rows), rule_code=rule.code, numbers=list(numbers))
    return [[number, points] for number, points in found]


def answer_of(result: dict[str, Any]) -> Answer:
    from selection.engine.compose_pool import Composition as Answer  # noqa: PLC0415  as above

    return Answer.from_json(result["answer"])


def _passed_over(asked: dict[str, Any], found: Answer, rows: Sequence[Candidate]) -> dict[str, list[str]]:
    from selection.engine import compose_prices as engine  # noqa: PLC0415  as above

    taken = set(found.chosen)
    last = max((at for at, row in enumerate(rows) if row.pk in taken), default=0)
    before = [row.pk for row in rows[:last] if row.pk not in taken][:MAX_FIRMS_EXPLAINED]
    return {str(pk): list(engine.passed_over(**asked, composition=found, firm_id=pk)) for pk in before}


def _short(certificate: dict[str, Any]) -> str:
    """Twelve signs by which people name a certificate."""
    return hashlib.sha256(json.dumps(certificate, sort_keys=True).encode()).hexdigest()[:12]
