"""What claims win that nobody can check: each alone on a plain firm, and all of them in one made-up firm, beside an honest one.

Run by `make bench BENCH=gaming`; the rows are the claims. It builds the demo, whose second round gives the line: the points of the
last file that its seats reach. One JSON object a claim (`said`, `backed`, `verified`: points that it adds under the policy in force
at each level of evidence; `policy_2026_1`: what it added under the first policy), then one with

- made_up_unproven, made_up_papers: all claims together without a paper, and with papers that no officer compared;
- line: of the demo's second round, in which one firm in three is verified;
- honest_proven, honest_unproven: a middling exporter whose papers were compared, and the same one by its word alone.
"""

from __future__ import annotations

import io
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN: dict[str, Any] = {
    "schema": 2,
    "sme": "towels",
    "name": "A plain firm",
    "legal_form": "sole_proprietor",
    "founded_on": "2012-03-01",
    "owner_cnic_held": True,
    "province": "PK-SD",
    "city": "Karachi",
    "turnover_pkr": 20_000_000,
    "turnover_fiscal_year": 2026,
    "employees": 2,
    "size_class": "small",
    "sector": "textile",
    "main_hs6": "630260",
    "frozen_on": "2026-11-20",
    "proofs": [],
}
"""A maker of towels that tells little. What it does not tell is None."""
EXPORTS = [{"fiscal_year": year, "value_usd": 500_000, "route": "direct"} for year in (2024, 2025, 2026)]
CLAIMS: dict[str, dict[str, Any]] = {
    "three years of exports of USD 500,000": {"export_route": "direct", "export_history": EXPORTS},
    "three years of exports of USD 1": {
        "export_route": "direct",
        "export_history": [row | {"value_usd": 1} for row in EXPORTS],
    },
    "digital readiness, all yes": {
        "website": True, "catalogue_products": 10, "product_photos": True, "ecommerce_staff": 2, "english_staff": True,
        "internet": "broadband", "channels": ["alibaba_com", "daraz"],
    },
    "six export countries": {"export_markets": ["DEU", "GBR", "USA", "FRA", "ESP", "ARE"]},
    "three certificates without a last day": {
        "certifications": [
            {"kind": kind, "expires_on": None, "verified": False} for kind in ("iso_9001", "oeko_tex", "bsci")
        ]
    },
    "led by a woman, ten women employed": {"women_led": True, "women_employees": 10},
    "account, wallet, cards, currency account, online service": {
        "bank_account_named": True, "wallet": True, "card_payments": True, "foreign_currency_account": True,
        "paypal_like_service": True,
    },
    "inspection by a third party, one day of delivery, free capacity, thirty people": {
        "quality_control": "third_party", "lead_time_days": 1, "capacity_used_pct": 0, "employees": 30,
    },
    "in Balochistan": {"province": "PK-BA", "city": "Quetta"},
    "carpets, all of its sales": {"sector": "carpets", "main_hs6": "570110"},
}  # fmt: skip
HONEST: dict[str, Any] = PLAIN | {
    "sme": "footballs",
    "name": "An honest firm",
    "province": "PK-PB",
    "city": "Sialkot",
    "sector": "sports_goods",
    "main_hs6": "950662",
    "employees": 12,
    "women_led": False,
    "women_employees": 3,
    "export_route": "direct",
    "export_history": [{"fiscal_year": year, "value_usd": 46_800, "route": "direct"} for year in (2025, 2026)],
    "export_markets": ["DEU", "GBR"],
    "target_markets": ["USA", "FRA", "ESP"],
    "certifications": [{"kind": "fifa_basic", "expires_on": "2028-06-30", "verified": True}],
    "website": True,
    "catalogue_products": 8,
    "product_photos": True,
    "internet": "broadband",
    "channels": ["alibaba_com"],
    "bank_account_named": True,
    "wallet": True,
    "quality_control": "own",
    "lead_time_days": 30,
    "capacity_used_pct": 80,
}
ON = date(2026, 11, 20)


def main(rows: int | None = None) -> Iterator[dict[str, Any]]:
    """Build the demo, score, print. Raises ValueError for a number of rows: the claims are given."""
    if rows is not None:
        raise ValueError("The claims are given: leave ROWS out.")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tdap_portal.settings.dev",
            DATABASE_URL=f"sqlite:///{Path(name) / 'db.sqlite3'}",
            VAR_DIR=name,
            DEMO="1",
            LOG_LEVEL="ERROR",
        )
        yield from _played()


def _played() -> Iterator[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command

    from selection.engine.policy import Policy
    from selection.models import Round
    from smes.vocabulary.evidence import LEVELS, EvidenceLevel

    call_command("migrate", verbosity=0)
    call_command("seed_demo", stdout=io.StringIO())
    second = Round.objects.get(number=2)
    policy, first = Policy.version_of(second.policy), Policy.version_of("2026-1")
    for claim, told in CLAIMS.items():
        won = {level: _points(PLAIN | told, policy, level) - _points(PLAIN, policy, level) for level in LEVELS[:3]}
        before = _points(PLAIN | told, first, EvidenceLevel.SAID) - _points(PLAIN, first, EvidenceLevel.SAID)
        yield {
            "claim": claim,
            **{level.value: round(won[level], 2) for level in won},
            "policy_2026_1": round(before, 2),
        }
    made_up = (
        PLAIN | {key: value for told in CLAIMS.values() for key, value in told.items()} | {"export_history": EXPORTS}
    )
    ranked = second.applications.filter(has_score=True).order_by("-points").values_list("points", flat=True)
    yield {
        "made_up_unproven": _points(made_up, policy, EvidenceLevel.SAID),
        "made_up_papers": _points(made_up, policy, EvidenceLevel.BACKED),
        "made_up_policy_2026_1": _points(made_up, first, EvidenceLevel.SAID),
        "line": float(ranked[min(second.seats, len(ranked)) - 1]),
        "files": len(ranked),
        "seats": second.seats,
        "honest_proven": _points(HONEST, policy, EvidenceLevel.VERIFIED),
        "honest_unproven": _points(HONEST, policy, EvidenceLevel.SAID),
    }


def _points(told: dict[str, Any], policy: Any, level: Any) -> float:
    """Points of a firm all of whose facts stand at that level."""
    from selection.engine.facts import Facts, all_at
    from selection.engine.score import score
    from selection.scoring.services import evidence_of
    from smes.profile.facts import FROZEN

    facts = Facts.from_frozen({fact.key: told.get(fact.key) for fact in FROZEN} | {"schema": 2})
    lifted = all_at(facts, level)
    return float(score(lifted, evidence_of(lifted, on=ON), policy, on=ON).total)
