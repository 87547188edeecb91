"""What the boards show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from training.cohorts.forms import CohortFilterForm
from training.programmes.forms import FilterForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection.models import Round


class PartnerBoardForm(FilterForm):
    """Which of a partner's nominees its board counts. partner: public id, where a person has several."""

    round = forms.ChoiceField(label=_("Round"), required=False)
    cohort = forms.ChoiceField(label=_("Cohort"), required=False)
    partner = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, rounds: Sequence[str] = (), cohorts: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["round"].choices = [("", _("All rounds")), *((code, code) for code in rounds)]
        fields["cohort"].choices = [("", _("All cohorts")), *cohorts]

    @property
    def in_force(self) -> int:
        return sum(bool(value) for name, value in self.filters().items() if name != "partner")


class BoardFilterForm(CohortFilterForm):
    """The same as of the list of cohorts, with the orders of the board."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["order"].choices = [
            ("last", _("Latest first")),
            ("start", _("Earliest first")),
            ("code", _("By short name")),
            ("places", _("Most places first")),
        ]


class FunnelsForm(FilterForm):
    """Of which round the partners are shown."""

    round = forms.ChoiceField(label=_("Round"), required=False)

    def __init__(self, *args: Any, rounds: Sequence[Round] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["round"].choices = [(row.code, row.code) for row in rounds]


class DigestForm(forms.Form):
    """Whether somebody wants the digest."""

    wanted = forms.BooleanField(required=False)
