"""The three questions, and what a list of answers is filtered by: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .replies import LEAST, MAX_WORDS, MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Trainer

ORDERS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "useful": _("Least useful first"),
    "clear": _("Hardest to follow first"),
}


def _marks(least: Any, most: Any) -> list[tuple[int, Any]]:
    words = {LEAST: least, MOST: most}
    return [(mark, words.get(mark, mark)) for mark in range(LEAST, MOST + 1)]


class FeedbackForm(forms.Form):
    """Names of the fields are those of services.give_feedback."""

    useful = forms.TypedChoiceField(
        label=_("How useful was the session for your firm?"),
        choices=_marks(_("1, not useful"), _("5, very useful")),
        coerce=int,
        widget=forms.RadioSelect,
    )
    clear = forms.TypedChoiceField(
        label=_("How well could you follow it?"),
        choices=_marks(_("1, hardly: too fast or too hard"), _("5, very well")),
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What was good, what should be different?"),
        help_text=_("In any language. Your name does not stand beside it."),
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class ResultsFilterForm(forms.Form):
    """What is shown, from the address; a value that nobody offers is left out."""

    cohort = forms.ChoiceField(label=_("Cohort"), required=False)
    trainer = forms.ChoiceField(label=_("Trainer"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDERS.items()))

    def __init__(self, *args: Any, cohorts: Iterable[str], trainers: Iterable[Trainer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(one.public_id, one.name_here) for one in trainers]
        self.fields["cohort"].choices = [("", _("Every cohort")), *((code, code) for code in cohorts)]  # type: ignore[attr-defined]
        self.fields["trainer"].choices = [("", _("Every trainer")), *people]  # type: ignore[attr-defined]
        if not people:
            del self.fields["trainer"]

    def wanted(self) -> dict[str, str]:
        """cohort, trainer and order; "" where all are wanted."""
        self.is_valid()
        values = getattr(self, "cleaned_data", {})
        return {name: values.get(name) or "" for name in ("cohort", "trainer", "order")}
