"""Who is let into a firm, and as what: shapes only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smes.fields import needed_sometimes, offer
from smes.vocabulary import wording
from tdap_portal.accounts.fields import MobileField


class InvitationForm(forms.Form):
    """Invite by e-mail or mobile number; one is enough."""

    email = needed_sometimes(forms.EmailField(label=_("E-mail"), required=False))
    mobile = needed_sometimes(
        MobileField(label=_("Mobile number"), required=False, help_text=_("One of the two is enough."))
    )
    role = forms.ChoiceField(label=_("What may the person do?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "role",
            [
                (code, _("%(role)s. %(duty)s") % {"role": label, "duty": wording.MEMBER_DUTIES[code]})
                for code, label in wording.MEMBER_ROLES.items()
            ],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("email") or cleaned.get("mobile") or self.errors.keys() & {"email", "mobile"}):
            self.add_error("email", _("Give an e-mail address or a mobile number."))
        return cleaned


class RoleForm(forms.Form):
    """What a person of the firm may do."""

    role = forms.ChoiceField(label=_("Role"), choices=wording.choices(wording.MEMBER_ROLES))
