"""Firms and figures for the engine's tests: one plain situation, changed key by key."""

from datetime import date
from typing import Any

from selection.engine.facts import Evidence, Facts, Figure

ON = date(2026, 11, 2)

FROZEN: dict[str, Any] = {
    "schema": 1,
    "sme": "k3v9q2m7x4ab",
    "name": "Noor Sports Works",
    "legal_form": "sole_proprietor",
    "founded_on": "2012-03-01",
    "tax_registered": True,
    "owner_cnic_held": True,
    "secp_registered": False,
    "sales_tax_registered": None,
    "province": "PK-PB",
    "city": "Sialkot",
    "turnover_pkr": 42_000_000,
    "turnover_fiscal_year": 2026,
    "employees": 10,
    "women_employees": 1,
    "size_class": "small",
    "size_rule": "sbp-2022",
    "women_led": True,
    "youth_led": False,
    "sector": "sports_goods",
    "sector_group": "traditional",
    "products": [
        {
            "hs6": "950662",
            "label": "Footballs",
            "share_pct": 80,
            "is_main": True,
            "price_pkr": "1250.50",
            "price_unit": "ball",
        }
    ],
    "main_hs6": "950662",
    "services": [],
    "capacity_per_month": 7000,
    "capacity_unit": "balls",
    "capacity_used_pct": 85,
    "lead_time_days": 30,
    "quality_control": "own",
    "certifications": [
        {"kind": "iso_9001", "expires_on": "2026-01-14", "verified": True},
        {"kind": "fifa_basic", "expires_on": "2028-06-30", "verified": False},
    ],
    "export_route": "export_house",
    "export_history": [
        {"fiscal_year": 2025, "value_usd": 25_000, "route": "export_house"},
        {"fiscal_year": 2026, "value_usd": "46800.00", "route": "export_house"},
    ],
    "export_markets": ["DEU"],
    "target_markets": ["GBR", "USA", "ARE"],
    "channels": [],
    "website": False,
    "catalogue_products": 3,
    "product_photos": True,
    "ecommerce_staff": 0,
    "english_staff": None,
    "internet": "mobile",
    "bank_account_named": True,
    "bank_account_verified": False,
    "wallet": True,
    "card_payments": False,
    "foreign_currency_account": False,
    "paypal_like_service": None,
    "documents_verified": ["ntn_certificate"],
    "frozen_on": "2026-11-01",
}

TRADE = {"period": "2021 to 2025", "source": "UN Comtrade", "vintage": "2026-10"}

FIGURES = {
    "rca": Figure.of("rca", 4.2, **TRADE),
    "world_import_growth": Figure.of("world_import_growth", 0.061, **TRADE),
    "market_share_growth": Figure.of("market_share_growth", -0.02, **TRADE),
    "concentration_hhi": Figure.of("concentration_hhi", 0.1, **TRADE),
    "unit_value_gap_china": Figure.of("unit_value_gap_china", -0.09, **TRADE),
    "unit_value_gap_india": Figure.of("unit_value_gap_india", None, missing_reason="India reports no weights."),
}


def facts(**changed: Any) -> Facts:
    return Facts.from_frozen(FROZEN | changed)


def evidence(**changed: Figure) -> Evidence:
    return Evidence(FIGURES | changed)


def nothing_told() -> Facts:
    """A firm that told us nothing but its id."""
    return Facts.from_frozen(dict.fromkeys(FROZEN) | {"schema": 1, "sme": "k3v9q2m7x4ab"})
