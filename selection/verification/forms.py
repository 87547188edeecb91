"""What an officer says of a paper: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smes.papers.reasons import reasons_in_force
from smes.papers.selectors import last_day_field
from smes.states import ComparisonAnswer
from smes.vocabulary.wording import COMPARISON_ANSWERS
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smes.evidence.selectors import Line

MAX_NOTE = 200


class AnswersForm(forms.Form):
    """The answers to some facts of a paper. Fields of a fact: answer-1, seen-1 and note-1, by its place in the checklist."""

    expires_on = last_day_field(_("Valid until, as the paper shows it"))

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines
        for number in range(1, len(lines) + 1):
            self.fields[f"answer-{number}"] = forms.ChoiceField(
                choices=[(answer.value, text) for answer, text in COMPARISON_ANSWERS.items()], required=False
            )
            self.fields[f"seen-{number}"] = forms.CharField(required=False)
            self.fields[f"note-{number}"] = forms.CharField(max_length=MAX_NOTE, required=False)

    def clean(self) -> dict[str, Any]:
        for number in range(1, len(self._lines) + 1):
            differs = self.cleaned_data.get(f"answer-{number}") == ComparisonAnswer.DIFFERS
            if differs and not self.cleaned_data.get(f"note-{number}"):
                self.add_error(f"note-{number}", gettext("Write what the paper shows."))
        return self.cleaned_data

    def as_act(self) -> dict[str, dict[str, Any]]:
        """The words of smes.evidence.services.compare_facts for the answers that were given: answers, seen."""
        cleaned, answers, seen = self.cleaned_data, {}, {}
        for number, line in enumerate(self._lines, 1):
            answer = cleaned[f"answer-{number}"]
            if answer:
                note = cleaned[f"note-{number}"] if answer == ComparisonAnswer.DIFFERS else ""
                answers[line.fact], seen[line.fact] = (answer, note), cleaned[f"seen-{number}"]
        return {"answers": answers, "seen": seen}


class RefuseForm(forms.Form):
    code = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("What else the firm should know, in its language"), max_length=MAX_NOTE, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose a reason")),
            *((reason.code, f"{reason.code}: {gettext(reason.label)}") for reason in reasons_in_force(today())),
        ]
