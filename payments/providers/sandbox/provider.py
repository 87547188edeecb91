"""The sandbox as a provider: begins, is told by signed notices, answers and gives back, by its scripts. Pure.

It reads notices as strictly as the real ones do: those in fields by JazzCash's own reader, those in JSON by the
signature of our webhooks. What it was asked it keeps in a `Memory`, as a provider keeps its payments.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from payments.providers import reading
from payments.providers.calling import Caller
from payments.providers.interface import (
    LARGEST_PAISA,
    RECEIVED,
    RUPEES,
    Answer,
    Begun,
    Can,
    Notice,
    Outcome,
    PaymentRequest,
    PostForm,
    RefundRequest,
    Refused,
    Reply,
    WaitForPhone,
)
from payments.providers.jazzcash import JazzCash
from payments.providers.signing import jazzcash as signing
from payments.providers.signing import webhook
from tdap_portal.core.marks import gettext_noop as _

from .script import MERCHANT, SIGNATURE_HEADER, Deal, Form, Scenario, Script, play

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TYPES: Final = {f"payment.{outcome}": outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class SandboxPayment:
    """A payment as the sandbox keeps it. refunds: by our reference of each, in paisa."""

    script: Script
    refunds: tuple[tuple[str, int], ...] = ()


class Memory(Protocol):
    """Where the sandbox keeps its payments, by our reference."""

    def find(self, reference: str) -> SandboxPayment | None: ...
    def keep(self, reference: str, played: SandboxPayment) -> None: ...


class ProcessMemory:
    """Kept in this process."""

    def __init__(self) -> None:
        self.kept: dict[str, SandboxPayment] = {}

    def find(self, reference: str) -> SandboxPayment | None:
        return self.kept.get(reference)

    def keep(self, reference: str, played: SandboxPayment) -> None:
        self.kept[reference] = played


@dataclass(frozen=True, slots=True)
class Sandbox:
    """key: signs everything. page: where the payer is sent to, "" for a wallet alone. scenario, form, seed, hurry: how
    each payment goes that is begun, until another scenario is called up for it."""

    key: str = field(repr=False)
    memory: Memory = field(repr=False)
    page: str = ""
    scenario: Scenario = Scenario.PAID
    form: Form = Form.JSON
    seed: int = 0
    hurry: int = 1
    code: str = "sandbox"
    name: str = _("Trial payment")
    reply: Reply = RECEIVED

    @property
    def can(self) -> frozenset[Can]:
        page = {Can.HOSTED_PAGE} if self.page else set()
        return frozenset({Can.WALLET_PUSH, Can.NOTICE, Can.QUERY, Can.REFUND} | page)

    @property
    def _order_key(self) -> str:
        """Orders go through the payer's browser: their hash must not hold for a notice."""
        return f"order {self.key}" if self.key else ""

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        """A form for its page, signed like JazzCash's; with the payer's number, or without a page, the telephone is
        asked. Begun again, a payment goes on as it went."""
        problem = request.problem()
        if problem:
            return Refused(problem)
        order = {
            "pp_Amount": str(request.amount_paisa),
            "pp_MerchantID": MERCHANT,
            "pp_ReturnURL": request.return_url,
            "pp_TxnCurrency": RUPEES,
            "pp_TxnDateTime": reading.stamp(request.at),
            "pp_TxnExpiryDateTime": reading.stamp(request.expires_at),
            "pp_TxnRefNo": request.reference,
        }
        try:
            order[signing.HASH] = signing.secure_hash(order, self._order_key)
        except ValueError:
            return Refused("text")
        if signing.is_ambiguous(order):
            return Refused("text")
        known = self.memory.find(request.reference)
        deal = Deal(request.reference, request.amount_paisa, request.at, request.expires_at)
        script = known.script if known else self.call_up(self.scenario, deal, form=self.form)
        step = PostForm(self.page, tuple(order.items())) if self.page and not request.mobile else WaitForPhone()
        if script.begun == Outcome.UNKNOWN:
            return Begun(step, request.expires_at, outcome=Outcome.UNKNOWN, code="too_slow")
        return Begun(step, request.expires_at, script.provider_reference)

    def read_order(self, fields: Mapping[str, str]) -> Deal | Refused:
        """What its page was posted: an order of ours, signed."""
        if not signing.is_signed(fields, self._order_key) or signing.is_ambiguous(fields):
            return Refused("forged")
        reference = reading.read_reference(fields.get("pp_TxnRefNo", ""))
        amount = reading.read_paisa(fields.get("pp_Amount", ""))
        at = reading.read_stamp(fields.get("pp_TxnDateTime", ""))
        due = reading.read_stamp(fields.get("pp_TxnExpiryDateTime", ""))
        if reference is None or amount is None or at is None or due is None:
            return Refused("fields")
        return Deal(reference, amount, at, due)

    def call_up(self, scenario: Scenario, deal: Deal, *, form: Form = Form.JSON) -> Script:
        """How this payment goes from now on; the notices of the script are for the caller to send. Refunds are
        forgotten."""
        script = play(scenario, deal, key=self.key, form=form, seed=self.seed, hurry=self.hurry)
        self.memory.keep(deal.reference, SandboxPayment(script))
        return script

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        header = reading.header(headers, SIGNATURE_HEADER)
        if not header and not reading.header(headers, "Content-Type").startswith("application/json"):
            jazzcash = JazzCash(Caller(self.code, ""), merchant_id=MERCHANT, password="", salt=self.key)
            return jazzcash.read_notice(body, headers, now=now)
        if len(body) > reading.MAX_BYTES:
            return Refused("form")
        problem = webhook.fault(header, body, secrets=(self.key,), now=now)
        return Refused(problem) if problem else _event(body)

    def ask(self, reference: str, *, now: datetime) -> Answer:
        played = self.memory.find(reference)
        return played.script.answer_at(now) if played else Answer(Outcome.UNKNOWN, "no_such_payment")

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        """The same refund_reference gives money back once; together never more than was paid."""
        problem = request.problem()
        played = self.memory.find(request.reference)
        if problem or played is None:
            return Answer(Outcome.FAILED, problem or "no_such_payment")
        paid = played.script.answer_at(now)
        back = dict(played.refunds)
        done = replace(
            paid, outcome=Outcome.REFUNDED, amount_paisa=request.amount_paisa, happened_at=now, fee_paisa=None
        )
        if paid.outcome != Outcome.PAID or paid.amount_paisa is None:
            return Answer(Outcome.FAILED, "not_paid")
        if request.refund_reference in back:
            same = back[request.refund_reference] == request.amount_paisa
            return done if same else Answer(Outcome.FAILED, "another_refund")
        if sum(back.values()) + request.amount_paisa > paid.amount_paisa:
            return Answer(Outcome.FAILED, "too_much")
        more = (request.refund_reference, request.amount_paisa)
        self.memory.keep(request.reference, replace(played, refunds=(*played.refunds, more)))
        return done


def _event(body: bytes) -> Notice | Refused:
    """A notice in JSON whose signature was looked at."""
    event = reading.read_json(body)
    data = event.get("data") if event else None
    if event is None or not isinstance(data, dict):
        return Refused("form")
    name = reading.read_reference(reading.text_of(event, "id"))
    outcome = TYPES.get(reading.text_of(event, "type"))
    reference = reading.read_reference(reading.text_of(data, "reference"))
    if name is None or outcome is None or reference is None:
        return Refused("fields")
    amount = reading.read_paisa(reading.text_of(data, "amount_paisa"))
    currency = reading.read_currency(reading.text_of(data, "currency"))
    if amount is None or amount > LARGEST_PAISA or currency is None:
        return Refused("amount")
    return Notice(
        event_id=name,
        reference=reference,
        provider_reference=reading.read_reference(reading.text_of(data, "provider_reference")) or "",
        outcome=outcome,
        amount_paisa=amount,
        currency=currency,
        happened_at=reading.read_iso(reading.text_of(data, "happened_at")),
        fee_paisa=reading.read_paisa(reading.text_of(data, "fee_paisa")),
        refund_reference=reading.read_reference(reading.text_of(data, "refund_reference")) or "",
    )
