"""Signatures: exact to the published vectors, and nothing else passes or raises."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.providers.reading import form, read_form
from payments.providers.signing import alipay, antom, easypaisa, jazzcash, webhook
from payments.providers.signing import rsa as signing_rsa
from payments.providers.signing.comparing import is_same_hex, read_base64

from .made import JUNK_TEXTS, ORACLE

pytestmark = pytest.mark.unit
JAZZCASH = ORACLE["jazzcash_secure_hash"]["vectors"]
STRIPE = ORACLE["stripe_style_webhook"]["vectors"][0]
BODY = STRIPE["raw_body"].encode()
SENT_AT = datetime.fromtimestamp(int(STRIPE["t"]), UTC)
KEY = rsa.generate_private_key(65537, 2048)
NAMES = st.text("abcdefgXYZ_0189", min_size=1, max_size=8)
FIELDS = st.dictionaries(
    NAMES.map("pp_{}".format), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="&\0"), max_size=12)
)


def flipped(text: bytes, at: int, difference: int) -> bytes:
    changed = bytearray(text)
    changed[at % len(text)] ^= difference
    return bytes(changed)


# JazzCash -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("vector", JAZZCASH, ids=lambda vector: vector["name"])
def test_jazzcash_vectors(vector):
    fields, salt = vector["fields"], vector["salt"]

    assert jazzcash.message(fields, salt) == vector["message"]
    assert jazzcash.secure_hash(fields, salt) == vector["hash"]
    for written in (vector["hash"], vector["hash"].lower()):
        assert jazzcash.is_signed(fields | {jazzcash.HASH: written}, salt)


def test_fields_of_ours_are_signed_too_and_those_of_nobody_are_not():
    """Names that begin with pp_ or ppmpf_; none of the published examples has the latter filled."""
    vector = JAZZCASH[2]
    fields, salt = vector["fields"] | {"ppmpf_1": "APP-42"}, vector["salt"]
    assert jazzcash.message(fields, salt) == f"{vector['message']}&APP-42"
    assert jazzcash.secure_hash(fields, salt) != vector["hash"]
    assert jazzcash.message(vector["fields"] | {"csrf": "other", "PP_X": "1", "app_1": "2"}, salt) == vector["message"]


@pytest.mark.parametrize("vector", JAZZCASH, ids=lambda vector: vector["name"])
def test_a_jazzcash_vector_does_not_pass_where_something_was_changed(vector):
    fields = vector["fields"] | {jazzcash.HASH: vector["hash"]}
    signed = jazzcash.signed_fields(fields)

    assert jazzcash.is_signed(fields, vector["salt"])
    assert [name for name in signed if jazzcash.is_signed(fields | {name: signed[name] + "0"}, vector["salt"])] == []
    assert [name for name in signed if jazzcash.is_signed(fields | {name: ""}, vector["salt"])] == []
    assert not jazzcash.is_signed(fields | {"pp_New": "1"}, vector["salt"])
    assert not jazzcash.is_signed(fields, vector["salt"] + "x")


@pytest.mark.parametrize("given_hash", [*JUNK_TEXTS, "0" * 64, "G" * 64, JAZZCASH[0]["hash"][:-1], None])
def test_no_other_hash_of_jazzcash_passes_or_raises(given_hash):
    fields = JAZZCASH[0]["fields"] | {jazzcash.HASH: given_hash}
    assert jazzcash.is_signed(fields, JAZZCASH[0]["salt"]) is False


def test_without_a_salt_nothing_is_signed():
    fields = {"pp_Amount": "1"}
    with pytest.raises(ValueError, match="no salt"):
        jazzcash.secure_hash(fields, "")
    assert jazzcash.is_signed(fields | {jazzcash.HASH: "0" * 64}, "") is False


def test_half_a_letter_in_a_field_is_not_signed_and_does_not_raise():
    assert jazzcash.is_signed({"pp_Description": "\ud800", jazzcash.HASH: "0" * 64}, "salt") is False


def test_a_value_that_reads_as_two_is_noticed():
    plain, joined = {"pp_Amount": "1", "pp_AuthCode": "2"}, {"pp_Amount": "1&2"}
    assert jazzcash.secure_hash(plain, "salt") == jazzcash.secure_hash(joined, "salt")
    assert (jazzcash.is_ambiguous(plain), jazzcash.is_ambiguous(joined)) == (False, True)
    assert jazzcash.is_ambiguous({"pp_Amoun": "1"})


@given(FIELDS, st.integers(0), st.integers(1, 255))
@settings(max_examples=200)
def test_one_changed_byte_of_a_jazzcash_notice_is_refused_or_changes_nothing(fields, at, difference):
    """What may change is what is not signed: blank fields, the case of the hash and of escapes."""
    signed = fields | {jazzcash.HASH: jazzcash.secure_hash(fields, "salt")}
    assert jazzcash.is_signed(signed, "salt")

    changed = read_form(flipped(form(signed), at, difference))

    if changed is not None and jazzcash.is_signed(changed, "salt"):
        assert list(jazzcash.signed_fields(changed).values()) == list(jazzcash.signed_fields(fields).values())


# Easypaisa ------------------------------------------------------------------------------------------------------------
HOSTED = {
    "storeId": "4711",
    "amount": "25000.0",
    "postBackURL": "https://portal.example/payments/back/",
    "orderRefNum": "D30412A",
    "expiryDate": "20270412 235959",
    "autoRedirect": "1",
    "paymentMethod": "",
}


def test_easypaisa_hash_is_that_of_openssl():
    """Made with `openssl enc -aes-128-ecb -base64` from the same text and key."""
    assert easypaisa.hashed_text(HOSTED) == (
        "amount=25000.0&autoRedirect=1&expiryDate=20270412 235959&orderRefNum=D30412A"
        "&postBackURL=https://portal.example/payments/back/&storeId=4711"
    )
    assert easypaisa.hashed_request(HOSTED, "0123456789abcdef") == OPENSSL


OPENSSL = (
    "Y107m9RNfGi/yxB3brf1aJOy5PejlvIbOuJAFPv8nRqdy1Gah/K0FFiU7KybciXyAaD69j8KntkEt3tG1kmXOPrSmkGwd13nh14n"
    "zony6WrldmAAOJa35AB/pqR2LLYLwX49kpl/83Fc7q0nn1WgXNUP5zIk5NjROXgo94lxAl7ZnmV+IE8UBpRgoG0cgvCF"
)


@pytest.mark.parametrize("key", ["", "0123456789abcde", "0123456789abcdef0", "ø123456789abcdef", "\ud800"])
def test_a_key_of_another_length_is_refused(key):
    with pytest.raises(ValueError):
        easypaisa.hashed_request(HOSTED, key)


def test_the_signed_request_is_signed_as_it_is_written():
    body = easypaisa.signed_request({"orderId": "D30412A", "emailAddress": "رابعہ@example.org"}, KEY)

    envelope = json.loads(body)
    written = body[len(b'{"request":') : body.index(b',"signature"')]
    assert envelope["request"] == {"orderId": "D30412A", "emailAddress": "رابعہ@example.org"}
    assert signing_rsa.is_signed(written, envelope["signature"], KEY.public_key())
    assert easypaisa.read_signed(body, KEY.public_key(), member="request") == envelope["request"]


def signed_answer(written: bytes) -> bytes:
    return b'{ "response" : %s , "signature" : "%s" }' % (written, signing_rsa.sign(written, KEY).encode())


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_a_signed_answer_is_refused_or_changes_nothing(at, difference):
    body = signed_answer(b'{"orderId": "D30412A", "transactionAmount": 25000.00, "n": null}')
    right = easypaisa.read_signed(body, KEY.public_key())
    assert right == {"orderId": "D30412A", "transactionAmount": "25000.00", "n": None}

    assert easypaisa.read_signed(flipped(body, at, difference), KEY.public_key()) in (None, right)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"response":1,"signature":"x"}',
        b'{"response":{},"signature":1}',
        b'{"response":{}}',
        b'{"response":{"a":NaN},"signature":"x"}',
        b'{"response":{"a":"\\ud800"},"signature":"x"}',
        b'{"response":{},"response":{},"signature":"x"}',
        b'{"a":' * 5_000,
        b'{"response":{"a":' + b"[" * 900 + b"]" * 900 + b'},"signature":"x"}',
        b'{"response":{"a":' + b"9" * 5_000 + b'},"signature":"x"}',
    ],
)
def test_junk_in_place_of_a_signed_answer_is_refused(body):
    assert easypaisa.read_signed(body, KEY.public_key()) is None


# RSA ------------------------------------------------------------------------------------------------------------------
def test_a_signature_holds_for_its_message_and_key_alone(our_key):
    signature = signing_rsa.sign(b"message", KEY)

    assert signing_rsa.is_signed(b"message", signature, KEY.public_key())
    assert not signing_rsa.is_signed(b"massage", signature, KEY.public_key())
    assert not signing_rsa.is_signed(b"message", signature, our_key.public_key())


@given(st.integers(0), st.integers(1, 255))
def test_a_signature_has_one_writing_only(at, difference):
    signature = signing_rsa.sign(b"message", KEY).encode()
    changed = flipped(signature, at, difference).decode("latin-1")
    assert not signing_rsa.is_signed(b"message", changed, KEY.public_key())


@pytest.mark.parametrize("signature", [*JUNK_TEXTS, "AA==", "A", "====", base64.b64encode(b"\0" * 256).decode()])
def test_junk_is_no_signature(signature):
    assert not signing_rsa.is_signed(b"message", signature, KEY.public_key())


@pytest.mark.parametrize(("text", "read"), [("AAA=", b"\0\0"), ("AAB=", None), ("AAA", None), ("AA A=", None)])
def test_base64_with_idle_bits_is_refused(text, read):
    assert read_base64(text) == read


def test_keys_are_read_as_pem_and_as_one_line():
    private, public = serialization.PrivateFormat, serialization.PublicFormat
    plain = serialization.NoEncryption()
    for kind in (private.PKCS8, private.TraditionalOpenSSL):
        pem = KEY.private_bytes(serialization.Encoding.PEM, kind, plain).decode()
        der = base64.b64encode(KEY.private_bytes(serialization.Encoding.DER, kind, plain)).decode()
        for text in (pem, pem.replace("\n", "\\n"), der):
            assert signing_rsa.private_key(text).private_numbers() == KEY.private_numbers()
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, public.SubjectPublicKeyInfo).decode()
    der = base64.b64encode(
        KEY.public_key().public_bytes(serialization.Encoding.DER, public.SubjectPublicKeyInfo)
    ).decode()
    for text in (pem, der):
        assert signing_rsa.public_key(text).public_numbers() == KEY.public_key().public_numbers()


def pem_of(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize(
    "text",
    [
        *JUNK_TEXTS,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        pem_of(Ed25519PrivateKey.generate()),
        pem_of(rsa.generate_private_key(65537, 1024)),  # noqa: S505  to be refused
    ],
)
def test_other_keys_are_refused_without_being_told(text):
    for read in (signing_rsa.private_key, signing_rsa.public_key):
        with pytest.raises(ValueError, match=r"^The (private|public) key must be one of RSA, of 2048 bits or more\.$"):
            read(text)


# Alipay ---------------------------------------------------------------------------------------------------------------
def test_alipay_texts_are_those_of_the_vector():
    vector = ORACLE["alipay_rsa2_canonical"]
    assert alipay.notice_text(vector["params"]) == vector["canonical_string_notification"]
    assert alipay.request_text(vector["params"]) == vector["canonical_string_request"]


ALIPAY_NOTICE = {
    "app_id": "2015",
    "out_trade_no": "D30412A",
    "total_amount": "2.00",
    "blank": "",
    "subject": "زرِ ضمانت",
}


def alipay_notice(**other: str) -> dict[str, str]:
    fields = ALIPAY_NOTICE | other
    return fields | {"sign_type": "RSA2", "sign": signing_rsa.sign(alipay.notice_text(fields).encode(), KEY)}


def test_an_alipay_notice_is_signed_over_blank_fields_too():
    fields = alipay_notice()
    public = KEY.public_key()

    assert alipay.is_signed_notice(fields, public)
    assert not alipay.is_signed_notice({name: value for name, value in fields.items() if name != "blank"}, public)
    assert not alipay.is_signed_notice(fields | {"more": ""}, public)
    assert not alipay.is_signed_notice(fields | {"sign_type": "RSA"}, public)
    assert not alipay.is_signed_notice(fields | {"subject": "\ud800"}, public)
    assert not alipay.is_signed_notice({}, public)


def test_an_alipay_request_leaves_blank_fields_out_and_signs_its_type():
    told = alipay.signed_request({"method": "m", "return_url": "", "sign": "old"}, KEY)

    assert set(told) == {"method", "sign_type", "sign"}
    assert signing_rsa.is_signed(b"method=m&sign_type=RSA2", told["sign"], KEY.public_key())


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_an_alipay_notice_is_refused_or_changes_nothing(at, difference):
    fields = alipay_notice()
    changed = read_form(flipped(form(fields), at, difference))
    if changed is not None and alipay.is_signed_notice(changed, KEY.public_key()):
        changed.pop("sign_type", None)  # not signed, and anything else but RSA2 is refused
        assert alipay.notice_text(changed) == alipay.notice_text(fields)


# Antom ----------------------------------------------------------------------------------------------------------------
ANTOM = ORACLE["antom_header_canonical"]
ANTOM_WORDS = {name: ANTOM[name] for name in ("method", "path", "client_id", "request_time")} | {
    "body": ANTOM["raw_body"].encode()
}


def test_antom_text_is_that_of_the_vector():
    assert antom.content(**ANTOM_WORDS).decode() == ANTOM["content_to_be_signed"]


def test_an_antom_header_signs_method_path_client_time_and_body():
    header = antom.signature_header(**ANTOM_WORDS, key=KEY, key_version=3)
    assert header.startswith("algorithm=RSA256,keyVersion=3,signature=")
    assert antom.is_signed(header, **ANTOM_WORDS, key=KEY.public_key())
    assert antom.is_signed(header.replace(",", ", "), **ANTOM_WORDS, key=KEY.public_key())
    for name, value in ANTOM_WORDS.items():
        other = value + (b"x" if name == "body" else "x")
        assert not antom.is_signed(header, **(ANTOM_WORDS | {name: other}), key=KEY.public_key()), name


@pytest.mark.parametrize(
    "header", [*JUNK_TEXTS, "algorithm=RSA256", "algorithm=HMAC,keyVersion=1,signature=AAAA", "signature=%ff%ff"]
)
def test_junk_is_no_antom_header(header):
    assert not antom.is_signed(header, **ANTOM_WORDS, key=KEY.public_key())
    right = antom.signature_header(**ANTOM_WORDS, key=KEY)
    assert not antom.is_signed(right, **(ANTOM_WORDS | {"path": "/\ud800"}), key=KEY.public_key())


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_an_antom_header_or_body_is_refused(at, difference):
    header = antom.signature_header(**ANTOM_WORDS, key=KEY)
    signature_at = header.index("signature=") + len("signature=")
    at = signature_at + at % (len(header) - signature_at)
    changed = flipped(header.encode(), at, difference).decode("latin-1")
    if changed.lower() != header.lower():  # %2b is %2B
        assert not antom.is_signed(changed, **ANTOM_WORDS, key=KEY.public_key())
    body = flipped(ANTOM_WORDS["body"], at, difference)
    assert not antom.is_signed(header, **(ANTOM_WORDS | {"body": body}), key=KEY.public_key())


# Our own webhooks -----------------------------------------------------------------------------------------------------
def fault(header: str = STRIPE["header"], body: bytes = BODY, *, secrets=(STRIPE["secret"],), later=0.0) -> str:
    return webhook.fault(header, body, secrets=secrets, now=SENT_AT + timedelta(seconds=later))


def test_the_webhook_vector():
    assert webhook.signature_header(BODY, STRIPE["secret"], at=SENT_AT) == STRIPE["header"]
    assert webhook.signature(BODY, STRIPE["secret"], int(STRIPE["t"])) == STRIPE["v1"]
    assert fault() == ""


@pytest.mark.parametrize(
    ("later", "said"), [(0, ""), (300, ""), (-300, ""), (300.5, "too_old"), (-300.5, "too_new"), (86_400, "too_old")]
)
def test_a_notice_is_believed_for_five_minutes(later, said):
    assert fault(later=later) == said


def test_while_a_secret_is_changed_both_hold():
    header = webhook.signature_header(BODY, "old", "new", at=SENT_AT)

    assert header.count("v1=") == 2
    assert [fault(header, secrets=secrets) for secrets in (("old",), ("new",), ("", "new"), ("older", "new"))] == [
        ""
    ] * 4
    assert fault(header, secrets=("other",)) == "forged"
    assert fault(header, secrets=()) == "forged"
    assert fault(header, secrets=("",)) == "forged"


def test_an_empty_secret_signs_nothing():
    with pytest.raises(ValueError, match="no secret"):
        webhook.signature_header(BODY, "", at=SENT_AT)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "unsigned"),
        ("t=1767225600", "malformed"),
        (f"v1={STRIPE['v1']}", "malformed"),
        (f"t=1767225600,t=1767225600,v1={STRIPE['v1']}", "malformed"),
        (f"t=1767225600é,v1={STRIPE['v1']}", "malformed"),
        (f"t=-1,v1={STRIPE['v1']}", "malformed"),
        (f"t={'9' * 5000},v1={STRIPE['v1']}", "malformed"),
        (f"t=NaN,v1={STRIPE['v1']}", "malformed"),
        ("t=1767225600," + ",".join(["v1=0"] * 11), "malformed"),
        (f"t=01767225600,v1={STRIPE['v1']}", "forged"),  # signed is the time as it is written
        (f"t=1767225600,v0={STRIPE['v1']},v1={'0' * 64}", "forged"),
        (f"t=1767225600,v1={STRIPE['v1'][:-1]}", "forged"),
        (f"t=1767225600,v1={STRIPE['v1']}é", "malformed"),
        ("\ud800", "malformed"),
        (STRIPE["header"].upper().replace("T=", "t=").replace("V1=", "v1="), ""),
    ],
)
def test_other_headers(header, said):
    assert fault(header) == said


def test_who_has_no_secret_learns_nothing_of_our_clock():
    assert fault(f"t=1,v1={'0' * 64}") == "forged"


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_a_webhook_is_refused(at, difference):
    assert fault(body=flipped(BODY, at, difference)) == "forged"
    header = flipped(STRIPE["header"].encode(), at, difference).decode("latin-1")
    if header.lower() != STRIPE["header"]:  # the case of hexadecimal digits is free
        assert fault(header) != ""


@given(st.text(max_size=80), st.binary(max_size=80))
def test_no_header_and_no_body_raises(header, body):
    assert fault(header, body) in {"unsigned", "malformed", "forged"}


@pytest.mark.parametrize(
    ("given_hex", "same"), [("ab" * 32, True), ("AB" * 32, True), ("ab" * 31, False), ("ａ" * 64, False)]
)
def test_hexadecimal_is_compared_in_any_case(given_hex, same):
    assert is_same_hex(given_hex, "aB" * 32) is same
