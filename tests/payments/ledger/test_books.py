"""What acts post, and that no order of them loses or makes a paisa."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from payments.ledger import books
from payments.ledger.books import BookingError, Key, Part, Posting, Row
from payments.money import MAX_PAISA, MoneyError
from payments.states import AccountKind, EntryKind

pytestmark = pytest.mark.unit
FIRM, BANK, WALLET = 7, "nbp", "jazzcash"
PAYMENTS = [
    Row("DEP-0004731", 500_000, datetime(2027, 4, 12, 9, 10, tzinfo=UTC)),
    Row("DEP-0004732", 500_000, datetime(2027, 4, 12, 11, 40, tzinfo=UTC)),
    Row("DEP-0004733", 750_000, datetime(2027, 4, 12, 15, 5, tzinfo=UTC)),
]
BACK = Row("DEP-0004690", -500_000, datetime(2027, 4, 12, 16, 20, tzinfo=UTC))
FEE = 35_530


def code_of(call):
    with pytest.raises(BookingError) as refusal:
        call()
    return refusal.value.code


def shown(posting):
    """By kind of account, what is moved."""
    return {part.account.kind.value: part.amount for part in posting.parts}


@pytest.mark.parametrize(
    ("posting", "moved"),
    [
        (books.deposit_paid(FIRM, 100, into=books.clearing(WALLET)), {"clearing": 100, "held": -100}),
        (books.deposit_paid(FIRM, 100, into=books.bank(BANK)), {"bank": 100, "held": -100}),
        (books.deposit_paid(FIRM, 100, into=books.suspense(BANK)), {"suspense": 100, "held": -100}),
        (books.fee_paid(FIRM, 100, into=books.bank(BANK)), {"bank": 100, "fees": -100}),
        (books.kept_as_credit(FIRM, 100, into=books.bank(BANK)), {"bank": 100, "credit": -100}),
        (books.credit_used(FIRM, 100), {"credit": 100, "held": -100}),
        (books.credit_used(FIRM, 100, for_=AccountKind.FEES), {"credit": 100, "fees": -100}),
        (books.released(FIRM, 100), {"held": 100, "credit": -100}),
        (books.refund(FIRM, 100, out_of=books.clearing(WALLET)), {"held": 100, "clearing": -100}),
        (books.refund(FIRM, 100, out_of=books.bank(BANK), source=AccountKind.CREDIT), {"credit": 100, "bank": -100}),
        (books.fee_refund(FIRM, 100, out_of=books.bank(BANK)), {"fees": 100, "bank": -100}),
        (books.forfeit(FIRM, 100), {"held": 100, "kept": -100}),
        (books.payment_returned(FIRM, 100, out_of=books.bank(BANK)), {"held": 100, "bank": -100}),
        (books.refund_returned(FIRM, 100, into=books.bank(BANK)), {"bank": 100, "credit": -100}),
        (books.bank_charge(100, bank_code=BANK), {"charges": 100, "bank": -100}),
        (books.suspense_in(100, bank_code=BANK), {"bank": 100, "suspense": -100}),
        (books.found(100, provider="wallet"), {"clearing": 100, "suspense": -100}),
        (books.suspense_out([(books.held(FIRM), 60, "a"), (books.credit(FIRM), 40, "")], bank_code=BANK),
         {"suspense": 100, "held": -60, "credit": -40}),
    ],
)  # fmt: skip
def test_what_each_act_posts(posting, moved):
    assert shown(posting) == moved
    assert sum(moved.values()) == 0


def test_amounts_are_whole_and_above_nothing():
    for amount in (0, -1):
        assert code_of(lambda amount=amount: books.forfeit(FIRM, amount)) == "amount"
        assert (
            code_of(lambda amount=amount: books.suspense_out([(books.held(FIRM), amount, "")], bank_code=BANK))
            == "amount"
        )
    for amount in (1.5, True, MAX_PAISA + 1):
        with pytest.raises(MoneyError):
            books.forfeit(FIRM, amount)
    assert code_of(lambda: books.suspense_out([], bank_code=BANK)) == "amount"


def test_money_goes_where_it_can_be():
    assert code_of(lambda: books.deposit_paid(FIRM, 1, into=books.held(FIRM))) == "account"
    assert code_of(lambda: books.refund(FIRM, 1, out_of=books.charges(WALLET))) == "account"
    assert code_of(lambda: books.refund(FIRM, 1, out_of=books.bank(BANK), source=AccountKind.KEPT)) == "account"
    assert code_of(lambda: books.credit_used(FIRM, 1, for_=AccountKind.KEPT)) == "account"
    for wrong in ((AccountKind.HELD, 0, ""), (AccountKind.BANK, 1, ""), (AccountKind.HELD, 1, "x")):
        assert code_of(lambda wrong=wrong: Key(*wrong)) == "account"
    assert code_of(lambda: books.bank("x" * 25)) == "account"
    assert code_of(lambda: books.forfeit(FIRM, 1, about="x" * 25)) == "account"


def test_lines_that_do_not_sum_to_zero_are_no_posting():
    bank, held = books.bank(BANK), books.held(FIRM)
    dollars = Key(AccountKind.HELD, FIRM, currency="USD")
    for parts in (
        (),
        (Part(bank, 1),),
        (Part(bank, 1), Part(held, -2)),
        (Part(bank, 1), Part(dollars, -1)),
        (Part(bank, 1), Part(held, -1)) * 501,
    ):
        assert code_of(lambda parts=parts: Posting(EntryKind.REFUND, parts)) == "not_balanced"
    assert code_of(lambda: Posting(EntryKind.REFUND, (Part(bank, 0), Part(held, 0)))) == "amount"


# --------------------------------------------------------------------------------------------- what a provider pays out


def test_the_wallet_pays_in_one_sum_less_its_fee():
    balances = {}
    for row in PAYMENTS:
        balances = books.booked(
            balances, books.deposit_paid(int(row.reference[-4:]), row.gross, into=books.clearing(WALLET))
        )
    balances = books.booked(balances, books.deposit_paid(4690, 500_000, into=books.bank(BANK)))
    before = balances[books.bank(BANK)]
    balances = books.booked(balances, books.refund(4690, 500_000, out_of=books.clearing(WALLET)))
    posting = books.settlement([*PAYMENTS, BACK], FEE, provider=WALLET, bank_code=BANK, paid_out=1_214_470)
    balances = books.booked(balances, posting)

    assert balances[books.clearing(WALLET)] == 0
    assert balances[books.bank(BANK)] - before == 1_214_470
    assert balances[books.charges(WALLET)] == FEE
    assert [-balances[books.held(number)] for number in (4731, 4732, 4733, 4690)] == [500_000, 500_000, 750_000, 0]
    assert sum(balances.values()) == 0
    assert [(part.about, part.amount) for part in posting.parts if part.account == books.charges(WALLET)] == [
        ("DEP-0004731", 10_152),
        ("DEP-0004732", 10_151),
        ("DEP-0004733", 15_227),
    ]


def test_any_order_of_the_rows_gives_the_same_paisa():
    found = {tuple(sorted(books.fee_shares(rows, FEE).items())) for rows in permutations([*PAYMENTS, BACK])}
    assert found == {(("DEP-0004731", 10_152), ("DEP-0004732", 10_151), ("DEP-0004733", 15_227))}
    assert books.fee_shares(PAYMENTS, -FEE) == {name: -share for name, share in books.fee_shares(PAYMENTS, FEE).items()}


@pytest.mark.parametrize(
    ("rows", "paid_out"), [(PAYMENTS, 1_214_470), ([*PAYMENTS, BACK], 1_214_471), ([*PAYMENTS, BACK], 1_214_469)]
)
def test_a_difference_is_never_closed_by_itself(rows, paid_out):
    assert (
        code_of(lambda: books.settlement(rows, FEE, provider=WALLET, bank_code=BANK, paid_out=paid_out)) == "difference"
    )


def test_a_day_of_refunds_alone_takes_money_from_us():
    posting = books.settlement([BACK], 0, provider=WALLET, bank_code=BANK, paid_out=-500_000)
    assert shown(posting) == {"bank": -500_000, "clearing": 500_000}
    assert code_of(lambda: books.settlement([BACK], 5, provider=WALLET, bank_code=BANK, paid_out=-500_005)) == "amount"


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 50)), min_size=1, max_size=20),
    st.integers(-(10**7), 10**7),
    st.lists(st.integers(1, 10**6), max_size=5),
)
def test_any_report_is_booked_to_the_paisa(payments, fee, refunds):
    begun = datetime(2027, 4, 12, tzinfo=UTC)
    rows = [Row(f"DEP-{n}", gross, begun + timedelta(minutes=at)) for n, (gross, at) in enumerate(payments)]
    rows += [Row(f"BACK-{n}", -gross, begun) for n, gross in enumerate(refunds)]
    paid_out = sum(row.gross for row in rows) - fee
    if fee == paid_out == 0:
        nothing = code_of(lambda: books.settlement(rows, 0, provider=WALLET, bank_code=BANK, paid_out=0))
        assert nothing == "nothing"
        return
    posting = books.settlement(rows, fee, provider=WALLET, bank_code=BANK, paid_out=paid_out)
    sums = Counter()
    for part in posting.parts:
        sums[part.account.kind] += part.amount
    assert (sums[AccountKind.BANK], sums[AccountKind.CHARGES]) == (paid_out, fee)
    assert sums[AccountKind.CLEARING] == -sum(row.gross for row in rows)


# --------------------------------------------------------------------------------------------------- refunds, reversals


def test_no_more_is_paid_back_than_was_paid():
    assert books.check_refund(100, 0, 100) == 0
    assert books.check_refund(100, 30, 30) == 40
    assert code_of(lambda: books.check_refund(100, 71, 30)) == "above_paid"
    assert code_of(lambda: books.check_refund(100, 0, 0)) == "amount"


def test_whose_money_is_taken():
    assert books.taken_from(books.refund(FIRM, 1, out_of=books.bank(BANK))) == [books.held(FIRM)]
    assert books.taken_from(books.deposit_paid(FIRM, 1, into=books.bank(BANK))) == []
    there_and_back = Posting(EntryKind.RELEASED, (Part(books.held(FIRM), 1), Part(books.held(FIRM), -1)))
    assert books.taken_from(there_and_back) == []


@pytest.mark.parametrize(
    ("kind", "balance", "read"),
    [("held", -5, 5), ("bank", 5, 5), ("charges", 5, 5), ("suspense", -5, 5), ("clearing", -5, -5)],
)
def test_balances_as_people_read_them(kind, balance, read):
    assert books.natural(AccountKind(kind), balance) == read


class Books(RuleBasedStateMachine):
    """Any sequence of acts on two firms, refused or not; the plain sums of what was paid and paid back beside them."""

    def __init__(self):
        super().__init__()
        self.balances = {}
        self.postings = []
        self.came, self.went = Counter(), Counter()

    firms = st.integers(1, 2)
    amounts = st.integers(1, 500)
    places = st.sampled_from([books.clearing(WALLET), books.bank(BANK)])
    sources = st.sampled_from([AccountKind.HELD, AccountKind.CREDIT])

    def book(self, posting):
        try:
            self.balances = books.booked(self.balances, posting)
        except BookingError as refusal:
            if refusal.code != "overdrawn":
                raise
            return False
        self.postings.append(posting)
        return True

    @rule(
        firm=firms,
        amount=amounts,
        place=places,
        act=st.sampled_from([books.deposit_paid, books.fee_paid, books.kept_as_credit]),
    )
    def pays(self, firm, amount, place, act):
        assert self.book(act(firm, amount, into=place))
        self.came[firm] += amount

    @rule(firm=firms, amount=amounts, place=places, source=sources)
    def gets_back(self, firm, amount, place, source):
        if self.book(books.refund(firm, amount, out_of=place, source=source)):
            self.went[firm] += amount

    @rule(firm=firms, amount=amounts, place=places)
    def gets_a_fee_back(self, firm, amount, place):
        if self.book(books.fee_refund(firm, amount, out_of=place)):
            self.went[firm] += amount

    @rule(firm=firms, amount=amounts, act=st.sampled_from([books.forfeit, books.released, books.credit_used]))
    def changes_its_name(self, firm, amount, act):
        self.book(act(firm, amount))

    @rule(firm=firms, amount=amounts, place=places)
    def is_returned(self, firm, amount, place):
        if self.book(books.payment_returned(firm, amount, out_of=place)):
            self.went[firm] += amount

    @rule(firm=firms, amount=amounts)
    def is_matched_later(self, firm, amount):
        assert self.book(books.suspense_in(amount, bank_code=BANK))
        assert self.book(books.suspense_out([(books.held(firm), amount, "")], bank_code=BANK))
        self.came[firm] += amount

    @rule(amount=amounts)
    def costs(self, amount):
        assert self.book(books.bank_charge(amount, bank_code=BANK))

    @precondition(lambda self: self.postings)
    @rule(data=st.data())
    def is_taken_back(self, data):
        posting = data.draw(st.sampled_from(self.postings))
        mirrored = Posting(EntryKind.REVERSAL, books.reversed_parts(posting.parts))
        before = dict(self.balances)
        if self.book(mirrored):
            moved = Counter()
            for part in mirrored.parts:
                if part.account.is_firms:
                    moved[part.account.sme] -= part.amount
            for firm, amount in moved.items():
                self.came[firm] += amount
            self.book(posting)
            assert {key: paisa for key, paisa in self.balances.items() if paisa} == {
                key: paisa for key, paisa in before.items() if paisa
            }
            for firm, amount in moved.items():
                self.came[firm] -= amount

    @invariant()
    def nothing_is_lost(self):
        assert sum(self.balances.values()) == 0

    @invariant()
    def no_account_of_a_firm_is_overdrawn(self):
        assert all(paisa <= 0 for key, paisa in self.balances.items() if key.is_firms)

    @invariant()
    def no_firm_gets_back_more_than_it_paid(self):
        for firm in (1, 2):
            there = -sum(paisa for key, paisa in self.balances.items() if key.sme == firm)
            assert there == self.came[firm] - self.went[firm] >= 0


TestBooks = Books.TestCase
