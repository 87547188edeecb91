"""Pages of loans as firm, bank, microfinance bank, finance officer and visitor."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse

from payments.finance.cases import services
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.models import CaseView, FinanceCase, FinanceWish, PoolReply, Scheme
from payments.money import rupees
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.calendar import today
from tests.factories import proceeds
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory, SmeFactory
from tests.markup import flat
from tests.queries import queries_of, repeated
from tests.smes.pages import text_of

from .made import AMOUNT, a_month_ago, accepted, bank_of, banker, now, offered, paid_out, referred, wish

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


@pytest.fixture
def by():
    return banker(name="Naila Hashmi")


@pytest.fixture
def case(by):
    return referred(by)


@pytest.fixture
def owner(client, case):
    client.force_login(case.sme.created_by)
    return case.sme.created_by


@pytest.fixture
def bank(client, by, case):
    client.force_login(by)
    return by


# ---------------------------------------------------------------------------------------------------------- the firm


def asked(by, **changed):
    return {
        "lender": bank_of(by).public_id, "scheme": "SAAF", "amount": "45,00,000", "days": "180", "use": "Leather.",
        "ends_on": (today() + timedelta(days=30)).isoformat(), "agrees": "on", **changed,
    }  # fmt: skip


def test_a_firm_asks_by_its_form_and_reads_the_case(client, by):
    sme = SmeFactory(complete=True)
    client.force_login(sme.created_by)
    answer = client.post(url("finance_ask", sme.public_id), asked(by))
    row = FinanceCase.objects.get()
    assert answer["Location"] == url("finance_case", row.public_id)
    assert (row.amount, row.days, row.scheme) == (AMOUNT, 180, "SAAF")
    assert "Nobody has looked yet" in text_of(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"agrees": ""}, "This field is needed"),
        ({"amount": "many"}, "Write whole rupees"),
        ({"ends_on": "2040-01-01"}, "within 184 days"),
        ({"lender": "zzz"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, by, changed, words):
    sme = SmeFactory(complete=True)
    client.force_login(sme.created_by)
    answer = client.post(url("finance_ask", sme.public_id), asked(by, **changed))
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page or "is-wrong" in page
    assert "Leather." in page
    assert not FinanceCase.objects.exists()


def test_the_firm_reads_who_looked_by_name(client, by, case):
    client.force_login(by)
    client.get(url("lender_case", case.public_id))
    client.force_login(case.sme.created_by)
    page = text_of(client.get(url("finance_case", case.public_id)))
    assert "Naila Hashmi" in page
    assert "looked at your pack on" in page


def test_the_firm_takes_it_back_and_page_and_file_are_not_found_at_once(client, by, case):
    client.force_login(by)
    addresses = [url("lender_case", case.public_id), url("lender_case_pdf", case.public_id)]
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    client.force_login(case.sme.created_by)
    client.post(url("consent_end", case.consent.public_id))
    client.force_login(by)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(addresses[0], {"ask": "1", "question": "?"}).status_code == 404
    assert case.code not in text_of(client.get(url("lender_queue")))


def test_the_firm_answers_takes_the_offer_and_reads_the_loan(client, by, case, owner):
    services.ask(actor=by, case=case, words="March to May?")
    page = url("finance_case", case.public_id)
    assert client.post(page, {"answer": "1", "words": ""}).status_code == 422
    assert client.post(page, {"answer": "1", "words": "Sent."}).status_code == 302
    offered(by, case)
    assert not re.search(r"\b900\b", text_of(client.get(page)))
    client.post(page, {"accept": "1"})
    assert now(case).state == "accepted"
    services.pay_out(actor=by, case=case, amount=AMOUNT, on=today())
    assert "4,500,000" in text_of(client.get(page))


def test_a_refusal_stands_with_its_reasons_and_what_to_do(client, by, case, owner):
    services.decide(actor=by, case=case, reasons=["B4"])
    page = text_of(client.get(url("finance_case", case.public_id)))
    assert "We do not lend in this sector or town." in page
    assert "Ask another lender" in page


@pytest.mark.parametrize("name", ["finance", "finance_ask", "finance_pack", "finance_pack_pdf", "finance_wish"])
def test_pages_of_a_firm_are_not_there_for_others(client, by, case, name):
    for person in (by, SmeFactory().created_by, finance_officer(), banker()):
        client.force_login(person)
        assert client.get(url(name, case.sme.public_id)).status_code == 404
    trainee = MemberFactory(sme=case.sme, user=UserFactory(), role="trainee").user
    client.force_login(trainee)
    assert client.get(url(name, case.sme.public_id)).status_code == 404


def test_the_pack_says_what_is_proven_and_what_is_missing(client, case, owner):
    page = text_of(client.get(url("finance_pack", case.sme.public_id)))
    assert "Size class on" in page
    assert "A bank has confirmed none in a year." in page
    assert "papers are missing" in page
    assert case.sme.iban not in page
    assert "PK** SCBL" in page


def test_proceeds_stand_in_the_pack_once_a_bank_confirmed_them(client, case, owner):
    proceeds.with_rules()
    proceeds.rate("280", day=proceeds.days_ago(3))
    person = proceeds.bank_person()
    receipt = proceeds.came(case.sme, bank=proceeds.bank_of(person), amount=100_000)
    assert "A bank has confirmed none in a year." in text_of(client.get(url("finance_pack", case.sme.public_id)))
    proceeds.confirmed(receipt, person=person)
    page = text_of(client.get(url("finance_pack", case.sme.public_id)))
    assert "280,000" in page
    assert "confirmed by banks in a year" in page


def test_the_pdf_holds_both_languages_and_no_number_of_the_account(client, case, owner):
    answer = client.get(url("finance_pack_pdf", case.sme.public_id))
    assert "no-store" in answer["Cache-Control"]
    with pikepdf.open(BytesIO(answer.content)) as made:
        assert len(made.pages) >= 2
    assert case.sme.iban.encode() not in answer.content


# ---------------------------------------------------------------------------------------------------------- the bank


def test_the_bank_decides_on_the_page(client, bank, case):
    page = url("lender_case", case.public_id)
    wrong = client.post(page, {"offer": "1", "amount": "45 lakh", "rate": "9", "days": "180"})
    assert wrong.status_code == 422
    assert client.post(page, {"offer": "1", "amount": "4500000", "rate": "9.5", "days": "180"}).status_code == 422
    assert "at most 9 % a year" in text_of(wrong).replace("\xa0", " ")
    assert client.post(page, {"offer": "1", "amount": "4,500,000", "rate": "9", "days": "180"}).status_code == 302
    assert now(case).offer_rate_bp == 900


def test_a_refusal_on_the_page_needs_a_reason(client, bank, case):
    page = url("lender_case", case.public_id)
    answer = client.post(page, {"refuse": "1", "words": "No."})
    assert answer.status_code == 422
    assert "Choose at least one reason." in text_of(answer)
    client.post(page, {"refuse": "1", "reasons": ["B1", "B3"]})
    assert now(case).reasons == ["B1", "B3"]


def test_the_bank_asks_pays_out_and_notes_repayments(client, bank, case):
    page = url("lender_case", case.public_id)
    client.post(page, {"ask": "1", "question": "March to May?"})
    services.answer(actor=case.sme.created_by, case=now(case), words="Sent.")
    accepted(bank, now(case))
    client.post(page, {"pay_out": "1", "paid_out": "4,500,000", "on": today().isoformat()})
    client.post(page, {"repay": "1", "came": "2,500,000", "day": today().isoformat(), "repaying": "on_time"})
    answer = client.post(
        page, {"repay": "1", "came": "2,000,000", "day": today().isoformat(), "repaying": "on_time", "is_over": "on"}
    )
    assert answer.status_code == 302
    assert (now(case).state, now(case).repaid) == ("closed", AMOUNT)


def test_each_get_is_one_look_and_the_pdf_another(client, bank, case):
    client.get(url("lender_case", case.public_id))
    client.get(url("lender_case_pdf", case.public_id))
    assert list(CaseView.objects.order_by("pk").values_list("way", flat=True)) == ["page", "pdf"]


def test_a_consent_that_ends_while_the_pdf_is_made_keeps_it_back(client, bank, case, monkeypatch):
    from payments.finance.lender import views

    def slow(*_args, **_kwargs):
        services.revoke(actor=case.sme.created_by, consent=case.consent)
        return b"%PDF"

    monkeypatch.setattr(views.paper, "case_pdf", slow)
    assert client.get(url("lender_case_pdf", case.public_id)).status_code == 404


def test_the_queue_costs_the_same_for_one_and_for_three(client, by, bank):
    one = queries_of(client, url("lender_queue"))
    for _number in range(2):
        referred(by)
    three = queries_of(client, url("lender_queue"))
    assert len(three) == len(one)
    assert repeated(three) == repeated(one)


@pytest.mark.parametrize("tab", ["", "open", "late", "asked", "offers", "loans", "over", "xyzzy"])
def test_parts_of_the_queue(client, bank, by, tab):
    paid_out(by)
    assert client.get(url("lender_queue") + f"?tab={tab}").status_code == 200


# ------------------------------------------------------------------------------------------------------------- pools


def test_a_microfinance_bank_answers_a_pool_and_a_firm_opens_its_name(client):
    by = banker(PartnerKind.MICROFINANCE_BANK)
    wishes = [wish() for _firm in range(5)]
    client.force_login(by)
    page = text_of(client.get(url("lender_demand")))
    assert "Sialkot" in page
    assert all(row.sme.name not in page for row in wishes)
    form = {
        "city": "Sialkot", "sector": "sports_goods", "up_to": str(rupees(350_000)), "rate": "22", "days": "360",
        "words": "No collateral.", "until": (today() + timedelta(days=10)).isoformat(),
    }  # fmt: skip
    assert client.get(url("pool_answer"), form).status_code == 200
    assert client.post(url("pool_answer"), form | {"rate": "x"}).status_code == 422
    assert client.post(url("pool_answer"), form).status_code == 302
    assert client.get(url("pool_answer"), form | {"city": "Lahore"}).status_code == 404

    reply = PoolReply.objects.select_related("wish__sme").first()
    client.force_login(reply.wish.sme.created_by)
    assert "No collateral." in text_of(client.get(url("pool_reply", reply.public_id)))
    client.post(url("pool_reply", reply.public_id), {"yes": "1"})
    assert FinanceCase.objects.get().sme == reply.wish.sme
    client.force_login(wishes[4].sme.created_by)
    assert client.get(url("pool_reply", reply.public_id)).status_code == 404


def test_a_firm_is_counted_changes_and_ends_it(client):
    sme = SmeFactory(complete=True)
    client.force_login(sme.created_by)
    page = url("finance_wish", sme.public_id)
    assert client.post(page, {"amount": "9,000,000", "days": "90", "use": "x"}).status_code == 422
    assert client.post(page, {"amount": "300,000", "days": "90", "use": "x"}).status_code == 302
    assert "300,000" in text_of(client.get(url("finance", sme.public_id)))
    client.post(page, {"end": "1"})
    assert FinanceWish.objects.get().ended_at is not None


# ----------------------------------------------------------------------------------------- officers, and everybody else


def test_a_finance_officer_sees_where_cases_stand_and_not_what_is_read(client, by, case):
    client.force_login(finance_officer())
    page = text_of(client.get(url("finance_overview")))
    assert case.code in page
    assert case.use not in page
    assert client.get(url("lender_case", case.public_id)).status_code == 404


def test_cases_are_found_by_number_firm_and_part_and_nobody_finds_more_by_it(client, by, case):
    other = referred(by, sme=SmeFactory(name="Chenab Rugs"))
    foreign = referred(banker())
    services.ask(actor=by, case=other, words="Which orders?")

    def found(name, **query):
        page = client.get(url(name), query).content.decode()
        return {row.code for row in (case, other, foreign) if f">{row.code}</" in page}  # not what was typed

    client.force_login(by)
    assert found("lender_queue") == {case.code, other.code}
    assert found("lender_queue", q=case.code.lower()) == found("lender_queue", q=str(case.number)) == {case.code}
    assert found("lender_queue", q="chenab") == found("lender_queue", tab="asked") == {other.code}
    assert found("lender_queue", q=foreign.code) == found("lender_queue", q="chenab", tab="open") == set()
    client.force_login(finance_officer())
    assert found("finance_overview") == {case.code, other.code, foreign.code}
    assert found("finance_overview", q="chenab") == found("finance_overview", tab="asked") == {other.code}
    assert "Look in another part" in text_of(client.get(url("finance_overview"), {"late": "1"}))


def test_the_own_pack_says_who_may_read_it_now(client, owner, case):
    page = url("finance_pack", case.sme.public_id)
    assert f"Now it may be read by: <bdi>{case.lender.name}</bdi>" in flat(text_of(client.get(page)))
    services.revoke(actor=owner, consent=case.consent)
    assert "Nobody may read it now." in text_of(client.get(page))


def test_the_public_reads_figures_with_small_groups_hidden(client, by):
    made = [
        services.decide(actor=by, case=referred(by), reasons=[code]) for code in ("B1", "B1", "B1", "B1", "B1", "B3")
    ]
    assert "B1" not in text_of(client.get(url("finance_figures")))
    a_month_ago(*made)
    page = text_of(client.get(url("finance_figures")))
    assert "B3" not in page
    assert "Small groups together" in page


def test_many_cases_of_one_firm_are_one_firm(client):
    sme = SmeFactory(complete=True)
    made = [
        services.decide(actor=who, case=referred(who, sme), reasons=["B1"]) for who in (banker() for _one in range(6))
    ]
    a_month_ago(*made)
    assert "B1" not in text_of(client.get(url("finance_figures")))


def test_the_public_reads_schemes_of_today_with_their_source(client):
    page = text_of(client.get(url("schemes")))
    assert "SBP, incentive page for SAAF" in page
    assert "Kamyab Jawan" not in page
    assert "Not confirmed" in page


def scheme_form(**changed):
    row = Scheme.objects.filter(code="SAAF").latest("since")
    return {
        "since": (today() + timedelta(days=9)).isoformat(), "name": row.name, "name_ur": row.name_ur, "cap": "12,000,000",
        "max_rate": "8", "rate": "8 %", "rate_ur": "8 فیصد", "terms": "x", "terms_ur": "x", "size_classes": ["small"],
        "lender_kinds": ["bank"], "exports": "not_asked", "source": "Circular", **changed,
    }  # fmt: skip


def test_a_finance_officer_writes_the_next_version_and_the_old_one_stays(client):
    client.force_login(finance_officer())
    assert client.get(url("scheme", "SAAF")).status_code == 200
    assert client.post(url("scheme", "SAAF"), scheme_form()).status_code == 302
    rows = Scheme.objects.filter(code="SAAF").order_by("-since")
    assert [row.cap for row in rows] == [rupees(12_000_000), rupees(10_000_000), rupees(10_000_000)]
    past = client.post(url("scheme", "SAAF"), scheme_form(since=today().isoformat()))
    assert past.status_code == 422
    assert "from tomorrow on" in text_of(past)


def test_a_new_scheme_and_new_terms(client):
    client.force_login(finance_officer())
    assert client.post(url("scheme_new"), scheme_form(code="NEW_1", since="2020-01-01")).status_code == 302
    assert client.post(url("scheme_new"), scheme_form(code="new 1")).status_code == 422
    terms = {"since": (today() + timedelta(days=1)).isoformat(), "source": "x", "small": "5", "consent_days": "90"}
    assert client.post(url("lending_terms"), terms | {"answer_days": "0", "offer_days": "5"}).status_code == 422
    assert client.post(url("lending_terms"), terms | {"answer_days": "10", "offer_days": "5"}).status_code == 302


def test_nobody_else_writes_schemes(client, by):
    client.force_login(by)
    assert client.get(url("schemes_desk")).status_code == 403
    assert client.post(url("scheme", "SAAF"), scheme_form()).status_code == 403


@pytest.mark.parametrize("name", ["finance", "finance_case"])
def test_pages_stand_in_urdu(client, by, case, owner, name):
    client.cookies["django_language"] = "ur"
    args = case.sme.public_id if name == "finance" else case.public_id
    assert 'dir="rtl"' in text_of(client.get(url(name, args)))


def test_pools_and_services_are_known_here():
    assert pools.largest() == rupees(3_000_000)
    assert pools_services.MAX_DAYS_OPEN == 60
