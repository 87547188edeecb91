"""What a firm writes down of an export and of its money, and what its bank answers: shapes only."""

from __future__ import annotations

import re
import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from payments.models.labels import DISAGREEMENT_LABELS, TERMS_LABELS
from payments.money import CURRENCIES, MAX_PAISA, figures
from payments.states import TERMS_OF, ShipmentKind
from smes.vocabulary.hs_search import parse_hs6
from smes.vocabulary.identifiers import plain_digits
from smes.vocabulary.markets import UnknownCountry, country_name, parse_country
from smes.vocabulary.sectors import SERVICES, SERVICES_OFFERED
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from payments.models import PurposeCode, Shipment
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner

LATIN = {"dir": "ltr", "autocomplete": "off"}
MAX_TYPED = 40


WRITTEN = re.compile(r"(?:[0-9]{1,14}|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3})(?:\.[0-9]{1,2})?")
"""In thousands, or in lakh and crore; "12,50" is neither, and might mean 12.50."""


class AmountField(forms.CharField):
    """An amount as people write it: 12,500 or 1,25,000 or 12500.50 or in Urdu digits. Gives whole hundredths, None where empty. may_be_none: 0
    too."""

    def __init__(self, *, may_be_none: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TYPED, **kwargs)
        self.may_be_none = may_be_none
        self.widget.attrs.update({**LATIN, "inputmode": "decimal"})

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        plain = re.sub(r"[,٬،\s_]+", ",", plain_digits(str(text)).replace("٫", "."))
        if not WRITTEN.fullmatch(plain):
            raise ValidationError(_("Write an amount, like 12,500 or 12,500.50."), code="amount")
        hundredths = int(Decimal(plain.replace(",", "")) * 100)
        if (hundredths == 0 and not self.may_be_none) or hundredths > MAX_PAISA:
            raise ValidationError(_("Write an amount above 0, like 12,500."), code="amount")
        return hundredths

    def prepare_value(self, value: object) -> Any:
        return figures(value).replace(",", "") if isinstance(value, int) else value


class DayField(forms.DateField):
    """A day, from the browser's own picker or typed as 31/12/2020."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault("invalid", _("Write a day, like 31/12/2020."))
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value[:MAX_TYPED]) if isinstance(value, str) else value)


class CountryField(forms.CharField):
    """A country by name in English or Urdu, or by its code. Gives the ISO code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=80, widget=forms.TextInput(attrs={"list": "countries", "autocomplete": "off"}), **kwargs
        )

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_country(text)
        except UnknownCountry as mistake:
            if mistake.is_home:
                raise ValidationError(_("The buyer is abroad: name another country than Pakistan.")) from None
            if mistake.nearest:
                text = _("No country is written like this. Do you mean %(country)s?")
                raise ValidationError(text % {"country": mistake.nearest}) from None
            raise ValidationError(_("No country is written like this. Write its English or Urdu name.")) from None

    def prepare_value(self, value: object) -> Any:
        return country_name(value, get_language() or "en") if isinstance(value, str) and len(value) == 3 else value


class KeyedForm(forms.Form):
    """Carries a key of its own, so that sending it twice is once."""

    key = forms.RegexField("[0-9a-f]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"key": secrets.token_hex(16)} | (kwargs.get("initial") or {})})


def _choices(words: Iterable[tuple[str, Any]], first: Any) -> list[tuple[str, Any]]:
    return [("", first), *words]


def name_in_list(bank: Partner) -> str:
    """The name of a bank kept in its own direction, since an option can hold no markup."""
    return f"\u2068{bank.name}\u2069"


def services_offered() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, SERVICES[code].label(language)) for code in SERVICES_OFFERED]


class ShipmentForm(KeyedForm):
    """Of one kind. `as_act()` gives what services.record_shipment takes."""

    number = forms.CharField(label=_("Number of the form"), max_length=40, widget=forms.TextInput(LATIN))
    invoice_number = forms.CharField(label=_("Number of your invoice"), max_length=40, widget=forms.TextInput(LATIN))
    amount = AmountField(label=_("Amount of the invoice"))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(one, one) for one in CURRENCIES if one != "PKR"], initial="USD"
    )
    hs6 = forms.CharField(
        label=_("HS code"),
        help_text=_("Six digits, with or without a dot."),
        max_length=MAX_TYPED,
        widget=forms.TextInput({**LATIN, "inputmode": "numeric", "list": "products"}),
    )
    service = forms.ChoiceField(label=pgettext_lazy("that is exported", "Service"))
    buyer_country = CountryField(label=_("Country of the buyer"))
    shipped_on = DayField(label=_("Shipped on"))
    terms = forms.ChoiceField(label=_("How it is paid"), help_text=_("It decides which rule gives the last day."))
    contract_day = DayField(
        label=_("Day of payment in the contract"),
        help_text=_("Where it is earlier than the rule’s, it counts."),
        required=False,
    )
    bank = forms.ChoiceField(label=_("Bank through which the money comes"), required=False)

    def __init__(self, *args: Any, kind: ShipmentKind, banks: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.banks = kind, {bank.public_id: bank for bank in banks}
        fields: dict[str, Any] = self.fields
        terms = TERMS_OF[kind]
        fields["terms"].choices = [(code.value, TERMS_LABELS[code]) for code in terms]
        fields["bank"].choices = _choices(
            [(key, name_in_list(bank)) for key, bank in self.banks.items()], _("Not known yet")
        )
        if len(terms) == 1:
            del fields["terms"]
        if kind == ShipmentKind.SERVICE:
            del fields["hs6"], fields["number"]
            fields["service"].choices = _choices(services_offered(), _("Choose"))
            fields["shipped_on"].label = _("Date of the invoice")
            fields["contract_day"].help_text = _("No rule names days for services, so this one counts.")
            return
        del fields["service"]
        if kind == ShipmentKind.PARCEL:
            fields["number"].label = _("Number of the courier’s bill (HAWB)")
            fields["number"].help_text = _("It stands on the courier’s receipt.")
            del fields["contract_day"]
        else:
            fields["number"].label = _("Number of the financial instrument or form")
            fields["number"].help_text = _("From Pakistan Single Window, or of Form-E.")

    def clean_hs6(self) -> str:
        try:
            return parse_hs6(self.cleaned_data["hs6"])
        except ValueError:
            raise ValidationError(_("There is no such HS code. Search for the product by its name.")) from None

    def clean_shipped_on(self) -> Any:
        day = self.cleaned_data["shipped_on"]
        if day > today():
            raise ValidationError(_("This day has not come yet."))
        return day

    def as_act(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["bank"] = self.banks.get(values.get("bank") or "")
        values.setdefault("terms", TERMS_OF[self.kind][0].value)
        return values | {"kind": self.kind.value}


class ReceiptForm(KeyedForm):
    """For goods or for a service. `as_act()` gives what services.record_proceeds takes."""

    bank = forms.ChoiceField(label=_("Bank to which it came"), help_text=_("It is asked to confirm."))
    bank_reference = forms.CharField(
        label=_("The bank’s reference"),
        help_text=_("It stands on the bank’s advice."),
        max_length=40,
        widget=forms.TextInput(LATIN),
    )
    came_on = DayField(label=_("Came on"))
    amount = AmountField(label=_("Amount"), help_text=_("In the currency of the invoice, as the bank received it."))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(one, one) for one in CURRENCIES if one != "PKR"], initial="USD"
    )
    buyer_country = CountryField(label=_("Country from which it came"), required=False)
    service = forms.ChoiceField(label=_("For which service"))
    purpose = forms.ChoiceField(
        label=_("Purpose code at the bank"),
        help_text=_("It stands on the bank’s advice. Without it the money is counted as sent by family."),
        required=False,
    )
    form_r = forms.CharField(label=_("Number of Form R"), max_length=40, required=False, widget=forms.TextInput(LATIN))
    kept = AmountField(
        label=_("Of it stays in a foreign currency account"),
        help_text=_("Firms registered with PSEB or P@SHA, and freelancers."),
        required=False,
        may_be_none=True,
    )
    is_another = forms.BooleanField(label=_("This money came as well as the same amount of that day"), required=False)

    def __init__(
        self, *args: Any, is_service: bool, banks: Sequence[Partner], codes: Sequence[PurposeCode],
        asks_another: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        """asks_another: where an equal receipt stands already."""
        super().__init__(*args, **kwargs)
        self.is_service = is_service
        self.banks, self.codes = {bank.public_id: bank for bank in banks}, {str(code.pk): code for code in codes}
        fields: dict[str, Any] = self.fields
        fields["bank"].choices = _choices([(key, name_in_list(bank)) for key, bank in self.banks.items()], _("Choose"))
        if not asks_another:
            del fields["is_another"]
        if not is_service:
            for name in ("service", "purpose", "form_r", "kept"):
                del fields[name]
            return
        fields["service"].choices = _choices(services_offered(), _("Choose"))
        fields["purpose"].choices = code_choices(codes)
        fields["purpose"].error_messages["invalid_choice"] = _(
            "This code was not in use on the day on which the money came. Choose another one."
        )

    def clean_came_on(self) -> Any:
        day = self.cleaned_data["came_on"]
        if day > today():
            raise ValidationError(_("This day has not come yet."))
        return day

    def as_act(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        values["bank"] = self.banks[values["bank"]]
        if self.is_service:
            values["purpose"] = self.codes.get(values["purpose"])
            values["kept"] = values["kept"] or 0
        return values | {"is_service": self.is_service}


def code_choices(codes: Sequence[PurposeCode]) -> list[tuple[str, Any]]:
    return _choices([(str(code.pk), f"{code.code} · {code.label_here}") for code in codes], _("Not known yet"))


class CompleteForm(forms.Form):
    """What was missing of a receipt for a service."""

    purpose = forms.ChoiceField(label=_("Purpose code at the bank"), required=False)
    form_r = forms.CharField(label=_("Number of Form R"), max_length=40, required=False, widget=forms.TextInput(LATIN))

    def __init__(self, *args: Any, codes: Sequence[PurposeCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = {str(code.pk): code for code in codes}
        self.fields["purpose"].choices = code_choices(codes)  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        return {"purpose": self.codes.get(self.cleaned_data["purpose"]), "form_r": self.cleaned_data["form_r"]}


class MatchForm(forms.Form):
    """An amount beside each shipment; beside those in another currency also what it pays of the invoice. `parts()`, `pays()`: those that were
    written, in hundredths, by public id."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, shipments: Sequence[Shipment], others: Sequence[Shipment] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.others = [one.public_id for one in others]
        for shipment in shipments:
            self.fields[f"part_{shipment.public_id}"] = _part(str(shipment))
        for shipment in others:
            self.fields[f"part_{shipment.public_id}"] = _part(_("Of this money"))
            self.fields[f"pays_{shipment.public_id}"] = _part(_("It pays of the invoice"))

    def clean(self) -> dict[str, Any]:
        for public_id in self.others:
            names = f"part_{public_id}", f"pays_{public_id}"
            part, pays = (self.cleaned_data.get(name) for name in names)
            if bool(part) != bool(pays) and not any(name in self.errors for name in names):
                self.add_error(names[1] if part else names[0], _("Write both amounts as the bank’s advice gives them."))
        return self.cleaned_data

    def parts(self) -> dict[str, int]:
        return self._written("part_")

    def pays(self) -> dict[str, int]:
        return self._written("pays_")

    def _written(self, prefix: str) -> dict[str, int]:
        values = self.cleaned_data.items()
        return {name.removeprefix(prefix): value for name, value in values if name.startswith(prefix) and value}


def _part(label: Any) -> AmountField:
    return AmountField(label=label, required=False, may_be_none=True)


class WordsForm(forms.Form):
    """A reason."""

    words = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label or self.fields["words"].label
        self.fields["words"].help_text = help_text


class QueueForm(forms.Form):
    """From the address: what a bank looks for in its queue."""

    q = forms.CharField(label=_("Reference or firm"), max_length=60, required=False)
    show = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def wanted(self) -> str:
        return str(self.cleaned_data["q"]).strip() if self.is_valid() else ""


class DisagreeForm(forms.Form):
    """Why the bank does not confirm. Names of the fields are those of confirming.disagree."""

    reason = forms.ChoiceField(
        label=_("Why do you not agree?"),
        choices=[(code.value, words) for code, words in DISAGREEMENT_LABELS.items()],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What the firm should know"),
        help_text=_("The firm reads it."),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


def products_of(sme: Sme) -> list[str]:
    """HS codes that the firm names in its profile, as suggestions."""
    return [product.hs6 for product in sme.products.all()]
