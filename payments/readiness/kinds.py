"""Which facts of a firm a way to be paid is, and which paper shows it. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from payments.states import ProofKind

FACTS: Final = MappingProxyType(
    {
        ProofKind.ACCOUNT: ("iban_held", "bank_account_named"),
        ProofKind.FOREIGN: ("foreign_currency_account",),
        ProofKind.WALLET: ("wallet",),
        ProofKind.CARDS: ("card_payments",),
        ProofKind.ONLINE: ("paypal_like_service",),
    }
)
"""Keys of smes.profile.facts that stand or fall with it; the last one is whether the firm has it."""
PAPERS: Final = MappingProxyType(
    {
        kind: "bank_certificate" if kind in (ProofKind.ACCOUNT, ProofKind.FOREIGN) else "payment_statement"
        for kind in ProofKind
    }
)
"""The kind of paper that shows it."""
WITH_IBAN: Final = frozenset({ProofKind.ACCOUNT})
"""Those that stand for an account with a number and a title."""
