"""JazzCash: its hosted page, and the wallet that asks on the payer's telephone. Pure.

Sources: API reference 4.2, published examples. Not confirmed, and so to be looked at on the merchant's own sandbox
first:
- `pp_TxnDateTime` of a notice was, in every example seen, the moment that we sent; whether it is ever that of the
  payment is not told. An attempt therefore never lives longer than the payment is due (`PaymentRequest.expires_at`).
- 121 and 000 mean paid, 124 and 157 still open, 999 and 115 nothing about the payment; all other codes are taken as
  failed only where `pp_Status` does not speak against it.
- Answers of the status question carry no amount in the examples; a wallet's refund wants the merchant's PIN.
- What JazzCash wants to read after a notice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tdap_portal.core.marks import gettext_noop as _

from . import reading
from .calling import Caller, NoResponse
from .interface import (
    CANNOT,
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
from .signing import jazzcash as signing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PAGE: Final = "/CustomerPortal/transactionmanagement/merchantform/"
WALLET: Final = "/ApplicationAPI/API/2.0/Purchase/DoMWalletTransaction"
INQUIRY: Final = "/ApplicationAPI/API/PaymentInquiry/Inquire"
REFUND: Final = "/ApplicationAPI/API/Purchase/domwalletrefundtransaction"
MAX_DESCRIPTION: Final = 200
PAID: Final = frozenset({"000", "121"})
OPEN: Final = frozenset({"124", "157"})
NOTHING_SAID: Final = frozenset({"", "110", "115", "199", "999"})
"""Codes about the question or about a fault of theirs, not about the payment."""
THANKS: Final = Reply('{"pp_ResponseCode":"000"}', "application/json")
_FORBIDDEN = re.compile(r"""[<>*=%/:'|"{}&\x00-\x1f\x7f]+""")


@dataclass(frozen=True, slots=True)
class JazzCash:
    """caller: to the sandbox or the payments host. salt: the integrity salt. mpin: needed for refunds alone."""

    caller: Caller
    merchant_id: str
    password: str = field(repr=False)
    salt: str = field(repr=False)
    mpin: str = field(default="", repr=False)
    code: str = "jazzcash"
    name: str = _("JazzCash")
    reply: Reply = THANKS

    @property
    def can(self) -> frozenset[Can]:
        refund = {Can.REFUND} if self.mpin else set()
        return frozenset({Can.HOSTED_PAGE, Can.WALLET_PUSH, Can.NOTICE, Can.QUERY} | refund)

    def begin(self, request: PaymentRequest) -> Begun | Refused:
        """With the payer's mobile number and the last six digits of the CNIC the telephone is asked, else a form is
        posted."""
        problem = request.problem() or ("return_url" if "&" in request.return_url else "")
        if problem:
            return Refused(problem)
        try:
            if request.mobile and request.cnic:
                return self._push(request)
            return Begun(
                PostForm(self.caller.base_url + PAGE, tuple(self._signed(self._form(request)).items())),
                expires_at=request.expires_at,
            )
        except ValueError:
            return Refused("text")

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notice | Refused:
        """A posted form (the return page's and the IPN's are alike), or the same as JSON."""
        if reading.header(headers, "Content-Type").partition(";")[0].strip().lower() == "application/json":
            fields = _texts(reading.read_json(body))
        else:
            fields = reading.read_form(body)
        return Refused("form") if fields is None else self._notice(fields)

    def ask(self, reference: str, *, now: datetime) -> Answer:
        if reading.read_reference(reference) is None:
            return Answer(Outcome.UNKNOWN, "reference")
        fields = self._question(INQUIRY, {"pp_TxnRefNo": reference})
        if isinstance(fields, Answer):
            return fields
        if fields.get("pp_TxnRefNo", reference) != reference:
            return Answer(Outcome.UNKNOWN, "another_payment")
        code = fields.get("pp_PaymentResponseCode", "")
        asked_well = fields.get("pp_ResponseCode", "") == "000"
        outcome = _status(fields.get("pp_Status", ""), code) if asked_well else Outcome.UNKNOWN
        return _answer(fields, outcome, "" if outcome in {Outcome.PAID, Outcome.PENDING} else _told(fields, code))

    def refund(self, request: RefundRequest, *, now: datetime) -> Answer:
        """JazzCash takes no number of ours for a refund: one that was not understood is not sent again."""
        if not self.mpin:
            return Answer(Outcome.FAILED, CANNOT.code)
        problem = request.problem()
        if problem:
            return Answer(Outcome.FAILED, problem)
        fields = self._question(
            REFUND,
            {
                "pp_TxnRefNo": request.reference,
                "pp_Amount": str(request.amount_paisa),
                "pp_TxnCurrency": RUPEES,
                "pp_MerchantMPIN": self.mpin,
            },
        )
        if isinstance(fields, Answer):
            return fields
        code = fields.get("pp_ResponseCode", "")
        outcome = Outcome.REFUNDED if code in PAID else Outcome.UNKNOWN if code in NOTHING_SAID else Outcome.FAILED
        return _answer(fields, outcome, "" if outcome == Outcome.REFUNDED else _told(fields, code))

    # What is sent ----------------------------------------------------------------------------------------------------
    def _form(self, request: PaymentRequest) -> dict[str, str]:
        return {
            "pp_Version": "1.1",
            "pp_TxnType": "",
            "pp_Language": "EN",
            "pp_MerchantID": self.merchant_id,
            "pp_SubMerchantID": "",
            "pp_Password": self.password,
            "pp_BankID": "",
            "pp_ProductID": "",
            "pp_TxnRefNo": request.reference,
            "pp_Amount": str(request.amount_paisa),
            "pp_TxnCurrency": RUPEES,
            "pp_TxnDateTime": reading.stamp(request.at),
            "pp_BillReference": request.reference,
            "pp_Description": description(request.description),
            "pp_TxnExpiryDateTime": reading.stamp(request.expires_at),
            "pp_ReturnURL": request.return_url,
        }

    def _signed(self, fields: dict[str, str]) -> dict[str, str]:
        """Raises ValueError for half letters."""
        return fields | {signing.HASH: signing.secure_hash(fields, self.salt)}

    def _push(self, request: PaymentRequest) -> Begun | Refused:
        digits = re.sub(r"[^0-9]", "", request.cnic)
        if not re.fullmatch(r"\+923[0-9]{9}", request.mobile) or len(digits) < 6:
            return Refused("payer")
        form = self._form(request) | {"pp_Version": "2.0", "pp_TxnType": "MWALLET"}
        del form["pp_ReturnURL"]
        form |= {"pp_MobileNumber": "0" + request.mobile.removeprefix("+92"), "pp_CNIC": digits[-6:]}
        answer = self.caller.post(WALLET, json.dumps(self._signed(form)).encode("ascii"))
        if isinstance(answer, NoResponse):
            if not answer.may_have_acted:
                return Refused(answer.code)
            return Begun(WaitForPhone(), expires_at=request.expires_at, outcome=Outcome.UNKNOWN, code=answer.code)
        fields = _texts(reading.read_json(answer.body)) or {}
        notice = self._notice(fields)
        if isinstance(notice, Refused) or (notice.reference, notice.amount_paisa) != (
            request.reference,
            request.amount_paisa,
        ):
            code = notice.code if isinstance(notice, Refused) else "another_payment"
            return Begun(WaitForPhone(), expires_at=request.expires_at, outcome=Outcome.UNKNOWN, code=code)
        return Begun(
            WaitForPhone(),
            expires_at=request.expires_at,
            provider_reference=notice.provider_reference,
            outcome=notice.outcome,
            code="" if notice.outcome in {Outcome.PAID, Outcome.PENDING} else _told(fields, fields["pp_ResponseCode"]),
        )

    def _question(self, path: str, fields: dict[str, str]) -> dict[str, str] | Answer:
        """The fields of a signed answer; an Answer UNKNOWN (FAILED where nothing was sent and nothing is known) in
        place of them."""
        signed = self._signed({**fields, "pp_MerchantID": self.merchant_id, "pp_Password": self.password})
        answer = self.caller.post(path, json.dumps(signed).encode("ascii"))
        if isinstance(answer, NoResponse):
            return Answer(Outcome.UNKNOWN, answer.code)
        found = _texts(reading.read_json(answer.body))
        if found is None:
            return Answer(Outcome.UNKNOWN, "form")
        if not signing.is_signed(found, self.salt):
            return Answer(Outcome.UNKNOWN, "unsigned")
        if signing.is_ambiguous(found):
            return Answer(Outcome.UNKNOWN, "ambiguous")
        return signing.signed_fields(found)

    def _is_ours(self, fields: dict[str, str]) -> bool:
        """Whether these are the fields of our own form under other names: it carries a valid hash through the payer's
        browser, and a description "000" could come back as the response code. Wherever it was moved, the password is
        among them."""
        return any(value == self.password for name, value in fields.items() if name != "pp_Password" and self.password)

    # What is heard ---------------------------------------------------------------------------------------------------
    def _notice(self, given: dict[str, str]) -> Notice | Refused:
        if not signing.is_signed(given, self.salt):
            return Refused("forged" if given.get(signing.HASH) else "unsigned")
        fields = signing.signed_fields(given)
        if signing.is_ambiguous(given) or self._is_ours(fields):
            return Refused("ambiguous")
        if fields.get("pp_MerchantID", self.merchant_id) != self.merchant_id:
            return Refused("another_merchant")
        reference = reading.read_reference(fields.get("pp_TxnRefNo", ""))
        code = fields.get("pp_ResponseCode", "")
        if reference is None or not re.fullmatch(r"[0-9]{1,6}", code):
            return Refused("fields")
        amount = reading.read_paisa(fields["pp_Amount"]) if "pp_Amount" in fields else None
        currency = reading.read_currency(fields.get("pp_TxnCurrency", RUPEES))
        theirs = reading.read_reference(_theirs(fields))
        if (amount is None and "pp_Amount" in fields) or currency is None:
            return Refused("amount")
        return Notice(
            event_id=given[signing.HASH].upper(),
            reference=reference,
            provider_reference=theirs or "",
            outcome=_outcome(code),
            amount_paisa=amount,
            currency=currency,
            happened_at=reading.read_stamp(fields.get("pp_TxnDateTime", "")),
        )


def description(text: str) -> str:
    """What is paid for, in letters that JazzCash takes; never empty."""
    latin = re.sub(r"[^\x20-\x7e]+", " ", _FORBIDDEN.sub(" ", text))
    return re.sub(r" +", " ", latin).strip()[:MAX_DESCRIPTION].strip() or "Payment"


def _texts(found: dict[str, Any] | None) -> dict[str, str] | None:
    """Fields of JSON as of a form: missing ones and null are blank, numbers as they were written. None for anything
    deeper."""
    if found is None or any(not isinstance(value, str | None) for value in found.values()):
        return None
    return {name: str(value or "") for name, value in found.items()}


def _outcome(code: str) -> Outcome:
    if code in PAID:
        return Outcome.PAID
    if code in OPEN:
        return Outcome.PENDING
    return Outcome.UNKNOWN if code in NOTHING_SAID else Outcome.FAILED


def _status(status: str, code: str) -> Outcome:
    """What the two fields of an inquiry say together; UNKNOWN where they speak against each other."""
    by_word = {
        "completed": Outcome.PAID,
        "pending": Outcome.PENDING,
        "failed": Outcome.FAILED,
        "dropped": Outcome.FAILED,
        "reversed": Outcome.REFUNDED,
        "refunded": Outcome.REFUNDED,
    }.get(status.strip().lower())
    by_code = _outcome(code) if code else None
    if by_word is None or by_code is None:
        return by_word or by_code or Outcome.UNKNOWN
    return by_word if by_word in {by_code, Outcome.REFUNDED} else Outcome.UNKNOWN


def _told(fields: dict[str, str], code: str) -> str:
    code = code or fields.get("pp_ResponseCode", "")
    return f"code_{code}" if re.fullmatch(r"[0-9]{1,6}", code) else "no_code"


def _theirs(fields: dict[str, str]) -> str:
    return fields.get("pp_RetreivalReferenceNo") or fields.get("pp_RetrievalReferenceNo", "")


def _answer(fields: dict[str, str], outcome: Outcome, code: str) -> Answer:
    return Answer(
        outcome,
        code,
        provider_reference=reading.read_reference(_theirs(fields)) or "",
        amount_paisa=reading.read_paisa(fields.get("pp_Amount", "")),
        currency=reading.read_currency(fields.get("pp_TxnCurrency", "")) or "",
        happened_at=reading.read_stamp(fields.get("pp_TxnDateTime", "")),
    )
