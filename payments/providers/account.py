"""TDAP's own account, and what a payer copies of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from smes.vocabulary.identifiers import bank_of
from tdap_portal.core.marks import gettext_noop as _

from .interface import RUPEES, Line, PaymentRequest


@dataclass(frozen=True, slots=True)
class Account:
    """TDAP's account. title: as the bank keeps it; iban: 24 characters."""

    iban: str = field(repr=False)
    title: str

    @property
    def bank(self) -> str:
        """The bank's name, else the four letters of it."""
        bank = bank_of(self.iban)
        return bank.name if bank else self.iban[4:8]

    @property
    def grouped(self) -> str:
        """In fours, as people copy it."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))


def account_lines(account: Account, request: PaymentRequest) -> tuple[Line, ...]:
    """What is copied into a bank's app or form."""
    return (
        Line(_("Amount"), f"{RUPEES} {request.amount_paisa // 100:,}.{request.amount_paisa % 100:02}", is_number=True),
        Line(_("Account title"), account.title),
        Line(_("IBAN"), account.grouped, is_number=True),
        Line(_("Bank’s name"), account.bank),
        Line(_("Reference"), request.reference, is_number=True),
    )
