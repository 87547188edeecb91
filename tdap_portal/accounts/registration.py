"""The forms that ask for one way to reach a person: to sign up, and to get a code."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from allauth.account.forms import RequestLoginCodeForm, SignupForm
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from .models import User

ONE_IS_ENOUGH = _("Give a mobile number or an e-mail address; one is enough.")


class RegistrationForm(SignupForm):
    """allauth's form, with an e-mail address or a mobile number as the person likes; one is enough."""

    field_order = ["name", "phone", "email", "password1"]
    account_already_exists: bool
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].widget.is_required = False
        self.fields["email"].label = _("E-mail")
        self.fields["phone"].label = _("Mobile number")
        self.fields["phone"].help_text = _("We send a code by SMS. A mobile number or an e-mail is enough.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name in ("email", "phone"):
            self.fields[name].needed_sometimes = True  # read by components/field.html: one of the two is needed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors.keys() & {"email", "phone"}):
            self.add_error("phone", ONE_IS_ENOUGH)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """An address that has an account takes the same work as a new one: nobody learns by time which it is.

        Of two who register one address at once, or of a double click, the second is somebody who has an account.
        """
        if self.account_already_exists:
            self._save_and_take_back(request)
        else:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:
                self.account_already_exists = True
        return super().try_save(request)

    def _save_and_take_back(self, request: HttpRequest) -> None:
        """Hash the password and write the rows of a new person, with addresses that nobody has, and leave none of it."""
        nobody = {"email": f"{secrets.token_hex(8)}@nobody.invalid", "phone": f"+{secrets.token_hex(6)}"}
        typed = self.cleaned_data
        self.cleaned_data = typed | {name: address for name, address in nobody.items() if typed.get(name)}
        self.account_already_exists = False
        with transaction.atomic():
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data, self.account_already_exists = typed, True


class LoginCodeForm(RequestLoginCodeForm):
    """allauth's form takes two empty fields for an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "phone"):
            self.fields[name].needed_sometimes = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors):
            self.add_error("phone", ONE_IS_ENOUGH)
        return cleaned
