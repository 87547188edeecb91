"""The forms that ask for one way to reach a person: to sign up, and to get a code."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import RequestLoginCodeForm, SignupForm
from django.utils.translation import gettext_lazy as _

ONE_IS_ENOUGH = _("Give a mobile number or an e-mail address; one is enough.")


class RegistrationForm(SignupForm):
    """allauth's form, with an e-mail address or a mobile number as the person likes; one is enough."""

    field_order = ["name", "phone", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].widget.is_required = False
        self.fields["email"].label = _("E-mail")
        self.fields["phone"].label = _("Mobile number")
        self.fields["phone"].help_text = _("We send a code by SMS. A mobile number or an e-mail is enough.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors.keys() & {"email", "phone"}):
            self.add_error("phone", ONE_IS_ENOUGH)
        return cleaned


class LoginCodeForm(RequestLoginCodeForm):
    """allauth's form takes two empty fields for an answer."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors):
            self.add_error("phone", ONE_IS_ENOUGH)
        return cleaned
