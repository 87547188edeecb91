"""Case m05 in the pure part: what is matched by itself, what is offered, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from payments.reconciliation import matching, sure
from payments.reconciliation.matching import Expected, Index, Kind, Offer, Reason, Refund, Rules, Seen, Share, Why
from payments.references import written
from payments.states import PaymentState

pytestmark = pytest.mark.unit
ASKED, DUE, DAY = date(2027, 4, 1), date(2027, 4, 12), date(2027, 4, 12)
RULES = Rules(tolerance=0, window=10)


def ref(number):
    return written("DEP", number)


def payment(number, firm, **more):
    facts = {
        "pk": number, "reference": ref(number), "firm": firm, "amount": 750_000, "left": 750_000,
        "state": PaymentState.ASKED.value, "asked_on": ASKED, "due_on": DUE, "sme": hash(firm) % 1000 + 1,
    }  # fmt: skip
    return Expected(**{**facts, **more})


PAID = {"left": 0, "held": 750_000, "state": PaymentState.PAID.value, "paid_on": date(2027, 4, 6)}
PAYMENTS = [
    payment(4711, "Karakoram Textiles"),
    payment(4712, "Indus Gloves"),
    payment(4713, "Indus Gloves"),
    payment(4714, "Ravi Towels"),
    payment(4715, "Chenab Caps", **PAID),
    payment(4716, "Jhelum Knives"),
]
LINES = [
    Seen(1, DAY, 750_000, "IBFT DEP 4711 KARAKORAM TEX"),
    Seen(2, DAY, 1_500_000, "dep4712/dep4713 INDUS GLOVES"),
    Seen(3, DAY, 740_000, "DEP-0004714 RAVI TOWELS"),
    Seen(4, DAY, 750_000, "DEP-0004715 CHENAB CAPS"),
    Seen(5, DAY, 750_000, "DEP-OOO4716 JHELUM KNIVES"),
    Seen(6, DAY, 750_000, "DEP-0004717 HUNZA HONEY"),
    Seen(7, DAY, 10_000, "RAVI TOWELS"),
    Seen(8, DAY, 1_490_000, "dep4714 dep4716"),
]
WAITING = matching.Waiting(LINES)


@pytest.fixture
def index():
    return Index(PAYMENTS)


def codes(reasons):
    return [reason.why.value for reason in reasons]


def test_two_of_eight_by_themselves(index):
    found = {line.pk: sure.alone(line, index) for line in LINES}
    assert {pk for pk, offer in found.items() if offer} == {1, 2}
    assert found[1].shares == (Share(4711, 750_000),)
    assert codes(found[1].reasons) == ["unchecked", "name", "exact"]
    assert found[2].shares == (Share(4712, 750_000), Share(4713, 750_000))
    assert found[1].certainty == found[2].certainty == 100


@pytest.mark.parametrize(
    ("line", "first", "said"),
    [
        (3, 4714, ["unchecked", "name", "short", "with_lines"]),
        (4, 4715, ["unchecked", "name", "paid_already"]),
        (5, 4716, ["read_as", "name", "exact"]),
        (7, 4714, ["name", "short", "with_lines"]),
        (8, 4714, ["unchecked", "unchecked", "misfit"]),
    ],
)
def test_each_other_is_offered_with_its_reasons(index, line, first, said):
    found = matching.offers(LINES[line - 1], index, RULES, WAITING)
    assert (found[0].shares[0].of, codes(found[0].reasons)) == (first, said)
    assert 0 < found[0].certainty < 100


def test_what_is_missing_is_said(index):
    short = matching.offers(LINES[2], index, RULES)[0]
    assert short.reasons[-1] == Reason(Why.SHORT, {"paisa": 10_000})
    assert matching.offers(LINES[2], index, RULES, WAITING)[0].reasons[-2:] == (
        Reason(Why.SHORT, {"paisa": 10_000}),
        Reason(Why.WITH_LINES, {"lines": [7], "amount": 750_000}),
    )
    misfit = matching.offers(LINES[7], index, RULES)[0].reasons[-1]
    assert misfit == Reason(Why.MISFIT, {"all": 1_500_000, "open": 1_500_000})


def test_what_was_paid_already_is_said_with_its_day_and_offered_to_nobody_else(index):
    (only,) = matching.offers(LINES[3], index, RULES, WAITING)
    assert only.shares == (Share(4715, 750_000),)
    assert only.reasons[-1] == Reason(Why.PAID_ALREADY, {"day": date(2027, 4, 6)})


def test_a_number_that_is_not_ours_goes_to_nobody(index):
    assert matching.offers(LINES[5], index, RULES, WAITING) == []
    assert matching.notes(LINES[5], index) == [Reason(Why.UNKNOWN, {"reference": ref(4717)})]


def test_a_letter_that_was_read_as_a_figure_is_told(index):
    assert matching.offers(LINES[4], index, RULES)[0].reasons[0] == Reason(
        Why.READ_AS, {"reference": ref(4716), "read": "O→0"}
    )


def test_the_rest_of_a_payment_is_offered_as_such(index):
    index.put(replace(PAYMENTS[3], left=10_000, state=PaymentState.PART_PAID.value))
    assert codes(matching.offers(LINES[6], index, RULES)[0].reasons) == ["name", "rest"]


def test_a_reference_alone_bears_nothing_out_without_its_letter(index):
    line = Seen(9, DAY, 750_000, "DEP 4711 SOMEBODY ELSE")
    assert sure.alone(line, index) is None
    assert sure.alone(replace(line, text=f"{ref(4711)} SOMEBODY ELSE"), index).shares == (Share(4711, 750_000),)


@pytest.mark.parametrize(
    "line",
    [
        Seen(9, DAY, 750_000, f"{ref(4711)[:-1]}{'A' if ref(4711)[-1] != 'A' else 'C'} KARAKORAM TEXTILES"),
        Seen(9, DAY, 749_999, f"{ref(4711)} KARAKORAM TEXTILES"),
        Seen(9, DAY, 1_500_000, f"{ref(4711)} {ref(4715)}"),
        Seen(9, date(2027, 3, 30), 750_000, ref(4711)),
        Seen(9, DAY, 750_000, ref(4711), parts=740_000),
        Seen(9, DAY, 750_000, "KARAKORAM TEXTILES"),
    ],
    ids=["mistyped", "a paisa short", "one of two is paid", "before it was asked", "parts differ", "name alone"],
)
def test_what_is_not_booked_by_itself(index, line):
    assert sure.alone(line, index) is None


def test_a_payment_that_is_too_late_is_still_booked_as_such():
    index = Index([payment(1, "Ravi Towels", state=PaymentState.EXPIRED.value)])
    found = sure.alone(Seen(1, date(2027, 4, 13), 750_000, ref(1)), index)
    assert found.reasons[-1] == Reason(Why.AFTER_DUE, {"days": 1, "day": DUE})


def test_what_the_bank_takes_back_must_be_what_it_had_brought():
    index = Index([payment(4715, "Chenab Caps", **PAID)])
    line = Seen(1, DAY, -750_000, "", reference="DEP-4715", is_return=True)
    found = sure.alone(line, index, {4715: 750_000})
    assert (found.kind, found.shares, codes(found.reasons)) == (
        Kind.RETURN, (Share(4715, 750_000),), ["unchecked", "returned", "exact"],
    )  # fmt: skip
    for other, brought in ((line, {}), (replace(line, is_return=False), {4715: 750_000}), (line, {4715: 740_000})):
        assert sure.alone(other, index, brought) is None


def test_a_refund_is_found_by_its_reference_and_amount():
    index = Index([payment(4715, "Chenab Caps", **PAID)], [Refund(7, ref(4715), "Chenab Caps", 500_000, DAY)])
    line = Seen(1, DAY, -500_000, "REFUND DEP-4715")
    assert sure.alone(line, index) == Offer(
        Kind.REFUND, (Share(7, 500_000),), 100, (Reason(Why.REFUND_SIGNED, {"day": DAY}), Reason(Why.EXACT))
    )
    assert sure.alone(replace(line, amount=-500_001), index) is None
    assert matching.offers(replace(line, text="CHENAB CAPS"), index, RULES)[0].kind == Kind.REFUND


def test_charges_and_payouts_are_told_by_their_words(index):
    assert matching.offers(Seen(1, DAY, -2_500, "BANK CHARGES"), index, RULES)[0].kind == Kind.CHARGE
    assert (
        matching.offers(Seen(1, DAY, 1_214_470, "WALLET SETTLEMENT 20270412"), index, RULES)[0].kind == Kind.SETTLEMENT
    )
    assert matching.offers(Seen(1, DAY, 0, "BALANCE INQUIRY"), index, RULES) == []


def test_tolerance_is_said_and_books_nothing(index):
    line = Seen(1, DAY, 749_000, f"{ref(4711)} KARAKORAM")
    assert sure.alone(line, index) is None
    assert matching.offers(line, index, Rules(tolerance=1_000))[0].reasons[2] == Reason(Why.WITHIN, {"paisa": 1_000})


def test_one_transfer_for_two_payments_of_a_firm_that_names_none(index):
    found = matching.offers(Seen(1, DAY, 1_500_000, "INDUS GLOVES PVT LTD"), index, RULES)
    assert found[0].shares == (Share(4712, 750_000), Share(4713, 750_000))
    index.put(payment(4719, "Indus Gloves"))
    assert [
        offer
        for offer in matching.offers(Seen(1, DAY, 1_500_000, "INDUS GLOVES"), index, RULES)
        if len(offer.shares) > 1
    ] == []


def test_two_firms_alike_leave_no_clear_one():
    index = Index([payment(1, "Noor Sports Works", sme=1), payment(2, "Noor Sports Works", sme=2)])
    lines = {1: Seen(1, DAY, 750_000, "NOOR SPORTS"), 2: Seen(2, DAY, 750_000, f"{ref(1)} NOOR")}
    offered = {pk: matching.offers(line, index, RULES) for pk, line in lines.items()}
    assert matching.clear_ones(offered) == {2}
    assert matching.clear_ones({1: offered[1]}) == set()


@pytest.mark.parametrize(
    ("words", "firm", "least", "most"),
    [
        ("IBFT KARAKORAM TEX", "Karakoram Textiles (Pvt) Ltd", 90, 100),
        ("KARAKORM TEXTILES", "Karakoram Textiles", 90, 100),
        ("RAVI TOWELS", "Ravi Textiles", 30, 80),
        ("INDUS GLOVES", "Chenab Caps", 0, 20),
        ("", "Chenab Caps", 0, 0),
        ("CHENAB", "", 0, 0),
    ],
)
def test_how_alike_a_name_is(words, firm, least, most):
    assert least <= matching.alike(words, firm) <= most


# --------------------------------------------------------------------------------------------------------- parts by themselves


def together(*lines, payments=PAYMENTS):
    found = sure.together([Seen(*each) for each in lines], Index(payments))
    return [[(line.pk, offer.shares[0].of, offer.sum) for line, offer in group] for group in found]


HALF = (1, DAY, 300_000, "DEP-0004711 KARAKORAM TEX PART 1")
REST = (2, DAY, 450_000, f"{ref(4711)} REST")


def test_parts_that_name_their_payment_and_are_exactly_it_are_sure_together():
    assert together(HALF, REST) == [[(1, 4711, 300_000), (2, 4711, 450_000)]]
    third = (3, DAY, 50_000, "DEP-4711 KARAKORAM TEX")
    assert together(HALF, (2, DAY, 400_000, REST[3]), third) == [
        [(1, 4711, 300_000), (2, 4711, 400_000), (3, 4711, 50_000)]
    ]
    offer = sure.together([Seen(*HALF), Seen(*REST)], Index(PAYMENTS))[0][0][1]
    assert (offer.kind, offer.certainty, codes(offer.reasons)) == (
        Kind.PAYMENT, 100, ["unchecked", "name", "with_lines"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        [HALF],
        [HALF, (2, DAY, 449_999, REST[3])],
        [HALF, (2, DAY, 450_001, REST[3])],
        [HALF, REST, (3, DAY, 10, f"{ref(4711)} ONE MORE")],  # whose is it? a person looks at all of them
        [HALF, REST, (3, DAY, 10, f"{ref(4711)} {ref(4716)}")],
        [HALF, (2, DAY, 450_000, "DEP-0004711 SOMEBODY ELSE")],  # neither letter nor name
        [HALF, (2, DAY, 450_000, "DEP-OOO4711 KARAKORAM TEX")],  # read as something else
        [HALF, (2, DAY, 450_000, "DEP-0004711-A KARAKORAM TEX")],  # mistyped
        [HALF, (2, DAY, 450_000, "KARAKORAM TEXTILES")],
        [HALF, (2, date(2027, 4, 13), 450_000, REST[3])],  # after its day
        [HALF, (2, date(2027, 3, 30), 450_000, REST[3])],  # before it was asked for
        [(1, DAY, -300_000, HALF[3]), (2, DAY, 1_050_000, REST[3])],
        [(n, DAY, 187_500, f"{ref(4711)} {n}") for n in range(4)],
        [(1, DAY, 300_000, f"{ref(4715)} CHENAB"), (2, DAY, 450_000, f"{ref(4715)} CHENAB")],  # paid already
    ],
)
def test_parts_that_are_left_to_a_person(lines):
    assert together(*lines) == []


def test_parts_of_what_is_left_and_never_of_what_a_slip_showed():
    part = [payment(4711, "Karakoram Textiles", left=600_000)]
    lines = (1, DAY, 300_000, ref(4711)), (2, DAY, 300_000, ref(4711))
    assert together(*lines, payments=part) == [[(1, 4711, 300_000), (2, 4711, 300_000)]]
    slip = matching.Slip(600_000, DAY, DAY)
    assert together(*lines, payments=[payment(4711, "Karakoram Textiles", left=600_000, slip=slip)]) == []
