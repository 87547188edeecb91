"""What a person may wish, and what staff may look for."""

from __future__ import annotations

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.phones import national_form

from .models import Channel, Dispatch

# Being sent takes a moment: nobody looks for it.
STATES = [choice for choice in Dispatch.State.choices if choice[0] != Dispatch.State.LEASED]


class PreferencesForm(forms.Form):
    """One box a channel; the names are those of the channels."""

    mail = forms.BooleanField(label=_("Send my messages by e-mail too"), required=False)
    sms = forms.BooleanField(label=_("Send short messages to my mobile phone too"), required=False)

    def say_where(self, *, mail: str, sms: str) -> None:
        """Beside each box the address it means, or how to get one."""
        self.fields["mail"].help_text = (
            format_html('<span class="code">{}</span>', mail) if mail else _("You have given no e-mail address.")
        )
        self.fields["sms"].help_text = (
            format_html('<span class="code">{}</span>', national_form(sms))
            if sms
            else _("You have given no mobile number, or not shown yet that it is yours.")
        )


class AnswerForm(forms.Form):
    """An SMS as somebody would send it to the portal, in the demo. token: what is sent twice comes in once."""

    number = forms.CharField(
        label=_("From the mobile number"),
        max_length=20,
        help_text=_("That of a person above, such as 0300-1000066."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Words of the SMS"),
        max_length=500,
        help_text=_('"5 4 clear examples" says how a session was; "stop" ends the SMS, "start" brings them back.'),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    token = forms.RegexField(r"\A[0-9a-f]{16}\Z", required=False, widget=forms.HiddenInput)


class SentFilterForm(forms.Form):
    """A nonsense value in the address reads as no filter."""

    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("All")), *Channel.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES])

    def filters(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
