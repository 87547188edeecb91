"""A gateway of Alipay's type: a page, signed notices, questions and refunds, all RSA2. Pure.

Sources: Antom's documentation of the old gateway, python-alipay-sdk 3.4.0. Notices carry no currency: it is that of
the contract (`currency`), and another one than the payment's is refused. Its clocks are China's unless told otherwise.
The page that the payer comes back to proves nothing and is not read.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tdap_portal.core.marks import gettext_noop as _

from . import reading
from .calling import Caller, NoResponse
from .interface import (
    RUPEES,
    Answer,
    Begun,
    Can,
    Notice,
    Outcome,
    PaymentRequest,
    Redirect,
    RefundRequest,
    Refused,
    Reply,
)
from .signing import alipay as signing
from .signing import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

GATEWAY: Final = "/gateway.do"
CHINA: Final = ZoneInfo("Asia/Shanghai")
TIME: Final = "%Y-%m-%d %H:%M:%S"
MAX_SUBJECT: Final = 128
THANKS: Final = Reply(signing.THANKS)
STATUSES: Final = {
    "WAIT_BUYER_PAY": Outcome.PENDING,
    "TRADE_SUCCESS": Outcome.PAID,
    "TRADE_FINISHED": Outcome.PAID,
    "TRADE_CLOSED": Outcome.FAILED,
}
NOT_THERE: Final = "ACQ.TRADE_NOT_EXIST"


@dataclass(frozen=True, slots=True)
class Alipay:
    """private_key: ours; public_key: Alipay's. currency: of the contract."""

    caller: Caller
    app_id: str
    private_key: RSAPrivateKey = field(repr=False)
    public_key: RSAPublicKey = field(repr=False)
    currency: str = "CNY"
    zone: ZoneInfo = CHINA
    code: str = "alipay"
    name: str = _("Alipay")
    reply: Reply = THANKS

    @property
    def can(self) -> frozenset[Can]:
        return frozenset({Can.HOSTED_PAGE, Can.NOTICE, Can.QUERY, Can.REFUND})

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        """Payments are in rupees: with a contract in another currency none is begun."""
        problem = request.problem() or ("" if self.currency == RUPEES else "currency")
        if problem:
            return Refused(problem)
        order = {
            "out_trade_no": request.reference,
            "total_amount": reading.rupees(request.amount_paisa),
            "subject": request.description[:MAX_SUBJECT],
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "time_expire": reading.write_local(request.expires_at, TIME, zone=self.zone),
        }
        try:
            fields = self._signed("alipay.trade.page.pay", order, request.at, request.return_url, request.notice_url)
        except ValueError:
            return Refused("text")
        return Begun(Redirect(f"{self.caller.base_url}{GATEWAY}?{urlencode(fields)}"), expires_at=request.expires_at)

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        fields = reading.read_form(body)
        if fields is None:
            return Refused("form")
        if not signing.is_signed_notice(fields, self.public_key):
            return Refused("forged" if fields.get(signing.SIGN) else "unsigned")
        reference = reading.read_reference(fields.get("out_trade_no", ""))
        status = STATUSES.get(fields.get("trade_status", ""))
        if reference is None or status is None:
            return Refused("fields")
        if fields.get("app_id", "") != self.app_id:
            return Refused("another_merchant")
        back = fields.get("refund_fee", "")
        amount = reading.read_rupees(back or fields.get("total_amount", ""))
        if amount is None:
            return Refused("amount")
        moment = fields.get("gmt_refund" if back else "gmt_payment") or fields.get("gmt_close") or ""
        notify_id = fields.get("notify_id", "")
        return Notice(
            event_id=hashlib.sha256((notify_id or signing.notice_text(fields)).encode()).hexdigest(),
            reference=reference,
            provider_reference=reading.read_reference(fields.get("trade_no", "")) or "",
            outcome=Outcome.REFUNDED if back else status,
            amount_paisa=amount,
            currency=self.currency,
            happened_at=self._moment(moment),
            refund_reference=(reading.read_reference(fields.get("out_biz_no", "")) or "") if back else "",
        )

    def ask(self, reference: str, *, now: datetime) -> Answer:
        if reading.read_reference(reference) is None:
            return Answer(Outcome.UNKNOWN, "reference")
        fields = self._question("alipay.trade.query", {"out_trade_no": reference}, now)
        if isinstance(fields, Answer):
            return fields
        if reading.text_of(fields, "out_trade_no") != reference:
            return Answer(Outcome.UNKNOWN, "another_payment")
        outcome = STATUSES.get(reading.text_of(fields, "trade_status"), Outcome.UNKNOWN)
        return Answer(
            outcome,
            "no_status" if outcome == Outcome.UNKNOWN else "",
            provider_reference=reading.read_reference(reading.text_of(fields, "trade_no")) or "",
            amount_paisa=reading.read_rupees(reading.text_of(fields, "total_amount")),
            currency=self.currency,
            happened_at=self._moment(reading.text_of(fields, "send_pay_date")),
        )

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        """The same refund_reference sends the money once, however often it is asked for."""
        problem = request.problem()
        if problem:
            return Answer(Outcome.FAILED, problem)
        order = {
            "out_trade_no": request.reference,
            "refund_amount": reading.rupees(request.amount_paisa),
            "out_request_no": request.refund_reference,
            "refund_reason": request.reason[:MAX_SUBJECT],
        }
        try:
            fields = self._question("alipay.trade.refund", order, now)
        except ValueError:
            return Answer(Outcome.FAILED, "text")
        if isinstance(fields, Answer):
            return fields
        if reading.text_of(fields, "out_trade_no") != request.reference:
            return Answer(Outcome.UNKNOWN, "another_payment")
        return Answer(
            Outcome.REFUNDED,
            provider_reference=reading.read_reference(reading.text_of(fields, "trade_no")) or "",
            amount_paisa=request.amount_paisa,
            currency=self.currency,
        )

    def _signed(
        self, method: str, order: dict[str, str], at: datetime, return_url: str = "", notice_url: str = ""
    ) -> dict[str, str]:
        return signing.signed_request(
            {
                "app_id": self.app_id,
                "method": method,
                "format": "JSON",
                "charset": "utf-8",
                "timestamp": reading.write_local(at, TIME, zone=self.zone),
                "version": "1.0",
                "return_url": return_url,
                "notify_url": notice_url,
                "biz_content": json.dumps(order, ensure_ascii=False, separators=(",", ":")),
            },
            self.private_key,
        )

    def _question(self, method: str, order: dict[str, str], now: datetime) -> dict[str, Any] | Answer:
        """The fields of a signed answer that says 10000; an Answer UNKNOWN or FAILED in place of any other."""
        answer = self.caller.post_form(GATEWAY, self._signed(method, order, now))
        if isinstance(answer, NoResponse):
            return Answer(Outcome.UNKNOWN, answer.code)
        member = f"{method.replace('.', '_')}_response"
        envelope = reading.read_json(answer.body) or {}
        fields, written = envelope.get(member), None
        if isinstance(fields, dict):
            written = reading.raw_member(answer.body, member)
        if not isinstance(fields, dict) or written is None:
            return Answer(Outcome.UNKNOWN, "form")
        if not rsa.is_signed(written, reading.text_of(envelope, signing.SIGN), self.public_key):
            return Answer(Outcome.UNKNOWN, "unsigned")
        code, more = reading.text_of(fields, "code"), reading.text_of(fields, "sub_code")
        if code == "10000":
            return fields
        if more == NOT_THERE:
            return Answer(Outcome.UNKNOWN, "no_such_payment")
        # 20000: their fault, it may have happened; 40004 and the like: they say no.
        reason = f"code_{code}" if re.fullmatch(r"[0-9]{5}", code) else "no_code"
        refused = method.endswith("refund") and code.startswith("4") and more != "ACQ.SYSTEM_ERROR"
        return Answer(Outcome.FAILED if refused else Outcome.UNKNOWN, reason)

    def _moment(self, text: str) -> datetime | None:
        return reading.read_local(text.partition(".")[0], TIME, zone=self.zone)
