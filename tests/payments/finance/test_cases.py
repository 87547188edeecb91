"""A case from consent to its end, and the consent that is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payments.finance.cases import selectors, services, tasks
from payments.finance.counting import tally
from payments.models import CaseView, Consent, FinanceCase, Scheme
from payments.money import rupees
from payments.states import CASE, CaseState, Happened, Look, Repaying
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory, SmeFactory

from .made import AMOUNT, USE, a_month_ago, accepted, bank_of, banker, now, offered, paid_out, referred

pytestmark = pytest.mark.django_db


def refusal_of(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def by():
    return banker(name="Naila Hashmi")


# ----------------------------------------------------------------------------------------------------- asking, consent


def test_a_firm_asks_and_its_lender_has_fifteen_working_days(by):
    case = referred(by)

    assert (case.state, case.code, case.promise_days) == ("with_lender", f"F-{case.pk:05d}", 15)
    assert case.due_on == add_working_days(today(), 15)
    assert case.consent.is_in_force
    assert (case.size_class, case.sector) == ("small", "sports_goods")
    assert list(selectors.queue_of(by)) == [case]


def test_asked_twice_is_one_case_and_another_loan_waits_for_its_end(by):
    sme = SmeFactory(complete=True)
    first, again = referred(by, sme), referred(by, sme)
    assert first.pk == again.pk
    assert Consent.objects.count() == 1
    assert refusal_of(lambda: referred(by, sme, amount=rupees(1))) == "already_asked"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ends_in": -1}, "ends_on"),
        ({"ends_in": 185}, "ends_on"),
        ({"amount": 0}, "bounds"),
        ({"days": 0}, "bounds"),
        ({"use": "  "}, "no_words"),
        ({"scheme": "NONE"}, "unknown_scheme"),
        ({"scheme": "KJ_YES"}, "unknown_scheme"),
    ],
)
def test_what_cannot_be_asked(by, changed, code):
    if "ends_in" in changed:
        changed = {"ends_on": today() + timedelta(days=changed["ends_in"])}
    assert refusal_of(lambda: referred(by, **changed)) == code


def test_a_chamber_is_no_lender():
    chamber = bank_of(partner_person(PartnerKind.CHAMBER))
    assert refusal_of(lambda: referred(lender=chamber)) == "lender"


@pytest.mark.parametrize("role", ["preparer", "finance", "trainee"])
def test_only_an_owner_consents_and_takes_it_back(by, role):
    case = referred(by)
    person = MemberFactory(sme=case.sme, user=UserFactory(), role=role).user
    for act in (
        lambda: referred(banker(), case.sme, actor=person),
        lambda: services.revoke(actor=person, consent=case.consent),
    ):
        with pytest.raises(NotAllowed):
            act()


# ------------------------------------------------------------------------------------------- what a revocation closes


def test_from_the_second_it_is_taken_back_the_lender_finds_nothing(by):
    case = referred(by)
    services.look(actor=by, case=case, way=Look.PAGE)
    services.revoke(actor=case.sme.created_by, consent=case.consent)

    assert list(selectors.queue_of(by)) == []
    for act in (
        lambda: selectors.lender_case(by, case.public_id),
        lambda: services.look(actor=by, case=case, way=Look.PDF),
        lambda: services.ask(actor=by, case=case, words="?"),
        lambda: offered(by, case),
    ):
        with pytest.raises(NotFound):
            act()
    assert CaseView.objects.count() == 1
    assert now(case).state == "withdrawn"


def test_a_loan_that_is_paid_out_stays_and_is_closed_to_its_lender(by):
    case = paid_out(by)
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    assert now(case).state == "paid_out"
    with pytest.raises(NotFound):
        services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME)


def test_taken_back_twice_is_once(by):
    case = referred(by)
    for _time in range(2):
        services.revoke(actor=case.sme.created_by, consent=case.consent)
    assert Event.objects.filter(name="finance.consent_revoked").count() == 1


def test_the_last_day_still_counts_and_the_next_does_not(by):
    case = referred(by, ends_on=today())
    assert selectors.lender_case(by, case.public_id) == case
    Consent.objects.update(ends_on=today() - timedelta(days=1))
    with pytest.raises(NotFound):
        selectors.lender_case(by, case.public_id)
    tasks.look_at_cases()
    assert now(case).state == "withdrawn"


@pytest.mark.parametrize(
    "who", [officer, director, finance_officer, banker, lambda: banker(PartnerKind.MICROFINANCE_BANK)]
)
def test_nobody_else_reads_it(by, who):
    case, person = referred(by), who()
    with pytest.raises(NotFound):
        selectors.lender_case(person, case.public_id)
    with pytest.raises(NotFound):
        selectors.own_case(person, case.public_id)
    with pytest.raises(NotFound):
        services.look(actor=person, case=case, way=Look.PAGE)


def test_somebody_of_the_bank_who_belongs_to_the_firm_reads_it_only_there(by):
    case = referred(by)
    MemberFactory(sme=case.sme, user=by, role="preparer")
    with pytest.raises(NotFound):
        selectors.lender_case(by, case.public_id)
    with pytest.raises(NotAllowed):
        services.ask(actor=by, case=case, words="?")


def test_another_firm_finds_nothing(by):
    case, stranger = referred(by), SmeFactory().created_by
    with pytest.raises(NotFound):
        selectors.own_case(stranger, case.public_id)
    with pytest.raises(NotFound):
        selectors.own_consent(stranger, case.consent.public_id)


# --------------------------------------------------------------------------------------------- questions and the clock


def test_the_clock_stands_still_while_the_firm_is_asked(by):
    case = referred(by)
    FinanceCase.objects.update(clock_started_on=today() - timedelta(days=7))
    case = services.ask(actor=by, case=now(case), words="Send us March to May.")
    assert (case.state, case.due_on) == ("asked", None)
    case = services.answer(actor=case.sme.created_by, case=case, words="Sent today.")
    assert case.state == "with_lender"
    assert case.due_on == add_working_days(today(), 15 - _working_days_back(7))


def _working_days_back(days):
    start = today() - timedelta(days=days)
    return next(n for n in range(days + 1) if add_working_days(start, n) >= today()) or 0


def test_asked_twice_is_one_question_and_another_waits(by):
    case = referred(by)
    services.ask(actor=by, case=case, words="One?")
    services.ask(actor=by, case=case, words="One?")
    assert case.questions.count() == 1
    with pytest.raises(WrongState):
        services.ask(actor=by, case=case, words="Two?")


def test_what_is_late_is_told_once_to_lender_and_finance_officers(by):
    officer_ = finance_officer()
    case = referred(by)
    FinanceCase.objects.update(clock_started_on=today() - timedelta(days=60), due_on=today() - timedelta(days=1))
    tasks.look_at_cases()
    tasks.look_at_cases()
    deliver_all()

    assert Event.objects.filter(name="finance.late").count() == 1
    assert set(Message.objects.filter(template="finance.late").values_list("to", flat=True)) == {by.pk, officer_.pk}
    assert case.sme.name not in Message.objects.get(template="finance.late", to=officer_).body


# ---------------------------------------------------------------------------------------------------------- decisions


def test_an_offer_within_the_scheme_is_taken_paid_out_and_paid_back(by):
    case = paid_out(by)
    assert (case.paid_out, case.repaying, case.answered_days) == (AMOUNT, "on_time", 0)
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.LATE)
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=AMOUNT, is_over=True)
    case = now(case)
    assert (case.state, case.repaid, case.repayments.count()) == ("closed", AMOUNT, 2)
    names = Event.objects.filter(name__startswith="finance.").order_by("pk").values_list("name", flat=True)
    assert list(names) == [
        "finance.consented", "finance.referred", "finance.decided", "finance.offer_accepted", "finance.disbursed",
        "finance.repayment_noted", "finance.repayment_noted", "finance.closed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"rate_bp": 901}, "above_rate"),
        ({"amount": AMOUNT + 1}, "above_request"),
        ({"amount": 0}, "bounds"),
        ({"rate_bp": None}, "bounds"),
        ({"days": 0}, "bounds"),
        ({"reasons": ["B1"]}, "both"),
        ({"amount": None, "rate_bp": None, "days": None}, "both"),
        ({"amount": None, "rate_bp": None, "days": None, "reasons": ["X9"]}, "unknown_reason"),
    ],
)
def test_what_is_no_decision(by, offer, code):
    assert refusal_of(lambda: offered(by, **offer)) == code


def test_no_offer_above_the_cap_of_the_scheme(by):
    case = referred(by, amount=rupees(12_000_000))
    assert refusal_of(lambda: offered(by, case, amount=rupees(10_000_001))) == "above_cap"
    assert offered(by, case, amount=rupees(10_000_000)).state == "offered"


def test_an_offer_of_180_days_under_efs_and_none_longer(by):
    assert refusal_of(lambda: offered(by, referred(by, scheme="EFS"), days=181)) == "too_long"


def test_a_case_keeps_the_scheme_of_its_day(by):
    case = referred(by)
    Scheme.objects.create(
        code="SAAF", since=today() + timedelta(days=1), name="x", name_ur="x", rate="x", rate_ur="x", source="x",
        cap=rupees(1_000_000), max_rate=5,
    )  # fmt: skip
    FinanceCase.objects.update(clock_started_on=today())
    assert offered(by, now(case)).offer_rate_bp == 900


def test_decided_twice_is_once_by_one_and_too_late_for_another(by):
    case = offered(by)
    assert offered(by, case).pk == case.pk
    colleague = UserFactory(roles=by.roles)
    bank_of(by).members.create(user=colleague)
    assert refusal_of(lambda: offered(colleague, case)) == "already_decided"
    assert refusal_of(lambda: offered(by, case, rate_bp=800)) == "already_decided"
    assert Event.objects.filter(name="finance.decided").count() == 1


def test_a_refusal_has_codes_that_the_firm_reads_in_words(by):
    case = referred(by)
    services.decide(actor=by, case=case, reasons=["B2", "B1", "B2"], words="Ask us for two million.")
    deliver_all()
    case = now(case)
    assert (case.state, case.reasons, case.offer_amount) == ("refused", ["B1", "B2"], None)
    told = Message.objects.get(template="finance.decided", to=case.sme.created_by)
    assert "does not carry this amount" in told.body
    assert "Ask for a smaller amount" in told.body
    assert "Ask us for two million." in told.body


def test_the_firm_has_ten_working_days_for_an_offer(by):
    case = offered(by)
    assert case.offer_until == add_working_days(today(), 10)
    FinanceCase.objects.update(offer_until=today() - timedelta(days=1))
    assert refusal_of(lambda: services.accept_offer(actor=case.sme.created_by, case=case)) == "too_late"
    tasks.look_at_cases()
    assert now(case).state == "lapsed"


def test_only_the_owner_takes_an_offer(by):
    case = offered(by)
    person = MemberFactory(sme=case.sme, user=UserFactory(), role="finance").user
    for who in (person, by):
        with pytest.raises(NotAllowed):
            services.accept_offer(actor=who, case=case)


@pytest.mark.parametrize(
    ("amount", "on", "code"),
    [(AMOUNT + 1, 0, "bounds"), (0, 0, "bounds"), (AMOUNT, 1, "day"), (AMOUNT, -400, "day")],
)
def test_no_more_is_paid_out_than_taken_and_on_no_day_to_come(by, amount, on, code):
    case = accepted(by)
    day = today() + timedelta(days=on)
    assert refusal_of(lambda: services.pay_out(actor=by, case=case, amount=amount, on=day)) == code


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize(
    "action",
    [
        "ask",
        "answer",
        "offer",
        "refuse",
        "accept",
        "decline",
        "lapse",
        "pay_out",
        "repay",
        "close",
        "write_off",
        "recover",
        "withdraw",
    ],
)
def test_the_table_of_a_case(action, state):
    allowed = {
        "ask": {"with_lender"}, "answer": {"asked"}, "offer": {"with_lender", "asked"}, "refuse": {"with_lender", "asked"},
        "accept": {"offered"}, "decline": {"offered"}, "lapse": {"offered"}, "pay_out": {"accepted"}, "repay": {"paid_out"},
        "close": {"paid_out"}, "write_off": {"paid_out"}, "recover": {"written_off"},
        "withdraw": {"with_lender", "asked", "offered", "accepted"},
    }  # fmt: skip
    assert CASE.allows(action, state) is (state.value in allowed[action])


def test_no_account_number_and_no_words_of_people_in_history(by):
    case = referred(by)
    services.ask(actor=by, case=case, words="Who is Saima?")
    for event in Event.objects.filter(name__startswith="finance."):
        assert USE not in str(event.data)
        assert "Saima" not in str(event.data)
        assert case.sme.iban not in str(event.data)


def test_each_look_is_noted_and_its_event_too(by):
    case = referred(by)
    for way in Look:
        services.look(actor=by, case=case, way=way)
    assert [view.way for view in selectors.views_of(case)] == ["api", "pdf", "page"]
    assert Event.objects.filter(name=Happened.CASE_VIEWED).count() == 3


def test_figures_count_refusals_by_code_and_sector(by):
    made = [services.decide(actor=by, case=referred(by), reasons=reasons) for reasons in (["B1"], ["B1", "B2"], ["B3"])]
    made.append(offered(by))
    assert selectors.figures().asked.cases == 0  # of this month nothing yet
    a_month_ago(*made)
    found = selectors.figures()
    counted = (found.asked, found.decided, found.refused, found.offered)
    assert [one.cases for one in counted] == [4, 4, 3, 1]
    assert {code: one.cases for code, one in found.refused_by_reason.items()} == {"B1": 2, "B2": 1, "B3": 1}
    assert found.refused_by_sector == {"sports_goods": tally(case.sme_id for case in made[:3])}


def test_no_letter_to_the_lender_names_the_firm(by):
    case = services.accept_offer(actor=(row := offered(by)).sme.created_by, case=row)
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    second = referred(by)
    services.ask(actor=by, case=second, words="?")
    services.answer(actor=second.sme.created_by, case=second, words="!")
    deliver_all()
    letters = Message.objects.filter(to=by)
    assert {letter.template for letter in letters} >= {"finance.consent_revoked", "finance.answered"}
    for letter in letters:
        assert case.sme.name not in letter.subject + letter.body
        assert second.sme.name not in letter.subject + letter.body
