"""Easypaisa: its hosted page in two steps, and the wallet that asks on the payer's telephone. Pure.

Sources: Easypay guides 4.1 and 6.1, public clients. Not confirmed, and so to be looked at on the merchant's own
staging first:
- how it tells of a payment: the guides send `?url=…`, an address to fetch, unsigned. We do not follow addresses that a
  stranger may have written: such a notice is refused ("unsigned"), and payments are found by asking. A JSON notice
  signed like the answers of the newer interface is believed.
- that answers of the newer interface are signed over the text of `response`; with a public key set, unsigned ones are
  not believed.
- how amounts (here "25000.0") and the moment of expiry (here "20270412 235959") are written in the hosted form.
- its responses beyond 0000. It has no refund by program: a person does it in the portal of Easypaisa.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tdap_portal.core.marks import gettext_noop as _

from . import reading
from .calling import Caller, NoResponse, Response
from .interface import (
    CANNOT,
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
from .signing import easypaisa as signing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

PAGE: Final = "/easypay/Index.jsf"
CONFIRM: Final = "/easypay/Confirm.jsf"
SERVICE: Final = "/easypay-service/rest/"
WALLET, INQUIRY = "initiate-ma-transaction", "inquire-transaction"
TIME: Final = "%d/%m/%Y %I:%M %p"
STATUSES: Final = {
    "PAID": Outcome.PAID,
    "PENDING": Outcome.PENDING,
    "INITIATED": Outcome.PENDING,
    "FAILED": Outcome.FAILED,
    "DROPPED": Outcome.FAILED,
    "EXPIRED": Outcome.FAILED,
    "BLOCKED": Outcome.FAILED,
    "REVERSED": Outcome.REFUNDED,
    "REFUNDED": Outcome.REFUNDED,
}


@dataclass(frozen=True, slots=True)
class Easypaisa:
    """hash_key: of the hosted page, 16 characters; "" where only the wallet is used. user, password: of the wallet's
    interface. private_key: ours, then the newer, signed interface is used; public_key: theirs, then only signed
    answers are believed."""

    caller: Caller
    store_id: str
    account: str = field(repr=False)
    hash_key: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    private_key: RSAPrivateKey | None = field(default=None, repr=False)
    public_key: RSAPublicKey | None = field(default=None, repr=False)
    code: str = "easypaisa"
    name: str = _("Easypaisa")
    reply: Reply = RECEIVED

    @property
    def can(self) -> frozenset[Can]:
        page = {Can.HOSTED_PAGE} if self.hash_key else set()
        wallet = {Can.WALLET_PUSH, Can.QUERY} if self.user else set()
        return frozenset(page | wallet | ({Can.NOTICE} if self.public_key else set()))

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        """With the payer's mobile number the telephone is asked, else a form is posted."""
        problem = request.problem()
        if problem:
            return Refused(problem)
        if request.mobile and self.user:
            return self._push(request)
        if not self.hash_key:
            return CANNOT
        fields = {
            "amount": amount_text(request.amount_paisa),
            "autoRedirect": "1",
            "expiryDate": reading.write_local(request.expires_at, "%Y%m%d %H%M%S"),
            "orderRefNum": request.reference,
            "postBackURL": request.return_url,
            "storeId": self.store_id,
        }
        try:
            signed = fields | {signing.HASH: signing.hashed_request(fields, self.hash_key)}
        except ValueError:
            return Refused("text")
        return Begun(PostForm(self.caller.base_url + PAGE, tuple(signed.items())), expires_at=request.expires_at)

    def confirm(self, auth_token: str, *, return_url: str) -> PostForm | Refused:
        """The second step of the hosted page: the token that came back with the payer is posted with where to come
        back to."""
        if not re.fullmatch(r"[A-Za-z0-9+/=_.~-]{1,500}", auth_token) or urlsplit(return_url).scheme not in {
            "http",
            "https",
        }:
            return Refused("token")
        return PostForm(self.caller.base_url + CONFIRM, (("auth_token", auth_token), ("postBackURL", return_url)))

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        if self.public_key is None:
            return Refused("unsigned")
        fields = signing.read_signed(body, self.public_key)
        if fields is None:
            return Refused("forged" if b'"signature"' in body else "unsigned")
        status = self._read(fields)
        reference = reading.read_reference(reading.text_of(fields, "orderId"))
        if reference is None or reading.text_of(fields, "storeId") not in {"", self.store_id}:
            return Refused("fields")
        if status.amount_paisa is None and "transactionAmount" in fields:
            return Refused("amount")
        return Notice(
            event_id=hashlib.sha256(body).hexdigest(),
            reference=reference,
            provider_reference=status.provider_reference,
            outcome=status.outcome,
            amount_paisa=status.amount_paisa,
            currency=RUPEES,
            happened_at=status.happened_at,
        )

    def ask(self, reference: str, *, now: datetime) -> Answer:
        if not self.user:
            return Answer(Outcome.UNKNOWN, "cannot_tell")
        if reading.read_reference(reference) is None:
            return Answer(Outcome.UNKNOWN, "reference")
        fields = self._call(INQUIRY, {"orderId": reference, "storeId": self.store_id, "accountNum": self.account})
        if isinstance(fields, NoResponse):
            return Answer(Outcome.UNKNOWN, fields.code)
        if reading.text_of(fields, "orderId") not in {"", reference}:
            return Answer(Outcome.UNKNOWN, "another_payment")
        code = _response_code(fields)
        return self._read(fields) if code == "0000" else Answer(Outcome.UNKNOWN, f"code_{code}" if code else "no_code")

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        return Answer(Outcome.FAILED, CANNOT.code)

    def _push(self, request: PaymentRequest) -> Begun | Refused:
        if not re.fullmatch(r"\+923[0-9]{9}", request.mobile):
            return Refused("payer")
        fields = self._call(
            WALLET,
            {
                "orderId": request.reference,
                "storeId": self.store_id,
                "transactionAmount": reading.rupees(request.amount_paisa),
                "transactionType": "MA",
                "mobileAccountNo": "0" + request.mobile.removeprefix("+92"),
                "emailAddress": request.email,
            },
        )
        waiting = Begun(WaitForPhone(), expires_at=request.expires_at, outcome=Outcome.UNKNOWN)
        if isinstance(fields, NoResponse):
            if not fields.may_have_acted:
                return Refused(fields.code)
            return Begun(waiting.step, waiting.expires_at, outcome=Outcome.UNKNOWN, code=fields.code)
        code = _response_code(fields)
        theirs = reading.read_reference(reading.text_of(fields, "transactionId")) or ""
        if not code or reading.text_of(fields, "orderId") not in {"", request.reference}:
            return Begun(waiting.step, waiting.expires_at, outcome=Outcome.UNKNOWN, code="form")
        # 0000 of the wallet says that it was paid; whether it was, the inquiry tells.
        outcome = Outcome.PENDING if code == "0000" else Outcome.UNKNOWN
        return Begun(waiting.step, waiting.expires_at, theirs, outcome, "" if code == "0000" else f"code_{code}")

    def _call(self, act: str, request: dict[str, str]) -> dict[str, Any] | NoResponse:
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        if self.private_key is None:
            path, body = f"{SERVICE}v4/{act}", json.dumps(request).encode("ascii")
        else:
            path, body = f"{SERVICE}v5/{act}", signing.signed_request(request, self.private_key)
        answer = self.caller.post(path, body, headers={"Credentials": credentials})
        return self._opened(answer) if isinstance(answer, Response) else answer

    def _opened(self, answer: Response) -> dict[str, Any] | NoResponse:
        if self.public_key is not None:
            found = signing.read_signed(answer.body, self.public_key)
            return NoResponse("unsigned", may_have_acted=True) if found is None else found
        envelope = reading.read_json(answer.body)
        if envelope is None:
            return NoResponse("form", may_have_acted=True)
        inner = envelope.get("response")
        return inner if isinstance(inner, dict) else envelope

    def _read(self, fields: dict[str, Any]) -> Answer:
        status = reading.text_of(fields, "transactionStatus").strip().upper()
        return Answer(
            STATUSES.get(status, Outcome.UNKNOWN),
            "" if status in STATUSES else "no_status",
            provider_reference=reading.read_reference(reading.text_of(fields, "transactionId")) or "",
            amount_paisa=reading.read_rupees(reading.text_of(fields, "transactionAmount")),
            currency=RUPEES,
            happened_at=reading.read_local(reading.text_of(fields, "transactionDateTime").strip(), TIME),
        )


def amount_text(paisa: int) -> str:
    """ "25000.0" or "25000.50"."""
    return reading.rupees(paisa).removesuffix("0") if paisa % 100 == 0 else reading.rupees(paisa)


def _response_code(fields: dict[str, Any]) -> str:
    """Four digits, "" where there are none. One published answer has a space behind the name."""
    code = reading.text_of(fields, "responseCode") or reading.text_of(fields, "responseCode ")
    return code if re.fullmatch(r"[0-9]{4}", code) else ""
