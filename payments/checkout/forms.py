"""What a payer chooses and sends: shapes only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from payments.deposits.forms import RupeesField
from smes.papers.checks import PaperError, check_paper
from smes.papers.virus import refuse_infected
from smes.vocabulary.identifiers import IdentifierError, parse_cnic
from smes.vocabulary.wording import say
from tdap_portal.core.calendar import today
from tdap_portal.core.phones import NotAMobileNumber, parse_mobile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .wording import Option

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
FIRST_DAY = date(2020, 1, 1)
MAX_DAYS = 366 * 3  # of a statement


class WayForm(forms.Form):
    """Which way, from a page with a token of its own: sent twice it is one try."""

    way = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect)
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, options: Sequence[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        self.fields["way"].choices = [(option.code, option.name) for option in options]  # type: ignore[attr-defined]


class PhoneForm(forms.Form):
    """Whose telephone is asked. Neither number is kept by the portal."""

    mobile = forms.CharField(
        label=_("Mobile number of the wallet"), max_length=20,
        help_text=_("The wallet asks on this telephone for your yes."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    cnic = forms.CharField(
        label=_("CNIC of the wallet’s owner"), max_length=20,
        help_text=_("The wallet compares it. We give it on and do not keep it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    way = forms.CharField(max_length=40, widget=forms.HiddenInput)
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_cnic: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_cnic:
            del self.fields["cnic"]

    def clean_mobile(self) -> str:
        try:
            return parse_mobile(self.cleaned_data["mobile"])
        except NotAMobileNumber:
            raise ValidationError(
                _("Write a mobile number of Pakistan, such as 0300-1234567."), code="mobile"
            ) from None

    def clean_cnic(self) -> str:
        try:
            return str(parse_cnic(self.cleaned_data["cnic"]))
        except IdentifierError as refusal:
            raise ValidationError(say(refusal.text, refusal.data), code=refusal.code) from None

    def as_payer(self) -> dict[str, str]:
        return {"mobile": self.cleaned_data["mobile"], "cnic": self.cleaned_data.get("cnic", "")}


class ProofForm(forms.Form):
    """A slip of the bank. as_proof gives what the service takes."""

    slip = forms.FileField(label=_("The slip"), allow_empty_file=True, max_length=None)
    amount = RupeesField(label=_("Amount on the slip, in rupees"))
    paid_on = forms.DateField(label=_("Day on the slip"), widget=DAY)
    bank_reference = forms.CharField(
        label=_("The bank’s number of the transfer"), max_length=40, required=False,
        help_text=_("As it stands on the slip; it helps us to find the payment."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        self.fields["slip"].widget.attrs["accept"] = ".pdf,.jpg,.jpeg,.png"
        self.fields["slip"].help_text = _("A photograph or the PDF of your bank, up to %(megabytes)d MB.") % {
            "megabytes": megabytes
        }

    def clean_slip(self) -> Any:
        upload = self.cleaned_data["slip"]
        try:
            found = check_paper(upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES)
            return refuse_infected(found)
        except PaperError as refusal:
            raise ValidationError(say(refusal.text, refusal.data), code=refusal.code) from None

    def clean_paid_on(self) -> date:
        day: date = self.cleaned_data["paid_on"]
        if day > today():
            raise ValidationError(_("This day has not come yet."), code="future_day")
        if day < FIRST_DAY:
            raise ValidationError(_("Write the day that stands on the slip."), code="day")
        return day

    def as_proof(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return {"paper": values.pop("slip"), **values}


class StatementForm(forms.Form):
    """From one day to another, both included; the last twelve months where nothing is said."""

    first = forms.DateField(label=_("From"), widget=DAY, required=False)
    last = forms.DateField(label=_("To"), widget=DAY, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = self.days()
        if first > last:
            self.add_error("first", _("The first day lies behind the last one."))
        elif (last - first).days > MAX_DAYS:
            self.add_error("first", _("Choose three years at most."))
        return values

    def days(self) -> tuple[date, date]:
        last = self.cleaned_data.get("last") or today()
        return self.cleaned_data.get("first") or max(FIRST_DAY, last - timedelta(days=365)), last
