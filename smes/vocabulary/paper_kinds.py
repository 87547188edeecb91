"""The kinds of papers, what each can show, and who must send which. Pure."""

from datetime import date
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
PHOTOGRAPHED: Final = frozenset({"product_photo", "other"})
"""Kinds that show things and not a printed form: two firms' certificates look alike since an office prints them so, two firms'
photographs do not."""
EXPORTING: Final = frozenset({"direct", "export_house"})
"""Ways of exporting that are claims to be shown."""
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


class Claims(NamedTuple):
    """What of a firm says which papers it must send. has_cnic: of an owner. None or "": not told."""

    legal_form: str
    has_ntn: bool = True
    has_cnic: bool = True
    founded_on: date | None = None
    export_route: str = ""


def kinds_needed(claims: Claims, on: date) -> tuple[str, ...]:
    """Codes of the papers that such a firm must have verified, in the order of the list.

    By its legal form; but a sole proprietor may go by the CNIC instead of an NTN, a firm so young that its first return is not
    due has none to send, and who claims exports shows one.
    """
    needed = [kind.code for kind in KINDS.values() if claims.legal_form in kind.forms]
    if claims.legal_form == "sole_proprietor" and claims.has_cnic and not claims.has_ntn:
        needed.remove("ntn_certificate")
    if needed and claims.founded_on and on <= first_return_due(claims.founded_on, claims.legal_form):
        needed.remove("tax_return")
    if needed and claims.export_route in EXPORTING:
        needed.append("export_proof")
    return tuple(code for code in KINDS if code in needed)


def first_return_due(founded_on: date, legal_form: str) -> date:
    """The last day for the first income tax return of a firm: 30 September after the end (30 June) of the tax year in which it was
    founded, 31 December for a company. Source: Income Tax Ordinance 2001, sections 74 and 118."""
    year = founded_on.year + (founded_on.month >= 7)
    return date(year, 12, 31) if legal_form in COMPANY else date(year, 9, 30)
