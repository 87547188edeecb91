"""Paid to TDAP's own account: transfer, challan, Raast; and no way at all."""

from __future__ import annotations

import pytest

from payments.providers import emv
from payments.providers.account import Account
from payments.providers.bank import COPIES, BankTransfer
from payments.providers.interface import CANNOT, CANNOT_TELL, Answer, Can, Line, Outcome, Refused
from payments.providers.null import Null
from payments.providers.raast import Raast

from .made import AT, DUE, IBAN, asked, to_refund

pytestmark = pytest.mark.unit
ACCOUNT = Account(IBAN, "TDAP Commitment Deposits")
RAAST = Raast(ACCOUNT, name_on_code="TDAP", city="KARACHI")
LINES = (
    Line("Amount", "PKR 25,000.00", is_number=True),
    Line("Account title", "TDAP Commitment Deposits"),
    Line("IBAN", "PK36 SCBL 0000 0011 2345 6702", is_number=True),
    Line("Bank’s name", "Standard Chartered Bank (Pakistan) Limited"),
    Line("Reference", "D30412A", is_number=True),
)


def test_a_transfer_is_told_by_what_is_copied():
    begun = BankTransfer(ACCOUNT).begin(asked())
    assert (begun.step.lines, begun.step.qr, begun.expires_at) == (LINES, "", DUE)


def test_a_challan_says_what_for_and_until_when_in_three_copies():
    challan = BankTransfer(ACCOUNT).challan(asked())
    assert challan.lines == (*LINES, Line("What it is for", "Commitment deposit"))
    assert (challan.copies, challan.until) == (COPIES, DUE)
    assert BankTransfer(ACCOUNT).challan(asked(amount_paisa=0)) == Refused("amount")


def test_a_bank_without_a_name_is_told_by_its_letters():
    assert Account("PK81DEMO0000001123456702", "x").bank == "DEMO"


def test_raast_shows_a_merchant_s_code_and_the_account():
    begun = RAAST.begin(asked())
    code = emv.read_code(begun.step.qr)
    assert (code.iban, code.amount_paisa, code.reference, code.is_merchant) == (IBAN, 2_500_000, "D30412A", True)
    assert (begun.step.lines, begun.expires_at) == (LINES, DUE)


def test_raast_without_a_contract_shows_a_code_between_persons_that_ends():
    begun = Raast(ACCOUNT, name_on_code="", city="", is_merchant=False).begin(asked())
    code = emv.read_code(begun.step.qr)
    assert (code.iban, code.amount_paisa, code.purpose, code.is_merchant) == (IBAN, 2_500_000, "D30412A", False)
    assert code.expires_at == DUE.replace(second=0)


@pytest.mark.parametrize("provider", [Null(), BankTransfer(ACCOUNT), RAAST], ids=lambda each: each.code)
def test_who_does_not_tell_by_program_says_so(provider):
    assert provider.read_notice(b"x", {}, now=AT) == CANNOT
    assert provider.ask("D30412A", now=AT) == CANNOT_TELL
    assert provider.refund(to_refund(), now=AT) == Answer(Outcome.FAILED, "cannot")
    assert provider.can & {Can.NOTICE, Can.QUERY, Can.REFUND} == set()


@pytest.mark.parametrize("provider", [BankTransfer(ACCOUNT), RAAST], ids=lambda each: each.code)
def test_what_the_bank_s_file_shows_is_seen_late(provider):
    assert Can.SEEN_LATE in provider.can
    assert provider.begin(asked(amount_paisa=0)) == Refused("amount")
    assert IBAN not in repr(provider) + repr(provider.begin(asked()))
    assert IBAN[:4] not in repr(provider.begin(asked()))


def test_without_a_way_to_pay_nothing_begins():
    assert Null().begin(asked()) == CANNOT
    assert Null().can == frozenset()
