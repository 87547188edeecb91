"""JazzCash's secure hash: HMAC-SHA256 over the values, keyed by the salt. Pure.

Kept are the names that begin with pp_ or ppmpf_, but for pp_SecureHash, and of them those with a value; their values
in the order of the names (ASCII), joined with &, stand behind the salt. Names are not signed: see is_ambiguous.
Sources: JazzCash's API reference 4.2 and published vectors.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from .comparing import is_same_hex

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH: Final = "pp_SecureHash"
NAMES: Final = ("pp_", "ppmpf_")
KNOWN: Final = frozenset(
    {
        "pp_Amount", "pp_AuthCode", "pp_BankID", "pp_BillReference", "pp_CNIC", "pp_CustomerCardExpiry",
        "pp_CustomerCardNo", "pp_CustomerCardNumber", "pp_CustomerEmail", "pp_CustomerID", "pp_CustomerMobile",
        "pp_Description", "pp_DiscountBank", "pp_DiscountedAmount", "pp_IsRegisteredCustomer", "pp_Language",
        "pp_MerchantID", "pp_MerchantMPIN", "pp_MobileNumber", "pp_Password", "pp_PaymentResponseCode",
        "pp_PaymentResponseMessage", "pp_PaymentToken", "pp_ProductID", "pp_ResponseCode", "pp_ResponseMessage",
        "pp_RetreivalReferenceNo", "pp_RetrievalReferenceNo", "pp_ReturnURL", "pp_SettlementDate",
        "pp_SettlementExpiry", "pp_ShouldTokenizeCardNumber", "pp_Status", "pp_SubMerchantID", "pp_SubMerchantName",
        "pp_TokenizedCardNumber", "pp_TxnCurrency", "pp_TxnDateTime", "pp_TxnExpiryDateTime", "pp_TxnRefNo",
        "pp_TxnType", "pp_Version", "ppmpf_1", "ppmpf_2", "ppmpf_3", "ppmpf_4", "ppmpf_5",
    }
)  # fmt: skip
"""Names in JazzCash's reference and in answers that were seen. The retrieval reference is spelt in two ways."""


def signed_fields(fields: Mapping[str, str | None]) -> dict[str, str]:
    """The fields that the hash is over, in its order."""
    return {
        name: value for name in sorted(fields) if name.startswith(NAMES) and name != HASH and (value := fields[name])
    }


def message(fields: Mapping[str, str | None], salt: str) -> str:
    """The text that the hash is over."""
    return "&".join([salt, *signed_fields(fields).values()])


def secure_hash(fields: Mapping[str, str | None], salt: str) -> str:
    """64 hexadecimal digits in capitals. Raises ValueError for an empty salt and for half letters."""
    if not salt:
        raise ValueError("There is no salt to sign with.")
    return hmac.new(salt.encode(), message(fields, salt).encode(), hashlib.sha256).hexdigest().upper()


def is_signed(fields: Mapping[str, str | None], salt: str) -> bool:
    """Whether pp_SecureHash is that of the other fields. Never raises; without a salt nothing is signed."""
    try:
        right = secure_hash(fields, salt)
    except ValueError:
        return False
    return is_same_hex(fields.get(HASH) or "", right)


def is_ambiguous(fields: Mapping[str, str | None]) -> bool:
    """Whether the same hash could have been made for other fields: a value holds the sign that joins them, or a name
    is not one that JazzCash uses. Who holds a signed notice may rename its fields as long as their order stays; so
    names are only believed that JazzCash knows, and whatever depends on a notice is asked about too."""
    return any("&" in value or name not in KNOWN for name, value in signed_fields(fields).items())
