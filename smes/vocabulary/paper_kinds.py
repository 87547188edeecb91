"""The kinds of papers, and who must send which. Pure."""

from types import MappingProxyType
from typing import Final, NamedTuple

from tdap_portal.core.marks import gettext_noop as _

from .codes import LEGAL_FORMS


class PaperKind(NamedTuple):
    """A kind of paper. `forms` are the legal forms that must send it (empty: nobody must); `expires` asks for a date."""

    code: str
    name: str
    help: str
    expires: bool
    forms: frozenset[str]


COMPANY: Final = frozenset({"llp", "private_limited", "single_member_company", "public_limited"})
"""Legal forms that the SECP registers."""
ALL_FORMS: Final = frozenset(LEGAL_FORMS)
NOBODY: Final[frozenset[str]] = frozenset()
KINDS: Final = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            PaperKind("ntn_certificate", _("Tax registration (NTN) certificate"), _("From IRIS, or the letter of the tax office."), False, ALL_FORMS),
            PaperKind("cnic_copy", _("CNIC of the owner, both sides"), _("A photograph of each side, or a PDF."), True, ALL_FORMS),
            PaperKind("secp_certificate", _("SECP certificate of incorporation"), _("For companies and LLPs."), False, COMPANY),
            PaperKind("partnership_deed", _("Partnership deed"), _("For partnerships, with the registration if there is one."), False, frozenset({"partnership"})),
            PaperKind("cooperative_registration", _("Registration of the cooperative"), _("From the registrar of your province."), False, frozenset({"cooperative"})),
            PaperKind("sales_tax_certificate", _("Sales tax registration certificate"), _("Only if you are registered for sales tax."), False, NOBODY),
            PaperKind("tax_return", _("Last income tax return"), _("It shows the turnover of the last fiscal year."), False, ALL_FORMS),
            PaperKind("bank_certificate", _("Account maintenance certificate of the bank"), _("It names the firm and the IBAN."), False, ALL_FORMS),
            PaperKind("chamber_membership", _("Membership of a chamber or association"), _("The certificate of this year."), True, NOBODY),
            PaperKind("quality_certificate", _("Quality certificate"), _("ISO 9001, ISO 13485, CE, HACCP and the like."), True, NOBODY),
            PaperKind("social_certificate", _("Social or environmental certificate"), _("Sedex, BSCI, GOTS, OEKO-TEX, RugMark and the like."), True, NOBODY),
            PaperKind("export_proof", _("Proof of an export"), _("Goods declaration, export form of the bank, or invoice of the export house."), False, NOBODY),
            PaperKind("electricity_bill", _("Last electricity bill of the workshop"), _("It helps us understand your capacity."), False, NOBODY),
            PaperKind("product_photo", _("Photographs of products"), _("Sharp, on a plain ground."), False, NOBODY),
            PaperKind("other", _("Another paper"), _("Tell us in the note what it is."), False, NOBODY),
        )
    }
)  # fmt: skip


def kinds_needed(legal_form: str) -> tuple[str, ...]:
    """Codes of the papers a firm of this legal form must have verified, in the order of the list."""
    return tuple(kind.code for kind in KINDS.values() if legal_form in kind.forms)
