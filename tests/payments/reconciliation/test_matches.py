"""Cases m03 and m05 in the books, m06, and every way in which a person matches a line and takes it back."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from payments.deposits import acts
from payments.deposits import services as deposits
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import Attempt, BankLine, BankMatch, Finding, Payment, PaymentAct, Receipt
from payments.reconciliation import matches, selectors, settling, signing
from payments.states import FindingKind
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory
from tests.payments.deposits.made import at, begun, credit, held

from .made import DATA, PLAIN, bank, csv, fresh, is_whole, line, payment, suspense, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
SUM = 6_740_000


def matched():
    return sum(row.amount for row in BankLine.objects.filter(state="matched"))


def is_on_one_account():
    """Every line's money is not yet matched, or where its match put it."""
    assert suspense() + matched() == SUM == 6_740_000
    assert suspense() == sum(row.amount for row in BankLine.objects.filter(state="open"))
    assert bank() == SUM + 750_000
    return is_whole()


def first_offer(row):
    return matches.offer_of(row, matches.key_of(matches.offers_for([row])[row.pk][0]))


def take(words):
    row = line(words)
    return matches.take_offer(actor=finance_officer(), line=row, offer=first_offer(row))


def test_two_of_eight_are_matched_by_themselves_and_six_wait(case):
    assert [row.state for row in BankLine.objects.order_by("number")] == ["matched"] * 2 + ["open"] * 6
    assert {row.state for row in Payment.objects.filter(pk__in=[case[4711].pk, case[4712].pk, case[4713].pk])} == {
        "paid"
    }
    assert (matched(), suspense()) == (2_250_000, 4_490_000)
    found = BankMatch.objects.order_by("pk")
    assert [(row.kind, row.certainty, row.by) for row in found] == [("payment", 100, None)] * 2
    assert [reason[0] for reason in found[0].reasons] == ["unchecked", "name", "exact"]
    assert [(share.payment_id, share.amount) for share in found[1].shares.order_by("pk")] == [
        (case[4712].pk, 750_000), (case[4713].pk, 750_000),
    ]  # fmt: skip
    assert is_on_one_account()


def test_the_queue_has_the_surest_first_and_is_told_what_is_clear(case):
    order = [row.text.split()[0] for row in selectors.queue_visible_to(finance_officer()).order_by("-certainty", "id")]
    assert order[-1] == "DEP-0004717"
    assert BankLine.objects.get(text__contains="4717").certainty == 0
    assert line("OOO4716").is_clear


def test_each_line_of_the_queue_ends_where_it_should(case):
    take("OOO4716")
    assert fresh(case[4716]).state == "paid"
    assert is_on_one_account()
    take("0004714 RAVI")
    assert (fresh(case[4714]).state, fresh(case[4714]).left) == ("part_paid", 10_000)
    assert is_on_one_account()
    take("dep4714")
    assert [fresh(case[number]).state for number in (4714, 4716)] == ["paid", "paid"]
    assert credit(case[4714]) + credit(case[4716]) == 1_480_000
    assert is_on_one_account()


def test_two_lines_make_one_payment_whole(case):
    take("0004714 RAVI")
    rest = BankLine.objects.get(amount=10_000)
    offer = first_offer(rest)
    assert [reason.why for reason in offer.reasons] == ["name", "rest"]
    matches.take_offer(actor=finance_officer(), line=rest, offer=offer)
    assert (fresh(case[4714]).state, held(case[4714])) == ("paid", 750_000)
    assert sorted(case[4714].bank_shares.values_list("amount", flat=True)) == [10_000, 740_000]
    assert is_on_one_account()


def test_paid_twice_is_credit_of_the_same_firm(case):
    take("4715 CHENAB")
    assert (held(case[4715]), credit(case[4715])) == (750_000, 750_000)
    assert Finding.objects.filter(kind=FindingKind.DOUBLE, payment=case[4715]).count() == 1
    assert is_on_one_account()
    kind = PaymentAct.Kind.PAY_CREDIT
    act = acts.propose(actor=finance_officer(), payment=case[4715], kind=kind, amount=750_000, words="Paid twice.")
    acts.sign(actor=finance_officer(), act=act)
    assert (held(case[4715]), credit(case[4715])) == (750_000, 0)


def test_a_match_that_is_taken_back_leaves_all_as_before_and_both_in_the_trail(case):
    before = [(row.pk, row.state, row.paid) for row in Payment.objects.order_by("pk")]
    for words in ("OOO4716", "0004714 RAVI", "4715 CHENAB", "dep4714"):
        match, officer = take(words), finance_officer()
        assert is_on_one_account()
        with pytest.raises(DomainError):
            matches.take_back(actor=officer, match=match, words=" ")
        matches.take_back(actor=officer, match=match, words="Another firm's.")
        matches.take_back(actor=officer, match=match, words="Another firm's.")
        assert [(row.pk, row.state, row.paid) for row in Payment.objects.order_by("pk")] == before, words
        assert is_on_one_account()
    assert BankMatch.objects.filter(taken_back_at__isnull=False).count() == 4
    assert not Finding.objects.filter(settled_at=None).exists()
    assert [receipt.cancelled_at is not None for receipt in Receipt.objects.order_by("pk")][-5:] == [True] * 5
    assert Event.objects.filter(name="bank.match_taken_back").count() == 4


def test_what_was_matched_by_itself_is_taken_back_as_well(case):
    matches.take_back(actor=finance_officer(), match=BankMatch.objects.order_by("pk")[1], words="Not Indus Gloves.")
    assert {fresh(case[4712]).state, fresh(case[4713]).state} == {"asked"}
    assert is_on_one_account()
    assert Event.objects.filter(name="payment.unmatched").count() == 2


def test_a_match_that_is_taken_back_is_told_to_the_firm_and_to_the_other_officers(case):
    officer, colleague = finance_officer(), finance_officer()
    outbox.deliver_all()
    matches.take_back(actor=officer, match=BankMatch.objects.order_by("pk")[0], words="Not Karakoram Textiles.")
    outbox.deliver_all()
    row = fresh(case[4711])
    told = Message.objects.filter(template__startswith="payment.unmatched")
    to_firm = told.get(to=row.sme.created_by)
    assert "The money was not yours" in to_firm.body
    assert "to be paid by 16\N{NO-BREAK SPACE}April\N{NO-BREAK SPACE}2027" in to_firm.body
    assert row.due_at == at("2027-04-16 23:59:59")  # its day was over; three working days anew
    assert told.get(to=colleague).template == "payment.unmatched_desk"
    assert "Not Karakoram Textiles." in told.get(to=colleague).body
    assert not told.filter(to=officer).exists()


def test_no_officer_matches_a_line_with_a_payment_of_their_own_firm_nor_takes_one_back(case):
    officer = finance_officer()
    for number in (4711, 4714):
        MemberFactory(sme=case[number].sme, user=officer, role="trainee")
    row, matched = line("DEP-0004714"), BankMatch.objects.order_by("pk")[0]
    for call in (
        lambda: matches.take_offer(actor=officer, line=row, offer=first_offer(row)),
        lambda: matches.match_by_hand(actor=officer, line=row, shares=[(case[4714], 740_000)], words="Mine."),
        lambda: matches.take_back(actor=officer, match=matched, words="Not mine."),
    ):
        with pytest.raises(NotAllowed, match="your own firm"):
            call()
        assert is_on_one_account()
    assert (fresh(case[4711]).state, fresh(case[4714]).paid) == ("paid", 0)
    matches.take_offer(actor=finance_officer(), line=row, offer=first_offer(row))
    assert fresh(case[4714]).paid == 740_000


def test_the_same_press_twice_is_once_and_another_one_is_told(case):
    row, officer = line("OOO4716"), finance_officer()
    offer = first_offer(row)
    first = matches.take_offer(actor=officer, line=row, offer=offer)
    assert matches.take_offer(actor=officer, line=row, offer=offer) == first
    with pytest.raises(WrongState):
        matches.match_by_hand(actor=officer, line=row, shares=[(case[4714], 750_000)], words="x")
    assert is_on_one_account()


def test_by_hand_the_amounts_add_up_to_the_paisa(case):
    row, officer = line("dep4714"), finance_officer()
    both = [(case[4714], 740_000), (case[4716], 750_000)]
    for shares, code in (
        ([], "no_shares"),
        ([(case[4714], 740_000), (case[4714], 750_000)], "no_shares"),
        ([(case[4714], 740_001), (case[4716], 750_000)], "sum"),
        ([(case[4714], -10_000), (case[4716], 1_500_000)], "amount"),
    ):
        with pytest.raises(DomainError) as refusal:
            matches.match_by_hand(actor=officer, line=row, shares=shares, words="x")
        assert refusal.value.code == code
    with pytest.raises(DomainError):
        matches.match_by_hand(actor=officer, line=row, shares=both, words=" ")
    matches.match_by_hand(actor=officer, line=row, shares=both, words="The firm wrote so.")
    assert (fresh(case[4714]).left, fresh(case[4716]).state) == (10_000, "paid")
    assert is_on_one_account()


def test_only_a_finance_officer_matches(case):
    row = line("OOO4716")
    for call in (
        lambda: matches.take_offer(actor=UserFactory(), line=row, offer=first_offer(row)),
        lambda: matches.match_charge(actor=UserFactory(), line=row),
        lambda: matches.take_back(actor=UserFactory(), match=BankMatch.objects.first(), words="x"),
    ):
        with pytest.raises(NotAllowed):
            call()


# ----------------------------------------------------------------------------------------------------- days that count


@pytest.mark.parametrize("is_begun", [True, False])
def test_the_value_day_counts_and_not_the_day_of_booking(clock, is_begun):
    """Case m02: due on 31 December, booked on 4 January."""
    clock.move_to("2026-12-20T09:00:00+05:00")
    row = payment(4711, "Karakoram Textiles", amount=500_000, due="2026-12-31 23:59:59")
    if is_begun:
        begun(row, way="bank")
    clock.move_to("2027-01-05T10:00:00+05:00")
    deposits.expire_payment(payment_id=row.pk)
    assert fresh(row).state == ("at_bank" if is_begun else "expired")
    taken((DATA / "m02-year-end.sta").read_bytes())
    if is_begun:
        assert (fresh(row).state, fresh(row).paid_at, held(row)) == ("paid", at("2026-12-31 00:00:00"), 500_000)
        assert not Finding.objects.exists()
    else:
        assert (credit(row), Finding.objects.get().kind) == (500_000, FindingKind.SEEN_TOO_LATE)


def test_a_line_of_the_last_day_is_in_time_and_of_the_next_one_is_late(clock):
    rows = [payment(4711, "Karakoram Textiles"), payment(4712, "Indus Gloves")]
    for row in rows:
        begun(row, way="bank")
    clock.move_to("2027-04-13T00:05:00+05:00")
    assert {deposits.expire_payment(payment_id=row.pk) for row in rows} == {"at_bank"}
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(
        csv(
            ("12/04/2027", "DEP 4711 KARAKORAM TEXTILES", "7500.00"),
            ("13/04/2027", "DEP 4712 INDUS GLOVES", "7500.00"),
        ),
        mapping=PLAIN,
    )
    assert [fresh(row).state for row in rows] == ["paid", "at_bank"]
    assert (held(rows[0]), credit(rows[1])) == (750_000, 750_000)
    assert deposits.expire_payment(payment_id=rows[1].pk) == "expired"
    assert [attempt.state for attempt in (rows[0].attempts.get(), rows[1].attempts.get())] == ["paid", "failed"]


def test_a_payment_waits_until_the_statement_of_its_day_is_in(clock):
    row = payment(4711, "Karakoram Textiles")
    begun(row, way="raast")
    clock.move_to("2027-04-13T00:05:00+05:00")
    assert deposits.expire_payment(payment_id=row.pk) == "at_bank"
    taken(csv(("11/04/2027", "x", "1.00")), mapping=PLAIN)
    assert deposits.expire_payment(payment_id=row.pk) == ""
    taken(csv(("12/04/2027", "y", "1.00")), mapping=PLAIN)
    assert deposits.expire_payment(payment_id=row.pk) == "expired"


def test_a_wallet_that_has_not_answered_is_waited_for_all_the_same(clock):
    row = payment(4711, "Karakoram Textiles")
    begun(row, way="sandbox")
    clock.move_to("2027-04-13T00:05:00+05:00")
    taken(csv(("12/04/2027", "y", "1.00")), mapping=PLAIN)
    assert deposits.expire_payment(payment_id=row.pk) == "at_bank"


# --------------------------------------------------------------------------------------------------------- taken back


def test_an_entry_of_three_payers_and_one_that_takes_the_first_back(clock):
    first, second = payment(4721, "Ravi Towels", amount=500_000), payment(4722, "Chenab Caps", amount=500_000)
    clock.move_to("2027-04-12T10:00:00+05:00")
    colleague = finance_officer()
    importer = finance_officer()
    taken((DATA / "m03-batch-reversal.xml").read_bytes(), by=importer)
    outbox.deliver_all()
    assert (fresh(first).state, held(first), credit(first)) == ("returned", 0, 0)
    assert fresh(first).due_at == at("2027-04-15 23:59:59")  # three working days anew
    told = Message.objects.filter(template__startswith="payment.returned").order_by("pk")
    officers = {(one.to_id, "payment.returned_desk") for one in told if one.to_id != first.sme.created_by_id}
    assert {(colleague.pk, "payment.returned_desk"), (importer.pk, "payment.returned_desk")} <= officers
    assert told.count() == len(officers) + 1
    to_firm = told.get(to=first.sme.created_by)
    assert (to_firm.template, to_firm.url) == (
        "payment.returned",
        reverse("payments:payment", args=[first.public_id]),
    )
    assert "Please pay again by 15\N{NO-BREAK SPACE}April\N{NO-BREAK SPACE}2027" in to_firm.body
    assert (fresh(second).state, held(second)) == ("paid", 500_000)
    assert (bank(), suspense()) == (750_000, 250_000)
    booked = ledger.entries_about(first.reference)
    assert sorted(entry.kind for entry in booked) == ["deposit_paid", "payment_returned"]
    assert Event.objects.filter(name="payment.returned").count() == 1
    assert is_whole()
    match = BankMatch.objects.get(kind="return")
    matches.take_back(actor=finance_officer(), match=match, words="The bank wrote that it was a mistake.")
    assert (fresh(first).state, held(first), suspense()) == ("paid", 500_000, -250_000)
    assert is_whole()


def refund(row, amount=500_000, *, is_sent=True):
    act = acts.propose(
        actor=finance_officer(), payment=row, kind=PaymentAct.Kind.REFUND, amount=amount, words="Seat gone."
    )
    acts.sign(actor=finance_officer(), act=act)
    if is_sent:
        acts.send_refund(act.pk)
    return act


def paid_by_bank(clock, number=4721, firm="Ravi Towels"):
    row = payment(number, firm, amount=500_000)
    taken(csv(("01/04/2027", f"DEP {number} {firm.upper()}", "5000.00")), mapping=PLAIN)
    assert fresh(row).state == "paid"
    return fresh(row)


def test_a_refund_that_the_bank_shows_is_not_booked_twice(clock):
    row = paid_by_bank(clock)
    act = refund(row)
    assert (bank(), held(row)) == (0, 0)
    assert Finding.objects.filter(kind=FindingKind.NOT_PAID_BACK, settled_at=None).count() == 1
    clock.move_to("2027-04-03T10:00:00+05:00")
    taken(csv(("02/04/2027", "REFUND DEP-4721", "-5000.00")), mapping=PLAIN)
    act.refresh_from_db()
    assert (bank(), suspense(), act.done_at is not None) == (0, 0, True)
    assert not Finding.objects.filter(settled_at=None).exists()
    assert is_whole()
    matches.take_back(actor=finance_officer(), match=BankMatch.objects.get(kind="refund"), words="Another one.")
    act.refresh_from_db()
    assert (bank(), suspense(), act.done_at) == (-500_000, -500_000, None)
    assert is_whole()


def test_charges_pairs_and_credit_that_went_back(clock):
    row = paid_by_bank(clock)
    officer = finance_officer()
    clock.move_to("2027-04-03T10:00:00+05:00")
    taken(
        csv(
            ("02/04/2027", "BANK CHARGES", "-25.00"),
            ("02/04/2027", "CASH DEPOSIT MALL ROAD", "3500.00"),
            ("02/04/2027", "RETURNED TO BRANCH", "-3500.00"),
            ("02/04/2027", "DEP 4721 RAVI TOWELS", "5000.00"),
            ("02/04/2027", "SENT TO RAVI", "-5000.00"),
        ),
        mapping=PLAIN,
    )
    charge = matches.match_charge(actor=officer, line=line("CHARGES"))
    assert (ledger.balance(books.charges("bank")), suspense()) == (2_500, 500_000 - 500_000)
    pair = matches.match_pair(actor=officer, line=line("MALL ROAD"), other=line("BRANCH"), words="Not for us.")
    assert matches.match_pair(actor=officer, line=line("MALL ROAD"), other=line("BRANCH"), words="Not for us.") == pair
    double = BankLine.objects.get(booked_on=date(2027, 4, 2), amount=500_000)
    matches.take_offer(actor=officer, line=double, offer=first_offer(double))
    assert credit(row) == 500_000
    back = matches.match_gone(
        actor=officer, line=line("SENT TO"), payment=row, is_return=False, words="Sent back by hand."
    )
    assert (credit(row), suspense(), held(row)) == (0, 0, 500_000)
    assert is_whole()
    for match in (back, pair, charge):
        matches.take_back(actor=officer, match=match, words="Anew.")
    assert (credit(row), suspense()) == (500_000, -502_500)
    assert is_whole()


def test_what_undoes_nothing_is_no_pair(clock):
    taken(csv(("01/04/2027", "a", "1.00"), ("01/04/2027", "b", "-2.00")), mapping=PLAIN)
    with pytest.raises(DomainError) as refusal:
        matches.match_pair(actor=finance_officer(), line=line("a"), other=line("b"), words="x")
    assert refusal.value.code == "sum"
    with pytest.raises(DomainError):
        matches.match_charge(actor=finance_officer(), line=line("a"))


def test_a_return_by_hand(clock):
    row = paid_by_bank(clock)
    taken(csv(("01/04/2027", "CHEQUE DISHONOURED RAVI", "-5000.00")), mapping=PLAIN)
    matches.match_gone(actor=finance_officer(), line=line("DISHONOURED"), payment=row, is_return=True, words="Cheque.")
    assert (fresh(row).state, suspense(), bank()) == ("returned", 0, 0)
    assert is_whole()


# ----------------------------------------------------------------------------------------------------------- settlement

REPORT = """Type,Reference,Gross,Time
payment,DEP-0004731,"5,000.00",09:10
payment,DEP-0004732,"5,000.00",11:40
payment,DEP-0004733,"7,500.00",15:05
refund,DEP-0004690,"-5,000.00",16:20
fee and tax,,-355.30,
"""


@pytest.fixture
def wallet(clock):
    """Case m06: three deposits and a refund by the wallet, and the bank's line of the day after."""
    clock.move_to("2027-04-12T09:00:00+05:00")
    old = payment(4690, "Old Firm", amount=500_000)
    rows = [payment(n, f"Firm {n}", amount=a) for n, a in ((4731, 500_000), (4732, 500_000), (4733, 750_000))]
    attempt = begun(old)
    for row in (old, *rows):
        into = books.clearing("sandbox")
        deposits.receive(
            payment=row,
            incoming=deposits.Incoming(row.amount, into, at("2027-04-12 10:00:00"), f"w:{row.pk}", "sandbox", "Wallet"),
        )
    Attempt.objects.filter(pk=attempt.pk).update(state="paid", happened_at=at("2027-04-12 10:00:00"), ask_next_at=None)
    refund(old, is_sent=False)
    clock.move_to("2027-04-14T10:00:00+05:00")
    return rows


def report(content=REPORT, day=date(2027, 4, 12)):
    return settling.read_in(
        actor=finance_officer(), provider="sandbox", day=day, file_name="wallet.csv", content=content.encode()
    )


def payout(amount="12,144.70"):
    taken(csv(("13/04/2027", "WALLET SETTLEMENT 20270412", amount)), mapping=PLAIN)
    return line("WALLET")


def test_one_line_of_the_bank_is_the_report_of_the_wallet(wallet):
    payout()
    row = report()
    match = BankMatch.objects.get(report=row)
    assert (match.kind, line("WALLET").state, suspense()) == ("settlement", "matched", 0)
    assert (bank(), ledger.balance(books.charges("sandbox")), settling.still_with("sandbox")) == (
        1_214_470,
        35_530,
        500_000,
    )
    shares = {
        part.about: part.amount for part in ledger.parts_of(match.entry) if part.account == books.charges("sandbox")
    }
    assert shares == {"DEP-0004731": 10_152, "DEP-0004732": 10_151, "DEP-0004733": 15_227}
    assert [held(each) for each in wallet] == [500_000, 500_000, 750_000]
    assert not Finding.objects.filter(payment__in=wallet).exists()
    assert is_whole()
    assert report() == row
    matches.take_back(actor=finance_officer(), match=match, words="Another day's.")
    assert (suspense(), settling.still_with("sandbox")) == (1_214_470, 1_750_000)


def test_what_the_wallet_has_is_nothing_again_and_each_firm_paid_what_it_paid(wallet):
    """What DEP-0004690 had paid was paid out the day before; with this report the company has no rupee of ours."""
    taken(csv(("12/04/2027", "PAYOUT 20270411", "5,000.00")), mapping=PLAIN)
    report(REPORT.splitlines()[0] + "\npayment,DEP-0004690,5000.00,10:00\n", day=date(2027, 4, 11))
    assert settling.still_with("sandbox") == 1_250_000
    payout()
    row = report()
    assert (settling.still_with("sandbox"), bank(), suspense()) == (0, 500_000 + 1_214_470, 0)
    assert (len(row.rows), row.fee) == (4, 35_530)
    assert Payment.objects.get(reference__startswith="DEP-0004690").paid_back == 500_000
    said = [ledger.statement(each.sme, date(2027, 4, 1), date(2027, 4, 30)) for each in wallet]
    assert [([each.paid for each in one.rows], one.after.held) for one in said] == [
        ([500_000], 500_000), ([500_000], 500_000), ([750_000], 750_000),
    ]  # fmt: skip
    assert [fresh(each).left for each in wallet] == [0, 0, 0]
    outbox.deliver_all()
    told = Message.objects.filter(to__in=[each.sme.created_by for each in wallet])
    assert set(told.values_list("template", flat=True)) == {"payment.settled"}
    assert is_whole()


def test_a_report_without_its_refund_is_not_matched_and_the_refund_is_offered(wallet):
    seen = payout()
    row = report("\n".join(each for each in REPORT.splitlines() if not each.startswith("refund")))
    assert not BankMatch.objects.exists()
    assert (row.net, settling.difference(row, seen)) == (1_714_470, 500_000)
    assert [each.amount for each in settling.missing_rows(row, seen)] == [500_000]
    officer, reference = finance_officer(), settling.missing_rows(row, seen)[0].reference
    for how, code in (
        ({}, "difference"),
        ({"add": "DEP-X", "words": "x"}, "difference"),
        ({"add": reference}, "no_words"),
    ):
        with pytest.raises(DomainError) as refusal:
            settling.settle(actor=officer, report=row, line=seen, **how)
        assert refusal.value.code == code
        if not how:
            plain = str(refusal.value).replace("\u2068", "").replace("\u2069", "")
            assert "The report gives 17,144.70, the bank 12,144.70: a difference of 5,000.00." in plain
    assert reference.startswith("DEP-0004690-")
    settling.settle(actor=officer, report=row, line=seen, add=reference, words="The wallet confirmed it by mail.")
    assert (suspense(), line("WALLET").state) == (0, "matched")
    assert is_whole()


def test_a_difference_of_a_paisa_is_shown_and_not_booked(wallet):
    seen = payout("12,144.71")
    row = report()
    with pytest.raises(DomainError) as refusal:
        settling.settle(actor=finance_officer(), report=row, line=seen)
    assert "12,144.70" in str(refusal.value)
    assert (settling.difference(row, seen), suspense()) == (-1, 1_214_471)


@pytest.mark.parametrize(
    ("was", "put", "code"),
    [
        ("Type,", "Was,", "report_columns"),
        ("refund,", "gift,", "report_kind"),
        ("DEP-0004732", "DEP-0004731", "report_twice"),
        ("-355.30", "-355.3O", "line"),
        ("09:10", "31/02/2027 09:10", "line"),
    ],
)
def test_a_report_that_cannot_be_read(wallet, was, put, code):
    with pytest.raises(DomainError) as refusal:
        report(REPORT.replace(was, put))
    assert refusal.value.code == code


# ---------------------------------------------------------------------------------------------------- parts by themselves


@pytest.fixture
def ravi(clock):
    clock.move_to("2027-04-10T10:00:00+05:00")
    row = payment(4721, "Ravi Towels", amount=2_000_000, due="2027-04-20 23:59:59")
    clock.move_to("2027-04-13T10:00:00+05:00")
    return row


def parts_of(row):
    return csv(("12/04/2027", f"{row.reference} PART", "15000.00")), csv(
        ("13/04/2027", f"{row.reference} REST", "5000.00")
    )


@pytest.mark.parametrize("files", [1, 2])
def test_two_parts_pay_their_payment_by_themselves_in_one_file_or_two(ravi, files):
    first, second = parts_of(ravi)
    if files == 1:
        taken(first + second.partition("\n")[2], mapping=PLAIN)
    else:
        taken(first, mapping=PLAIN)
        assert (fresh(ravi).state, line("PART").state) == ("asked", "open")
        taken(second, mapping=PLAIN)
    assert (fresh(ravi).state, fresh(ravi).paid, suspense()) == ("paid", 2_000_000, 0)
    assert [match.by for match in BankMatch.objects.all()] == [None, None]
    assert is_whole()


def test_a_part_about_which_the_bank_is_asked_or_a_second_person_waits_stays_with_people(ravi):
    first, second = parts_of(ravi)
    taken(first, mapping=PLAIN)
    signing.ask_bank(actor=finance_officer(), line=line("PART"), words="Who paid this in?")
    taken(second, mapping=PLAIN)
    assert (fresh(ravi).state, line("PART").state, line("REST").state) == ("asked", "open", "open")


def test_one_more_line_that_names_it_leaves_all_to_a_person(ravi):
    first, second = parts_of(ravi)
    taken(csv(("12/04/2027", f"{ravi.reference} AGAIN", "1.00")), mapping=PLAIN)
    taken(first, mapping=PLAIN)
    taken(second, mapping=PLAIN)
    assert (fresh(ravi).state, BankMatch.objects.count()) == ("asked", 0)
