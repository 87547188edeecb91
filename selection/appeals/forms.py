"""What the firm writes and what the director answers: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models.appeals import MAX_WORDS
from selection.models.labels import APPEAL_OUTCOME_LABELS, VERDICT_LABELS, choices_of
from selection.states import AppealState, Verdict
from smes.profile import selectors as profile_selectors
from tdap_portal.core.calendar import today

from .correcting import YEARS, fact_of_key, value_of
from .grounds import grounds_on
from .wording import name_of_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smes.models import Sme

MAX_POINTS = 5
NEEDS_WORDS = _("Write what should be different, in a few words.")


class _Patient(forms.Form):
    def forget_mistakes(self) -> None:
        """Show what was typed without judging it: the person is still writing."""
        self._errors, self.cleaned_data = ErrorDict(), {}


class PointForm(_Patient):
    """One thing that went wrong. papers: (public id, name) of those that were there at the submission."""

    ground = forms.ChoiceField(
        label=_("What went wrong?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what went wrong.")}
    )
    words = forms.CharField(
        label=_("What should be different?"),
        help_text=_("In Urdu, English or both. Say which number, and where we find it. 1,500 letters at most."),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        error_messages={"required": NEEDS_WORDS},
    )
    papers = forms.MultipleChoiceField(
        label=_("Which papers show it?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, papers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (
                one.code,
                format_html("<b>{}</b><small>{}</small>", gettext(one.words), gettext(one.hint)),
            )
            for one in grounds_on(today())
        ]
        self.fields["papers"].choices = list(papers)  # type: ignore[attr-defined]
        if not papers:
            del self.fields["papers"]


class PartForm(PointForm):
    """The same while it is being written: nothing is needed yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = False
        self.fields["words"].needed_sometimes = True  # type: ignore[attr-defined]  # so that it is not called optional


def points_formset(*, is_sent: bool) -> type[forms.BaseFormSet[Any]]:
    """is_sent: with what an appeal needs to be sent."""
    return forms.formset_factory(
        PointForm if is_sent else PartForm, extra=0, min_num=1, max_num=MAX_POINTS, absolute_max=MAX_POINTS
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Type your name"),
        help_text=_("Only the owner can appeal."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Type your name: it stands under the appeal.")},
    )


# ---------------------------------------------------------------------------------------------------- the director


class FindingForm(forms.Form):
    """What the director says of one point. Facts that are ticked get a field of their own, that of the firm's profile."""

    verdict = forms.ChoiceField(
        label=_("Is the firm right?"),
        choices=choices_of(VERDICT_LABELS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the point is right.")},
    )
    answer = forms.CharField(
        label=_("Reason the firm will read"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    facts = forms.MultipleChoiceField(
        label=_("Which frozen facts were wrong?"),
        help_text=_(
            "Only facts that carry points. Tick them and compute again: each then stands here to be corrected."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    proofs = forms.MultipleChoiceField(
        label=_("Which of these does a named paper show after all?"),
        help_text=_("Their values stay as they are. They count as verified by that paper, with your name."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    data: Any

    def __init__(
        self,
        *args: Any,
        sme: Sme,
        facts: Mapping[str, Any],
        correctable: Sequence[str],
        countable: Mapping[str, str],
        papers: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """countable: as Outlook gives it for the point. papers: names of papers by public id."""
        super().__init__(*args, **kwargs)
        self.countable = countable
        self.fields["proofs"].choices = [  # type: ignore[attr-defined]
            (key, f"{name_of_key(key)} ({papers[paper]})") for key, paper in countable.items()
        ]
        if not countable:
            del self.fields["proofs"]
        self.fields["facts"].choices = [(key, name_of_key(key)) for key in correctable]  # type: ignore[attr-defined]
        ticked = self.data.getlist(self.add_prefix("facts")) if self.is_bound else []
        self.keys = [key for key in correctable if key in ticked]
        self.not_typed_yet = [key for key in self.keys if self.is_bound and not self._came(key)]
        for key in self.keys:
            self.fields[key] = self._field(sme, key)
            self.fields[key].initial = value_of(facts, key)
        if self.not_typed_yet:  # the fact stands there as it was frozen until another value is typed
            data = self.data.copy()
            for key in self.not_typed_yet:
                self._put(data, key, value_of(facts, key))
            self.data = data

    @property
    def value_fields(self) -> list[forms.BoundField]:
        return [self[key] for key in self.keys]

    @property
    def corrections(self) -> dict[str, Any]:
        """Values by key, as a frozen copy holds them; nothing where the point is not right."""
        if self.cleaned_data.get("verdict") != Verdict.RIGHT:
            return {}
        values = {key: _plain(self.cleaned_data[key]) for key in self.keys if key in self.cleaned_data}
        return values | {key: self.countable[key] for key in self.cleaned_data.get("proofs", ())}

    def _field(self, sme: Sme, key: str) -> forms.Field:
        if fact_of_key(key) == YEARS:
            field: forms.Field = forms.IntegerField(min_value=0, max_value=100_000_000_000, widget=forms.NumberInput)
        else:
            field = profile_selectors.field_of(sme, key)
        field.label = name_of_key(key)
        field.required = True if not isinstance(field, forms.BooleanField) else field.required
        return field

    def _came(self, key: str) -> bool:
        """A list of ticks sends nothing when all are empty, so a mark beside it says that it was shown."""
        name = self.add_prefix(key)
        return any(sent == name or sent.startswith(f"{name}_") for sent in self.data) or (
            key in self.data.getlist(self.add_prefix("shown"))
        )

    def _put(self, data: Any, key: str, value: Any) -> None:
        name = self.add_prefix(key)
        if isinstance(value, list | tuple):
            data.setlist(name, [str(one) for one in value])
        elif value is not None:
            data[name] = str(self.fields[key].prepare_value(value))


class AnswerForm(_Patient):
    """outcome and reason of the whole; basis: of what was read before it is signed."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=choices_of(APPEAL_OUTCOME_LABELS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the appeal.")},
    )
    words = forms.CharField(
        label=_("Reason the firm will read"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class FilterForm(forms.Form):
    """How the list of appeals is narrowed; anything unknown is left out."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (AppealState.SENT.value, _("Wait for their answer")),
            (AppealState.ANSWERED.value, _("Answered")),
            (AppealState.CLOSED.value, _("Closed without an answer")),
        ],
    )
    round = forms.CharField(label=_("Round"), required=False, max_length=6)


def _plain(value: object) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
