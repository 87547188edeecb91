"""Steps five to nine: products, capacity, exports, markets and channels, payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from smes.fields import NOT_TOLD, DayField, HsField, IdentifierField, NumberField, YesNoField, needed_sometimes, offer
from smes.profile.steps import last_closed_fiscal_year
from smes.vocabulary import identifiers, wording
from smes.vocabulary.certificates import OPEN_CERTIFICATES
from smes.vocabulary.markets import CHANNELS
from smes.vocabulary.sectors import sells_services
from tdap_portal.core.calendar import today

from .base import RowIdField, RowsMixin, StepForm, add_countries, countries_of, without_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BoundField


class ProductsForm(StepForm):
    """The products chosen by their HS codes, each with what the firm calls it, its share and its price."""

    step = "products"
    max_products: ClassVar[int] = 10

    def build(self) -> None:
        held = {product.hs6: product for product in self.sme.products.all()}
        data: Any = self.data
        typed = data.getlist("hs") if self.is_bound else list(held)
        self.unknown = []
        self.chosen: list[str] = []
        for code in dict.fromkeys(typed):
            try:
                self.chosen.append(HsField().clean(code))
            except forms.ValidationError:
                self.unknown.append(code)
        self.chosen = list(dict.fromkeys(self.chosen))[: self.max_products]
        if not self.chosen:
            return
        main = next((code for code, product in held.items() if product.is_main), None)
        self.fields["main"] = forms.ChoiceField(
            label=_("Which one is your main product?"),
            choices=[(code, code) for code in self.chosen],
            widget=forms.RadioSelect,
            initial=main,
            error_messages={"required": _("Choose one. We compare your prices and markets by it.")},
        )
        for code in self.chosen:
            product = held.get(code)
            for name, make in self._fields_of_a_product().items():
                full = f"{code}-{name}"
                self.fields[full] = make()
                self.initial[full] = getattr(product, name, None)

    @staticmethod
    def _fields_of_a_product() -> dict[str, Callable[[], forms.Field]]:
        return {
            "id": lambda: RowIdField(required=False, widget=forms.HiddenInput),
            "label": lambda: forms.CharField(
                label=_("What you call it"),
                max_length=120,
                required=False,
                help_text=_("In your own words, for buyers."),
            ),
            "share_pct": lambda: NumberField(label=_("Share in your sales, in %"), max_value=100),
            "price_pkr": lambda: needed_sometimes(
                NumberField(
                    label=_("Your price ex factory, in PKR"),
                    places=2,
                    required=False,
                    help_text=_(
                        "Without tax; needed for your main product. We use it to compare with rivals; no one outside TDAP "
                        "sees it."
                    ),
                )
            ),
            "price_unit": lambda: forms.CharField(
                label=_("For one"), max_length=20, required=False, help_text=_("Piece, pair, kg, metre or set.")
            ),
        }

    def product_groups(self) -> list[tuple[str, list[BoundField]]]:
        """Code and bound fields of each chosen product, for the page."""
        names = list(self._fields_of_a_product())
        return [(code, [self[f"{code}-{name}"] for name in names]) for code in self.chosen]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.unknown:
            self.add_error(
                None,
                _("There is no HS code %(code)s. Search for the product by its name.") % {"code": self.unknown[0][:20]},
            )
        if not self.chosen and self.demanding and not sells_services(self.sme.sector):
            self.add_error(None, _("Search for your products and tick at least one."))
        shares: list[Any] = [cleaned.get(f"{code}-share_pct") for code in self.chosen]
        if shares and None not in shares and sum(shares) != 100:
            sentence = _("%(shares)s make %(sum)d. Write shares that make 100.") % {
                "shares": _(" and ").join(str(share) for share in shares),
                "sum": sum(shares),
            }
            self.add_error(f"{self.chosen[0]}-share_pct", sentence)
        main = cleaned.get("main")
        share_of = dict(zip(self.chosen, shares, strict=True))
        if main in share_of and None not in shares and share_of[main] < max(shares):
            largest = max(share_of, key=lambda code: share_of[code])
            self.add_error(
                "main",
                _("Your main product is the one that you sell most of: %(code)s makes %(share)d %% of your sales.")
                % {"code": f"{largest[:4]}.{largest[4:]}", "share": max(shares)},
            )
        if self.demanding and main and f"{main}-price_pkr" in cleaned:
            if cleaned[f"{main}-price_pkr"] is None:
                self.add_error(f"{main}-price_pkr", _("Write the price of your main product."))
            elif cleaned[f"{main}-price_pkr"] <= 0:
                self.add_error(f"{main}-price_pkr", _("Write a price above 0."))
        return cleaned

    @property
    def rows(self) -> list[dict[str, Any]] | None:
        if self.errors and self.chosen:
            return None
        return [
            {
                "at": code,
                "id": self.cleaned_data[f"{code}-id"],
                "hs6": code,
                "label": self.cleaned_data[f"{code}-label"],
                "share_pct": self.cleaned_data[f"{code}-share_pct"],
                "price_pkr": self.cleaned_data[f"{code}-price_pkr"] or None,
                "price_unit": self.cleaned_data[f"{code}-price_unit"],
                "is_main": self.cleaned_data.get("main") == code,
            }
            for code in self.chosen
        ]


class CapacityForm(RowsMixin):
    step = "capacity"
    prefix_of_rows = "certificate"
    max_rows = 8
    must = ("kind",)

    capacity_per_month = NumberField(
        label=_("What you can make in a month"), help_text=_("With your people and machines of today.")
    )
    capacity_unit = forms.CharField(
        label=_("Counted in"), max_length=40, help_text=_("Pieces, pairs, kg, metres; hours for services.")
    )
    capacity_used_pct = NumberField(label=_("Part of it in use now, in %"), max_value=100)
    lead_time_days = NumberField(label=_("Days from order to shipment"), max_value=730)
    quality_control = forms.ChoiceField(
        label=_("Quality control"), choices=wording.choices(wording.QUALITY_CONTROLS), widget=forms.RadioSelect
    )

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "kind": forms.ChoiceField(label=_("Certificate"), choices=[NOT_TOLD, *wording.certificate_choices()]),
            "expires_on": DayField(
                label=_("Valid until"), help_text=_("Leave it empty only where there is no last day.")
            ),
        }

    def held_rows(self) -> list[dict[str, object]]:
        known = {kind.code for kind in OPEN_CERTIFICATES}
        return [
            {"id": row.pk, "kind": row.kind, "expires_on": row.expires_on}
            for row in self.sme.certifications.all()
            if row.kind in known
        ]

    def check_rows(self, rows: list[dict[str, object]]) -> None:
        kinds = [row["kind"] for row in rows]
        if len(kinds) != len(set(kinds)):
            self.add_error(self._name(1, "kind"), _("A certificate stands here twice."))


class ExportsForm(RowsMixin):
    step = "exports"
    prefix_of_rows = "year"
    least_rows = 3
    max_rows = 8
    must = ("fiscal_year", "value_usd", "route")
    max_markets: ClassVar[int] = 8

    export_route = forms.ChoiceField(
        label=_("How do you export?"),
        choices=wording.choices(wording.EXPORT_ROUTES),
        widget=forms.RadioSelect,
        help_text=_("An export house buys from you at home and ships in its own name."),
    )
    export_house = needed_sometimes(
        forms.CharField(
            label=_("Name of the export house"),
            max_length=120,
            required=False,
            help_text=_("Only if you supply one. Its letter or its invoices are the proof."),
        )
    )

    def row_fields(self) -> dict[str, forms.Field]:
        running = last_closed_fiscal_year(today().year, today().month) + 1
        names = {y: _("July %(first)d to June %(last)d") for y in range(running, running - 7, -1)}
        names[running] = _("July %(first)d until today")
        return {
            "fiscal_year": forms.TypedChoiceField(
                label=_("Fiscal year"),
                choices=[NOT_TOLD, *((y, name % {"first": y - 1, "last": y}) for y, name in names.items())],
                coerce=int,
                empty_value=None,
            ),
            "value_usd": NumberField(label=_("Value in US dollars"), places=2),
            "route": forms.ChoiceField(label=_("How"), choices=[NOT_TOLD, *wording.choices(wording.EXPORT_ROUTES)[1:]]),
        }

    def held_rows(self) -> list[dict[str, object]]:
        return [
            {"id": row.pk, "fiscal_year": row.fiscal_year, "value_usd": row.value_usd, "route": row.route}
            for row in self.sme.export_years.all()
        ]

    def build(self) -> None:
        super().build()
        add_countries(self, "market", self.sme.export_markets, self.max_markets, _("Market"))
        needed_sometimes(self.fields["market_0"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        route = cleaned.get("export_route")
        has_exports = any(row["value_usd"] for row in self.clean_rows)
        if self.demanding and route in {"direct", "export_house"} and not has_exports and not self.errors:
            self.add_error(self._name(0, "value_usd"), _("Write what you exported in at least one year."))
        house = cleaned.get("export_house")
        if self.demanding and route == "export_house" and not house and "export_house" not in self.errors:
            self.add_error("export_house", _("Name the export house that you supply."))
        if route == "none" and self.clean_rows:
            self.add_error("export_route", _("You wrote exports below. Choose how you exported."))
        if self.demanding and route == "direct" and not countries_of(self, "market") and "market_0" not in self.errors:
            self.add_error("market_0", _("Write at least one country you export to."))
        return cleaned

    def check_rows(self, rows: list[dict[str, object]]) -> None:
        years = [(row["fiscal_year"], row["route"]) for row in rows]
        if len(years) != len(set(years)):
            self.add_error(self._name(1, "fiscal_year"), _("A year stands here twice. Add the two values up."))

    def market_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("market_")]

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        if not any(name.startswith("market_") for name in self.errors):
            found["export_markets"] = countries_of(self, "market")
        return found


class MarketsForm(StepForm):
    step = "markets"
    max_targets: ClassVar[int] = 5

    channels = forms.MultipleChoiceField(
        label=_("Where do you sell online today?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    website = YesNoField(label=_("Do you have your own website?"))
    website_url = forms.URLField(
        label=_("Its address"), required=False, assume_scheme="https", widget=forms.URLInput(attrs={"dir": "ltr"})
    )
    catalogue_products = NumberField(
        label=_("Products in a catalogue you can send"), max_value=100_000, help_text=_("No catalogue: 0.")
    )
    product_photos = YesNoField(label=_("Do you have good photographs of your products?"))
    ecommerce_staff = NumberField(label=_("People who work on online sales"), max_value=10_000, required=False)
    english_staff = YesNoField(label=_("Can someone write to buyers in English?"))
    internet = forms.ChoiceField(
        label=_("Internet at the place of work"), choices=wording.choices(wording.INTERNET), widget=forms.RadioSelect
    )

    def build(self) -> None:
        language = wording.language()
        offer(self, "channels", [(c.code, c.label(language)) for c in CHANNELS.values()])
        add_countries(self, "target", self.sme.target_markets, self.max_targets, _("Market"))
        needed_sometimes(self.fields["target_0"])

    def target_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("target_")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.demanding and not countries_of(self, "target") and "target_0" not in self.errors:
            self.add_error("target_0", _("Write at least one country you want to sell to."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        if not any(name.startswith("target_") for name in self.errors):
            found["target_markets"] = countries_of(self, "target")
        return found


class PaymentsForm(StepForm):
    step = "payments"

    bank_account_named = YesNoField(label=_("Is there a bank account in the firm's own name?"))
    iban = needed_sometimes(
        IdentifierField(
            identifiers.parse_iban,
            label=_("IBAN of that account"),
            required=False,
            help_text=_("24 characters that begin with PK, on your cheque book. We never ask for a PIN or password."),
        )
    )
    wallet = YesNoField(label=_("Do you take payments into a mobile wallet (JazzCash, Easypaisa)?"))
    card_payments = YesNoField(label=_("Do you take card payments?"))
    foreign_currency_account = YesNoField(label=_("Do you have a foreign currency account?"))
    paypal_like_service = YesNoField(
        label=_("Do you use an international payment service?"), help_text=_("Such as Payoneer or Wise.")
    )

    def build(self) -> None:
        self.keep_held("iban", identifiers.mask_iban(self.sme.iban))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        held = cleaned.get("iban") or self.sme.iban
        if self.demanding and cleaned.get("bank_account_named") and not held and "iban" not in self.errors:
            self.add_error("iban", _("Write the IBAN of the account."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return without_kept(super().values, ("iban",))
