"""What the desk asks and the firm answers: shapes only. Acts and rules are in the services."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.review.forms import ShownNowField, text_field
from smes.papers import selectors as papers_selectors
from smes.papers.checks import PaperError, check_last_day, check_paper
from smes.papers.turns import firm_in_turn
from smes.papers.virus import refuse_infected
from smes.profile import selectors as profile_selectors
from smes.profile.facts import ASKABLE, FACTS, ROWS_OF_STEP, known_keys
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.calendar import today
from tdap_portal.web.keeping import as_sent

from .rules import answer_rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from selection.models import Application, Question
    from smes.models import Sme
    from smes.papers.checks import CheckedPaper
    from tdap_portal.core.errors import DomainError


class DeskLetterForm(forms.Form):
    """A letter to the firm; the token makes a double click one letter."""

    letter = text_field(_("Message to the firm"), rows=3)
    token = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = secrets.token_hex(16)

    def as_act(self) -> dict[str, str]:
        return {"words": self.cleaned_data["letter"], "token": self.cleaned_data["token"]}


class QuestionForm(forms.Form):
    """A question that opens named facts, asks for papers, or both."""

    title = forms.CharField(label=_("The question, in one line"), max_length=160)
    words = text_field(_("Why we ask, and what would answer it"), rows=4)
    fields_asked = forms.MultipleChoiceField(
        label=_("Facts that the firm may correct"),
        help_text=_(
            "Only these open; everything else stays as it was frozen. How the firm exports, its export house, its exports "
            "and its markets open together."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, gettext(fact.question)) for key, fact in ASKABLE.items()],
    )
    document_kinds = forms.MultipleChoiceField(
        label=_("Papers that we need"),
        help_text=_("The firm sends each of them with its answer, or says why it cannot."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, gettext(kind.name)) for code, kind in KINDS.items()],
    )
    answer_days = forms.IntegerField(
        label=_("Working days to answer"),
        help_text=_("We remind the firm before its day and on it. After it the clock goes on, and you are told."),
        min_value=1,
        initial=lambda: answer_rule(today()).days,
        widget=forms.NumberInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("fields_asked") or cleaned.get("document_kinds")):
            self.add_error("fields_asked", _("Choose at least one fact or paper that would answer it."))
        return cleaned

    def as_act(self) -> dict[str, Any]:
        kwargs = dict(self.cleaned_data)
        return {"fields": kwargs.pop("fields_asked"), **kwargs}


class ExtendForm(forms.Form):
    """More days for a question, with the reason, which stays on the file."""

    more_days = forms.IntegerField(label=_("More working days"), min_value=1, initial=5, widget=forms.NumberInput)
    more_words = forms.CharField(label=_("Why the firm gets more days"), max_length=300)

    def as_act(self) -> dict[str, Any]:
        return {"days": self.cleaned_data["more_days"], "reason": self.cleaned_data["more_words"]}


MAX_TEXT = 2000
NO_PAPER_TEXT = _("Still missing: %(papers)s. Add what we asked for, or tick that you cannot send it and write why.")


class FirmLetterForm(forms.Form):
    """token: made with the empty form, so that a double click is one letter."""

    words = forms.CharField(
        label=_("Your letter to the desk"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words first.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": secrets.token_hex(16), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class PaperField(forms.FileField):
    """A file that smes.papers.checks has looked at; gives the CheckedPaper. sme: whose paper it is."""

    def __init__(self, *, sme: Sme | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sme = sme

    def clean(self, data: object, initial: object = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            with firm_in_turn(self.sme) if self.sme else nullcontext():
                return refuse_infected(
                    check_paper(upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES)
                )
        except PaperError as wrong:
            raise forms.ValidationError(gettext(wrong.text) % wrong.data, code=wrong.code) from None


class AnswerForm(forms.Form):
    """The facts and papers that a question opened, and nothing else, each with its own kind of control.

    question: the public id of the question that the page shows. came: kinds of papers that came since it was asked, without
    which the answer is taken too. steps: what was opened of steps with lists, in the forms of the profile.
    """

    question = ShownNowField(required=False)

    def __init__(
        self, *args: Any, question: Question, application: Application, came: Iterable[str] = (), **kwargs: Any
    ) -> None:
        self.sme = application.sme
        self.kinds = tuple(kind for kind in question.document_kinds if kind in KINDS)
        self.came = frozenset(came)
        kept, typed = application.facts or {}, kwargs.get("initial", {})
        data = kwargs.get("data", args[0] if args else None)
        opened = known_keys(question.fields)
        self.steps = profile_selectors.forms_of(self.sme, opened, data or (as_sent(typed) if typed else None))
        if data is None:
            for step in self.steps:
                step.forget_mistakes()
        in_steps = {step.step for step in self.steps}
        self.keys = tuple(key for key in opened if FACTS[key].step not in in_steps)
        held = {key: kept[key] if key in kept else getattr(self.sme, FACTS[key].column) for key in self.keys}
        kwargs["initial"] = held | typed | {"question": question.public_id}
        super().__init__(*args, **kwargs)
        for key in self.keys:
            self.fields[key] = profile_selectors.field_of(application.sme, key)
        for kind in self.kinds:
            self._add_paper(kind)
        if self.kinds:
            self.fields["cannot_send"] = forms.BooleanField(
                label=_("We cannot send what you asked for; the reason is below"), required=False
            )
        self.fields["answer"] = forms.CharField(
            label=_("Anything we should know?"),
            max_length=MAX_TEXT,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def _add_paper(self, code: str) -> None:
        kind = KINDS[code]
        self.fields[f"paper_{code}"] = PaperField(
            sme=self.sme,
            label=gettext(kind.name),
            help_text=gettext("%(help)s PDF or photograph, up to 8 MB.") % {"help": gettext(kind.help)},
            required=False,
        )
        # It may stay empty only with the reason, so that its label does not call it optional.
        self.fields[f"paper_{code}"].needed_sometimes = True  # type: ignore[attr-defined]
        if kind.expires:
            self.fields[f"until_{code}"] = papers_selectors.last_day_field(
                gettext("Valid until: %(paper)s") % {"paper": gettext(kind.name)}
            )

    def clean(self) -> dict[str, Any]:
        """A question that asks for papers is answered with each of them, or with the reason why one is missing."""
        cleaned = super().clean() or {}
        for code, _paper, until in self.papers():
            try:
                check_last_day(code, until, on=today())
            except PaperError as wrong:
                self.add_error(f"until_{code}", gettext(wrong.text))
        if cleaned.get("cannot_send") and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Write why you cannot send it."))
        missing = missing_kinds(self.kinds, {*self.came, *(kind for kind, _paper, _until in self.papers())})
        if missing and not cleaned.get("cannot_send") and not self.errors:
            raise forms.ValidationError(NO_PAPER_TEXT, params={"papers": names_of(missing)}, code="nothing")
        return cleaned

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(step.is_valid() for step in self.steps)])

    def forget_mistakes(self) -> None:
        """Show what was typed without judging it: the person is still searching, or wants one more row."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for step in self.steps:
            step.forget_mistakes()

    @property
    def values(self) -> dict[str, Any]:
        """The facts as typed, by their key; dates as ISO text, as they stand in the frozen copy."""
        own = {key: _plain(self.cleaned_data[key]) for key in self.keys if key in self.cleaned_data}
        columns = {fact.column: key for key, fact in ASKABLE.items() if fact.column}
        for step in self.steps:
            own |= {columns[name]: _plain(value) for name, value in step.values.items() if name in columns}
        return own

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of each fact with rows that was opened, by its key, as smes.profile takes them."""
        facts = {ROWS_OF_STEP[step.step]: step for step in self.steps if step.step in ROWS_OF_STEP}
        return {key: step.rows or [] for key, step in facts.items() if step.opens(key)}

    def papers(self) -> list[tuple[str, CheckedPaper, date | None]]:
        """(kind, paper, valid until) of each file that came."""
        found = []
        for kind in self.kinds:
            paper = self.cleaned_data.get(f"paper_{kind}")
            if paper:
                found.append((kind, paper, self.cleaned_data.get(f"until_{kind}")))
        return found

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal beside the fields it is about, or on top."""
        beside = refusal.data.get("fields") or {}
        for key, sentences in beside.items():
            for sentence in sentences:
                self.add_error(key if key in self.fields else None, sentence)
        if not beside:
            self.add_error(None, str(refusal))


def missing_kinds(asked: Iterable[str], there: Iterable[str]) -> list[str]:
    """Kinds of papers that were asked for and are not there."""
    return [kind for kind in asked if kind not in set(there)]


def names_of(kinds: Iterable[str]) -> str:
    return gettext(", ").join(gettext(KINDS[kind].name) for kind in kinds)


def _plain(value: object) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
