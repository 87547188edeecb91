"""The person's name at sign-up, and the account page. They check shape; services act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .roles import DESK_ROLES

if TYPE_CHECKING:
    from .models import User


class NameForm(forms.Form):
    """What allauth asks at sign-up beside e-mail, mobile number and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: Any, user: Any) -> None:
        """allauth's hook after the user was saved."""
        user.name = self.cleaned_data["name"]
        user.language = "ur" if (get_language() or "en").startswith("ur") else "en"
        user.save(update_fields=["name", "language"])


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language of messages to you"), choices=[("en", "English"), ("ur", "اردو")], widget=forms.RadioSelect
    )
    shortcuts = forms.BooleanField(
        label=_("Use the keyboard at the desk"),
        help_text=_(
            "Single keys walk the list, open a file and lead to what you have to do. They never send anything."
        ),
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_role(*DESK_ROLES):
            del self.fields["shortcuts"]
