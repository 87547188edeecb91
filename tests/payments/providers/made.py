"""An attempt to pay, as the portal begins it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from payments.providers.interface import PaymentRequest, RefundRequest
from payments.providers.reading import KARACHI

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "identifier_payment_oracles.json").read_text("utf-8"))
AT = datetime(2027, 4, 12, 18, 0, tzinfo=KARACHI)
DUE = datetime(2027, 4, 12, 23, 59, 59, tzinfo=KARACHI)
IBAN = "PK36SCBL0000001123456702"
JUNK_TEXTS = ["", "\0", "\ud800", "é", "9" * 5000, "NaN", "-1", "1e9", "٣", "x" * 100_000]


def asked(**other) -> PaymentRequest:
    return PaymentRequest(
        **{
            "reference": "D30412A",
            "amount_paisa": 2_500_000,
            "description": "Commitment deposit",
            "at": AT,
            "expires_at": DUE,
            "return_url": "https://portal.example/payments/back/",
            "notice_url": "https://portal.example/payments/told/",
            **other,
        }
    )


def to_refund(**other) -> RefundRequest:
    return RefundRequest(
        **{
            "reference": "D30412A",
            "provider_reference": "240418718258",
            "refund_reference": "F30412A",
            "amount_paisa": 1_000_000,
            **other,
        }
    )
