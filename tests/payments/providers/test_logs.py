"""Whatever happens, no line of any log holds a telephone, a CNIC, an IBAN or a secret: not even before the filter of
the portal."""

from __future__ import annotations

import json
import logging

import pytest

from payments.providers.calling import Caller
from payments.providers.easypaisa import Easypaisa
from payments.providers.interface import Refused
from payments.providers.jazzcash import JazzCash
from payments.providers.raast import Raast
from payments.providers.sandbox.provider import ProcessMemory, Sandbox
from payments.providers.sandbox.script import PAYER, Deal, Form, Scenario
from payments.providers.signing import jazzcash as signing

from .made import AT, DUE, IBAN, asked, to_refund
from .test_bank import ACCOUNT

pytestmark = pytest.mark.unit
SECRETS = {"key": "sandbox-secret-key", "salt": "jazz-secret-salt", "password": "jazz-secret-word", "mpin": "90417"}
PRIVATE = [
    *SECRETS.values(),
    *PAYER.values(),
    PAYER["mobile"].removeprefix("+92"),
    PAYER["cnic"][-6:],
    IBAN[8:],
    "rabia@example.org",
    "store:secret-store-word",
    "c3RvcmU6c2VjcmV0LXN0b3JlLXdvcmQ=",  # the same in base64
]
ASKED = {"mobile": PAYER["mobile"], "cnic": PAYER["cnic"], "email": "rabia@example.org"}


def leaks(lines: list[str]) -> list[str]:
    return [line for line in lines if any(private in line for private in PRIVATE)]


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("scenario", list(Scenario))
def test_no_scenario_of_the_sandbox_leaves_a_private_number_in_a_log(scenario, form, lines):
    provider = Sandbox(SECRETS["key"], ProcessMemory(), scenario=scenario, form=form)
    provider.begin(asked(**ASKED))
    script = provider.call_up(scenario, Deal("D30412A", 2_500_000, AT, DUE), form=form)
    for sent in script.sent:
        provider.read_notice(sent.body, dict(sent.headers), now=AT + sent.delay)
        provider.read_notice(sent.body[:-5], dict(sent.headers), now=AT + sent.delay)
        provider.read_notice(sent.body, {}, now=AT)
    provider.ask("D30412A", now=DUE)
    provider.refund(to_refund(), now=DUE)
    logging.getLogger("payments.providers").info("%s %s", provider, script)
    assert len(lines) > 0
    assert leaks(lines) == []


ANSWERS = [
    (200, {"pp_ResponseCode": "157", "pp_TxnRefNo": "D30412A", "pp_Amount": "2500000", "pp_CNIC": PAYER["cnic"]}),
    (200, {"pp_ResponseCode": "000", "responseCode": "0000", "msisdn": PAYER["mobile"]}),
    (200, {}),
    (400, {"message": PAYER["cnic"]}),
    (500, {"message": PAYER["mobile"]}),
    (302, {}),
]


@pytest.mark.parametrize(("status", "answer"), ANSWERS)
def test_no_question_to_a_provider_leaves_a_private_number_in_a_log(status, answer, stand, lines):
    stand.says(json.dumps(answer | {signing.HASH: signing.secure_hash(answer, SECRETS["salt"])}).encode(), status)
    jazzcash = JazzCash(
        Caller("jazzcash", stand.url, 5), "MC1", SECRETS["password"], SECRETS["salt"], mpin=SECRETS["mpin"]
    )
    easypaisa = Easypaisa(Caller("easypaisa", stand.url, 5), "4711", "ACC1", user="store", password="secret-store-word")
    for provider in (jazzcash, easypaisa, Raast(ACCOUNT, "TDAP", "KARACHI")):
        begun = provider.begin(asked(**ASKED))
        answer_to_question = provider.ask("D30412A", now=AT)
        refund = provider.refund(to_refund(), now=AT)
        notice = provider.read_notice(b"pp_MobileNumber=" + PAYER["mobile"].encode(), {}, now=AT)
        logging.getLogger("payments.providers").info("%s %s %s %s", begun, answer_to_question, refund, notice)
        logging.getLogger("payments.providers").info("%r %r", provider, asked(**ASKED))
    assert any(line.startswith("httpcore") for line in lines)
    assert any("payments.providers.calling jazzcash" in line for line in lines)
    assert leaks(lines) == []


def test_a_server_that_is_away_leaves_none_either(lines):
    jazzcash = JazzCash(Caller("jazzcash", "http://127.0.0.1:1", 5), "MC1", SECRETS["password"], SECRETS["salt"])
    assert jazzcash.begin(asked(**ASKED)) == Refused("no_answer")
    assert leaks(lines) == []


def test_a_leak_is_noticed(lines):
    provider = Sandbox(SECRETS["key"], ProcessMemory())
    script = provider.call_up(Scenario.PAID, Deal("D30412A", 2_500_000, AT, DUE))
    logging.getLogger("payments.providers").info("told %s", script.sent[0].body)
    try:
        int(PAYER["cnic"] + "x")
    except ValueError:
        logging.getLogger("payments").exception("fault")
    assert len(leaks(lines)) == 2
