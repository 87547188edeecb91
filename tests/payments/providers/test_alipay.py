"""A gateway of Alipay's type."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments.providers import reading
from payments.providers.alipay import Alipay
from payments.providers.calling import Caller
from payments.providers.interface import Answer, Can, Notice, Outcome, Redirect, Refused
from payments.providers.signing import alipay as signing
from payments.providers.signing import rsa

from .made import AT, JUNK_TEXTS, asked, to_refund

pytestmark = pytest.mark.unit
PAID = {
    "app_id": "2015",
    "charset": "utf-8",
    "gmt_payment": "2027-04-12 21:00:00",
    "notify_id": "n-1",
    "notify_time": "2027-04-12 21:00:05",
    "out_trade_no": "D30412A",
    "total_amount": "25000.00",
    "trade_no": "2027041222001",
    "trade_status": "TRADE_SUCCESS",
    "subject": "",
}


@pytest.fixture
def alipay(our_key, their_key, stand) -> Alipay:
    return Alipay(Caller("alipay", stand.url, 5), "2015", our_key, their_key.public_key(), currency="PKR")


@pytest.fixture
def told(their_key):
    def of(key=their_key, **change: str) -> bytes:
        fields = PAID | change
        return reading.form(fields | {"sign_type": "RSA2", "sign": rsa.sign(signing.notice_text(fields).encode(), key)})

    return of


@pytest.fixture
def answers(stand, their_key):
    def of(method: str, key=their_key, **fields: str) -> None:
        written = json.dumps({"code": "10000", "msg": "Success"} | fields, ensure_ascii=False)
        stand.says(f'{{"{method}_response":{written},"sign":"{rsa.sign(written.encode(), key)}"}}'.encode())

    return of


def test_the_payer_is_sent_with_a_signed_order(alipay, our_key):
    begun = alipay.begin(asked())

    assert isinstance(begun.step, Redirect)
    fields = dict(parse_qsl(urlsplit(begun.step.url).query, strict_parsing=True))
    assert rsa.is_signed(signing.request_text(fields).encode(), fields["sign"], our_key.public_key())
    assert (fields["timestamp"], fields["notify_url"]) == (
        "2027-04-12 21:00:00",
        "https://portal.example/payments/told/",
    )
    assert json.loads(fields["biz_content"]) == {
        "out_trade_no": "D30412A",
        "total_amount": "25000.00",
        "subject": "Commitment deposit",
        "product_code": "FAST_INSTANT_TRADE_PAY",
        "time_expire": "2027-04-13 02:59:59",
    }


def test_rupees_are_not_asked_for_by_a_contract_in_another_currency(our_key, their_key):
    other = Alipay(Caller("alipay", "https://openapi.alipay.com"), "2015", our_key, their_key.public_key())
    assert other.begin(asked()) == Refused("currency")


def test_what_cannot_be_asked_is_refused(alipay):
    assert alipay.begin(asked(description="\ud800")) == Refused("text")
    assert alipay.begin(asked(amount_paisa=-5)) == Refused("amount")


def test_a_notice_is_read_and_answered_with_the_word(alipay, told):
    notice = alipay.read_notice(told(), {}, now=AT)
    assert notice == Notice(notice.event_id, "D30412A", "2027041222001", Outcome.PAID, 2_500_000, "PKR", AT)
    assert (alipay.reply.body, alipay.reply.content_type) == ("success", "text/plain")


@pytest.mark.parametrize(
    ("change", "outcome", "paisa"),
    [
        ({"trade_status": "TRADE_FINISHED"}, "paid", 2_500_000),
        ({"trade_status": "WAIT_BUYER_PAY"}, "pending", 2_500_000),
        ({"trade_status": "TRADE_CLOSED"}, "failed", 2_500_000),
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "25000.00"}, "refunded", 2_500_000),
        ({"refund_fee": "100.00", "gmt_refund": "2027-04-13 10:00:00"}, "refunded", 10_000),
        ({"total_amount": "500.00"}, "paid", 50_000),
    ],
)
def test_states_of_a_notice(alipay, told, change, outcome, paisa):
    notice = alipay.read_notice(told(**change), {}, now=AT)
    assert (notice.outcome, notice.amount_paisa) == (outcome, paisa)


@pytest.mark.parametrize(
    ("change", "reference"),
    [
        ({"refund_fee": "100.00", "out_biz_no": "Rabc123def456"}, "Rabc123def456"),
        ({"refund_fee": "100.00", "out_biz_no": "a b"}, ""),
        ({"refund_fee": "100.00"}, ""),
        ({"out_biz_no": "Rabc123def456"}, ""),
    ],
)
def test_a_notice_of_a_refund_names_it_as_we_did(alipay, told, change, reference):
    assert alipay.read_notice(told(**change), {}, now=AT).refund_reference == reference


def test_the_same_notice_sent_again_is_the_same_event(alipay, told):
    again = alipay.read_notice(told(notify_time="2027-04-12 21:02:05"), {}, now=AT)
    other = alipay.read_notice(told(notify_id="n-2"), {}, now=AT)
    first = alipay.read_notice(told(), {}, now=AT)
    assert (first.event_id == again.event_id, first.event_id == other.event_id) == (True, False)
    unnamed = [alipay.read_notice(told(notify_id="", total_amount=amount), {}, now=AT) for amount in ("1.00", "2.00")]
    assert unnamed[0].event_id != unnamed[1].event_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"app_id": "2016"}, "another_merchant"),
        ({"app_id": ""}, "another_merchant"),
        ({"out_trade_no": "a b"}, "fields"),
        ({"trade_status": "TRADE_PERHAPS"}, "fields"),
        ({"total_amount": "9" * 5000}, "amount"),
        ({"total_amount": "NaN"}, "amount"),
        ({"total_amount": ""}, "amount"),
    ],
)
def test_a_signed_notice_that_makes_no_sense_is_refused(alipay, told, change, code):
    assert alipay.read_notice(told(**change), {}, now=AT) == Refused(code)


def test_forged_notices_are_refused(alipay, told, our_key):
    body = told()
    assert alipay.read_notice(told(our_key), {}, now=AT) == Refused("forged")
    assert alipay.read_notice(body.replace(b"25000.00", b"25000.01"), {}, now=AT) == Refused("forged")
    assert alipay.read_notice(body.replace(b"subject=&", b""), {}, now=AT) == Refused("forged")
    assert alipay.read_notice(body + b"&total_amount=1.00", {}, now=AT) == Refused("form")
    assert alipay.read_notice(body.partition(b"&sign=")[0], {}, now=AT) == Refused("unsigned")


@pytest.mark.parametrize("junk", JUNK_TEXTS)
def test_junk_is_refused(alipay, junk):
    raw = junk.encode("utf-8", "surrogatepass")
    for body in (raw, b"out_trade_no=1&sign=" + raw):
        assert isinstance(alipay.read_notice(body, {}, now=AT), Refused)


@pytest.mark.parametrize(
    ("fields", "outcome", "code"),
    [
        ({"trade_status": "TRADE_SUCCESS"}, "paid", ""),
        ({"trade_status": "WAIT_BUYER_PAY"}, "pending", ""),
        ({"trade_status": "TRADE_CLOSED"}, "failed", ""),
        ({"trade_status": ""}, "unknown", "no_status"),
        ({"trade_status": "TRADE_SUCCESS", "out_trade_no": "D30412B"}, "unknown", "another_payment"),
        ({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}, "unknown", "no_such_payment"),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, "unknown", "code_20000"),
        ({"code": "no"}, "unknown", "no_code"),
    ],
)
def test_answers_about_a_payment(alipay, answers, fields, outcome, code):
    answers("alipay_trade_query", **({"out_trade_no": "D30412A"} | fields))
    answer = alipay.ask("D30412A", now=AT)
    assert (answer.outcome, answer.code) == (outcome, code)


def test_an_answer_is_believed_signed_alone(alipay, answers, stand, our_key):
    words = {
        "out_trade_no": "D30412A",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "25000.00",
        "send_pay_date": "2027-04-12 21:00:00",
        "buyer": "رابعہ",
    }
    answers("alipay_trade_query", **words)
    assert alipay.ask("D30412A", now=AT) == Answer(Outcome.PAID, "", "", 2_500_000, "PKR", AT)
    assert alipay.ask("D30412A", now=AT).happened_at == datetime(2027, 4, 12, 13, 0, tzinfo=UTC)
    answers("alipay_trade_query", our_key, **words)
    assert alipay.ask("D30412A", now=AT) == Answer(Outcome.UNKNOWN, "unsigned")
    for body in (b"", b"{}", b'{"alipay_trade_query_response":{}}', b'{"alipay_trade_query_response":1,"sign":1}'):
        stand.says(body)
        assert alipay.ask("D30412A", now=AT).outcome == Outcome.UNKNOWN
    stand.says(b"", 502)
    assert alipay.ask("D30412A", now=AT) == Answer(Outcome.UNKNOWN, "http_502")


def test_a_refund_is_named_so_that_it_happens_once(alipay, answers, stand, our_key):
    answers("alipay_trade_refund", out_trade_no="D30412A", trade_no="2027", fund_change="N")

    answer = alipay.refund(to_refund(reason="Eight sessions"), now=AT)

    fields = dict(parse_qsl(stand.last.body.decode(), strict_parsing=True))
    assert answer == Answer(Outcome.REFUNDED, "", "2027", 1_000_000, "PKR")
    assert rsa.is_signed(signing.request_text(fields).encode(), fields["sign"], our_key.public_key())
    assert json.loads(fields["biz_content"]) == {
        "out_trade_no": "D30412A",
        "refund_amount": "10000.00",
        "out_request_no": "F30412A",
        "refund_reason": "Eight sessions",
    }


@pytest.mark.parametrize(
    ("fields", "outcome", "code"),
    [
        ({"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}, "failed", "code_40004"),
        ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, "unknown", "code_40004"),
        ({"code": "20000"}, "unknown", "code_20000"),
        ({"out_trade_no": "D30412B"}, "unknown", "another_payment"),
    ],
)
def test_refunds_that_are_not_done(alipay, answers, fields, outcome, code):
    answers("alipay_trade_refund", **({"out_trade_no": "D30412A"} | fields))
    answer = alipay.refund(to_refund(), now=AT)
    assert (answer.outcome, answer.code) == (outcome, code)


def test_a_refund_that_cannot_be_asked(alipay, stand):
    assert alipay.refund(to_refund(amount_paisa=0), now=AT) == Answer(Outcome.FAILED, "amount")
    assert alipay.refund(to_refund(refund_reference=""), now=AT) == Answer(Outcome.FAILED, "reference")
    assert alipay.refund(to_refund(reason="\ud800"), now=AT) == Answer(Outcome.FAILED, "text")
    assert alipay.ask("a b", now=AT) == Answer(Outcome.UNKNOWN, "reference")
    assert stand.questions == []


def test_keys_are_not_printed(alipay):
    assert alipay.can == {Can.HOSTED_PAGE, Can.NOTICE, Can.QUERY, Can.REFUND}
    assert "Key" not in repr(alipay)
