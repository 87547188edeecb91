"""A loan that is not paid back: written off by its lender for a coded reason, counted for everybody, and never undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from payments.finance.cases import reasons, selectors, services
from payments.finance.counting import tally
from payments.models import FinanceCase
from payments.states import Repaying
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory

from .made import AMOUNT, accepted, banker, now, offered, paid_out
from .test_cases import refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return banker()


@pytest.fixture
def case(by):
    return paid_out(by)


def lost(by, case, reason="L2", **kwargs):
    return services.write_off(actor=by, case=case, **{"on": today(), "reason": reason, **kwargs})


def test_it_is_noted_once_with_what_has_not_come_back(by, case):
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.LATE, amount=500)
    for _time in range(2):
        row = lost(by, case, words=" The buyer is gone. ")
    assert (row.state, row.loss_reason, row.loss_words, row.lost) == (
        "written_off", "L2", "The buyer is gone.", AMOUNT - 500,
    )  # fmt: skip
    said = Event.objects.get(name="finance.written_off").data
    assert (said["reason"], said["lost"], said["code"]) == ("L2", AMOUNT - 500, case.code)
    assert "buyer is gone" not in str(said)


def test_what_comes_back_later_makes_the_loss_smaller_and_the_case_stays_written_off(by, case):
    lost(by, case)
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.LATE, amount=AMOUNT - 7)
    assert (now(case).state, now(case).repaid, now(case).lost) == ("written_off", AMOUNT - 7, 7)
    with pytest.raises(WrongState):
        services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=7, is_over=True)
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.LATE, amount=9)
    assert now(case).lost == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": "B1"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "L9"}, "reason"),
        ({"on": "tomorrow"}, "day"),
        ({"on": "before"}, "day"),
    ],
)
def test_bad_reasons_and_days_are_refused(by, case, given, code):
    days = {"tomorrow": today() + timedelta(days=1), "before": today() - timedelta(days=1)}
    given = {name: days.get(value, value) for name, value in given.items()}
    assert refusal_of(lambda: lost(by, case, **given)) == code
    assert now(case).state == "paid_out"


def test_what_came_back_whole_is_no_loss(by, case):
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=AMOUNT)
    assert refusal_of(lambda: lost(by, case)) == "nothing_lost"


@pytest.mark.parametrize("reach", [offered, accepted])
def test_only_a_loan_that_was_paid_out_is_written_off(by, reach):
    with pytest.raises(WrongState):
        lost(by, reach(by))


def test_there_is_no_way_back(by, case):
    lost(by, case)
    for act in (
        lambda: lost(by, case, reason="L3"),
        lambda: services.pay_out(actor=by, case=case, amount=AMOUNT - 1, on=today()),
        lambda: services.ask(actor=by, case=case, words="?"),
    ):
        with pytest.raises(WrongState):
            act()
    closed = paid_out(by)
    services.note_repayment(actor=by, case=closed, on=today(), state=Repaying.ON_TIME, amount=AMOUNT, is_over=True)
    with pytest.raises(WrongState):
        lost(by, closed)


def test_nobody_else_writes_it_off_and_nobody_without_the_consent(by, case):
    for person in (banker(), UserFactory(), case.sme.created_by):
        with pytest.raises(NotFound):
            lost(person, case)
    MemberFactory(sme=case.sme, user=by, role="trainee")
    with pytest.raises((NotAllowed, NotFound)):
        lost(by, case)
    other = banker()
    theirs = paid_out(other)
    services.revoke(actor=theirs.sme.created_by, consent=theirs.consent)
    with pytest.raises(NotFound):
        lost(other, theirs)
    assert set(FinanceCase.objects.values_list("state", flat=True)) == {"paid_out"}


def test_the_database_wants_a_reason_and_a_day(case):
    for values in (
        {"state": "written_off"},
        {"state": "written_off", "written_off_on": today()},
        {"state": "written_off", "loss_reason": "L1"},
        {"written_off_on": today(), "loss_reason": "L1"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FinanceCase.objects.filter(pk=case.pk).update(**values)
    day = {"state": "written_off", "loss_reason": "L1", "written_off_on": today()}
    assert FinanceCase.objects.filter(pk=case.pk).update(**day) == 1


def test_codes_of_losses_are_of_a_day_and_none_is_a_code_of_a_refusal():
    assert [one.code for one in reasons.loss_reasons_on(date(2026, 7, 1))] == ["L1", "L2", "L3", "L4", "L5", "L6"]
    assert reasons.loss_reasons_on(date(2026, 6, 30)) == ()
    assert not set(reasons.LOSS_REASONS) & set(reasons.REFUSAL_REASONS)


def test_losses_are_counted_by_reason_once_their_month_is_over(by):
    rows = [lost(by, paid_out(by), reason=reason) for reason in ("L1", "L2", "L2")]
    paid_out(by)
    assert selectors.figures().written_off == tally([])
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    with time_machine.travel(f"{first.isoformat()}T10:00:00+05:00", tick=False):
        found = selectors.figures()
    assert found.written_off == tally(row.sme_id for row in rows)
    assert {code: one.cases for code, one in found.written_off_by_reason.items()} == {"L1": 1, "L2": 2}


def test_the_firm_is_told_why_and_what_to_do_in_its_language(by, case):
    lost(by, case, reason="L2")
    deliver_all()
    letter = Message.objects.get(template="finance.written_off", to=case.sme.created_by)
    assert "The buyer did not pay the firm." in letter.body
    assert "does not end the debt" in letter.body


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_lender_does_it_on_its_page_and_both_read_it(client, by, case, language):
    client.cookies["django_language"] = language
    page = reverse("payments:lender_case", args=[case.public_id])
    client.force_login(by)
    assert 'name="write_off"' in text_of(client.get(page))
    said = {"write_off": "1", "lost_on": today().isoformat(), "loss": "", "loss_words": ""}
    assert client.post(page, said).status_code == 422
    assert client.post(page, said | {"loss": "L2", "loss_words": "Gone."}).status_code == 302
    for person, address in ((by, page), (case.sme.created_by, reverse("payments:finance_case", args=[case.public_id]))):
        client.force_login(person)
        shown = text_of(client.get(address))
        assert "L2" in shown
        assert "Gone." in shown
        assert ("Not come back" in shown) is (language == "en")
        assert 'name="write_off"' not in shown


def test_what_comes_back_later_is_noted_on_the_page_without_closing_it(client, by, case):
    lost(by, case)
    client.force_login(by)
    page = reverse("payments:lender_case", args=[case.public_id])
    assert 'name="is_over"' not in text_of(client.get(page))
    assert client.post(page, {"repay": "1", "came": "", "day": today().isoformat()}).status_code == 422
    said = {"repay": "1", "came": "1,000", "day": today().isoformat(), "is_over": "on"}
    assert client.post(page, said).status_code == 302
    assert (now(case).state, now(case).repaid) == ("written_off", 100_000)


def test_programs_of_firm_and_lender_read_it(client, by, case):
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.LATE, amount=5)
    lost(by, case, reason="L3")
    client.force_login(case.sme.created_by)
    found = client.get(reverse("payments_api:finance_case", args=[case.public_id])).json()
    told = {name: found[name] for name in ("state", "repaying", "written_off_on", "loss_reason", "lost_paisa")}
    assert told == {
        "state": "written_off", "repaying": "late", "written_off_on": today().isoformat(), "loss_reason": "L3",
        "lost_paisa": AMOUNT - 5,
    }  # fmt: skip
    client.force_login(by)
    assert client.get(reverse("payments_api:finance_queue"), {"tab": "over"}).json()["results"][0] == found
