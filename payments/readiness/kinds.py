"""Which facts of a firm a way to be paid is, and which paper shows it. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from payments.states import ReadinessKind

FACTS: Final = MappingProxyType(
    {
        ReadinessKind.ACCOUNT: ("iban_held", "bank_account_named"),
        ReadinessKind.FOREIGN: ("foreign_currency_account",),
        ReadinessKind.WALLET: ("wallet",),
        ReadinessKind.CARDS: ("card_payments",),
        ReadinessKind.ONLINE: ("paypal_like_service",),
    }
)
"""Keys of smes.profile.facts that stand or fall with it; the last one is whether the firm has it."""
PAPERS: Final = MappingProxyType(
    {
        kind: "bank_certificate" if kind in (ReadinessKind.ACCOUNT, ReadinessKind.FOREIGN) else "payment_statement"
        for kind in ReadinessKind
    }
)
"""The kind of paper that shows it."""
WITH_IBAN: Final = frozenset({ReadinessKind.ACCOUNT})
"""Those that stand for an account with a number and a title."""
