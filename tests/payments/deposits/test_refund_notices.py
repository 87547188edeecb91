"""A payment company tells of a refund: our own is borne out once, in every order; of any other a person is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
import time_machine
from django.utils import timezone

from payments.deposits import acts, notices, tasks
from payments.models import Finding, Notice, PaymentAct
from payments.providers.sandbox.script import Deal, refund_notice
from payments.providers.switches import provider_of
from tdap_portal.audit.models import Event
from tests.factories.payments import finance_officer

from .made import AMOUNT, asked, begun, credit, held, is_whole, script, sends, state

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def attempt():
    """Paid by the company, a minute ago."""
    attempt = begun(asked())
    with time_machine.travel(attempt.begun_at + timedelta(seconds=30), tick=False):
        sends(script(attempt).sent[0])
        work()
    attempt.refresh_from_db()
    return attempt


@pytest.fixture(autouse=True)
def clock(attempt):
    with time_machine.travel(attempt.begun_at + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


def work():
    return [notices.work_off(pk) for pk in Notice.objects.order_by("pk").values_list("pk", flat=True)]


def signed(attempt, amount):
    act = acts.propose(
        actor=finance_officer(), payment=attempt.payment, kind=PaymentAct.Kind.REFUND, amount=amount, words="It left."
    )
    return acts.sign(actor=finance_officer(), act=act)


def told(attempt, amount, reference="", *, later=0):
    """A notice of the company that it sent money back. later: seconds, of a notice of its own."""
    deal = Deal(attempt.reference, attempt.amount, attempt.begun_at, attempt.expires_at)
    at = timezone.now() + timedelta(seconds=later)
    return refund_notice(deal, amount, reference, key=provider_of("sandbox").key, at=at)


def findings():
    return list(Finding.objects.filter(settled_at=None).values_list("kind", flat=True))


def borne_out():
    return list(PaymentAct.objects.filter(notice__isnull=False).order_by("pk").values_list("amount", flat=True))


@pytest.mark.parametrize("names", [True, False])
def test_our_own_refund_is_borne_out_and_nobody_is_asked(attempt, names):
    act = signed(attempt, AMOUNT)
    tasks.send_refunds()
    sent = told(attempt, AMOUNT, act.refund_reference if names else "")
    for _time in range(3):
        sends(sent)
        assert "done" in work()
    act.refresh_from_db()
    assert (findings(), borne_out(), act.done_at is not None) == ([], [AMOUNT], True)
    assert [Event.objects.filter(name=f"payment.refund_{what}").count() for what in ("told", "done")] == [1, 1]
    assert (state(attempt.payment), held(attempt.payment), credit(attempt.payment)) == ("paid_back", 0, 0)
    assert is_whole()


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("order", list(permutations(["sent", "told", "told again"])))
def test_the_end_is_the_same_in_every_order(attempt, order, names):
    """Quicker than the answer that we note, and again as a notice of its own, where the company names the refund."""
    act = signed(attempt, 200_000)
    reference = act.refund_reference if names else ""
    for what in order:
        if what == "sent":
            tasks.send_refunds()
        elif what == "told" or names:
            sends(told(attempt, 200_000, reference, later=int(what == "told again")))
            work()
    act.refresh_from_db()
    assert (findings(), borne_out(), act.sent_at is not None, act.done_at is not None) == ([], [200_000], True, True)
    assert Event.objects.filter(name="payment.refund_done").count() == 1
    assert (held(attempt.payment), credit(attempt.payment)) == (300_000, 0)
    assert is_whole()


@pytest.mark.parametrize("second", [200_000, 300_000])
@pytest.mark.parametrize("sums", [True, False])
def test_two_parts_are_each_borne_out_by_their_own_or_by_the_sum_so_far(attempt, second, sums):
    for amount in (200_000, second):
        signed(attempt, amount)
    tasks.send_refunds()
    for number, amount in enumerate((200_000, 200_000 + second if sums else second)):
        sends(told(attempt, amount, later=number))
        work()
    assert (findings(), borne_out()) == ([], [200_000, second])


def test_a_refund_that_nobody_was_sure_of_is_done_with_the_notice(attempt, monkeypatch):
    from payments.providers.interface import CANNOT_TELL
    from payments.providers.sandbox.provider import Sandbox

    monkeypatch.setattr(Sandbox, "refund", lambda *_args, **_kwargs: CANNOT_TELL)
    act = signed(attempt, AMOUNT)
    tasks.send_refunds()
    act.refresh_from_db()
    assert (findings(), act.waits_for_hand) == (["not_paid_back"], True)
    sends(told(attempt, AMOUNT, act.refund_reference))
    work()
    act.refresh_from_db()
    assert (findings(), act.waits_for_hand, act.done_at is not None) == ([], False, True)


def test_a_refund_that_a_person_paid_by_hand_too_is_for_a_person(attempt, monkeypatch):
    from payments.providers.interface import CANNOT_TELL
    from payments.providers.sandbox.provider import Sandbox

    monkeypatch.setattr(Sandbox, "refund", lambda *_args, **_kwargs: CANNOT_TELL)
    act = signed(attempt, AMOUNT)
    tasks.send_refunds()
    acts.note_by_hand(actor=finance_officer(), act=act, bank_reference="FT1")
    sends(told(attempt, AMOUNT, act.refund_reference))
    work()
    assert (sorted(findings()), borne_out()) == (["not_paid_back", "unclear"], [])


@pytest.mark.parametrize(
    ("amount", "reference", "signs"),
    [
        (AMOUNT, "", 0),  # nobody signed any
        (1, "", AMOUNT),  # another amount
        (AMOUNT, "RELSEWHERE12", AMOUNT),  # another one's name
        (1, "ours", AMOUNT),  # ours by name, of another amount
    ],
)
def test_of_a_refund_that_is_not_ours_a_person_is_told_once(attempt, amount, reference, signs):
    act = signed(attempt, signs) if signs else None
    tasks.send_refunds()
    sent = told(attempt, amount, act.refund_reference if reference == "ours" else reference)
    for _time in range(2):
        sends(sent)
        work()
    finding = Finding.objects.get()
    assert (finding.kind, finding.payment, finding.amount, borne_out()) == ("unclear", attempt.payment, amount, [])
    assert finding.notice == Notice.objects.latest("pk")


def test_a_second_notice_of_the_same_amount_without_a_name_is_a_second_refund(attempt):
    signed(attempt, AMOUNT)
    tasks.send_refunds()
    for number in range(2):
        sends(told(attempt, AMOUNT, later=number))
        work()
    assert (findings(), borne_out()) == (["unclear"], [AMOUNT])


def test_what_did_not_go_out_and_is_told_all_the_same_is_for_a_person(attempt, monkeypatch):
    from payments.providers.interface import Answer, Outcome
    from payments.providers.sandbox.provider import Sandbox

    monkeypatch.setattr(Sandbox, "refund", lambda *_args, **_kwargs: Answer(Outcome.FAILED, "closed"))
    act = signed(attempt, AMOUNT)
    tasks.send_refunds()
    assert credit(attempt.payment) == AMOUNT
    sends(told(attempt, AMOUNT, act.refund_reference))
    work()
    assert (sorted(findings()), borne_out(), credit(attempt.payment)) == (["not_paid_back", "unclear"], [], AMOUNT)
    assert is_whole()


def test_a_try_of_which_we_never_heard_that_it_was_paid_is_for_a_person():
    attempt = begun(asked())
    sends(told(attempt, AMOUNT))
    work()
    assert findings() == ["unclear"]
