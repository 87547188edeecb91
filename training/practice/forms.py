"""Forms of practical tasks, of what is handed in, and of marks: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smes.papers.checks import PaperError
from smes.papers.virus import refuse_infected
from smes.vocabulary.wording import say
from tdap_portal.core.calendar import today
from training.materials.files import check_material
from training.models.labels import WORK_STATE_LABELS
from training.programmes.forms import needed_sometimes
from training.states import WorkState

from .rubric import most_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smes.papers.checks import CheckedPaper
    from training.models import PracticalTask

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
MAX_CRITERIA = 6
MIN_LEVELS, MAX_LEVELS = 2, 6
MAX_LEVEL_POINTS = 20
MAX_FILES = 3
LEVEL = re.compile(r"([0-9]{1,2})\s*[:.–-]?\s+(\S.{0,199})")


class TaskForm(forms.Form):
    """A clean form holds `criteria` as the model does."""

    title = forms.CharField(label=_("Title, in English"), max_length=120, widget=forms.TextInput(attrs={"dir": "ltr"}))
    title_ur = forms.CharField(label=_("Title, in Urdu"), max_length=120, widget=forms.TextInput(attrs={"dir": "rtl"}))
    words = forms.CharField(
        label=_("What is to be done, in English"), max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr"}),
    )  # fmt: skip
    words_ur = forms.CharField(
        label=_("What is to be done, in Urdu"), max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "rtl"}),
    )  # fmt: skip
    needs_file = forms.BooleanField(label=_("A file must come with it"), required=False, initial=True)
    since = forms.DateField(label=_("Asked of cohorts that begin from"), widget=DAY)
    is_active = forms.BooleanField(label=_("The certificate asks for it"), required=False, initial=True)
    pass_points = forms.IntegerField(label=_("Points to reach"), min_value=1, max_value=120)
    differ_points = forms.IntegerField(
        label=_("Points that two markers may lie apart"), min_value=0, max_value=60, initial=2,
        help_text=_("Within it the middle of both counts. Beyond it they agree, or a third person marks."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = today
        for number in range(MAX_CRITERIA):
            shown = {"number": number + 1}
            for language, way, name, levels in (
                ("en", "ltr", _("Criterion %(number)d, in English"), _("Its levels, in English")),
                ("ur", "rtl", _("Criterion %(number)d, in Urdu"), _("Its levels, in Urdu")),
            ):
                title = forms.CharField(
                    label=name % shown, max_length=120, required=False, widget=forms.TextInput(attrs={"dir": way})
                )
                self.fields[f"name_{language}_{number}"] = needed_sometimes(title)
                lines = forms.CharField(
                    label=levels,
                    max_length=1500,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 4, "dir": way}),
                    help_text=_("One a line: points, then words, such as 2 Sharp and bright")
                    if language == "en"
                    else _("The words alone, one a line, in the same order"),
                )
                self.fields[f"levels_{language}_{number}"] = needed_sometimes(lines)

    @property
    def first(self) -> list[Any]:
        return [self[name] for name in ("title", "title_ur", "words", "words_ur", "needs_file")]

    @property
    def last(self) -> list[Any]:
        return [self[name] for name in ("pass_points", "differ_points", "since", "is_active")]

    @property
    def rows(self) -> list[list[Any]]:
        """The fields of each criterion."""
        return [
            [self[f"{kind}_{language}_{number}"] for kind in ("name", "levels") for language in ("en", "ur")]
            for number in range(MAX_CRITERIA)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        criteria = []
        for number in range(MAX_CRITERIA):
            texts = {
                f"{kind}_{language}": str(cleaned.pop(f"{kind}_{language}_{number}", "")).strip()
                for kind in ("name", "levels")
                for language in ("en", "ur")
            }
            if any(texts.values()) and (criterion := self._criterion(number, texts)):
                criteria.append(criterion)
        cleaned["criteria"] = criteria
        if self.errors:
            return cleaned
        if not criteria:
            self.add_error("name_en_0", _("Write at least one criterion."))
        elif cleaned["pass_points"] > most_points(criteria):
            self.add_error(
                "pass_points",
                _("The levels give %(most)d points at most.") % {"most": most_points(criteria)},
            )
        return cleaned

    def _criterion(self, number: int, texts: Mapping[str, str]) -> dict[str, Any] | None:
        """None, with what is wrong beside its field, where it is not whole."""
        for language in ("en", "ur"):
            for kind in ("name", "levels"):
                if not texts[f"{kind}_{language}"]:
                    self.add_error(f"{kind}_{language}_{number}", _("Write it in both languages."))
                    return None
        english, urdu = (
            [line.strip() for line in texts[f"levels_{language}"].splitlines() if line.strip()]
            for language in ("en", "ur")
        )
        found = [LEVEL.fullmatch(line) for line in english]
        if not MIN_LEVELS <= len(found) <= MAX_LEVELS or any(
            one is None or int(one[1]) > MAX_LEVEL_POINTS for one in found
        ):
            self.add_error(
                f"levels_en_{number}",
                _("Write two to six lines, each with points up to 20 and then words, such as 2 Sharp and bright"),
            )
            return None
        points = [int(one[1]) for one in found if one]
        if sorted(set(points)) != points:
            self.add_error(f"levels_en_{number}", _("Write the levels from the fewest points to the most."))
            return None
        if len(urdu) != len(english):
            self.add_error(f"levels_ur_{number}", _("Write as many lines as in English."))
            return None
        levels = [
            {"points": int(one[1]), "en": one[2], "ur": line[:200]}
            for one, line in zip(found, urdu, strict=True)
            if one
        ]
        return {"en": texts["name_en"], "ur": texts["name_ur"], "levels": levels}


def shown_task(task: PracticalTask) -> dict[str, Any]:
    """What the form of a task begins with."""
    names = ("title", "title_ur", "words", "words_ur", "needs_file", "since", "is_active", "pass_points")
    shown = {name: getattr(task, name) for name in (*names, "differ_points")}
    for number, criterion in enumerate(task.criteria):
        shown |= {
            f"name_en_{number}": criterion["en"],
            f"name_ur_{number}": criterion["ur"],
            f"levels_en_{number}": "\n".join(f"{level['points']} {level['en']}" for level in criterion["levels"]),
            f"levels_ur_{number}": "\n".join(level["ur"] for level in criterion["levels"]),
        }
    return shown


class WorkForm(forms.Form):
    """A clean form holds `files` as files.check_material gave them."""

    text = forms.CharField(
        label=_("What you did, in your words"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        for number in range(1, MAX_FILES + 1):
            field = forms.FileField(
                label=_("File %(number)d") % {"number": number}, required=False, allow_empty_file=True, max_length=None
            )
            field.widget.attrs["accept"] = ".pdf,.pptx,.docx,.xlsx,.jpg,.jpeg,.png"
            if number == 1:
                field.help_text = _("PDF, PPTX, DOCX, XLSX, JPEG or PNG, up to %(megabytes)d MB.") % {
                    "megabytes": megabytes
                }
            self.fields[f"file_{number}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        files: list[CheckedPaper] = []
        for number in range(1, MAX_FILES + 1):
            upload = cleaned.pop(f"file_{number}", None)
            if upload is None:
                continue
            try:
                found = check_material(
                    upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES
                )
                paper = refuse_infected(found)
            except PaperError as refusal:
                error = ValidationError(say(refusal.text, refusal.data), code=refusal.code)
                self.add_error(f"file_{number}", error)
                continue
            if all(paper.sha256 != other.sha256 for other in files):
                files.append(paper)
        cleaned["files"] = files
        return cleaned


class MarkForm(forms.Form):
    """A clean form holds `levels`, a position for each criterion of the rubric."""

    words = forms.CharField(
        label=_("What the firm should know"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("What was good, and what is missing. The firm reads it once the work is settled."),
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = len(criteria)
        language = "ur" if get_language() == "ur" else "en"
        for place, criterion in enumerate(criteria):
            choices = [
                (str(position), _("%(words)s (%(points)d)") % {"words": level[language], "points": level["points"]})
                for position, level in enumerate(criterion["levels"])
            ]
            self.fields[f"level_{place}"] = forms.ChoiceField(
                label=criterion[language], choices=choices, widget=forms.RadioSelect
            )
        self.order_fields([*(f"level_{place}" for place in range(self.number)), "words"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = [cleaned.pop(f"level_{place}", None) for place in range(self.number)]
        cleaned["levels"] = [int(level) for level in found if level is not None]
        return cleaned


class AgreeForm(MarkForm):
    """The same of somebody who changes their own marks after reading the other's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words: Any = self.fields["words"]
        words.label, words.help_text, words.max_length = _("Why you change your marks"), "", 500


class QueueFilterForm(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("What I can mark now")),
            *((code.value, WORK_STATE_LABELS[code]) for code in (WorkState.WAITING, WorkState.DIFFERING)),
            ("mine", _("What I have marked")), ("settled", _("Settled")), ("all", _("All")),
        ],
    )  # fmt: skip
    cohort = forms.CharField(label=_("Cohort"), required=False, max_length=12)
    q = forms.CharField(label=_("Firm"), required=False, max_length=100)
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("old", _("Earliest first")), ("new", _("Latest first"))]
    )

    def filters(self) -> dict[str, str]:
        """By field, "" for any."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def in_force(self) -> int:
        return sum(bool(value) for name, value in self.filters().items() if name != "order")
