"""The sign-up form: a name, a password, and one way to reach the person."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django.utils.translation import gettext_lazy as _


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
            self.add_error("phone", _("Give a mobile number or an e-mail address; one is enough."))
        return cleaned
