"""Forms of questions and of the rules of an assessment: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.calendar import today
from training.models.labels import QUESTION_KIND_LABELS, choices_of
from training.programmes.forms import needed_sometimes
from training.states import QuestionKind

from .checks import MAX_OPTIONS, wrong_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Assessment, Module, QuestionVersion

ANY = ("", _("All"))
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class QuestionFilterForm(forms.Form):
    """What the list shows, by its address; a nonsense value reads as no filter."""

    module = forms.ChoiceField(label=_("Module"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *choices_of(QUESTION_KIND_LABELS)])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, ("in_use", _("In use")), ("retired", _("Not drawn any more"))]
    )
    q = forms.CharField(label=_("Words in it"), required=False, max_length=100)
    order = forms.ChoiceField(
        label=_("Order"), required=False,
        choices=[("new", _("Latest first")), ("old", _("Earliest first")), ("points", _("Most points first"))],
    )  # fmt: skip

    def __init__(self, *args: Any, modules: Iterable[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["module"]
        field.choices = [ANY, *((one.public_id, str(one)) for one in modules)]

    def filters(self) -> dict[str, str]:
        """By field, "" for any."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def in_force(self) -> int:
        return sum(bool(value) for name, value in self.filters().items() if name != "order")


class QuestionChangeForm(forms.Form):
    """A clean form holds `options` as a list of {"en", "ur"} and `right` as positions in it."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=choices_of(QUESTION_KIND_LABELS), initial=QuestionKind.SINGLE.value,
        widget=forms.RadioSelect, help_text=_("Several right answers count only together."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Question, in English"), max_length=600, widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"})
    )
    text_ur = forms.CharField(
        label=_("The same in Urdu"), max_length=600, widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl"})
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=20, initial=1)
    explanation = forms.CharField(
        label=_("Why it is so, in English"), max_length=1000, required=False,
        help_text=_("The person reads it after the try, beside what was wrong."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )  # fmt: skip
    explanation_ur = forms.CharField(
        label=_("The explanation in Urdu"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MAX_OPTIONS):
            label = {"number": number + 1}
            for name, title, way in (
                (f"en_{number}", _("Answer %(number)d, in English"), "ltr"),
                (f"ur_{number}", _("Answer %(number)d, in Urdu"), "rtl"),
            ):
                field = forms.CharField(
                    label=title % label, max_length=200, required=False, widget=forms.TextInput(attrs={"dir": way})
                )
                self.fields[name] = needed_sometimes(field)
            self.fields[f"right_{number}"] = forms.BooleanField(
                label=_("Answer %(number)d is right") % label, required=False
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each answer: English, Urdu, whether it is right."""
        return [(self[f"en_{number}"], self[f"ur_{number}"], self[f"right_{number}"]) for number in range(MAX_OPTIONS)]

    @property
    def first(self) -> list[Any]:
        return [self[name] for name in self.before if name in self.fields]

    @property
    def last(self) -> list[Any]:
        return [self[name] for name in ("points", "explanation", "explanation_ur")]

    before = ("module", "kind", "text", "text_ur")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        options: list[dict[str, str]] = []
        right: list[int] = []
        for number in range(MAX_OPTIONS):
            english, urdu = (cleaned.pop(f"{language}_{number}", "").strip() for language in ("en", "ur"))
            is_right = cleaned.pop(f"right_{number}", False)
            if not english and not urdu:
                if is_right:
                    self.add_error(f"right_{number}", _("This answer is empty."))
                continue
            if is_right:
                right.append(len(options))
            options.append({"en": english, "ur": urdu})
        cleaned["options"], cleaned["right"] = options, right
        if not self.errors and (wrong := wrong_with(cleaned["kind"], options, right)):
            self.add_error(None, gettext(wrong))
        return cleaned


class QuestionForm(QuestionChangeForm):
    module = forms.ChoiceField(label=_("Module"))

    def __init__(self, *args: Any, modules: Iterable[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = {one.public_id: one for one in modules}
        field: Any = self.fields["module"]
        field.choices = [("", _("Choose")), *((code, str(one)) for code, one in self.modules.items())]

    def clean_module(self) -> Module:
        return self.modules[self.cleaned_data["module"]]


def shown_question(version: QuestionVersion) -> dict[str, Any]:
    """What the form of a question begins with."""
    names = ("kind", "text", "text_ur", "points", "explanation", "explanation_ur")
    shown: dict[str, Any] = {name: getattr(version, name) for name in names}
    for number, option in enumerate(version.options):
        shown |= {
            f"en_{number}": option["en"],
            f"ur_{number}": option["ur"],
            f"right_{number}": number in version.right,
        }
    return shown


class AssessmentForm(forms.Form):
    """A clean form holds modules themselves; none for all."""

    is_active = forms.BooleanField(
        label=_("The certificate asks for a passed assessment"), required=False, initial=True
    )
    since = forms.DateField(
        label=_("Asked of cohorts that begin from"), widget=DAY,
        help_text=_("Cohorts that began before are not asked for it."),
    )  # fmt: skip
    modules = forms.MultipleChoiceField(
        label=_("Questions are drawn from"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None marked means all modules. Each gives its share."),
    )  # fmt: skip
    questions_number = forms.IntegerField(label=_("Questions in a try"), min_value=1, max_value=100, initial=20)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=45)
    spare_minutes = forms.IntegerField(
        label=_("Minutes more, for whoever asks"), min_value=0, max_value=120, initial=15,
        help_text=_("Everybody may ask for them once in a try, without a reason. 0 for none."),
    )  # fmt: skip
    tries = forms.IntegerField(label=_("Tries"), min_value=1, max_value=10, initial=2)
    pause_hours = forms.IntegerField(label=_("Hours between two tries"), min_value=0, max_value=720, initial=24)
    opens_percent = forms.IntegerField(
        label=_("Opens after so much of the sessions, in per cent"), min_value=0, max_value=100, initial=80,
        help_text=_("Of the sessions of the cohort that are over. 0 opens it from the first day."),
    )  # fmt: skip

    def __init__(self, *args: Any, modules: Iterable[Module], numbers: dict[int, int], **kwargs: Any) -> None:
        """numbers: of questions in use, by id of the module."""
        super().__init__(*args, **kwargs)
        self.by_id = {one.public_id: one for one in modules}
        field: Any = self.fields["modules"]
        field.choices = [
            (code, gettext("%(module)s (questions: %(number)d)") % {"module": one, "number": numbers.get(one.pk, 0)})
            for code, one in self.by_id.items()
        ]
        self.fields["since"].initial = today

    def clean_modules(self) -> list[Module]:
        return [self.by_id[code] for code in self.cleaned_data["modules"]]


def shown_rules(rules: Assessment | None) -> dict[str, Any]:
    """What the form of the rules begins with."""
    if rules is None:
        return {}
    names = [name for name in AssessmentForm.base_fields if name != "modules"]
    return {name: getattr(rules, name) for name in names} | {"modules": [one.public_id for one in rules.modules.all()]}
