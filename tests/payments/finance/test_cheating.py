"""Whoever tries to read or to move what is not theirs: other lenders, other firms, and lenders to whom nothing is open any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from payments.finance.cases import services
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.models import CaseView, Consent, FinanceCase
from payments.states import Repaying
from tdap_portal.accounts.models import Partner, PartnerMember, User
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import PartnerFactory
from tests.factories.smes import SmeFactory
from tests.smes.pages import text_of

from .made import AMOUNT, accepted, bank_of, banker, now, offered, paid_out, referred, wish

pytestmark = pytest.mark.django_db
OFFER = {"offer": "1", "amount": "4,500,000", "rate": "9", "days": "180"}


@pytest.fixture
def by():
    return banker(name="Naila Hashmi")


@pytest.fixture
def case(by):
    return referred(by)


def of_lender(case):
    """Each address by which a lender reads a case."""
    return [
        reverse("payments:lender_case", args=[case.public_id]),
        reverse("payments:lender_case_pdf", args=[case.public_id]),
        reverse("payments_api:finance_pack", args=[case.public_id]),
    ]


LISTS = ("payments:lender_queue", "payments_api:finance_queue")


def read_everywhere(client, case):
    """What the lender's addresses answer, and whether one of its lists names the firm."""
    answers = [client.get(address).status_code for address in of_lender(case)]
    named = any(case.sme.name in client.get(reverse(name)).content.decode() for name in LISTS)
    return answers, named


# -------------------------------------------------------------------------------------- lenders to whom it is not open


def revoked(_by, case):
    services.revoke(actor=case.sme.created_by, consent=case.consent)


def ended(_by, case):
    Consent.objects.filter(pk=case.consent_id).update(ends_on=today() - timedelta(days=1))


def bank_left_tdap(_by, case):
    Partner.objects.filter(pk=case.lender_id).update(is_active=False)


def moved_to_another_bank(by, _case):
    PartnerMember.objects.filter(user=by).update(partner=PartnerFactory(kind=PartnerKind.BANK.value))


def lost_the_role(by, _case):
    by.role_grants.all().delete()


def may_not_sign_in(by, _case):
    User.objects.filter(pk=by.pk).update(is_active=False)


@pytest.mark.parametrize(
    "shut", [revoked, ended, bank_left_tdap, moved_to_another_bank, lost_the_role, may_not_sign_in]
)
def test_a_signed_in_banker_reads_it_one_second_and_not_the_next(client, by, case, shut):
    client.force_login(by)
    assert read_everywhere(client, case) == ([200, 200, 200], True)
    looks = CaseView.objects.count()
    assert looks == 3

    shut(by, case)
    answers, named = read_everywhere(client, case)
    assert not named
    assert 200 not in answers
    if shut is not may_not_sign_in:  # who may not sign in is asked to, page by page
        assert answers == [404, 404, 404]
    assert client.post(of_lender(case)[0], OFFER).status_code in (302, 404)
    assert now(case).state in ("with_lender", "withdrawn")
    assert CaseView.objects.count() == looks


@pytest.mark.parametrize("kind", [PartnerKind.BANK, PartnerKind.MICROFINANCE_BANK, PartnerKind.CHAMBER])
def test_another_partners_people_find_nothing_by_its_id(client, case, kind):
    client.force_login(banker(kind))
    answers, named = read_everywhere(client, case)
    assert (answers, named) == ([404, 404, 404], False)
    assert client.post(of_lender(case)[0], OFFER).status_code == 404
    assert now(case).state == "with_lender"
    assert not CaseView.objects.exists()


def test_no_browser_and_no_proxy_keeps_what_the_lender_read(client, by, case):
    client.force_login(by)
    for address in (*of_lender(case), reverse("payments:lender_queue")):
        kept = client.get(address)["Cache-Control"]
        assert "no-store" in kept
        assert "private" in kept


def test_links_of_old_letters_open_nothing_and_no_letter_names_the_firm(client, by, case):
    services.ask(actor=by, case=case, words="?")
    services.answer(actor=case.sme.created_by, case=case, words="!")
    FinanceCase.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=1))
    offered(by, case)
    deliver_all()
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    deliver_all()
    client.force_login(by)
    letters = list(Message.objects.filter(to=by))
    links = {letter.url for letter in letters if case.public_id in letter.url}
    assert links
    assert {client.get(link).status_code for link in links} == {404}
    assert not [letter for letter in letters if case.sme.name in letter.subject + letter.body]


def test_the_firm_reads_each_look_by_page_file_and_program(client, by, case):
    client.force_login(by)
    read_everywhere(client, case)
    client.force_login(case.sme.created_by)
    page = text_of(client.get(reverse("payments:finance_case", args=[case.public_id])))
    assert page.count("looked at your pack on") == 3
    assert page.count("Naila Hashmi") == 3
    for way in ("on its page", "as PDF", "by a program"):
        assert way in page


# --------------------------------------------------------------------------------------------------------- other firms


def of_firm(case):
    return [
        reverse("payments:finance", args=[case.sme.public_id]),
        reverse("payments:finance_ask", args=[case.sme.public_id]),
        reverse("payments:finance_pack", args=[case.sme.public_id]),
        reverse("payments:finance_pack_pdf", args=[case.sme.public_id]),
        reverse("payments:finance_wish", args=[case.sme.public_id]),
        reverse("payments:finance_case", args=[case.public_id]),
        reverse("payments:consent_end", args=[case.consent.public_id]),
        reverse("payments:consent_prolong", args=[case.consent.public_id]),
        reverse("payments_api:finance_case", args=[case.public_id]),
    ]


def test_another_firm_finds_nothing_and_moves_nothing_by_its_ids(client, case):
    client.force_login(SmeFactory(complete=True).created_by)
    assert {client.get(address).status_code for address in of_firm(case)} == {404}
    for name, sent in (
        ("consent_end", {}), ("consent_prolong", {"ends_on": (today() + timedelta(days=120)).isoformat()}),
    ):  # fmt: skip
        assert client.post(reverse(f"payments:{name}", args=[case.consent.public_id]), sent).status_code == 404
    for act in ("answer", "accept", "decline"):
        sent = {act: "1", "words": "x"}
        assert client.post(reverse("payments:finance_case", args=[case.public_id]), sent).status_code == 404
    assert Consent.objects.get().ends_on == case.consent.ends_on
    assert now(case).state == "with_lender"


def test_who_left_the_firm_reads_nothing_of_its_loans(client, case):
    person = case.sme.created_by
    client.force_login(person)
    assert {client.get(address).status_code for address in of_firm(case)} == {200}
    case.sme.members.filter(user=person).delete()
    assert {client.get(address).status_code for address in of_firm(case)} == {404}


def test_the_lender_does_not_open_the_firms_own_pages(client, by, case):
    client.force_login(by)
    assert {client.get(address).status_code for address in of_firm(case)} == {404}


# ------------------------------------------------------------------------------------------- acts out of their order


def refusal_of(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_no_offer_above_what_the_firm_asked_for(client, by, case):
    assert refusal_of(lambda: offered(by, case, amount=AMOUNT + 1)) == "above_request"
    client.force_login(by)
    page = client.post(of_lender(case)[0], OFFER | {"amount": "4,500,001"})
    assert page.status_code == 422
    assert "did not ask for more" in text_of(page)
    assert offered(by, case, amount=AMOUNT).state == "offered"


def test_nothing_is_paid_out_before_it_is_taken_and_nothing_comes_back_before_it_is_paid_out(by, case):
    def pay():
        return services.pay_out(actor=by, case=case, amount=AMOUNT, on=today())

    def repay():
        return services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=1)

    for act in (pay, repay):
        with pytest.raises(WrongState):
            act()
    offered(by, case)
    for act in (pay, repay):
        with pytest.raises(WrongState):
            act()
    services.accept_offer(actor=case.sme.created_by, case=case)
    with pytest.raises(WrongState):
        repay()
    pay()
    yesterday = today() - timedelta(days=1)
    assert (
        refusal_of(lambda: services.note_repayment(actor=by, case=case, on=yesterday, state=Repaying.ON_TIME, amount=1))
        == "day"
    )
    repay()


def test_a_loan_is_not_closed_as_paid_back_while_some_of_it_is_open(by):
    case = paid_out(by)

    def close(amount):
        return services.note_repayment(
            actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=amount, is_over=True
        )

    assert refusal_of(lambda: close(AMOUNT - 1)) == "not_all"
    assert (now(case).state, now(case).repaid) == ("paid_out", 0)
    assert close(AMOUNT).state == "closed"


@pytest.mark.parametrize("reach", [offered, accepted])
def test_what_ended_with_its_consent_is_neither_taken_nor_answered(by, reach):
    case = reach(by)
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    owner = case.sme.created_by
    for act in (
        lambda: services.accept_offer(actor=owner, case=case),
        lambda: services.decline_offer(actor=owner, case=case),
        lambda: services.answer(actor=owner, case=case, words="!"),
    ):
        with pytest.raises(WrongState):
            act()
    assert now(case).state == "withdrawn"
    assert not Event.objects.filter(name="finance.disbursed").exists()


def test_two_browsers_of_one_bank_decide_once(client, by, case):
    colleague = User.objects.get(pk=banker().pk)
    PartnerMember.objects.filter(user=colleague).update(partner=bank_of(by))
    client.force_login(by)
    assert client.post(of_lender(case)[0], OFFER).status_code == 302
    client.force_login(colleague)
    late = client.post(of_lender(case)[0], {"refuse": "1", "reasons": ["B2"]})
    assert late.status_code == 422
    assert "This case is decided already." in text_of(late)
    assert (now(case).state, now(case).reasons) == ("offered", [])


JUNK = ("ا" * 9000, "-1", "1e99", "９" * 30, "2027-13-45", "<script>alert(1)</script>", "NaN")


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_any_field_is_a_sentence_and_no_fault(client, by, case, junk):
    client.force_login(by)
    page = of_lender(case)[0]
    for sent in (
        {"offer": "1", "amount": junk, "rate": junk, "days": junk, "words": "x"},
        {"refuse": "1", "reasons": [junk]},
        {"pay_out": "1", "paid_out": junk, "on": junk},
        {"repay": "1", "came": junk, "day": junk, "repaying": junk},
    ):
        assert client.post(page, sent).status_code == 422
    assert client.get(reverse("payments:lender_queue"), {"tab": junk, "cursor": junk}).status_code in (200, 400, 404)
    client.force_login(case.sme.created_by)
    asked = dict.fromkeys(("lender", "scheme", "amount", "days", "use", "ends_on", "expected_1"), junk)
    assert client.post(reverse("payments:finance_ask", args=[case.sme.public_id]), asked).status_code == 422
    prolong = reverse("payments:consent_prolong", args=[case.consent.public_id])
    assert client.post(prolong, {"ends_on": junk}).status_code == 422
    assert now(case).state == "with_lender"


# -------------------------------------------------------------------------------------------------------------- pools


def test_of_a_pool_the_lender_reads_the_name_that_was_opened_until_it_is_shut_again(client):
    micro = banker(PartnerKind.MICROFINANCE_BANK)
    wishes = [wish() for _firm in range(5)]
    answer = pools_services.answer_pool(
        actor=micro, pool=pools.pools_for(micro)[0], rate_bp=2000, days=360, words="x",
        until=today() + timedelta(days=9),
    )  # fmt: skip
    first, second = answer.replies.select_related("wish__sme", "answer__lender").order_by("pk")[:2]
    opened = pools_services.reply(actor=first.wish.sme.created_by, reply=first, opens=True)
    pools_services.reply(actor=second.wish.sme.created_by, reply=second, opens=False)

    client.force_login(micro)
    pages = [reverse(f"payments:{name}") for name in ("lender_queue", "lender_demand")]

    def named():
        text = "".join(client.get(page).content.decode() for page in pages)
        return [one.sme.public_id in text or one.sme.name in text for one in wishes]

    assert named() == [True, False, False, False, False]
    services.revoke(actor=first.wish.sme.created_by, consent=opened.case.consent)
    assert named() == [False] * 5
