"""JazzCash: what is sent, and what is believed."""

from __future__ import annotations

import json

import pytest

from payments.providers import reading
from payments.providers.calling import Caller
from payments.providers.interface import (
    Answer,
    Begun,
    Can,
    Notice,
    Outcome,
    PostForm,
    Refused,
    WaitForPhone,
)
from payments.providers.jazzcash import INQUIRY, PAGE, REFUND, WALLET, JazzCash, description
from payments.providers.signing import jazzcash as signing

from .made import AT, DUE, JUNK_TEXTS, ORACLE, asked, to_refund

pytestmark = pytest.mark.unit
SALT, MERCHANT = "testsalt", "MC00000"
PAYER = {"mobile": "+923451234567", "cnic": "35202-1234567-1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json; charset=utf-8"}
PAID = {
    "pp_Amount": "2500000",
    "pp_AuthCode": "",
    "pp_MerchantID": MERCHANT,
    "pp_ResponseCode": "000",
    "pp_ResponseMessage": "Thank you for using JazzCash.",
    "pp_RetreivalReferenceNo": "240418718258",
    "pp_TxnCurrency": "PKR",
    "pp_TxnDateTime": "20270412180000",
    "pp_TxnRefNo": "D30412A",
}


def jazzcash(url: str = "https://sandbox.jazzcash.com.pk", **other) -> JazzCash:
    return JazzCash(
        Caller("jazzcash", url, 5), **{"merchant_id": MERCHANT, "password": "secret-word", "salt": SALT, **other}
    )


def signed(fields: dict[str, str], salt: str = SALT) -> dict[str, str]:
    return fields | {signing.HASH: signing.secure_hash(fields, salt)}


def heard(fields: dict[str, str], **other) -> Notice | Refused:
    return jazzcash(**other).read_notice(reading.form(fields), FORM, now=AT)


def told(**fields) -> bytes:
    return json.dumps(signed(fields)).encode()


# Begin ----------------------------------------------------------------------------------------------------------------
def test_the_hosted_form_is_signed_in_karachi_s_time():
    begun = jazzcash().begin(asked())

    fields = dict(begun.step.fields)
    assert begun == Begun(PostForm(f"https://sandbox.jazzcash.com.pk{PAGE}", tuple(fields.items())), expires_at=DUE)
    assert begun.step.origin == "https://sandbox.jazzcash.com.pk"
    assert signing.is_signed(fields, SALT)
    del fields[signing.HASH]
    assert fields == {
        "pp_Version": "1.1",
        "pp_TxnType": "",
        "pp_Language": "EN",
        "pp_MerchantID": MERCHANT,
        "pp_SubMerchantID": "",
        "pp_Password": "secret-word",
        "pp_BankID": "",
        "pp_ProductID": "",
        "pp_TxnRefNo": "D30412A",
        "pp_Amount": "2500000",
        "pp_TxnCurrency": "PKR",
        "pp_TxnDateTime": "20270412180000",
        "pp_BillReference": "D30412A",
        "pp_Description": "Commitment deposit",
        "pp_TxnExpiryDateTime": "20270412235959",
        "pp_ReturnURL": "https://portal.example/payments/back/",
    }


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("Fee for \"Photo day\" <b>*50%* a/b='c'|{x}:&y", "Fee for Photo day b 50 a b c x y"),
        ("زرِ ضمانت", "Payment"),
        ("زرِ ضمانت D-3", "D-3"),
        ("x" * 300, "x" * 200),
        ("\ud800\0", "Payment"),
    ],
)
def test_descriptions_hold_only_letters_that_jazzcash_takes(words, sent):
    assert description(words) == sent
    assert dict(jazzcash().begin(asked(description=words)).step.fields)["pp_Description"] == sent


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"reference": "D-3-0412-and-much-more"}, "reference"),
        ({"reference": "D3\n"}, "reference"),
        ({"reference": ""}, "reference"),
        ({"amount_paisa": 0}, "amount"),
        ({"amount_paisa": -1}, "amount"),
        ({"amount_paisa": True}, "amount"),
        ({"amount_paisa": 10**5000}, "amount"),
        ({"amount_paisa": float("nan")}, "amount"),
        ({"expires_at": AT}, "time"),
        ({"expires_at": DUE.replace(tzinfo=None)}, "time"),
        ({"return_url": "https://portal.example/?a=1&b=2"}, "return_url"),
        ({"return_url": "https://portal.example/\ud800"}, "text"),
        ({**PAYER, "mobile": "+92213456789"}, "payer"),
        ({**PAYER, "cnic": "123"}, "payer"),
    ],
)
def test_what_cannot_be_asked_is_refused(other, code):
    assert jazzcash().begin(asked(**other)) == Refused(code)


def test_a_wallet_is_asked_with_the_last_six_digits_of_the_cnic(stand):
    stand.says(told(**(PAID | {"pp_ResponseCode": "157"})))

    begun = jazzcash(stand.url).begin(asked(**PAYER))

    sent = json.loads(stand.last.body)
    assert begun == Begun(WaitForPhone(), expires_at=DUE, provider_reference="240418718258")
    assert stand.last.path == WALLET
    assert signing.is_signed(sent, SALT)
    assert (sent["pp_MobileNumber"], sent["pp_CNIC"], sent["pp_TxnType"]) == ("03451234567", "345671", "MWALLET")


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        ("000", Outcome.PAID, ""),
        ("121", Outcome.PAID, ""),
        ("157", Outcome.PENDING, ""),
        ("124", Outcome.PENDING, ""),
        ("101", Outcome.FAILED, "code_101"),
        ("999", Outcome.UNKNOWN, "code_999"),
    ],
)
def test_what_a_wallet_says_at_once(stand, code, outcome, said):
    stand.says(told(**(PAID | {"pp_ResponseCode": code})))
    begun = jazzcash(stand.url).begin(asked(**PAYER))
    assert (begun.outcome, begun.code) == (outcome, said)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>busy</html>", "unsigned"),
        (b"{}", "unsigned"),
        (json.dumps(PAID).encode(), "unsigned"),
        (json.dumps(signed(PAID, "other")).encode(), "forged"),
        (told(**(PAID | {"pp_TxnRefNo": "D30412B"})), "another_payment"),
        (told(**(PAID | {"pp_Amount": "250000"})), "another_payment"),
        (b'{"pp_Amount":' + b"9" * 5000 + b"}", "unsigned"),
        (b"x" * 70_000, "too_large"),
    ],
)
def test_an_answer_that_is_not_believed_may_still_have_been_paid(stand, body, code):
    stand.says(body)
    begun = jazzcash(stand.url).begin(asked(**PAYER))
    assert (begun.outcome, begun.code) == (Outcome.UNKNOWN, code)


@pytest.mark.parametrize(
    ("status", "is_refused"),
    [
        (400, True),
        (401, True),
        (404, True),
        (429, True),
        (302, False),
        (408, False),
        (409, False),
        (500, False),
        (503, False),
    ],
)
def test_an_error_of_theirs_may_still_have_been_paid_but_not_a_refusal(stand, status, is_refused):
    stand.says(b"{}", status)
    begun = jazzcash(stand.url).begin(asked(**PAYER))
    if is_refused:
        assert begun == Refused(f"http_{status}")
    else:
        assert (begun.outcome, begun.code) == (Outcome.UNKNOWN, f"http_{status}")
    assert len(stand.questions) == 1  # nothing is tried again


def test_a_wallet_that_nobody_reaches_was_not_asked():
    assert jazzcash("http://127.0.0.1:1").begin(asked(**PAYER)) == Refused("no_answer")


# Notices --------------------------------------------------------------------------------------------------------------
def test_a_notice_is_read():
    fields = signed(PAID)
    right = Notice(
        event_id=fields[signing.HASH],
        reference="D30412A",
        provider_reference="240418718258",
        outcome=Outcome.PAID,
        amount_paisa=2_500_000,
        currency="PKR",
        happened_at=AT,
    )
    assert heard(fields) == right
    assert heard(fields | {signing.HASH: fields[signing.HASH].lower()}) == right
    assert jazzcash().read_notice(json.dumps(fields).encode(), JSON, now=AT) == right


def test_the_published_ipn_is_read():
    vector = ORACLE["jazzcash_secure_hash"]["vectors"][0]
    body = json.dumps(vector["fields"] | {signing.HASH: vector["hash"]}).encode()

    notice = jazzcash(salt=vector["salt"]).read_notice(body, JSON, now=AT)

    assert (notice.reference, notice.outcome, notice.amount_paisa) == ("T20240418145702", Outcome.PAID, None)
    assert (notice.provider_reference, reading.stamp(notice.happened_at)) == ("240418718258", "20240418145702")


def test_numbers_and_null_of_json_are_signed_as_they_are_written():
    fields = signed(PAID)
    body = json.dumps(fields | {"pp_BankID": None, "csrf": "x"}).replace('"2500000"', "2500000").encode()
    assert jazzcash().read_notice(body, JSON, now=AT) == heard(fields)


def test_the_same_notice_has_the_same_event_and_another_another():
    late = PAID | {"pp_ResponseCode": "157"}
    events = [heard(signed(fields)).event_id for fields in (PAID, PAID, late)]
    assert (events[0] == events[1], events[0] == events[2]) == (True, False)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("000", "paid"), ("121", "paid"), ("124", "pending"), ("157", "pending"), ("199", "unknown"), ("101", "failed")],
)
def test_response_codes(code, outcome):
    assert heard(signed(PAID | {"pp_ResponseCode": code})).outcome == outcome


def test_amount_and_currency_are_told_as_they_came():
    """Whoever books compares: five hundred rupees, or five thousand dollars, are not refused here."""
    assert heard(signed(PAID | {"pp_Amount": "50000"})).amount_paisa == 50_000
    assert heard(signed(PAID | {"pp_TxnCurrency": "USD"})).currency == "USD"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pp_Amount": "25000.00"}, "amount"),
        ({"pp_Amount": "-1"}, "amount"),
        ({"pp_Amount": "9" * 5000}, "amount"),
        ({"pp_Amount": "NaN"}, "amount"),
        ({"pp_Amount": "١٠٠"}, "amount"),
        ({"pp_TxnCurrency": "Rs."}, "amount"),
        ({"pp_TxnRefNo": ""}, "fields"),
        ({"pp_TxnRefNo": "D' OR 1=1"}, "fields"),
        ({"pp_ResponseCode": ""}, "fields"),
        ({"pp_ResponseCode": "OK"}, "fields"),
        ({"pp_MerchantID": "MC99999"}, "another_merchant"),
        ({"pp_ResponseMessage": "Sorry&000&"}, "ambiguous"),
        ({"pp_Amounts": "1"}, "ambiguous"),
    ],
)
def test_a_signed_notice_that_makes_no_sense_is_refused(change, code):
    assert heard(signed(PAID | change)) == Refused(code)


def test_what_is_told_beside_the_signed_names_is_not_read():
    fields = signed({name: value for name, value in PAID.items() if name != "pp_Amount"})
    assert heard(fields | {"Amount": "1", "amount": "1"}).amount_paisa is None


@pytest.mark.parametrize("junk", JUNK_TEXTS)
def test_junk_is_refused(junk):
    raw = junk.encode("utf-8", "surrogatepass")
    for headers in (FORM, JSON, {}, {"Content-Type": junk}):
        for body in (raw, b"pp_SecureHash=" + raw, b"pp_TxnRefNo=D30412A&pp_SecureHash=" + raw):
            assert isinstance(jazzcash().read_notice(body, headers, now=AT), Refused)


def test_repeated_names_and_forged_hashes_are_refused():
    body = reading.form(signed(PAID))
    read = jazzcash().read_notice

    assert isinstance(read(body, FORM, now=AT), Notice)
    assert read(body + b"&pp_Amount=1", FORM, now=AT) == Refused("form")
    assert read(body.replace(b"pp_Amount=2500000", b"pp_Amount=2500001"), FORM, now=AT) == Refused("forged")
    assert read(reading.form(signed(PAID, "other")), FORM, now=AT) == Refused("forged")
    assert read(reading.form(PAID), FORM, now=AT) == Refused("unsigned")
    assert heard(signed(PAID, "x"), salt="") == Refused("forged")


def test_a_field_that_was_renamed_under_the_same_hash_is_refused():
    """The hash is over the values in the order of their names: without its name the amount would be untold."""
    fields = signed(PAID)
    renamed = {name.replace("pp_Amount", "pp_Amouns"): value for name, value in fields.items()}
    assert signing.is_signed(renamed, SALT)
    assert heard(renamed) == Refused("ambiguous")


def test_our_own_form_under_other_names_is_no_notice():
    """The payer holds it with its hash: in the same order, the description can be read as the response code."""
    begun = jazzcash().begin(asked(description="000"))
    names = """
        pp_Amount pp_BillReference pp_ResponseCode pp_ResponseMessage pp_RetreivalReferenceNo pp_ReturnURL
        pp_SettlementDate pp_TxnCurrency pp_TxnDateTime pp_TxnExpiryDateTime pp_TxnRefNo pp_Version
    """
    ours = signing.signed_fields(dict(begun.step.fields))
    renamed = dict(zip(names.split(), ours.values(), strict=True)) | {
        signing.HASH: dict(begun.step.fields)[signing.HASH]
    }

    assert heard(renamed) == Refused("ambiguous")
    assert heard(renamed, password="another").outcome == Outcome.PAID  # nothing else would have kept it out


# Ask ------------------------------------------------------------------------------------------------------------------
SAID = {
    "pp_ResponseCode": "000",
    "pp_PaymentResponseCode": "121",
    "pp_Status": "Completed",
    "pp_RetrievalReferenceNo": "24",
}


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({}, "paid", ""),
        ({"pp_PaymentResponseCode": ""}, "paid", ""),
        ({"pp_Status": ""}, "paid", ""),
        ({"pp_PaymentResponseCode": "157", "pp_Status": "Pending"}, "pending", ""),
        ({"pp_PaymentResponseCode": "101", "pp_Status": "Failed"}, "failed", "code_101"),
        ({"pp_PaymentResponseCode": "121", "pp_Status": "Reversed"}, "refunded", "code_121"),
        ({"pp_PaymentResponseCode": "121", "pp_Status": "Failed"}, "unknown", "code_121"),
        ({"pp_PaymentResponseCode": "101", "pp_Status": "Completed"}, "unknown", "code_101"),
        ({"pp_PaymentResponseCode": "", "pp_Status": ""}, "unknown", "code_000"),
        ({"pp_ResponseCode": "115", "pp_PaymentResponseCode": "121"}, "unknown", "code_121"),
        ({"pp_TxnRefNo": "D30412B"}, "unknown", "another_payment"),
        ({"pp_Status": "x&y"}, "unknown", "ambiguous"),
    ],
)
def test_answers_about_a_payment(stand, change, outcome, code):
    stand.says(told(**(SAID | change)))
    answer = jazzcash(stand.url).ask("D30412A", now=AT)
    assert (answer.outcome, answer.code) == (outcome, code)


def test_the_question_is_signed_and_the_answer_carries_what_is_told(stand):
    stand.says(told(**SAID, pp_Amount="2500000", pp_TxnCurrency="PKR", pp_TxnDateTime="20270412180000"))

    answer = jazzcash(stand.url).ask("D30412A", now=AT)

    sent = json.loads(stand.last.body)
    assert (stand.last.path, signing.is_signed(sent, SALT)) == (INQUIRY, True)
    assert set(sent) == {"pp_TxnRefNo", "pp_MerchantID", "pp_Password", "pp_SecureHash"}
    assert answer == Answer(Outcome.PAID, "", "24", 2_500_000, "PKR", AT)


@pytest.mark.parametrize(
    ("body", "code"), [(b"", "form"), (b"[]", "form"), (json.dumps(SAID).encode(), "unsigned"), (b'{"a":{}}', "form")]
)
def test_answers_that_are_not_believed(stand, body, code):
    stand.says(body)
    assert jazzcash(stand.url).ask("D30412A", now=AT) == Answer(Outcome.UNKNOWN, code)


def test_silence_and_dripping_end_at_the_limit(stand):
    quick = JazzCash(Caller("jazzcash", stand.url, 0.3), MERCHANT, "secret-word", SALT)
    stand.says(told(**SAID))
    stand.silence = 1
    assert quick.ask("D30412A", now=AT).code in {"too_slow", "no_answer"}
    stand.silence, stand.drip = 0, 0.05
    assert quick.ask("D30412A", now=AT) == Answer(Outcome.UNKNOWN, "too_slow")


@pytest.mark.parametrize("reference", JUNK_TEXTS)
def test_no_reference_is_asked_for_that_is_none(reference):
    if reading.read_reference(reference) is None:
        assert jazzcash("http://127.0.0.1:1").ask(reference, now=AT) == Answer(Outcome.UNKNOWN, "reference")


# Refund ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [("000", "refunded", ""), ("121", "refunded", ""), ("110", "unknown", "code_110"), ("134", "failed", "code_134")],
)
def test_refunds(stand, code, outcome, said):
    stand.says(told(pp_ResponseCode=code))
    answer = jazzcash(stand.url, mpin="4711").refund(to_refund(), now=AT)

    sent = json.loads(stand.last.body)
    assert (answer.outcome, answer.code) == (outcome, said)
    assert (stand.last.path, sent["pp_Amount"], sent["pp_MerchantMPIN"]) == (REFUND, "1000000", "4711")
    assert signing.is_signed(sent, SALT)


def test_without_the_pin_no_refund_is_asked_for(stand):
    assert jazzcash(stand.url).refund(to_refund(), now=AT) == Answer(Outcome.FAILED, "cannot")
    assert jazzcash(stand.url, mpin="1").refund(to_refund(amount_paisa=0), now=AT) == Answer(Outcome.FAILED, "amount")
    assert stand.questions == []
    assert (Can.REFUND in jazzcash().can, Can.REFUND in jazzcash(mpin="1").can) == (False, True)


def test_a_refund_that_was_not_answered_may_have_happened(stand):
    stand.says(b"", 500)
    assert jazzcash(stand.url, mpin="1").refund(to_refund(), now=AT) == Answer(Outcome.UNKNOWN, "http_500")


def test_secrets_are_not_printed():
    shown = repr(jazzcash(mpin="4711")) + repr(asked(**PAYER)) + repr(jazzcash().begin(asked()))
    for secret in ("secret-word", SALT, "4711", "35202", "3451234567"):
        assert secret not in shown
