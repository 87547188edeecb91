"""Steps one to four: who the firm is, who owns it, where it is and how large, its sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smes.fields import (
    NOT_TOLD,
    CityField,
    IdentifierField,
    LongAgoField,
    NumberField,
    YearField,
    needed_sometimes,
    offer,
)
from smes.profile.contradictions import FIT_TOGETHER, women_among
from smes.profile.steps import last_closed_fiscal_year
from smes.vocabulary import identifiers, wording
from smes.vocabulary.paper_kinds import COMPANY
from smes.vocabulary.places import CITIES, PROVINCES, lies_in
from smes.vocabulary.sectors import SERVICES_OFFERED, sells_services
from tdap_portal.core.calendar import today

from .base import RowsMixin, StepForm, without_kept

if TYPE_CHECKING:
    from decimal import Decimal


class FoundedField(LongAgoField):
    """The day on which a firm was founded."""

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > today():
            raise forms.ValidationError(_("This day is in the future."))
        if day and day.year < 1850:
            raise forms.ValidationError(_("Write the year in four digits."))
        return day


class IdentityForm(StepForm):
    step = "identity"

    name = forms.CharField(
        label=_("Name of the firm"), max_length=200, help_text=_("As on its tax or SECP certificate.")
    )
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=[NOT_TOLD, *wording.choices(wording.LEGAL_FORMS)])
    founded_on = FoundedField(
        label=_("Day it was founded"),
        help_text=_("For a company, the day of incorporation. Day, month, year, like 31/12/2020."),
    )
    ntn = needed_sometimes(
        IdentifierField(
            identifiers.parse_ntn,
            label=_("NTN, the tax number of the firm"),
            required=False,
            help_text=_(
                "On your registration certificate, like 1234567-8. A sole proprietor can give the CNIC instead."
            ),
        )
    )
    secp_number = needed_sometimes(
        IdentifierField(
            identifiers.parse_secp,
            is_private=False,
            label=_("SECP number"),
            required=False,
            help_text=_("Companies and LLPs: 7 digits, like 0012345."),
        )
    )
    strn = IdentifierField(
        identifiers.parse_strn, label=_("Sales tax number"), required=False, help_text=_("13 digits, if you have one.")
    )
    phone = IdentifierField(
        lambda text: identifiers.parse_phone(text).e164,
        label=_("Telephone of the firm"),
        help_text=_("Mobile or landline, like 0300 1234567 or 052 4261234."),
    )
    email = forms.EmailField(label=_("E-mail of the firm"), required=False)

    def build(self) -> None:
        self.keep_held("ntn", identifiers.mask_ntn(self.sme.ntn))
        self.keep_held("secp_number", self.sme.secp_number)
        self.keep_held("strn", self.sme.strn and f"*********{self.sme.strn[-4:]}")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        form = cleaned.get("legal_form")
        needs_ntn = self.demanding and bool(form) and form != "sole_proprietor"
        if needs_ntn and "ntn" not in self.errors and not (cleaned.get("ntn") or self.sme.ntn):
            self.add_error(
                "ntn", _("Write the NTN. Only a sole proprietor can do without, by a CNIC in the next step.")
            )
        needs_secp = self.demanding and form in COMPANY
        if needs_secp and "secp_number" not in self.errors and not (cleaned.get("secp_number") or self.sme.secp_number):
            self.add_error("secp_number", _("Write the SECP number: every company and LLP has one."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return without_kept(super().values, ("name", "ntn", "secp_number", "strn"))


class OwnersForm(RowsMixin):
    step = "owners"
    prefix_of_rows = "owner"
    must = ("name", "share_pct")
    first_row_needed = True

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "name": forms.CharField(label=_("Name"), max_length=120),
            "cnic": IdentifierField(
                identifiers.parse_cnic, label=_("CNIC"), help_text=_("13 digits, like 35202-1234567-1.")
            ),
            "share_pct": NumberField(label=_("Share of the firm, in %"), places=2, max_value=100),
            "gender": forms.ChoiceField(
                label=_("Woman or man"),
                required=False,
                choices=[NOT_TOLD, *wording.choices(wording.GENDERS)],
                help_text=_("As the person says; we never read it from a number."),
            ),
            "birth_year": YearField(
                label=_("Year of birth"), min_value=1900, max_value=today().year - 15, required=False
            ),
        }

    def held_rows(self) -> list[dict[str, object]]:
        return [
            {
                "id": o.pk,
                "name": o.name,
                "share_pct": plain_share(o.share_pct),
                "gender": o.gender,
                "birth_year": o.birth_year,
            }
            for o in self.sme.owners.all()
        ]

    def build(self) -> None:
        super().build()
        for number, owner in enumerate(list(self.sme.owners.all())[: self.row_count]):
            if owner.cnic:
                self.fields[self._name(number, "cnic")].help_text = _(
                    "We have %(number)s. Leave it empty to keep it."
                ) % {"number": identifiers.mask_cnic(owner.cnic)}
        self._held_cnics = {owner.pk: owner.cnic for owner in self.sme.owners.all()}

    def clean_row(self, number: int, row: dict[str, Any]) -> None:
        if not row["cnic"]:
            del row["cnic"]  # the row keeps what it holds
        if row["share_pct"] is not None and row["share_pct"] <= 0:
            self.add_error(self._name(number, "share_pct"), _("Write a share above 0."))

    def check_rows(self, rows: list[dict[str, Any]]) -> None:
        shares = [row["share_pct"] for row in rows if row["share_pct"] is not None]
        if not rows and self.demanding:
            self.add_error(self._name(0, "name"), _("Write at least one owner."))
        elif shares and len(shares) == len(rows) and sum(shares) != 100:
            self.add_error(
                self._name(0, "share_pct"),
                _("The shares of the owners make %(sum)s %%; they must make 100 %%.")
                % {"sum": plain_share(sum(shares))},
            )
        cnics = [cnic for row in rows if (cnic := row.get("cnic") or self._held_cnics.get(row["id"]))]
        if len(cnics) != len(set(cnics)):
            self.add_error(self._name(1, "cnic"), _("Two owners have the same CNIC. Each person has one of their own."))


class PlaceForm(StepForm):
    step = "place"

    province = forms.ChoiceField(label=_("Province or area"))
    city = CityField(label=_("City or town"))
    address = forms.CharField(
        label=_("Address of the workshop or office"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    postcode = IdentifierField(identifiers.parse_postcode, is_private=False, label=_("Post code"), required=False)
    activity = forms.ChoiceField(
        label=_("What the firm does"), choices=wording.choices(wording.ACTIVITIES), widget=forms.RadioSelect
    )
    turnover_pkr = NumberField(
        label=_("Turnover of the fiscal year, in PKR"),
        help_text=_("All sales, at home and abroad, July to June. 15 crore is 150,000,000. Nothing sold yet: 0."),
    )
    turnover_fiscal_year = forms.TypedChoiceField(label=_("Of which fiscal year?"), coerce=int, empty_value=None)
    employees = NumberField(
        label=_("People employed"), max_value=100_000, help_text=_("Without the owners. Nobody: 0.")
    )
    women_employees = NumberField(label=_("Of them women"), max_value=100_000)

    def build(self) -> None:
        offer(self, "province", [NOT_TOLD, *((code, wording.province_name(code)) for code in PROVINCES)])
        last = last_closed_fiscal_year(today().year, today().month)
        offer(
            self,
            "turnover_fiscal_year",
            [
                NOT_TOLD,
                *(
                    (year, _("July %(first)d to June %(last)d") % {"first": year - 1, "last": year})
                    for year in range(last, last - 3, -1)
                ),
            ],
        )
        self.initial["city"] = wording.city_name(self.sme.city)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not women_among(cleaned.get("employees"), cleaned.get("women_employees")):
            self.add_error("women_employees", _("There cannot be more women than people employed."))
        city, province = cleaned.get("city") or "", cleaned.get("province") or ""
        if not lies_in(city, province):
            names = {"city": wording.city_name(city), "province": wording.province_name(CITIES[city].province)}
            sentence = _("%(city)s lies in %(province)s. Choose %(province)s, or write another town.")
            self.add_error("province", forms.ValidationError(sentence, params=names, code="another_province"))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """One of a pair without the other could say what cannot be."""
        found = super().values
        for pair in FIT_TOGETHER:
            if self.errors.keys() & set(pair):
                found = {name: value for name, value in found.items() if name not in pair}
        return found


class SectorForm(StepForm):
    step = "sector"

    sector = forms.ChoiceField(
        label=_("Sector"),
        widget=forms.RadioSelect,
        required=True,
        help_text=_("If you make goods, your main product decides in the end; the next step shows it."),
    )
    services = needed_sometimes(
        forms.MultipleChoiceField(
            label=_("Services you sell"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Only for firms that sell services."),
        )
    )

    def build(self) -> None:
        offer(self, "sector", [*wording.sectors_by_name()])
        offer(self, "services", [(code, wording.service_name(code)) for code in SERVICES_OFFERED])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.demanding and sells_services(cleaned.get("sector")) and not cleaned.get("services"):
            self.add_error("services", _("Tick what you sell."))
        return cleaned


def plain_share(share: Decimal) -> str:
    """100 and not 100.00 or 1E+2."""
    return f"{share.normalize():f}"
