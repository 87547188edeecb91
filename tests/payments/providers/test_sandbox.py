"""The sandbox: each scenario sends, answers and gives back as it says, the same every time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers import reading
from payments.providers.interface import Answer, Can, Notice, Outcome, PostForm, Refused, WaitForPhone
from payments.providers.sandbox.provider import ProcessMemory, Sandbox
from payments.providers.sandbox.script import SIGNATURE_HEADER, Deal, Form, Scenario, fee, play

from .made import AT, DUE, JUNK_TEXTS, asked, to_refund

pytestmark = pytest.mark.unit
KEY = "tests-only-sandbox-key"
DEAL = Deal("D30412A", 2_500_000, AT, DUE)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BOTH = pytest.mark.parametrize("form", list(Form))


def sandbox(**other) -> Sandbox:
    return Sandbox(
        **{"key": KEY, "memory": ProcessMemory(), "page": "https://portal.example/payments/sandbox/", **other}
    )


def heard(scenario: Scenario, form: Form) -> list[tuple[timedelta, Notice | Refused]]:
    """What the portal reads of a scenario, and how long after the beginning."""
    provider = sandbox()
    return [
        (sent.delay, provider.read_notice(sent.body, dict(sent.headers), now=AT + sent.delay))
        for sent in play(scenario, DEAL, key=KEY, form=form).sent
    ]


def summary(scenario: Scenario, form: Form) -> list[tuple]:
    return [
        (delay, *((read.code,) if isinstance(read, Refused) else (read.outcome, read.amount_paisa, read.currency)))
        for delay, read in heard(scenario, form)
    ]


ONE = [(20 * SECOND, "paid", 2_500_000, "PKR")]
UNTIL = DUE - AT


@BOTH
@pytest.mark.parametrize(
    ("scenario", "notices"),
    [
        (Scenario.PAID, ONE),
        (Scenario.PENDING, [(5 * SECOND, "pending", 2_500_000, "PKR")]),
        (Scenario.LATE, [(UNTIL + 11 * SECOND, "paid", 2_500_000, "PKR")]),
        (Scenario.SLOW, [(UNTIL + 150 * MINUTE, "paid", 2_500_000, "PKR")]),
        (Scenario.DUPLICATE, [*ONE, (21 * SECOND, "paid", 2_500_000, "PKR"), (HOUR, "paid", 2_500_000, "PKR")]),
        (Scenario.REORDERED, [*ONE, (80 * SECOND, "pending", 2_500_000, "PKR")]),
        (Scenario.FORGED, [(20 * SECOND, "forged"), (21 * SECOND, "forged"), (22 * SECOND, "unsigned")]),
        (Scenario.WRONG_AMOUNT, [(20 * SECOND, "paid", 250_000, "PKR")]),
        (Scenario.WRONG_CURRENCY, [(20 * SECOND, "paid", 2_500_000, "USD")]),
        (Scenario.TIMED_OUT, [(15 * MINUTE, "paid", 2_500_000, "PKR")]),
        (Scenario.FAILED, [(16 * SECOND, "failed", 2_500_000, "PKR")]),
        (Scenario.UNKNOWN_PAYMENT, ONE),
        (Scenario.EARLY, [(0 * SECOND, "paid", 2_500_000, "PKR")]),
        (Scenario.NO_NOTICE, []),
        (Scenario.NEXT_DAY, [(24 * HOUR, "paid", 2_500_000, "PKR")]),
        (Scenario.TAKEN_BACK, [*ONE, (2 * MINUTE, "failed", 2_500_000, "PKR")]),
        (Scenario.CONTRADICTED, ONE),
        (
            Scenario.TRUNCATED,
            {Form.JSON: [(20 * SECOND, "forged"), (20 * SECOND, "form")], Form.FIELDS: [(20 * SECOND, "unsigned")]},
        ),
    ],
)
def test_what_a_scenario_sends(scenario, notices, form):
    assert summary(scenario, form) == (notices[form] if isinstance(notices, dict) else notices)


def test_every_scenario_is_looked_at():
    rows = test_what_a_scenario_sends.pytestmark[0].args[1]
    assert {scenario for scenario, _notices in rows} == set(Scenario)


@BOTH
def test_moments_of_late_and_slow_payments(form):
    [(_delay, late)], [(_other, slow)] = heard(Scenario.LATE, form), heard(Scenario.SLOW, form)
    assert (late.happened_at, slow.happened_at) == (DUE + 10 * SECOND, DUE - 20 * SECOND)


@BOTH
def test_the_same_notice_is_one_event_and_the_older_state_another(form):
    duplicates = {read.event_id for _delay, read in heard(Scenario.DUPLICATE, form)}
    reordered = [(read.event_id, read.happened_at - AT) for _delay, read in heard(Scenario.REORDERED, form)]
    assert len(duplicates) == 1
    assert len({event for event, _moment in reordered}) == 2
    assert [moment for _event, moment in reordered] == [18 * SECOND, 5 * SECOND]


@BOTH
def test_a_notice_of_a_stranger_names_a_payment_that_nobody_began(form):
    [(_delay, notice)] = heard(Scenario.UNKNOWN_PAYMENT, form)
    assert notice.reference != DEAL.reference
    assert notice.provider_reference != play(Scenario.PAID, DEAL, key=KEY).provider_reference


def test_json_tells_the_fee():
    [(_delay, notice)] = heard(Scenario.PAID, Form.JSON)
    assert (notice.fee_paisa, fee(2_500_000)) == (30_000, 30_000)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (Scenario.PAID, [(0, "pending"), (18, "paid")]),
        (Scenario.PENDING, [(0, "pending"), (86_400, "pending")]),
        (Scenario.NO_NOTICE, [(0, "pending"), (18, "paid")]),
        (Scenario.FORGED, [(0, "pending"), (86_400, "pending")]),
        (Scenario.EARLY, [(0, "paid")]),
        (Scenario.NEXT_DAY, [(0, "pending"), (18, "paid")]),
        (Scenario.TAKEN_BACK, [(0, "pending"), (18, "paid"), (86_400, "paid")]),
        (Scenario.TRUNCATED, [(0, "pending"), (18, "paid")]),
        (Scenario.FAILED, [(0, "pending"), (15, "failed")]),
        (Scenario.CONTRADICTED, [(0, "pending"), (15, "failed"), (86_400, "failed")]),
        (Scenario.TIMED_OUT, [(0, "unknown"), (60, "pending"), (600, "paid")]),
        (Scenario.UNKNOWN_PAYMENT, [(0, "unknown"), (86_400, "unknown")]),
        (Scenario.LATE, [(0, "pending"), (21_608, "pending"), (21_609, "paid")]),
        (Scenario.SLOW, [(0, "pending"), (21_578, "pending"), (21_579, "paid")]),
    ],
)
def test_what_a_scenario_answers(scenario, said):
    provider = sandbox(scenario=scenario)
    provider.begin(asked())
    answers = [(seconds, provider.ask("D30412A", now=AT + seconds * SECOND).outcome) for seconds, _outcome in said]
    assert answers == said


def test_an_answer_tells_as_much_as_the_notice():
    provider = sandbox()
    provider.begin(asked())
    [(_delay, notice)] = heard(Scenario.PAID, Form.JSON)
    assert provider.ask("D30412A", now=AT + MINUTE) == Answer(
        Outcome.PAID, "", notice.provider_reference, 2_500_000, "PKR", notice.happened_at, notice.fee_paisa
    )
    assert provider.ask("nobody", now=AT) == Answer(Outcome.UNKNOWN, "no_such_payment")


def test_the_wrong_amount_and_currency_are_answered_too():
    for scenario, said in ((Scenario.WRONG_AMOUNT, (250_000, "PKR")), (Scenario.WRONG_CURRENCY, (2_500_000, "USD"))):
        answer = play(scenario, DEAL, key=KEY).answer_at(AT + MINUTE)
        assert (answer.amount_paisa, answer.currency) == said
    assert play(Scenario.WRONG_AMOUNT, Deal("D1", 1, AT, DUE), key=KEY).answer_at(DUE).amount_paisa == 2


# Begin ----------------------------------------------------------------------------------------------------------------
def test_its_page_is_posted_a_signed_order():
    provider = sandbox()
    begun = provider.begin(asked())

    assert isinstance(begun.step, PostForm)
    assert begun.provider_reference == play(Scenario.PAID, DEAL, key=KEY).provider_reference
    fields = dict(begun.step.fields)
    assert provider.read_order(fields) == DEAL
    assert provider.read_order(fields | {"pp_Amount": "1"}) == Refused("forged")
    assert provider.read_order({}) == Refused("forged")
    assert provider.read_notice(reading.form(fields), {}, now=AT) == Refused("forged")


def test_an_order_that_makes_no_sense_is_refused():
    from payments.providers.signing import jazzcash

    provider = sandbox()
    fields = {name: value for name, value in provider.begin(asked()).step.fields if name != jazzcash.HASH}
    for name in ("pp_Amount", "pp_TxnDateTime", "pp_TxnRefNo", "pp_TxnExpiryDateTime"):
        odd = fields | {name: "a b"}
        assert provider.read_order(odd | {jazzcash.HASH: jazzcash.secure_hash(odd, f"order {KEY}")}) == Refused(
            "fields"
        ), name


def test_what_it_can_do_hangs_on_its_page():
    assert (Can.HOSTED_PAGE in sandbox().can, Can.HOSTED_PAGE in sandbox(page="").can) == (True, False)


def test_a_wallet_or_a_sandbox_without_a_page_waits_for_the_telephone():
    assert isinstance(sandbox().begin(asked(mobile="+923451234567")).step, WaitForPhone)
    assert isinstance(sandbox(page="").begin(asked()).step, WaitForPhone)


def test_a_beginning_that_timed_out_is_unknown():
    begun = sandbox(scenario=Scenario.TIMED_OUT).begin(asked())
    assert (begun.outcome, begun.code, begun.provider_reference) == (Outcome.UNKNOWN, "too_slow", "")


def test_what_cannot_be_asked_is_refused():
    assert sandbox().begin(asked(amount_paisa=0)) == Refused("amount")
    assert sandbox().begin(asked(return_url="\ud800")) == Refused("text")
    assert sandbox().begin(asked(return_url="https://portal.example/?a&b")) == Refused("text")


def test_another_scenario_can_be_called_up():
    provider = sandbox()
    provider.begin(asked())
    script = provider.call_up(Scenario.FAILED, DEAL, form=Form.FIELDS)
    assert len(script.sent) == 1
    assert provider.ask("D30412A", now=AT + MINUTE).outcome == Outcome.FAILED


def test_begun_again_a_payment_goes_on_as_it_went():
    provider = sandbox()
    provider.begin(asked())
    provider.call_up(Scenario.FAILED, DEAL)
    provider.begin(asked())
    assert provider.ask("D30412A", now=AT + MINUTE).outcome == Outcome.FAILED


# Believing ------------------------------------------------------------------------------------------------------------
def test_json_is_believed_for_five_minutes_after_it_was_sent():
    [sent] = play(Scenario.PAID, DEAL, key=KEY).sent
    read = sandbox().read_notice

    assert isinstance(read(sent.body, dict(sent.headers), now=AT + sent.delay + 5 * MINUTE), Notice)
    assert read(sent.body, dict(sent.headers), now=AT + sent.delay + 6 * MINUTE) == Refused("too_old")
    assert read(sent.body, {SIGNATURE_HEADER.lower(): "é"}, now=AT) == Refused("malformed")
    assert read(sent.body, {"Content-Type": "application/json"}, now=AT) == Refused("unsigned")
    assert read(b"x" * 70_000, dict(sent.headers), now=AT) == Refused("form")
    assert read(sent.body, {}, now=AT) == Refused("unsigned")  # read as fields, of which none is the hash


@pytest.mark.parametrize("junk", JUNK_TEXTS)
def test_junk_is_refused(junk):
    raw = junk.encode("utf-8", "surrogatepass")
    for headers in ({}, {"Content-Type": "application/json"}, {SIGNATURE_HEADER: junk}):
        assert isinstance(sandbox().read_notice(raw, headers, now=AT), Refused)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "form"),
        (b'{"id":"e"}', "form"),
        (b'{"id":"e","data":[]}', "form"),
        (b'{"id":"e","type":"payment.paid","data":{}}', "fields"),
        (b'{"id":"e","type":"payment.odd","data":{"reference":"D1"}}', "fields"),
        (b'{"id":"e","type":"payment.paid","data":{"reference":"D1","currency":"PKR"}}', "amount"),
        (b'{"id":"e","type":"payment.paid","data":{"reference":"D1","currency":"PKR","amount_paisa":1.5}}', "amount"),
        (b'{"id":"e","type":"payment.paid","data":{"reference":"D1","currency":"PKR","amount_paisa":NaN}}', "form"),
        (
            b'{"id":"e","type":"payment.paid","data":{"reference":"D1","currency":"PKR","amount_paisa":%s}}'
            % (b"9" * 5000),
            "amount",
        ),
        (b'{"id":"e","id":"f","type":"payment.paid","data":{}}', "form"),
    ],
)
def test_signed_events_that_make_no_sense_are_refused(body, code):
    from payments.providers.signing.webhook import signature_header

    headers = {SIGNATURE_HEADER: signature_header(body, KEY, at=AT)}
    assert sandbox().read_notice(body, headers, now=AT) == Refused(code)


@given(
    st.sampled_from(Scenario),
    st.sampled_from(Form),
    st.integers(1, 10**13),
    st.from_regex(r"[A-Z][A-Z0-9]{0,19}", fullmatch=True),
    st.integers(0, 10**6),
    st.integers(1, 1000),
    st.integers(1, 10**7),
)
def test_a_script_is_the_same_for_the_same_seed_and_in_order(scenario, form, amount, reference, seed, hurry, seconds):
    deal = Deal(reference, amount, AT, AT + seconds * SECOND)
    script = play(scenario, deal, key=KEY, form=form, seed=seed, hurry=hurry)

    assert script == play(scenario, deal, key=KEY, form=form, seed=seed, hurry=hurry)
    delays = [sent.delay for sent in script.sent]
    assert delays == sorted(delays)
    assert all(delay >= timedelta(0) for delay in delays)
    assert [since for since, _answer in script.answers] == sorted(since for since, _answer in script.answers)
    reads = [sandbox().read_notice(sent.body, dict(sent.headers), now=AT + sent.delay) for sent in script.sent]
    assert [isinstance(read, Refused) for read in reads] == [scenario in (Scenario.FORGED, Scenario.TRUNCATED)] * len(
        reads
    )


def test_another_seed_gives_other_numbers():
    assert len({play(Scenario.PAID, DEAL, key=KEY, seed=seed).provider_reference for seed in range(20)}) == 20


@given(st.sampled_from(Form), st.integers(0), st.integers(1, 255))
def test_one_changed_byte_is_refused_or_changes_nothing(form, at, difference):
    [sent] = play(Scenario.PAID, DEAL, key=KEY, form=form).sent
    read, now = sandbox().read_notice, AT + sent.delay
    right = read(sent.body, dict(sent.headers), now=now)
    changed = bytearray(sent.body)
    changed[at % len(changed)] ^= difference
    found = read(bytes(changed), dict(sent.headers), now=now)
    if form == Form.JSON:
        assert found == Refused("forged")
    else:
        assert isinstance(found, Refused) or found == right


# Refunds --------------------------------------------------------------------------------------------------------------
def test_refunds_are_given_once_each_and_never_more_than_was_paid():
    provider = sandbox()
    provider.begin(asked())
    now = AT + HOUR

    def back(reference: str, paisa: int) -> tuple[str, str]:
        answer = provider.refund(to_refund(refund_reference=reference, amount_paisa=paisa), now=now)
        return answer.outcome, answer.code

    assert back("F1", 1_000_000) == ("refunded", "")
    assert back("F1", 1_000_000) == ("refunded", "")
    assert back("F1", 999) == ("failed", "another_refund")
    assert back("F2", 1_500_001) == ("failed", "too_much")
    assert back("F2", 1_500_000) == ("refunded", "")
    assert back("F3", 1) == ("failed", "too_much")
    assert back("", 1) == ("failed", "reference")


@pytest.mark.parametrize("scenario", [Scenario.PENDING, Scenario.FAILED, Scenario.CONTRADICTED, Scenario.FORGED])
def test_what_was_not_paid_is_not_given_back(scenario):
    provider = sandbox(scenario=scenario)
    provider.begin(asked())
    assert provider.refund(to_refund(), now=AT + HOUR) == Answer(Outcome.FAILED, "not_paid")


def test_nothing_is_given_back_of_a_payment_that_nobody_began():
    assert sandbox().refund(to_refund(), now=AT) == Answer(Outcome.FAILED, "no_such_payment")


def test_the_key_is_not_printed():
    provider = sandbox()
    shown = repr(provider) + repr(provider.begin(asked())) + repr(play(Scenario.PAID, DEAL, key=KEY))
    assert KEY not in shown
    assert "3451234567" not in shown
