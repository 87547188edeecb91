"""What the list of people shows."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.models import ROLE_LABELS
from tdap_portal.accounts.selectors import Group, PeopleOrder, PersonState


class PeopleFilterForm(forms.Form):
    """What the list of people shows; a nonsense value in the address reads as no filter."""

    q = forms.CharField(label=_("Name or address"), max_length=80, required=False, widget=forms.SearchInput)
    group = forms.ChoiceField(
        label=_("People"),
        required=False,
        choices=[
            (Group.STAFF.value, _("Staff")),
            (Group.PARTNERS.value, _("Partners")),
            (Group.FIRMS.value, _("People of firms")),
            (Group.EVERYBODY.value, _("Everybody")),
        ],
    )
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("All roles")), *((role.value, label) for role, label in ROLE_LABELS.items())],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (PersonState.OPEN.value, _("Can sign in")),
            (PersonState.LOCKED_OUT.value, _("Locked out")),
            (PersonState.ONE_STEP.value, _("Without a second step")),
            (PersonState.UNSEEN.value, _("Not seen for 60 days")),
            (PersonState.NEVER.value, _("Never signed in")),
        ],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            (PeopleOrder.NAME.value, _("By name")),
            (PeopleOrder.SEEN.value, _("Last sign-in first")),
            (PeopleOrder.NEWEST.value, _("Newest first")),
        ],
    )

    def filters(self) -> dict[str, str]:
        """The words of accounts_selectors.people_listed."""
        self.is_valid()
        found = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return {
            **found,
            "group": found["group"] or Group.STAFF.value,
            "order": found["order"] or PeopleOrder.NAME.value,
        }
