"""Which role, for whom and why; and why not: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.models import REFUSAL_LABELS, ROLE_LABELS
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.states import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import Partner

ROLE_DUTIES = {
    Role.OFFICER: _("Officer: checks papers, reads files, recommends"),
    Role.APPROVER: _("Director: rounds, decisions, appeals"),
    Role.PROGRAMME_MANAGER: _("Programme manager: groups, timetable, certificates"),
    Role.FINANCE_OFFICER: _("Finance officer: deposits, refunds, proceeds"),
    Role.ADMINISTRATOR: _("Administrator: people, roles, health of the portal"),
    Role.PARTNER: _("Partner: for a chamber, a province, a bank or a platform"),
}


class AskForm(forms.Form):
    """roles: those that the person may still ask for. partners: the organisations to choose from."""

    role = forms.ChoiceField(label=_("Which role?"), widget=forms.RadioSelect)
    partner = forms.ChoiceField(label=_("Which organisation?"), required=False)
    office = forms.CharField(
        label=_("Your office"), max_length=120, help_text=_("Department and place, for example: Review desk, Lahore.")
    )
    why = forms.CharField(
        label=_("Why do you need it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Two or three sentences: your work, and who in your office can confirm it."),
    )

    def __init__(self, *args: Any, roles: Sequence[Role], partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners = {partner.public_id: partner for partner in partners}
        self.fields["role"].choices = [(role.value, ROLE_DUTIES[role]) for role in ROLE_LABELS if role in roles]  # type: ignore[attr-defined]
        if Role.PARTNER not in roles or not partners:
            del self.fields["partner"]
            return
        field: Any = self.fields["partner"]
        field.choices = [("", _("Choose")), *((code, partner.name) for code, partner in self._partners.items())]
        field.needed_sometimes = True  # read by components/field.html
        field.help_text = _("Only for the role of a partner.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("role") == Role.PARTNER and not cleaned.get("partner") and "partner" not in self.errors:
            self.add_error("partner", _("Choose the organisation for which you work."))
        return cleaned

    def as_act(self) -> dict[str, Any]:
        role = Role(self.cleaned_data["role"])
        partner = self._partners.get(self.cleaned_data.get("partner", "")) if role == Role.PARTNER else None
        words = {name: self.cleaned_data[name] for name in ("office", "why")}
        return {"role": role, "partner": partner, **words}


class RefuseForm(forms.Form):
    """Why not, of the reasons that the person is told in their language."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("The person reads it in their own language."),
        choices=[("", _("Choose")), *((code.value, label) for code, label in REFUSAL_LABELS.items())],
    )

    def as_act(self) -> dict[str, Refusal]:
        return {"reason": Refusal(self.cleaned_data["reason"])}
