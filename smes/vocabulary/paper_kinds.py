"""The kinds of papers, and who must send which. Pure."""

from types import MappingProxyType
from typing import Final, NamedTuple

from tdap_portal.core.marks import gettext_noop as _

from .certificates import CERTIFICATES
from .codes import LEGAL_FORMS


class PaperKind(NamedTuple):
    """A kind of paper. `forms` are the legal forms that must send it (empty: nobody must); `expires` asks for a date.

    proves: the facts (smes.profile.facts) that such a paper shows, in the order in which an officer compares them. Of a fact
    that is a list (exports, markets, certificates) each row is compared by itself. certificates: the group of those it shows.
    """

    code: str
    name: str
    help: str
    expires: bool
    forms: frozenset[str]
    proves: tuple[str, ...] = ()
    certificates: str = ""


COMPANY: Final = frozenset({"llp", "private_limited", "single_member_company", "public_limited"})
"""Legal forms that the SECP registers."""
ALL_FORMS: Final = frozenset(LEGAL_FORMS)
NOBODY: Final[frozenset[str]] = frozenset()
KINDS: Final = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            PaperKind("ntn_certificate", _("Tax registration (NTN) certificate"), _("From IRIS, or the letter of the tax office."), False, ALL_FORMS,
                      ("tax_registered", "name", "legal_form", "address_held", "city", "province", "sector")),
            PaperKind("cnic_copy", _("CNIC of the owner, both sides"), _("A photograph of each side, or a PDF."), True, ALL_FORMS,
                      ("owner_cnic_held", "owners", "women_led", "youth_led")),
            PaperKind("secp_certificate", _("SECP certificate of incorporation"), _("For companies and LLPs."), False, COMPANY,
                      ("secp_registered", "name", "legal_form", "founded_on")),
            PaperKind("partnership_deed", _("Partnership deed"), _("For partnerships, with the registration if there is one."), False, frozenset({"partnership"}),
                      ("name", "legal_form", "founded_on", "owner_shares", "women_led")),
            PaperKind("cooperative_registration", _("Registration of the cooperative"), _("From the registrar of your province."), False, frozenset({"cooperative"}),
                      ("name", "legal_form", "founded_on")),
            PaperKind("sales_tax_certificate", _("Sales tax registration certificate"), _("Only if you are registered for sales tax."), False, NOBODY,
                      ("sales_tax_registered", "name", "address_held")),
            PaperKind("tax_return", _("Last income tax return"), _("It shows the turnover of the last fiscal year."), False, ALL_FORMS,
                      ("tax_registered", "turnover_pkr", "turnover_fiscal_year")),
            PaperKind("bank_certificate", _("Account maintenance certificate of the bank"), _("It names the firm and the IBAN."), False, ALL_FORMS,
                      ("iban_held", "bank_account_named", "foreign_currency_account")),
            PaperKind("chamber_membership", _("Membership of a chamber or association"), _("The certificate of this year."), True, NOBODY,
                      ("name", "address_held", "city", "province")),
            PaperKind("quality_certificate", _("Quality certificate"), _("ISO 9001, ISO 13485, CE, HACCP and the like."), True, NOBODY,
                      ("certifications",), "quality"),
            PaperKind("social_certificate", _("Social or environmental certificate"), _("Sedex, BSCI, GOTS, OEKO-TEX, RugMark and the like."), True, NOBODY,
                      ("certifications",), "social"),
            PaperKind("export_proof", _("Proof of an export"), _("Goods declaration, export form of the bank, or invoice of the export house."), False, NOBODY,
                      ("export_route", "export_house", "export_history", "export_markets")),
            PaperKind("inspection_report", _("Report of an inspection"), _("From a firm that inspects goods or workshops, not older than two years."), True, NOBODY,
                      ("quality_control", "capacity_per_month", "capacity_used_pct", "lead_time_days", "employees")),
            PaperKind("employee_list", _("List of employees"), _("The contribution list of the EOBI or of the social security of your province."), False, NOBODY,
                      ("employees", "women_employees")),
            PaperKind("payment_statement", _("Statement of a payment service"), _("Of the mobile wallet, the card machine or the online service that pays you."), False, NOBODY,
                      ("wallet", "card_payments", "paypal_like_service")),
            PaperKind("shop_pages", _("Pictures of your pages on the internet"), _("Your website, your catalogue and your shops, with their addresses."), False, NOBODY,
                      ("website", "catalogue_products", "channels")),
            PaperKind("electricity_bill", _("Last electricity bill of the workshop"), _("It helps us understand your capacity."), False, NOBODY,
                      ("address_held", "city", "province", "capacity_per_month", "capacity_used_pct")),
            PaperKind("product_photo", _("Photographs of products"), _("Sharp, on a plain ground."), False, NOBODY,
                      ("product_photos", "products")),
            PaperKind("other", _("Another paper"), _("Tell us in the note what it is."), False, NOBODY),
        )
    }
)  # fmt: skip
PROVABLE: Final = frozenset(fact for kind in KINDS.values() for fact in kind.proves)
"""The facts that a paper can show."""


def kinds_that_prove(key: str) -> tuple[str, ...]:
    """Codes of the kinds of papers that show a fact or a row of a list, in the order of the list; () where none does."""
    return tuple(kind.code for kind in KINDS.values() if can_show(kind, key))


def can_show(kind: PaperKind, key: str) -> bool:
    """Whether a paper of this kind can show a fact, or a row of a list by its key ("certifications/iso_9001")."""
    fact, _slash, row = key.partition("/")
    if fact == "certifications" and row:
        return fact in kind.proves and row in CERTIFICATES and CERTIFICATES[row].group == kind.certificates
    return fact in kind.proves


def kinds_needed(legal_form: str) -> tuple[str, ...]:
    """Codes of the papers a firm of this legal form must have verified, in the order of the list."""
    return tuple(kind.code for kind in KINDS.values() if legal_form in kind.forms)
