"""Slips of the bank: sent once, found right by two, refused with words; money counts from the day on the slip."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.deposits import proofs, selectors, services
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import Finding, Payment, Proof
from smes.papers.checks import CheckedPaper
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory

from .made import AMOUNT, asked, begun, credit, held, is_whole, state

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]


@pytest.fixture(autouse=True)
def _vault(settings, tmp_path):
    settings.VAULT_ROOT = tmp_path


def paper(content=b"slip"):
    return CheckedPaper(
        content=content, name="slip.png", content_type="image/png", extension="png", pages=1,
        sha256=f"{hash(content) & (2**256 - 1):064x}"[-64:], picture_hash="",
    )  # fmt: skip


def sent(row, *, content=b"slip", paid_on=None, amount=AMOUNT, way="bank") -> Proof:
    attempt = begun(row, way=way)
    attempt.payment = row
    return proofs.send_proof(
        actor=row.sme.created_by, attempt=attempt, paper=paper(content), amount=amount, paid_on=paid_on or today()
    )


def approved(proof):
    for _person in range(2):
        proofs.approve(actor=finance_officer(), proof=proof)


def test_money_of_a_slip_stands_in_transit_until_the_bank_shows_it():
    row = asked()
    approved(sent(row))
    assert (state(row), held(row)) == ("paid", AMOUNT)
    assert ledger.balance(books.clearing(selectors.IN_TRANSIT)) == AMOUNT
    assert is_whole()


@pytest.mark.parametrize(("days_late", "ends"), [(0, "paid"), (1, "asked")])
def test_the_day_on_the_slip_is_the_day_that_counts(days_late, ends):
    row = asked(due_at=timezone.now() + timedelta(hours=1))
    proof = sent(row)
    day = timezone.localdate() - timedelta(days=3)
    Payment.objects.update(due_at=timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.max.time())))
    Proof.objects.update(paid_on=day + timedelta(days=days_late))
    approved(Proof.objects.get(pk=proof.pk))
    assert state(row) == ends
    assert credit(row) == (0 if ends == "paid" else AMOUNT)


def test_a_slip_before_officials_keeps_the_payment_from_ending():
    row = asked()
    sent(row)
    Payment.objects.update(due_at=timezone.now() - timedelta(days=30))
    assert services.expire_payment(payment_id=row.pk) == "at_bank"
    proofs.refuse(actor=finance_officer(), proof=Proof.objects.get(), words="Another account.")
    assert services.expire_payment(payment_id=row.pk) == "expired"


def test_whoever_sent_a_slip_is_not_reminded_while_officials_have_it_before_them():
    row, other = asked(), asked()
    sent(row)
    Payment.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert [services.remind_of_payment(payment_id=each.pk) for each in (row, other, other)] == [False, True, False]
    proofs.refuse(actor=finance_officer(), proof=Proof.objects.get(), words="Another account.")
    assert services.remind_of_payment(payment_id=row.pk)


def test_one_person_is_not_two():
    proof, first = sent(asked()), finance_officer()
    proofs.approve(actor=first, proof=proof)
    proofs.approve(actor=first, proof=proof)
    assert Proof.objects.get().state == "looked_at"


def test_who_found_it_right_may_take_that_back():
    proof, first = sent(asked()), finance_officer()
    proofs.approve(actor=first, proof=proof)
    proofs.refuse(actor=first, proof=proof, words="The account is another one.")
    assert Proof.objects.get().state == "refused"
    with pytest.raises(WrongState):
        proofs.approve(actor=finance_officer(), proof=proof)


def test_nobody_looks_at_the_slip_of_their_own_firm():
    row = asked()
    tied = finance_officer()
    MemberFactory(sme=row.sme, user=tied, role="finance")
    with pytest.raises(NotAllowed):
        proofs.approve(actor=tied, proof=sent(row))


def test_the_same_slip_is_kept_once_and_none_for_a_wallet():
    row = asked()
    assert sent(row) == sent(row)
    with pytest.raises(DomainError, match="No slip is needed"):
        sent(row, way="sandbox")


def test_a_second_slip_of_a_paid_payment_is_refused():
    row = asked()
    approved(sent(row))
    attempt = row.attempts.get()
    attempt.payment = row
    with pytest.raises(WrongState):
        proofs.send_proof(
            actor=row.sme.created_by, attempt=attempt, paper=paper(b"other"), amount=AMOUNT, paid_on=today()
        )


def test_more_than_was_asked_is_credit_and_a_person_is_told():
    row = asked()
    approved(sent(row, amount=AMOUNT + 100))
    assert (state(row), credit(row)) == ("paid", 100)
    assert Finding.objects.get().kind == "double"
