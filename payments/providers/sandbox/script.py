"""What a provider does after a payment was begun: which notices it sends when, and what it says when it is asked.
Pure.

The same deal, key, scenario, form and seed give the same bytes. The payer in the notices is invented, with numbers of
every kind that must never come into a log.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from payments.providers import reading
from payments.providers.interface import RUPEES, Answer, Outcome
from payments.providers.signing import jazzcash, webhook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SIGNATURE_HEADER: Final = "Sandbox-Signature"
MERCHANT: Final = "SANDBOX"
PAYER: Final = {"mobile": "+923451234567", "cnic": "3520212345671", "iban": "PK36SCBL0000001123456702"}
FEE_BASIS_POINTS: Final = 120
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BEGINNING: Final = timedelta(0)


class Scenario(StrEnum):
    """How a payment goes."""

    PAID = "paid"  # one notice, soon
    PENDING = "pending"  # open, and stays open
    LATE = "late"  # paid ten seconds after it was due
    SLOW = "slow"  # paid twenty seconds before it was due; the notice comes hours later
    DUPLICATE = "duplicate"  # the same notice three times
    REORDERED = "reordered"  # paid; then the "pending" of before comes
    FORGED = "forged"  # not paid; three notices that say so, none of them signed by us
    WRONG_AMOUNT = "wrong_amount"  # a tenth of what was asked
    WRONG_CURRENCY = "wrong_currency"
    TRUNCATED = "truncated"  # paid; of its notice half comes, and that half again with a signature of its own
    TIMED_OUT = "timed_out"  # the beginning was not answered, but it was paid
    FAILED = "failed"
    UNKNOWN_PAYMENT = "unknown_payment"  # a notice about a payment that nobody began; ours is not known there
    EARLY = "early"  # the notice is there before the beginning was answered
    NO_NOTICE = "no_notice"  # paid, and found by asking alone
    NEXT_DAY = "next_day"  # paid, and found by asking; the notice comes a day later
    TAKEN_BACK = "taken_back"  # paid; then a notice says failed, which the answer does not bear out
    CONTRADICTED = "contradicted"  # the notice says paid, the answer says failed


class Form(StrEnum):
    """How a notice is written: fields with JazzCash's hash, or JSON with a signature in its header."""

    FIELDS = "fields"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Deal:
    """The payment that is played. at: when it was begun; due_at: after that it is late."""

    reference: str
    amount_paisa: int
    at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ScriptedNotice:
    """A notice: so long after the payment was begun, these bytes under these headers."""

    delay: timedelta
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Script:
    """begun: what the beginning was answered with. sent: in the order of their delays. answers: from when on each one
    is given."""

    scenario: Scenario
    at: datetime
    begun: Outcome
    provider_reference: str
    sent: tuple[ScriptedNotice, ...]
    answers: tuple[tuple[timedelta, Answer], ...]

    def answer_at(self, now: datetime) -> Answer:
        """What it says when it is asked then."""
        facts = self.answers[0][1]
        for since, answer in self.answers:
            if now - self.at >= since:
                facts = answer
        return facts


def play(scenario: Scenario, deal: Deal, *, key: str, form: Form = Form.JSON, seed: int = 0, hurry: int = 1) -> Script:
    """The script of a scenario. key: signs the notices. hurry: everything comes so many times sooner; what the notices
    say of their moment stays, so that a late payment stays late."""
    return _Writer(deal, key, form, seed, scenario, hurry).script()


def refund_notice(deal: Deal, amount_paisa: int, refund_reference: str, *, key: str, at: datetime) -> ScriptedNotice:
    """What it sends of a refund. refund_reference: ours, "" for a company that does not name it."""
    writer = _Writer(deal, key, Form.JSON, 0, Scenario.PAID, 1)
    facts = _NoticeFacts(at - deal.at, Outcome.REFUNDED, at, amount_paisa)
    return writer.refunded(facts, refund_reference)


def key_of(text: str) -> str:
    """Another key than `text`, as a forger might guess."""
    return hashlib.sha256(f"forged {text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _NoticeFacts:
    """One notice before it is written. about: another payment's reference, "" for this one."""

    delay: timedelta
    outcome: Outcome
    happened: datetime
    amount_paisa: int
    currency: str = RUPEES
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Writer:
    deal: Deal
    key: str
    form: Form
    seed: int
    scenario: Scenario
    hurry: int

    def script(self) -> Script:
        sent = sorted(self._sent(), key=lambda each: each.delay)
        begun = Outcome.UNKNOWN if self.scenario == Scenario.TIMED_OUT else Outcome.PENDING
        return Script(self.scenario, self.deal.at, begun, self._theirs(), tuple(sent), tuple(self._answers()))

    # What is sent ----------------------------------------------------------------------------------------------------
    def _sent(self) -> list[ScriptedNotice]:
        paid, still_open = self._paid(), self._open()
        failed = _NoticeFacts(16 * SECOND, Outcome.FAILED, self.deal.at + 15 * SECOND, self.deal.amount_paisa)
        if self.scenario == Scenario.FORGED:
            return self._forged(paid)
        if self.scenario == Scenario.TRUNCATED:
            return self._truncated(paid)
        notices: dict[Scenario, list[_NoticeFacts]] = {
            Scenario.PENDING: [still_open],
            Scenario.DUPLICATE: [paid, replace(paid, delay=21 * SECOND), replace(paid, delay=HOUR)],
            Scenario.REORDERED: [paid, replace(still_open, delay=80 * SECOND)],
            Scenario.FAILED: [failed],
            Scenario.NO_NOTICE: [],
            Scenario.TAKEN_BACK: [paid, replace(failed, delay=2 * MINUTE)],
        }
        return [self._written(each) for each in notices.get(self.scenario, [paid])]

    def _paid(self) -> _NoticeFacts:
        """The notice that says paid, with what is wrong about it in this scenario."""
        deal = self.deal
        right = _NoticeFacts(20 * SECOND, Outcome.PAID, deal.at + 18 * SECOND, deal.amount_paisa)
        late, just = deal.due_at + 10 * SECOND, max(deal.at, deal.due_at - 20 * SECOND)
        wrong: dict[Scenario, _NoticeFacts] = {
            Scenario.LATE: replace(right, delay=late - deal.at + SECOND, happened=late),
            Scenario.SLOW: replace(right, delay=deal.due_at - deal.at + 150 * MINUTE, happened=just),
            Scenario.TIMED_OUT: replace(right, delay=15 * MINUTE),
            Scenario.EARLY: replace(right, delay=BEGINNING, happened=deal.at),
            Scenario.NEXT_DAY: replace(right, delay=24 * HOUR),
            Scenario.WRONG_AMOUNT: replace(right, amount_paisa=deal.amount_paisa // 10 or deal.amount_paisa + 1),
            Scenario.WRONG_CURRENCY: replace(right, currency="USD"),
            Scenario.UNKNOWN_PAYMENT: replace(right, about=f"X{self._digits('stranger', 9)}"),
        }
        return wrong.get(self.scenario, right)

    def _open(self) -> _NoticeFacts:
        return _NoticeFacts(5 * SECOND, Outcome.PENDING, self.deal.at + 5 * SECOND, self.deal.amount_paisa)

    def _forged(self, paid: _NoticeFacts) -> list[ScriptedNotice]:
        """Signed with another key; changed after it was signed; not signed at all."""
        other = self._written(paid, key=key_of(self.key))
        true = self._written(paid)
        old, new = str(self.deal.amount_paisa), str(self.deal.amount_paisa + 1)
        changed = ScriptedNotice(true.delay + SECOND, true.body.replace(old.encode(), new.encode()), true.headers)
        if self.form == Form.JSON:
            unsigned = ScriptedNotice(true.delay + 2 * SECOND, true.body, true.headers[:1])
        else:
            body = true.body.partition(f"&{jazzcash.HASH}=".encode())[0]
            unsigned = ScriptedNotice(true.delay + 2 * SECOND, body, true.headers)
        return [other, changed, unsigned]

    def _truncated(self, paid: _NoticeFacts) -> list[ScriptedNotice]:
        """Cut off on its way; in JSON also cut off before it was signed."""
        true = self._written(paid)
        half = true.body[: len(true.body) // 2]
        cut = [ScriptedNotice(true.delay, half, true.headers)]
        return [*cut, self._signed(half, true.delay, self.key)] if self.form == Form.JSON else cut

    def _written(self, facts: _NoticeFacts, *, key: str = "") -> ScriptedNotice:
        wait = facts.delay / self.hurry
        if self.form == Form.FIELDS:
            return self._fields(facts, key or self.key, wait)
        body = json.dumps(self._event(facts), separators=(",", ":")).encode("ascii")
        return self._signed(body, wait, key or self.key)

    def refunded(self, facts: _NoticeFacts, refund_reference: str) -> ScriptedNotice:
        event = dict(self._event(facts))
        data = event["data"]
        assert isinstance(data, dict)  # noqa: S101  it was made a line before
        name = self._digest(f"{refund_reference}{facts.amount_paisa}{facts.delay}", facts.outcome)[:20]
        told = {"id": f"evt_{name}", "data": data | {"refund_reference": refund_reference}}
        return self._signed(json.dumps(event | told, separators=(",", ":")).encode("ascii"), facts.delay, self.key)

    def _signed(self, body: bytes, wait: timedelta, key: str) -> ScriptedNotice:
        header = webhook.signature_header(body, key, at=self.deal.at + wait)
        return ScriptedNotice(wait, body, (("Content-Type", "application/json"), (SIGNATURE_HEADER, header)))

    def _event(self, facts: _NoticeFacts) -> Mapping[str, object]:
        reference = facts.about or self.deal.reference
        return {
            "id": f"evt_{self._digest(reference, facts.outcome)[:24]}",
            "type": f"payment.{facts.outcome}",
            "data": {
                "reference": reference,
                "provider_reference": self._theirs(facts.about),
                "amount_paisa": facts.amount_paisa,
                "currency": facts.currency,
                "happened_at": facts.happened.isoformat(timespec="seconds"),
                "fee_paisa": fee(facts.amount_paisa) if facts.outcome == Outcome.PAID else 0,
                "payer": PAYER,
            },
        }

    def _fields(self, facts: _NoticeFacts, key: str, wait: timedelta) -> ScriptedNotice:
        codes = {Outcome.PAID: "000", Outcome.PENDING: "157", Outcome.FAILED: "101"}
        fields = {
            "pp_Amount": str(facts.amount_paisa),
            "pp_BillReference": facts.about or self.deal.reference,
            "pp_CNIC": PAYER["cnic"],
            "pp_MerchantID": MERCHANT,
            "pp_MobileNumber": "0" + PAYER["mobile"].removeprefix("+92"),
            "pp_ResponseCode": codes[facts.outcome],
            "pp_ResponseMessage": f"The payment is {facts.outcome}.",
            "pp_RetreivalReferenceNo": self._theirs(facts.about),
            "pp_SettlementExpiry": "",
            "pp_TxnCurrency": facts.currency,
            "pp_TxnDateTime": reading.stamp(facts.happened),
            "pp_TxnRefNo": facts.about or self.deal.reference,
            "pp_TxnType": "MWALLET",
            "pp_Version": "2.0",
            "ppmpf_1": PAYER["iban"],
        }
        body = reading.form(fields | {jazzcash.HASH: jazzcash.secure_hash(fields, key)})
        return ScriptedNotice(wait, body, (("Content-Type", "application/x-www-form-urlencoded"),))

    # What is answered ------------------------------------------------------------------------------------------------
    def _answers(self) -> list[tuple[timedelta, Answer]]:
        deal, paid = self.deal, self._paid()
        still_open = self._answer(Outcome.PENDING)
        if self.scenario in {Scenario.PENDING, Scenario.FORGED}:
            return [(BEGINNING, still_open)]
        if self.scenario == Scenario.UNKNOWN_PAYMENT:
            return [(BEGINNING, Answer(Outcome.UNKNOWN, "no_such_payment"))]
        if self.scenario in {Scenario.FAILED, Scenario.CONTRADICTED}:
            return [(BEGINNING, still_open), (15 * SECOND / self.hurry, self._answer(Outcome.FAILED, code="code_101"))]
        done = self._answer(
            Outcome.PAID, amount_paisa=paid.amount_paisa, currency=paid.currency, happened_at=paid.happened
        )
        if self.scenario == Scenario.TIMED_OUT:
            silent = Answer(Outcome.UNKNOWN, "too_slow")
            return [(BEGINNING, silent), (MINUTE / self.hurry, still_open), (10 * MINUTE / self.hurry, done)]
        return [(BEGINNING, still_open), ((paid.happened - deal.at) / self.hurry, done)]

    def _answer(
        self,
        outcome: Outcome,
        *,
        code: str = "",
        amount_paisa: int | None = None,
        currency: str = RUPEES,
        happened_at: datetime | None = None,
    ) -> Answer:
        amount = self.deal.amount_paisa if amount_paisa is None else amount_paisa
        cost = fee(amount) if outcome == Outcome.PAID else None
        return Answer(outcome, code, self._theirs(), amount, currency, happened_at, cost)

    # Numbers ---------------------------------------------------------------------------------------------------------
    def _theirs(self, about: str = "") -> str:
        return self._digits(about or self.deal.reference, 12)

    def _digits(self, name: str, count: int) -> str:
        return str(int(hashlib.sha256(f"{self.seed}:{self.deal.reference}:{name}".encode()).hexdigest(), 16))[-count:]

    def _digest(self, reference: str, outcome: Outcome) -> str:
        return hashlib.sha256(f"{self.seed}:{self.scenario}:{reference}:{outcome}".encode()).hexdigest()


def fee(paisa: int) -> int:
    """What the sandbox keeps of a payment, half a paisa rounded up."""
    return (paisa * FEE_BASIS_POINTS + 5_000) // 10_000
